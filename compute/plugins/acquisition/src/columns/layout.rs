//! The choice of columns, applied to an input.

use super::{Columns, Missing, TimeUnit, MAX_FEATURES};
use neurite_core::PluginError;
use std::{collections::HashMap, sync::Arc};

/// A column of a table, as far as it is known before the rows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TableColumn {
    /// The name.
    pub name: String,
    /// Whether it holds numbers.
    pub is_number: bool,
}

/// Which columns become what; cheap to clone.
#[derive(Debug, Clone)]
pub struct Layout {
    roles: Arc<Roles>,
}

/// Columns by role, as positions in `wanted`.
#[derive(Debug)]
pub(super) struct Roles {
    pub(super) wanted: Vec<String>,
    pub(super) features: Vec<usize>,
    pub(super) feature_names: Arc<[String]>,
    pub(super) label: Option<usize>,
    pub(super) time: Option<(usize, TimeUnit)>,
    pub(super) numbers: Vec<usize>,
    pub(super) texts: Vec<usize>,
    pub(super) missing: Missing,
}

impl Layout {
    /// Makes the layout of an input that has no columns before its rows, such as JSON messages: those that are listed.
    ///
    /// Fails with [`PluginError::Input`] if no column is.
    pub fn listed(columns: &Columns, input: &str) -> Result<Self, PluginError> {
        let features = columns.features.clone().unwrap_or_default();
        Self::new(columns, features, input)
    }

    /// Makes the layout of a table; where no features are listed, they are its columns of numbers that are not named otherwise.
    ///
    /// Fails with [`PluginError::Input`] if a column is missing or doubled where it is named, or if none is left to read.
    pub fn of_table(columns: &Columns, input: &str, table: &[TableColumn]) -> Result<Self, PluginError> {
        for name in columns.listed() {
            match table.iter().filter(|column| column.name == *name).count() {
                1 => {}
                0 => return Err(PluginError::input(input, format!("has no column {name:?}"))),
                _ => return Err(PluginError::input(input, format!("has more than one column {name:?}"))),
            }
        }
        Self::of_known(columns, input, table)
    }

    /// Makes the layout of an input whose rows may lack columns: the features are taken from `known`, all others need not be there.
    pub fn of_known(columns: &Columns, input: &str, known: &[TableColumn]) -> Result<Self, PluginError> {
        let features = match &columns.features {
            Some(features) => features.clone(),
            None => {
                let free = |column: &&TableColumn| column.is_number && !columns.listed().any(|name| *name == column.name);
                known.iter().filter(free).map(|column| column.name.clone()).collect()
            }
        };
        if columns.features.is_none() && features.len() > MAX_FEATURES as usize {
            return Err(PluginError::input(
                input,
                format!("has {} columns of numbers, at most {MAX_FEATURES} can be features", features.len()),
            ));
        }
        Self::new(columns, features, input)
    }

    /// Makes the layout of a table of numbers: all columns, whatever their names, are features, but the one of the label.
    pub(crate) fn of_numbers(names: Vec<String>, label: Option<usize>) -> Self {
        let features: Vec<usize> = (0..names.len()).filter(|position| Some(*position) != label).collect();
        let roles = Roles {
            feature_names: features.iter().map(|position| names[*position].clone()).collect(),
            features,
            label,
            time: None,
            numbers: Vec::new(),
            texts: Vec::new(),
            missing: Missing::Fail,
            wanted: names,
        };
        Self { roles: Arc::new(roles) }
    }

    /// Makes a layout of these features, as many as they are, and the other columns.
    fn new(columns: &Columns, features: Vec<String>, input: &str) -> Result<Self, PluginError> {
        let mut wanted = Wanted::default();
        let positions = features.iter().map(|name| wanted.position(name)).collect();
        let roles = Roles {
            features: positions,
            label: columns.label.as_ref().map(|name| wanted.position(name)),
            time: columns.time.as_ref().map(|name| (wanted.position(name), columns.time_unit)),
            numbers: columns.numbers.iter().map(|name| wanted.position(name)).collect(),
            texts: columns.texts.iter().map(|name| wanted.position(name)).collect(),
            feature_names: features.into(),
            missing: columns.missing,
            wanted: wanted.names,
        };
        if roles.wanted.is_empty() {
            return Err(PluginError::input(input, "has no column to read: name some in COLUMNS"));
        }
        Ok(Self { roles: Arc::new(roles) })
    }

    /// Returns the columns that are read, each once, in the order in which [`super::BatchBuilder::push`] asks for their cells.
    pub fn wanted(&self) -> &[String] {
        &self.roles.wanted
    }

    pub(super) fn roles(&self) -> &Arc<Roles> {
        &self.roles
    }
}

/// Names in the order of their first mention.
#[derive(Default)]
struct Wanted {
    names: Vec<String>,
    positions: HashMap<String, usize>,
}

impl Wanted {
    fn position(&mut self, name: &str) -> usize {
        let names = &mut self.names;
        *self.positions.entry(name.to_owned()).or_insert_with(|| {
            names.push(name.to_owned());
            names.len() - 1
        })
    }
}
