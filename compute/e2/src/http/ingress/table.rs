//! Which routes are open.

use super::{path::Pattern, MAX_ROUTES};
use neurite_core::{PluginError, Request, Route};
use std::collections::{BTreeMap, BTreeSet};
use tokio::sync::mpsc;

/// An open route.
pub(super) struct Entry {
    pub(super) route: Route,
    pub(super) pattern: Pattern,
    pub(super) sender: mpsc::Sender<Request>,
}

/// What is at a path.
pub(super) enum Found {
    /// A route takes the request.
    Route { values: BTreeMap<String, String>, sender: mpsc::Sender<Request>, max_body: usize },
    /// Only requests of these methods are taken.
    Methods(BTreeSet<&'static str>),
    /// Nothing.
    Nothing,
}

/// All open routes.
#[derive(Default)]
pub(super) struct Table {
    /// By pipeline and number.
    entries: BTreeMap<(String, u64), Entry>,
    opened: u64,
    closed: bool,
}

impl Table {
    /// Adds a route and returns its number; fails if there is one like it, or no room.
    pub(super) fn insert(&mut self, entry: Entry) -> Result<u64, PluginError> {
        if self.closed {
            return Err(PluginError::unavailable("HTTP API", "the engine is shutting down"));
        }
        if self.entries.len() >= MAX_ROUTES {
            return Err(PluginError::resources(format!("there are already {MAX_ROUTES} routes")));
        }
        let taken = |other: &Entry| other.route.method == entry.route.method && other.pattern.is_like(&entry.pattern);
        if self.of(&entry.route.pipeline).any(taken) {
            let Route { pipeline, method, path, .. } = &entry.route;
            return Err(PluginError::parameters("/PATH", format!("{method} {path} of pipeline {pipeline} is taken")));
        }
        self.opened = self.opened.saturating_add(1);
        self.entries.insert((entry.route.pipeline.clone(), self.opened), entry);
        Ok(self.opened)
    }

    pub(super) fn remove(&mut self, pipeline: &str, id: u64) {
        self.entries.remove(&(pipeline.to_owned(), id));
    }

    pub(super) fn close(&mut self) {
        self.closed = true;
        self.entries.clear();
    }

    pub(super) fn routes(&self) -> Vec<Route> {
        let mut routes: Vec<Route> = self.entries.values().map(|entry| entry.route.clone()).collect();
        routes.sort_by(|a, b| (&a.pipeline, &a.path, a.method).cmp(&(&b.pipeline, &b.path, b.method)));
        routes
    }

    /// Looks for the most exact route to a path.
    pub(super) fn find(&self, pipeline: &str, method: &str, path: &[String]) -> Found {
        let mut matching: Vec<_> = self.of(pipeline).filter_map(|entry| Some((entry, entry.pattern.values(path)?))).collect();
        if matching.is_empty() {
            return Found::Nothing;
        }
        let methods = matching.iter().map(|(entry, _)| entry.route.method).collect();
        matching.retain(|(entry, _)| entry.route.method == method);
        match matching.into_iter().min_by(|(a, _), (b, _)| a.pattern.cmp(&b.pattern)) {
            Some((entry, values)) => Found::Route { values, sender: entry.sender.clone(), max_body: entry.route.max_body },
            None => Found::Methods(methods),
        }
    }

    fn of<'a>(&'a self, pipeline: &str) -> impl Iterator<Item = &'a Entry> {
        self.entries.range((pipeline.to_owned(), 0)..=(pipeline.to_owned(), u64::MAX)).map(|(_, entry)| entry)
    }
}
