//! Where words go: data to stdout, talk and errors to stderr.

use crate::CliError;
use comfy_table::{presets, Table};
use serde::Serialize;
use std::io::{IsTerminal, Write};

/// Prints for a person or for a program.
#[derive(Debug, Clone, Copy)]
pub struct Output {
    json: bool,
}

impl Output {
    /// Makes an output; with `json` all data is one JSON document a line.
    pub fn new(json: bool) -> Self {
        Self { json }
    }

    /// Tells whether a program reads.
    pub fn is_json(&self) -> bool {
        self.json
    }

    /// Prints data: the value for programs, the rendering for people.
    pub fn data<T: Serialize>(&self, value: &T, render: impl FnOnce(&T) -> String) {
        let text = match self.json {
            true => serde_json::to_string(value).unwrap_or_else(|error| format!("{{\"error\":\"{error}\"}}")),
            false => render(value),
        };
        // A reader that has gone away, as `head` does, is no fault.
        let _ = writeln!(std::io::stdout().lock(), "{}", text.trim_end());
    }

    /// Tells a person what is going on; programs are not bothered.
    pub fn talk(&self, words: &str) {
        if !self.json {
            let _ = writeln!(std::io::stderr().lock(), "{words}");
        }
    }

    /// Prints an error with its kind and hint.
    pub fn error(&self, error: &CliError) {
        let text = if self.json {
            serde_json::json!({ "error": { "kind": error.kind(), "message": error.to_string(), "hint": error.hint() } }).to_string()
        } else {
            render_error(error, std::io::stderr().is_terminal())
        };
        let _ = writeln!(std::io::stderr().lock(), "{text}");
    }
}

fn render_error(error: &CliError, colour: bool) -> String {
    let (red, plain) = if colour { ("\u{1b}[1;31m", "\u{1b}[0m") } else { ("", "") };
    format!("{red}error[{}]{plain}: {error}\n  hint: {}", error.kind(), error.hint())
}

/// Renders rows under a header without borders, so that a line is a row for `grep` and `awk`.
pub fn table<const N: usize>(header: [&str; N], rows: impl IntoIterator<Item = [String; N]>) -> String {
    let mut table = Table::new();
    table.load_style(presets::NOTHING).set_header(header.to_vec());
    for row in rows {
        table.add_row(row.to_vec());
    }
    trimmed(&table)
}

/// Renders names and values, one a line.
pub fn pairs<'a>(rows: impl IntoIterator<Item = (&'a str, String)>) -> String {
    let mut table = Table::new();
    table.load_style(presets::NOTHING);
    for (name, value) in rows {
        table.add_row(vec![name.to_owned(), value]);
    }
    trimmed(&table)
}

fn trimmed(table: &Table) -> String {
    let lines: Vec<String> = table.lines().map(|line| line.trim_end().trim_start_matches(' ').to_owned()).collect();
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_are_aligned_and_end_without_blanks() {
        let text = table(["deed", "owner"], [["0".to_owned(), "Bob".to_owned()], ["11".to_owned(), "Charlie".to_owned()]]);
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(lines.len(), 3);
        assert_eq!(lines[0].find("owner"), lines[2].find("Charlie"));
        assert!(lines.iter().all(|line| line.trim_end() == *line && !line.starts_with(' ')), "{text}");
    }

    #[test]
    fn errors_name_kind_and_hint() {
        let text = render_error(&CliError::NotFound { what: "job 7".into() }, false);
        assert!(text.starts_with("error[not-found]: there is no job 7\n  hint: "), "{text}");
    }
}
