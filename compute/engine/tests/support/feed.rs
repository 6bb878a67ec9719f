//! Sources without an end that the test feeds, with a cursor or without.

use neurite_core::{Acquisition, Batch, Bookmark, BoxFuture, Context, Field, Plugin, PluginError, Tensor};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;
use std::sync::{
    atomic::{AtomicU32, Ordering},
    Arc,
};
use tokio::sync::watch;

/// Gives one row per batch.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE", deny_unknown_fields)]
pub(crate) struct FeedParameters {
    /// Means nothing.
    #[serde(default)]
    #[allow(dead_code)]
    url: Option<String>,
    /// Means nothing either.
    #[serde(default)]
    #[allow(dead_code)]
    option: u32,
}

/// The rows that exist so far, and how often sources were opened.
#[derive(Clone, Default)]
pub(crate) struct FeedScript {
    rows: Arc<watch::Sender<u64>>,
    opened: Arc<AtomicU32>,
}

impl FeedScript {
    /// Makes more rows.
    pub(crate) fn push(&self, rows: u64) {
        self.rows.send_modify(|existing| *existing += rows);
    }

    /// Returns how often a source was opened.
    pub(crate) fn opened(&self) -> u32 {
        self.opened.load(Ordering::SeqCst)
    }

    fn open(&self, has_cursor: bool) -> Box<dyn Acquisition> {
        self.opened.fetch_add(1, Ordering::SeqCst);
        let next = if has_cursor { 0 } else { *self.rows.borrow() };
        Box::new(Source { rows: self.rows.subscribe(), has_cursor, position: 0, next })
    }
}

/// The plugin `KeyFeed`: what was delivered comes again from its cursor.
pub(crate) struct KeyFeed(pub(crate) FeedScript);

/// The plugin `LiveFeed`: what was delivered before it was opened is gone.
pub(crate) struct LiveFeed(pub(crate) FeedScript);

impl Plugin for KeyFeed {
    type Instance = Box<dyn Acquisition>;
    type Parameters = FeedParameters;
    const SIGNATURE: &'static str = "KeyFeed";
    const LIVE: bool = true;

    fn open<'a>(&'a self, _: FeedParameters, _: &'a Context) -> BoxFuture<'a, Result<Self::Instance, PluginError>> {
        Box::pin(async { Ok(self.0.open(true)) })
    }
}

impl Plugin for LiveFeed {
    type Instance = Box<dyn Acquisition>;
    type Parameters = FeedParameters;
    const SIGNATURE: &'static str = "LiveFeed";
    const LIVE: bool = true;

    fn open<'a>(&'a self, _: FeedParameters, _: &'a Context) -> BoxFuture<'a, Result<Self::Instance, PluginError>> {
        Box::pin(async { Ok(self.0.open(false)) })
    }
}

struct Source {
    rows: watch::Receiver<u64>,
    has_cursor: bool,
    /// Rows delivered, as the engine counts them.
    position: u64,
    /// The next row of those that exist.
    next: u64,
}

impl Acquisition for Source {
    fn total(&self) -> Option<u64> {
        None
    }

    fn seek<'a>(&'a mut self, bookmark: &'a Bookmark) -> BoxFuture<'a, Result<(), PluginError>> {
        self.position = bookmark.rows;
        if self.has_cursor {
            self.next = bookmark.cursor.as_u64().unwrap_or(0);
        }
        Box::pin(async { Ok(()) })
    }

    fn next_batch(&mut self) -> BoxFuture<'_, Result<Option<Batch>, PluginError>> {
        Box::pin(async {
            let next = self.next;
            self.rows.wait_for(|rows| *rows > next).await.map_err(|error| PluginError::internal(error.to_string()))?;
            let field = Field::new(Field::FEATURES, Tensor::f32(vec![1, 1], vec![next as f32])?);
            let batch = Batch::new(self.position, vec![field])?;
            (self.position, self.next) = (batch.end(), next + 1);
            Ok(Some(if self.has_cursor { batch.with_cursor(json!(self.next)) } else { batch }))
        })
    }
}
