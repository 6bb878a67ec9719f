//! What was found, as a table or as JSON.

use serde_json::json;
use std::time::Duration;

/// Why something cannot be had, and what to do about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    reason: String,
    advice: String,
}

impl Fault {
    /// Makes a fault.
    pub fn new(reason: impl Into<String>, advice: impl Into<String>) -> Self {
        Self { reason: reason.into(), advice: advice.into() }
    }

    /// Makes the fault of something that did not answer in time.
    pub fn late(deadline: Duration) -> Self {
        Self::new(format!("no answer within {deadline:?}"), "check the address and the network, or allow more time with --seconds")
    }

    /// Makes the fault of something that this program cannot try.
    pub fn unknown() -> Self {
        Self::new("cannot be tried", "report this: it is a fault of neurite-e2")
    }
}

impl std::fmt::Display for Fault {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "{}; {}", self.reason, self.advice)
    }
}

/// What was found of one thing.
#[derive(Debug)]
pub struct Finding {
    /// The document's file.
    pub document: String,
    /// The instance, or the place in the document.
    pub instance: String,
    /// What was tried.
    pub what: String,
    /// Why it cannot be had.
    pub fault: Option<Fault>,
}

impl Finding {
    /// Tells whether nothing is wrong.
    pub fn is_ok(&self) -> bool {
        self.fault.is_none()
    }

    fn json(&self) -> serde_json::Value {
        let Self { document, instance, what, fault } = self;
        let mut json = json!({ "document": document, "instance": instance, "what": what, "ok": fault.is_none() });
        if let Some(Fault { reason, advice }) = fault {
            json["reason"] = reason.as_str().into();
            json["advice"] = advice.as_str().into();
        }
        json
    }
}

/// Prints what was found.
pub fn print(findings: &[Finding], as_json: bool) {
    if as_json {
        let rows: Vec<_> = findings.iter().map(Finding::json).collect();
        println!("{:#}", json!({ "ok": findings.iter().all(Finding::is_ok), "findings": rows }));
        return;
    }
    let width = |of: fn(&Finding) -> &str, title: &str| {
        findings.iter().map(|finding| of(finding).chars().count()).chain([title.len()]).max().unwrap_or(0)
    };
    let document = width(|finding| &finding.document, "document");
    let instance = width(|finding| &finding.instance, "instance");
    let what = width(|finding| &finding.what, "what");
    println!("{:document$}  {:instance$}  {:what$}  result", "document", "instance", "what");
    for finding in findings {
        let result = finding.fault.as_ref().map_or_else(|| "ok".to_owned(), Fault::to_string);
        println!("{:document$}  {:instance$}  {:what$}  {result}", finding.document, finding.instance, finding.what);
    }
}
