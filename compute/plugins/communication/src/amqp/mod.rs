//! `AMQP`: payloads to an exchange of an AMQP 0-9-1 broker such as RabbitMQ.
//!
//! Messages are persistent, carry `PAYLOAD_ID` as their message id, and count as delivered when the broker has confirmed them: stored in every
//! durable queue that they were routed to. An instance keeps one connection with one channel; a broken one is made again by the next call.
//!
//! The exchange must exist unless `EXCHANGE_TYPE` is given: a missing one is a permanent error, as is a lack of rights. What no queue takes is
//! gone, as AMQP has it, unless `MANDATORY` makes that a transient error.

mod config;
mod plugin;
mod sink;

pub use config::{AmqpParameters, ExchangeType};
pub use plugin::Amqp;

#[cfg(test)]
mod tests;
