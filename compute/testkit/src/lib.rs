//! Contract suites, fakes and temporary folders for tests.
//!
//! Every implementation of a core trait runs the suite of its kind: [`acquisition`], [`serving`], [`business`], [`communication`]. The fakes stand
//! for what is injected: [`FakeClock`], [`FakePublisher`], [`FakeBus`], [`FakeIngress`], and the serving plugin [`FakeModel`], which answers from memory as a script says.
//! Brokers and databases are real ones, started by the test: [`servers`].
//! Suites and fakes panic with what they expected; they are for tests only.
#![warn(missing_docs)]

pub mod acquisition;
pub mod business;
pub mod communication;
pub mod servers;
pub mod serving;

mod base;
mod clock;
mod model;
mod ports;
mod publisher;
mod services;

pub use base::{context, detached_context, TempBase};
pub use clock::FakeClock;
pub use futures::executor::block_on;
pub use model::{FakeModel, FakeModelParameters, ModelScript};
pub use ports::free_address;
pub use publisher::FakePublisher;
pub use services::{services, FakeBus, FakeIngress};
