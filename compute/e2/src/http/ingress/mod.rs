//! The routes of pipelines, `/v1/pipelines/{name}/…`, opened and closed while the engine runs.
//!
//! A plugin opens a route and reads the requests to it; a request waits until it is answered. The bearer token of the API is asked for on every
//! method, except for pipelines that the configuration names in `http.public_routes`; it is never passed on.
//!
//! Guarantees: whatever comes is bounded before it is kept: routes by [`MAX_ROUTES`], bodies by the route and by [`MAX_BODY`], bodies in hand of
//! all routes together by [`MAX_IN_HAND`], waiting requests by the route's capacity. A request is answered by the plugin or refused: 404 without
//! such a route, 405 for another method, 408 for a body that does not come, 413 for one that is too large, 429 when too many wait, 503 when the
//! plugin dropped it, 504 when it took longer than [`PATIENCE`] (the plugin may still work on it). A route is closed when its reader is dropped,
//! all are when the engine shuts down.

mod answer;
mod path;
mod table;

pub use answer::{answer, Door};

use neurite_core::{BoxFuture, Ingress, PluginError, Request, RequestReader, Route};
use path::Pattern;
use std::{
    collections::BTreeSet,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};
use table::{Entry, Table};
use tokio::sync::{mpsc, Semaphore};

/// The most routes of all pipelines together.
const MAX_ROUTES: usize = 1024;
/// The largest body that a route may ask for, in bytes.
const MAX_BODY: usize = 8 * 1024 * 1024;
/// The most bytes of bodies that are read or wait for an answer, of all routes together.
const MAX_IN_HAND: usize = 64 * 1024 * 1024;
/// The most requests that may wait for a route.
const MAX_CAPACITY: usize = 1024;
/// How long a body may take to come, and an answer to be given.
const PATIENCE: Duration = Duration::from_secs(30);
/// The methods that a route may have.
const METHODS: [&str; 4] = ["GET", "POST", "PUT", "DELETE"];

/// The routes of pipelines; clones are handles of the same.
#[derive(Clone)]
pub struct HttpIngress {
    table: Arc<Mutex<Table>>,
    public: Arc<BTreeSet<String>>,
    /// Room for bodies, in KiB.
    room: Arc<Semaphore>,
    patience: Duration,
}

impl HttpIngress {
    /// Makes an ingress without routes; those of the pipelines in `public` will answer without the token.
    pub fn new(public: impl IntoIterator<Item = String>) -> Self {
        Self {
            table: Arc::default(),
            public: Arc::new(public.into_iter().collect()),
            room: Arc::new(Semaphore::new(MAX_IN_HAND / 1024)),
            patience: PATIENCE,
        }
    }

    /// Returns the open routes, sorted by pipeline and path.
    pub fn routes(&self) -> Vec<Route> {
        self.table().routes()
    }

    /// Tells whether the routes of a pipeline answer without the token.
    pub fn is_public(&self, pipeline: &str) -> bool {
        self.public.contains(pipeline)
    }

    /// Ends all readers, and opens no route any more.
    pub fn close(&self) {
        self.table().close();
    }

    fn table(&self) -> MutexGuard<'_, Table> {
        self.table.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Ingress for HttpIngress {
    fn open(&self, route: Route, capacity: usize) -> Result<Box<dyn RequestReader>, PluginError> {
        let fault = |reason: String| PluginError::parameters("/PATH", reason);
        if !METHODS.contains(&route.method) {
            return Err(fault(format!("method must be one of {}", METHODS.join(", "))));
        }
        if route.max_body > MAX_BODY || !(1..=MAX_CAPACITY).contains(&capacity) {
            return Err(fault(format!("bodies have at most {MAX_BODY} bytes, and 1 to {MAX_CAPACITY} requests may wait")));
        }
        let pattern = Pattern::parse(&route.path).map_err(|reason| fault(reason.into()))?;
        let (sender, requests) = mpsc::channel(capacity);
        let pipeline = route.pipeline.clone();
        let id = self.table().insert(Entry { route, pattern, sender })?;
        Ok(Box::new(Reader { requests, table: self.table.clone(), pipeline, id }))
    }
}

/// The requests to one route, which closes with it.
struct Reader {
    requests: mpsc::Receiver<Request>,
    table: Arc<Mutex<Table>>,
    pipeline: String,
    id: u64,
}

impl RequestReader for Reader {
    fn next(&mut self) -> BoxFuture<'_, Option<Request>> {
        Box::pin(self.requests.recv())
    }
}

impl Drop for Reader {
    fn drop(&mut self) {
        self.table.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.pipeline, self.id);
    }
}

#[cfg(test)]
mod tests;
