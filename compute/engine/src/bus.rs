//! The payloads of the pipelines on an engine, for pipelines that work on what others found.
//!
//! Whoever publishes never waits: each reader has a bounded queue of its own whose oldest payloads go when it does not keep up.

use crate::{
    limits::{MAX_BUS_CAPACITY, MAX_BUS_READERS},
    queue::{queue, Policy, Receiver, Sender},
};
use neurite_core::{BoxFuture, Bus, BusFilter, BusMessage, BusReader, Origin, Payload, PluginError};
use std::sync::{
    atomic::{AtomicU64, Ordering},
    Arc, Mutex, MutexGuard, PoisonError,
};

/// The bus of an engine; all clones are the same bus.
///
/// It exists before the engine, because plugins get it as [`neurite_core::Services::bus`] and the engine publishes on it.
#[derive(Clone, Default)]
pub struct PayloadBus {
    subscriptions: Arc<Mutex<Vec<Subscription>>>,
}

/// A reader as the publishers see it.
struct Subscription {
    filter: BusFilter,
    queue: Sender<BusMessage>,
    dropped: Arc<AtomicU64>,
}

/// A reader as its plugin sees it.
struct Reader {
    queue: Receiver<BusMessage>,
    dropped: Arc<AtomicU64>,
}

impl PayloadBus {
    /// Gives a payload to all readers that want it.
    pub(crate) fn publish(&self, origin: &Origin, payload: &Payload) {
        for subscription in self.lock().iter().filter(|subscription| subscription.filter.wants(origin)) {
            let message = BusMessage { origin: origin.clone(), payload: payload.clone() };
            if let Ok(Some(_)) = subscription.queue.push(message) {
                subscription.dropped.fetch_add(1, Ordering::Relaxed);
            }
        }
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Subscription>> {
        self.subscriptions.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Bus for PayloadBus {
    /// Like the trait says; at most [`MAX_BUS_CAPACITY`] payloads wait for a reader, and there are at most [`MAX_BUS_READERS`].
    fn read(&self, filter: BusFilter, capacity: usize) -> Result<Box<dyn BusReader>, PluginError> {
        let mut subscriptions = self.lock();
        subscriptions.retain(|subscription| !subscription.queue.is_closed());
        if subscriptions.len() >= MAX_BUS_READERS {
            return Err(PluginError::resources(format!("{MAX_BUS_READERS} plugins read other pipelines' payloads, no more can")));
        }
        let (sender, receiver) = queue(capacity.min(MAX_BUS_CAPACITY), Policy::DropOldest);
        let dropped = Arc::new(AtomicU64::new(0));
        subscriptions.push(Subscription { filter, queue: sender, dropped: dropped.clone() });
        Ok(Box::new(Reader { queue: receiver, dropped }))
    }
}

impl BusReader for Reader {
    fn next(&mut self) -> BoxFuture<'_, BusMessage> {
        Box::pin(async {
            match self.queue.recv().await {
                Some(message) => message,
                // The engine is gone; nothing will come any more.
                None => std::future::pending().await,
            }
        })
    }

    fn dropped(&self) -> u64 {
        self.dropped.load(Ordering::Relaxed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use neurite_core::PayloadKind;
    use neurite_testkit::block_on;
    use serde_json::{json, Map};

    fn publish(bus: &PayloadBus, pipeline: &str, number: u32) {
        let origin = Origin { pipeline: pipeline.into(), signature: "TEST".into(), instance: "one".into() };
        let body = Map::from_iter([("NUMBER".to_owned(), json!(number))]);
        bus.publish(&origin, &Payload { kind: PayloadKind::Data, body });
    }

    fn number(reader: &mut dyn BusReader) -> u64 {
        block_on(reader.next()).payload.body["NUMBER"].as_u64().unwrap()
    }

    #[test]
    fn a_reader_gets_what_it_wants_in_order_from_then_on() {
        let bus = PayloadBus::default();
        publish(&bus, "a", 0);
        let mut all = bus.read(BusFilter::default(), 8).unwrap();
        let mut some = bus.read(BusFilter { pipelines: vec!["b".into()], ..BusFilter::default() }, 8).unwrap();
        (1..4).for_each(|at| publish(&bus, if at == 2 { "b" } else { "a" }, at));
        assert_eq!([number(&mut *all), number(&mut *all), number(&mut *all)], [1, 2, 3]);
        assert_eq!(number(&mut *some), 2);
        assert_eq!((all.dropped(), some.dropped()), (0, 0));
    }

    #[test]
    fn a_slow_reader_loses_the_oldest_and_knows_how_many() {
        let bus = PayloadBus::default();
        let mut reader = bus.read(BusFilter::default(), 2).unwrap();
        (0..5).for_each(|at| publish(&bus, "a", at));
        assert_eq!((reader.dropped(), number(&mut *reader), number(&mut *reader)), (3, 3, 4));
    }

    #[test]
    fn readers_are_bounded_and_those_that_are_gone_make_room() {
        let bus = PayloadBus::default();
        let mut readers: Vec<_> = (0..MAX_BUS_READERS).map(|_| bus.read(BusFilter::default(), 1).unwrap()).collect();
        assert!(matches!(bus.read(BusFilter::default(), 1).map(drop), Err(PluginError::Resources { .. })));
        readers.pop();
        assert!(bus.read(BusFilter::default(), 1).is_ok());
    }
}
