//! `AmqpSubscriber`: messages of a queue.
//!
//! Messages are acknowledged when the batch after theirs is asked for: then the pipeline has taken theirs. What was not acknowledged when the
//! connection, the engine or the machine ends, the broker delivers again, to this engine or to another that consumes the queue.
//!
//! Guarantees: no message is lost between queue and pipeline; one may come twice after a break (at least once). The pipeline's own pace holds the
//! broker back: at most `PREFETCH` messages are under way, the others stay in the queue. A message that does not decode, or that is larger than
//! 2 MiB, is rejected, so that the broker moves it to the queue's dead-letter exchange or drops it. A connection that breaks makes the source
//! unavailable; a queue that does not exist, and a user that is refused, are failures of the input.

mod config;
mod plugin;

pub use config::AmqpSubscriberParameters;
pub use plugin::AmqpSubscriber;

#[cfg(test)]
mod tests;
