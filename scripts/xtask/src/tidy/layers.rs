//! The direction of dependencies: an edge goes only downwards, and the two worlds meet in one crate only.
//!
//! Dev-dependencies are exempt. The table is that of ARCHITECTURE.md.

use super::Fault;
use crate::repository::{Manifest, Repository};
use std::collections::BTreeSet;

/// Every folder with its level; `*` at the end stands for any folder below.
const LEVELS: &[(&str, u8)] = &[
    ("node", 5),
    ("cli", 5),
    ("compute/e2", 5),
    ("runtime/public", 4),
    ("offchain-workers/agent", 4),
    ("pallets/node-deeds", 3),
    ("pallets/jobs", 3),
    ("pallets/oracles", 3),
    ("pallets/poai", 3),
    ("pallets/validators", 3),
    ("pallets/vesting", 3),
    ("compute/engine", 3),
    ("compute/plugins/*", 3),
    ("offchain-workers/hook", 2),
    ("compute/config", 2),
    ("compute/sandbox", 2),
    ("compute/serving", 2),
    ("compute/mqtt", 2),
    ("pallets/traits", 1),
    ("offchain-workers/duties", 1),
    ("compute/protocol", 1),
    ("pallets/primitives", 0),
    ("pallets/poai-math", 0),
    ("compute/core", 0),
    ("compute/report", 0),
];

/// Members outside the levels, tools and test support: only dev-dependencies may name them.
const OUTSIDE: &[&str] = &["scripts/simulation", "scripts/xtask", "compute/testkit"];

/// Names of the chain's frame that `compute/*` must not reach.
const CHAIN_PREFIXES: &[&str] = &["frame-", "sc-", "pallet-"];
/// Members that belong to the chain's frame.
const CHAIN_MEMBERS: &[&str] = &["pallets/traits", "offchain-workers/hook", "runtime/public", "node"];
/// The one crate that joins the two worlds, and the one crate of `compute/*` that may name it.
const BRIDGE: &str = "offchain-workers/agent";
const BRIDGE_USER: &str = "compute/e2";

/// Registry crates that only one member names: the prefix, the member, and why.
const OWNED: &[(&str, &str)] = &[
    ("ort", "compute/serving"),
    ("ort-", "compute/serving"),
    ("tract-", "compute/serving"),
    ("rumqtt", "compute/mqtt"),
    ("paho-mqtt", "compute/mqtt"),
    ("mqtt", "compute/mqtt"),
];

/// Checks every edge of every manifest.
pub(crate) fn check(repository: &Repository) -> Vec<Fault> {
    let mut faults = Vec::new();
    for manifest in repository.manifests() {
        check_level(repository, manifest, &mut faults);
        check_worlds(repository, manifest, &mut faults);
        check_owned(repository, manifest, &mut faults);
    }
    faults
}

fn level(folder: &str) -> Option<u8> {
    LEVELS.iter().find(|(pattern, _)| matches(pattern, folder)).map(|(_, level)| *level)
}

fn matches(pattern: &str, folder: &str) -> bool {
    match pattern.strip_suffix('*') {
        Some(prefix) => folder.starts_with(prefix),
        None => pattern == folder,
    }
}

fn check_level(repository: &Repository, manifest: &Manifest, faults: &mut Vec<Fault>) {
    if OUTSIDE.contains(&manifest.folder.as_str()) {
        return;
    }
    let Some(own) = level(&manifest.folder) else {
        let message = "has no level: add it to LEVELS in scripts/xtask/src/tidy/layers.rs and to ARCHITECTURE.md";
        faults.push(Fault::new(manifest.path(), 1, message));
        return;
    };
    for name in dependencies(manifest) {
        let Some(folder) = repository.member_of_dependency(&name) else { continue };
        if OUTSIDE.contains(&folder) {
            faults.push(Fault::new(
                manifest.path(),
                manifest.line_of(&name),
                format!("{folder} serves tools and tests: name it among the dev-dependencies only"),
            ));
            continue;
        }
        // A folder without a level has a fault of its own.
        if level(folder).is_some_and(|below| below >= own) {
            let message = format!("level {own} must not depend on {folder}, which is not below it: move the code or turn the edge");
            faults.push(Fault::new(manifest.path(), manifest.line_of(&name), message));
        }
    }
}

fn check_worlds(repository: &Repository, manifest: &Manifest, faults: &mut Vec<Fault>) {
    let is_compute = manifest.folder.starts_with("compute/");
    for name in dependencies(manifest) {
        let line = manifest.line_of(&name);
        let folder = repository.member_of_dependency(&name);
        if manifest.folder == "node" && folder.is_some_and(|folder| folder.starts_with("compute/")) {
            faults.push(Fault::new(manifest.path(), line, "the node never depends on compute/*: talk to the engine over HTTP"));
        }
        if !is_compute {
            continue;
        }
        match folder {
            Some(BRIDGE) if manifest.folder == BRIDGE_USER => {}
            Some(BRIDGE) => faults.push(Fault::new(manifest.path(), line, "only compute/e2 may use the agent: go through it")),
            _ => {
                if let Some(way) = way_to_chain(repository, &name) {
                    let message = format!("compute/* never depends on FRAME, sc-* or a pallet ({way}): ask the agent instead");
                    faults.push(Fault::new(manifest.path(), line, message));
                }
            }
        }
    }
}

/// Returns how a dependency leads to the chain's frame through members of the workspace, if it does.
fn way_to_chain(repository: &Repository, name: &str) -> Option<String> {
    let mut seen = BTreeSet::new();
    let mut open = vec![(name.to_owned(), name.to_owned())];
    while let Some((name, way)) = open.pop() {
        let folder = repository.member_of_dependency(&name);
        let is_frame = CHAIN_PREFIXES.iter().any(|prefix| repository.package_of_dependency(&name).starts_with(prefix));
        if is_frame || folder.is_some_and(|folder| CHAIN_MEMBERS.contains(&folder)) {
            return Some(way);
        }
        let Some(manifest) = repository.manifests().iter().find(|manifest| Some(manifest.folder.as_str()) == folder) else { continue };
        if seen.insert(name) {
            open.extend(dependencies(manifest).into_iter().map(|next| (next.clone(), format!("{way} -> {next}"))));
        }
    }
    None
}

fn check_owned(repository: &Repository, manifest: &Manifest, faults: &mut Vec<Fault>) {
    for name in dependencies(manifest) {
        if repository.member_of_dependency(&name).is_some() {
            continue;
        }
        let package = repository.package_of_dependency(&name);
        let owner = OWNED.iter().find(|(prefix, _)| package == *prefix || (package.starts_with(prefix) && *prefix != "ort"));
        if let Some((_, owner)) = owner.filter(|(_, owner)| *owner != manifest.folder) {
            faults.push(Fault::new(manifest.path(), manifest.line_of(&name), format!("only {owner} names {package}: use what it offers")));
        }
    }
}

/// The names of all dependencies but dev-dependencies, of every target, build scripts included.
fn dependencies(manifest: &Manifest) -> Vec<String> {
    let mut tables = vec![&manifest.value];
    let targets = manifest.value.get("target").and_then(toml::Value::as_table);
    tables.extend(targets.into_iter().flat_map(|targets| targets.values()).filter_map(toml::Value::as_table));
    let mut names = Vec::new();
    for table in tables {
        for section in ["dependencies", "build-dependencies"] {
            let entries = table.get(section).and_then(toml::Value::as_table);
            names.extend(entries.into_iter().flat_map(|entries| entries.keys().cloned()));
        }
    }
    names
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::repository::testing::repository;

    const ROOT: &str = r#"
[workspace]
members = ["node", "cli", "compute/core", "compute/protocol", "compute/e2", "compute/engine", "compute/mqtt", "compute/testkit", "offchain-workers/agent", "pallets/traits", "pallets/primitives"]
[workspace.dependencies]
neurite-core = { path = "compute/core" }
neurite-protocol = { path = "compute/protocol" }
neurite-engine = { path = "compute/engine" }
neurite-testkit = { path = "compute/testkit" }
neurite-agent = { path = "offchain-workers/agent" }
neurite-traits = { path = "pallets/traits" }
neurite-primitives = { path = "pallets/primitives" }
rumqttc = { package = "rumqttc-v4-next", version = "1" }
"#;

    /// Checks a workspace in which the given manifests have the given lines after `[dependencies]`.
    fn faults(dependencies: &[(&str, &str)]) -> Vec<String> {
        let members: toml::Table = toml::from_str(ROOT).unwrap();
        let mut files = vec![("Cargo.toml".to_owned(), ROOT.to_owned())];
        for member in members["workspace"]["members"].as_array().unwrap() {
            let folder = member.as_str().unwrap();
            let lines: String = dependencies.iter().filter(|(of, _)| *of == folder).map(|(_, line)| format!("{line}\n")).collect();
            files.push((format!("{folder}/Cargo.toml"), format!("[package]\nname = \"x\"\n[dependencies]\n{lines}")));
        }
        let files: Vec<(&str, &str)> = files.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect();
        check(&repository(&files)).iter().map(ToString::to_string).collect()
    }

    #[test]
    fn edges_downwards_are_fine() {
        let edges = [
            ("compute/e2", "neurite-agent.workspace = true"),
            ("compute/e2", "neurite-primitives.workspace = true"),
            ("compute/engine", "neurite-core.workspace = true"),
            ("compute/mqtt", "rumqttc.workspace = true"),
            ("offchain-workers/agent", "neurite-protocol.workspace = true"),
        ];
        assert_eq!(faults(&edges), Vec::<String>::new());
    }

    #[test]
    fn an_edge_upwards_or_sideways_is_a_fault_with_its_line() {
        let found = faults(&[("compute/core", "neurite-protocol.workspace = true")]);
        assert_eq!(found.len(), 1);
        assert!(found[0].starts_with("compute/core/Cargo.toml:4: level 0 must not depend on compute/protocol"), "{found:?}");
        assert_eq!(faults(&[("cli", "neurite-cli-twin = \"1\"")]).len(), 0);
    }

    #[test]
    fn compute_must_not_reach_the_chain_even_through_a_member() {
        assert_eq!(faults(&[("compute/engine", "frame-support.workspace = true")]).len(), 1);
        assert_eq!(faults(&[("compute/engine", "neurite-traits.workspace = true")]).len(), 1);
        let through = [("compute/engine", "neurite-protocol.workspace = true"), ("compute/protocol", "sc-network.workspace = true")];
        let found = faults(&through);
        assert!(found.iter().any(|fault| fault.contains("neurite-protocol -> sc-network")), "{found:?}");
    }

    #[test]
    fn only_the_engines_binary_uses_the_agent() {
        let found = faults(&[("compute/mqtt", "neurite-agent.workspace = true")]);
        assert!(found.iter().any(|fault| fault.contains("only compute/e2 may use the agent")), "{found:?}");
    }

    #[test]
    fn the_node_never_uses_compute() {
        let found = faults(&[("node", "neurite-core.workspace = true")]);
        assert!(found.iter().any(|fault| fault.contains("the node never depends on compute/*")), "{found:?}");
    }

    #[test]
    fn the_testkit_is_for_tests_only() {
        let found = faults(&[("cli", "neurite-testkit.workspace = true")]);
        assert!(found[0].contains("compute/testkit serves tools and tests"), "{found:?}");
        assert_eq!(faults(&[("compute/testkit", "neurite-engine.workspace = true")]), Vec::<String>::new());
    }

    #[test]
    fn ort_and_mqtt_crates_have_one_user_each() {
        assert!(faults(&[("compute/engine", "ort.workspace = true")])[0].contains("only compute/serving names ort"));
        assert!(faults(&[("cli", "rumqttc.workspace = true")])[0].contains("only compute/mqtt names rumqttc-v4-next"));
    }

    #[test]
    fn a_member_without_a_level_is_a_fault() {
        let files = [("Cargo.toml", "[workspace]\nmembers = ['new']\n"), ("new/Cargo.toml", "[package]\nname = 'new'\n")];
        assert!(check(&repository(&files))[0].message.contains("has no level"));
    }
}
