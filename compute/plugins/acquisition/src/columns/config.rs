//! The parameter `COLUMNS`.

use neurite_core::{Field, ParameterFault};
use schemars::JsonSchema;
use serde::Deserialize;

/// The most columns that [`Columns::features`] may list.
pub const MAX_FEATURES: u32 = 4_096;
/// The most columns that [`Columns::numbers`] may list.
pub const MAX_NUMBERS: u32 = 32;
/// The most columns that [`Columns::texts`] may list.
pub const MAX_TEXTS: u32 = 16;

/// What the columns of an input become. In JSON, a name that begins with `/` is a JSON pointer into the object.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE", deny_unknown_fields)]
pub struct Columns {
    /// Columns of the field `features`, in this order. Without the list: all columns of numbers that are not named otherwise, where that is
    /// known before the first row (by the types of a table, else by the first row); a source without an end needs the list.
    #[serde(default)]
    #[schemars(length(max = MAX_FEATURES), inner(length(min = 1, max = 128)))]
    pub features: Option<Vec<String>>,
    /// Column of whole numbers that becomes the field `label`.
    #[serde(default)]
    #[schemars(length(min = 1, max = 128))]
    pub label: Option<String>,
    /// Column that becomes the field `time`, Unix milliseconds.
    #[serde(default)]
    #[schemars(length(min = 1, max = 128))]
    pub time: Option<String>,
    /// How the column of times is written; without effect where the source has times of its own.
    #[serde(default)]
    pub time_unit: TimeUnit,
    /// Columns that become fields of numbers under their own names.
    #[serde(default)]
    #[schemars(length(max = MAX_NUMBERS), inner(length(min = 1, max = 128)))]
    pub numbers: Vec<String>,
    /// Columns that become fields of text under their own names.
    #[serde(default)]
    #[schemars(length(max = MAX_TEXTS), inner(length(min = 1, max = 128)))]
    pub texts: Vec<String>,
    /// What becomes of a row that lacks a number or a text.
    #[serde(default)]
    pub missing: Missing,
}

/// How a column of times is written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum TimeUnit {
    /// As ISO 8601 text; without a zone it is UTC, without a time of day midnight.
    #[default]
    Iso8601,
    /// As seconds since 1970, fractions included.
    S,
    /// As milliseconds since 1970.
    Ms,
}

/// What becomes of a row that lacks a value.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Missing {
    /// It is a fault of the input.
    #[default]
    Fail,
    /// A missing number is NaN, a missing text empty; a missing label or time is still a fault.
    Nan,
}

impl Columns {
    /// Returns what the schema cannot say is wrong with the choice; `live` is whether the source has no end.
    pub fn faults(&self, live: bool) -> Vec<ParameterFault> {
        let mut faults = Vec::new();
        let mut fault = |path: &str, message: String| faults.push(ParameterFault { path: format!("/COLUMNS{path}"), message });
        if live && self.features.is_none() {
            fault("/FEATURES", "must be listed, even if empty: a source without an end cannot tell which columns hold numbers".into());
        }
        if self.features.as_ref().is_some_and(Vec::is_empty) && self.listed().next().is_none() {
            fault("", "must name a column".into());
        }
        let lists = [
            ("/FEATURES", self.features.as_deref().unwrap_or_default()),
            ("/NUMBERS", self.numbers.as_slice()),
            ("/TEXTS", self.texts.as_slice()),
        ];
        for (path, names) in lists {
            if let Some(name) = doubled(names) {
                fault(path, format!("names {name:?} twice"));
            }
        }
        let own = self.numbers.iter().map(|name| ("/NUMBERS", name)).chain(self.texts.iter().map(|name| ("/TEXTS", name)));
        for (path, name) in own {
            if is_taken(name, path == "/TEXTS") {
                fault(path, format!("{name:?} is the name of a field with a meaning of its own"));
            }
        }
        if let Some(name) = self.numbers.iter().find(|name| self.texts.contains(name)) {
            fault("/TEXTS", format!("{name:?} is among NUMBERS too"));
        }
        faults
    }

    /// Returns all columns that are named, possibly more than once.
    pub(super) fn listed(&self) -> impl Iterator<Item = &String> {
        self.features.iter().flatten().chain(&self.label).chain(&self.time).chain(&self.numbers).chain(&self.texts)
    }
}

fn doubled(names: &[String]) -> Option<&String> {
    let mut seen = std::collections::HashSet::new();
    names.iter().find(|name| !seen.insert(name.as_str()))
}

/// Tells whether a field of this name has another meaning by convention.
fn is_taken(name: &str, is_text: bool) -> bool {
    let texts = [Field::MESSAGE, Field::ORIGIN];
    let others = [Field::FEATURES, Field::LABEL, Field::TIME, Field::IMAGE, Field::BOXES];
    others.contains(&name) || (!is_text && texts.contains(&name))
}
