//! Real services on loopback, each with a folder and ports of its own, for tests of plugins that speak to them.
//!
//! They come from Debian's packages, which `scripts/setup` installs. A test starts what it needs; dropping it ends the processes.

mod mosquitto;
mod rabbitmq;

pub use mosquitto::Mosquitto;
pub use rabbitmq::RabbitMq;
