//! Topics and routing keys that name who sends a payload.

use neurite_core::{Origin, PayloadKind};

/// The names that a template may use.
const NAMES: [(&str, Name); 4] =
    [("pipeline", Name::Pipeline), ("signature", Name::Signature), ("instance", Name::Instance), ("kind", Name::Kind)];

#[derive(Debug, Clone, Copy, PartialEq)]
enum Name {
    Pipeline,
    Signature,
    Instance,
    Kind,
}

#[derive(Debug, Clone, PartialEq)]
enum Part {
    Text(String),
    Name(Name),
}

/// A text with `{pipeline}`, `{signature}`, `{instance}` and `{kind}` in it.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Template {
    parts: Vec<Part>,
    separators: &'static [char],
}

impl Template {
    /// Reads a template. `separators` are the characters that mean something to the protocol: in values they become `_`.
    ///
    /// Fails with a sentence for the person who wrote the template.
    pub(crate) fn parse(text: &str, separators: &'static [char]) -> Result<Self, String> {
        let mut parts = Vec::new();
        let mut rest = text;
        while let Some((before, after)) = rest.split_once('{') {
            let Some((name, after)) = after.split_once('}') else { return Err("has a { without a }".into()) };
            let known = NAMES.iter().find(|(known, _)| *known == name);
            let Some((_, name)) = known else {
                return Err(format!("has no value for {{{name}}}; there are {{pipeline}}, {{signature}}, {{instance}} and {{kind}}"));
            };
            parts.extend([Part::Text(before.to_owned()), Part::Name(*name)]);
            rest = after;
        }
        parts.push(Part::Text(rest.to_owned()));
        Ok(Self { parts, separators })
    }

    /// Puts in the values.
    pub(crate) fn render(&self, origin: &Origin, kind: PayloadKind) -> String {
        let plain = |value: &str| value.replace(|character: char| character.is_control() || self.separators.contains(&character), "_");
        let part = |part: &Part| match part {
            Part::Text(text) => text.clone(),
            Part::Name(Name::Pipeline) => plain(&origin.pipeline),
            Part::Name(Name::Signature) => plain(&origin.signature),
            Part::Name(Name::Instance) => plain(&origin.instance),
            Part::Name(Name::Kind) => kind_name(kind).to_owned(),
        };
        self.parts.iter().map(part).collect()
    }
}

fn kind_name(kind: PayloadKind) -> &'static str {
    match kind {
        PayloadKind::Progress => "progress",
        PayloadKind::Data => "data",
        PayloadKind::Notification => "notification",
        PayloadKind::Result => "result",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_replace_names_and_cannot_add_levels() {
        let origin = Origin { pipeline: "job:a/1/0".into(), signature: "ALERT".into(), instance: "door+\n".into() };
        let template = Template::parse("home/{pipeline}/{instance}-{signature}/{kind}!", &['/', '+', '#']).unwrap();
        assert_eq!(template.render(&origin, PayloadKind::Data), "home/job:a_1_0/door__-ALERT/data!");
        assert_eq!(Template::parse("", &[]).unwrap().render(&origin, PayloadKind::Result), "");
    }

    #[test]
    fn unknown_names_and_open_braces_are_faults() {
        for (text, says) in [("a/{node}", "{node}"), ("{pipeline", "without a }"), ("{}", "{}")] {
            let fault = Template::parse(text, &[]).unwrap_err();
            assert!(fault.contains(says), "{text}: {fault}");
        }
    }
}
