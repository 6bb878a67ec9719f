//! The links of the documentation: whatever names a file or a heading of this repository must lead there.

use super::Fault;
use crate::repository::{File, Repository};
use std::collections::BTreeSet;

/// Checks every link in every Markdown file.
pub(crate) fn check(repository: &Repository) -> Vec<Fault> {
    let documents = repository.files().iter().filter(|file| file.path.ends_with(".md"));
    documents.flat_map(|file| check_file(repository, file)).collect()
}

fn check_file(repository: &Repository, file: &File) -> Vec<Fault> {
    let mut faults = Vec::new();
    for (line, target) in links(&file.text) {
        if target.contains("://") || target.starts_with("mailto:") {
            continue;
        }
        let (path, heading) = target.split_once('#').map_or((target.as_str(), None), |(path, heading)| (path, Some(heading)));
        let Some(resolved) = resolve(&file.path, path) else {
            faults.push(Fault::new(&file.path, line, format!("the link {target} leads out of the repository")));
            continue;
        };
        if !repository.contains(&resolved) {
            faults.push(Fault::new(&file.path, line, format!("the link {target} leads nowhere: there is no {resolved}")));
            continue;
        }
        let document = if path.is_empty() { Some(file) } else { repository.file(&resolved) };
        if let (Some(heading), Some(document)) = (heading, document.filter(|document| document.path.ends_with(".md"))) {
            if !anchors(&document.text).contains(heading) {
                faults.push(Fault::new(&file.path, line, format!("the link {target} leads to no heading of {}", document.path)));
            }
        }
    }
    faults
}

/// Returns the targets of `[…](target)` and `src="target"` with their lines, outside code.
fn links(text: &str) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    for (line, words) in prose(text) {
        for start in ["](", "src=\"", "href=\""] {
            let end = if start == "](" { ')' } else { '"' };
            for rest in words.split(start).skip(1) {
                let target = rest.split(end).next().unwrap_or_default();
                let target = target.split_whitespace().next().unwrap_or_default();
                if !target.is_empty() {
                    found.push((line, target.to_owned()));
                }
            }
        }
    }
    found
}

/// Returns the lines outside code fences, without their inline code.
fn prose(text: &str) -> Vec<(usize, String)> {
    let mut fenced = false;
    let mut lines = Vec::new();
    for (index, line) in text.lines().enumerate() {
        if line.trim_start().starts_with("```") {
            fenced = !fenced;
        } else if !fenced {
            let words: String = line.split('`').enumerate().filter(|(part, _)| part % 2 == 0).map(|(_, words)| words).collect();
            lines.push((index + 1, words));
        }
    }
    lines
}

/// Joins a link to the folder of the document; nothing if it leaves the repository.
fn resolve(document: &str, path: &str) -> Option<String> {
    let mut parts: Vec<&str> = document.split('/').collect();
    parts.pop();
    if path.is_empty() {
        return Some(document.to_owned());
    }
    if path.starts_with('/') {
        parts.clear();
    }
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop()?;
            }
            name => parts.push(name),
        }
    }
    Some(parts.join("/"))
}

/// Returns the anchors of a document's headings as forges make them.
fn anchors(text: &str) -> BTreeSet<String> {
    let mut anchors = BTreeSet::new();
    let mut fenced = false;
    for line in text.lines() {
        if line.trim_start().starts_with("```") {
            fenced = !fenced;
        }
        if fenced || !line.starts_with('#') {
            continue;
        }
        let title = line.trim_start_matches('#').trim().to_lowercase();
        let kept = title.chars().filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'));
        let anchor: String = kept.map(|c| if c == ' ' { '-' } else { c }).collect();
        anchors.insert(anchor);
    }
    anchors
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::repository::testing::repository;

    const TARGET: (&str, &str) = ("docs/b.md", "# Add a pallet: `how`\n");

    fn faults(text: &str) -> Vec<Fault> {
        check(&repository(&[("docs/guides/a.md", text), TARGET]))
    }

    #[test]
    fn links_that_lead_somewhere_are_fine() {
        let text = "# Top\n[b](../b.md) [h](../b.md#add-a-pallet-how) [t](#top) [f](../guides) [w](https://example.org)\n`[c](none)`\n```\n[c](none)\n```\n";
        assert_eq!(faults(text), []);
    }

    #[test]
    fn links_that_lead_nowhere_are_faults_with_their_line() {
        let found = faults("text\n[x](missing.md)\n<img src=\"../none.svg\">\n[y](../b.md#other) [z](../../../out.md)\n");
        assert_eq!(found.iter().map(|fault| fault.line).collect::<Vec<_>>(), [2, 3, 4, 4]);
    }
}
