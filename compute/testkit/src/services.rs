//! Fakes of what the engine does for plugins.

use crate::FakeClock;
use futures::{
    channel::{mpsc, oneshot},
    StreamExt,
};
use neurite_core::{
    BoxFuture, Bus, BusFilter, BusMessage, BusReader, Connections, Ingress, PluginError, Request, RequestReader, Response, Route, Services,
};
use serde_json::Value;
use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError},
};

/// Makes services of a standing clock, without connections, requests and payloads.
pub fn services() -> Services {
    Services {
        clock: Arc::new(FakeClock::standing()),
        connections: Arc::new(Connections::default()),
        ingress: Arc::new(FakeIngress::default()),
        bus: Arc::new(FakeBus::default()),
    }
}

/// An HTTP API without HTTP: the test asks, the plugin answers.
#[derive(Default)]
pub struct FakeIngress {
    routes: Mutex<Vec<(Route, mpsc::UnboundedSender<Request>)>>,
}

struct FakeRequests(mpsc::UnboundedReceiver<Request>);

impl RequestReader for FakeRequests {
    fn next(&mut self) -> BoxFuture<'_, Option<Request>> {
        Box::pin(self.0.next())
    }
}

impl Ingress for FakeIngress {
    fn open(&self, route: Route, _capacity: usize) -> Result<Box<dyn RequestReader>, PluginError> {
        let (sender, requests) = mpsc::unbounded();
        self.routes.lock().unwrap_or_else(PoisonError::into_inner).push((route, sender));
        Ok(Box::new(FakeRequests(requests)))
    }
}

impl FakeIngress {
    /// Returns the routes that were opened.
    pub fn routes(&self) -> Vec<Route> {
        self.routes.lock().unwrap_or_else(PoisonError::into_inner).iter().map(|(route, _)| route.clone()).collect()
    }

    /// Sends a request to the route of this path; the answer comes when the plugin gives it.
    pub fn request(&self, path: &str, segments: &[(&str, &str)], body: &Value) -> oneshot::Receiver<Response> {
        self.send(path, segments, &[], serde_json::to_vec(body).expect("JSON"))
    }

    /// Like [`FakeIngress::request`], with headers and any body.
    pub fn send(&self, path: &str, segments: &[(&str, &str)], headers: &[(&str, &str)], body: Vec<u8>) -> oneshot::Receiver<Response> {
        let owned = |pairs: &[(&str, &str)]| pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        let (answer, answered) = oneshot::channel();
        let request = Request {
            segments: owned(segments),
            query: BTreeMap::new(),
            headers: owned(headers),
            body,
            answer: Box::new(move |response| drop(answer.send(response))),
        };
        let routes = self.routes.lock().unwrap_or_else(PoisonError::into_inner);
        let (_, sender) = routes.iter().find(|(route, _)| route.path == path).expect("an open route");
        sender.unbounded_send(request).expect("a plugin that reads");
        answered
    }
}

/// A bus on which the test speaks.
#[derive(Default)]
pub struct FakeBus {
    readers: Mutex<Vec<(BusFilter, mpsc::UnboundedSender<BusMessage>)>>,
}

struct FakeBusReader(mpsc::UnboundedReceiver<BusMessage>);

impl BusReader for FakeBusReader {
    fn next(&mut self) -> BoxFuture<'_, BusMessage> {
        Box::pin(async move {
            match self.0.next().await {
                Some(message) => message,
                None => futures::future::pending().await,
            }
        })
    }

    fn dropped(&self) -> u64 {
        0
    }
}

impl Bus for FakeBus {
    fn read(&self, filter: BusFilter, _capacity: usize) -> Result<Box<dyn BusReader>, PluginError> {
        let (sender, messages) = mpsc::unbounded();
        self.readers.lock().unwrap_or_else(PoisonError::into_inner).push((filter, sender));
        Ok(Box::new(FakeBusReader(messages)))
    }
}

impl FakeBus {
    /// Gives a payload to all readers that want it.
    pub fn publish(&self, message: &BusMessage) {
        let readers = self.readers.lock().unwrap_or_else(PoisonError::into_inner);
        for (_, sender) in readers.iter().filter(|(filter, _)| filter.wants(&message.origin)) {
            // A reader that is gone misses nothing.
            let _ = sender.unbounded_send(message.clone());
        }
    }
}
