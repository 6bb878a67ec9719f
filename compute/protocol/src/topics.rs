//! The MQTT topics, below a root that the network chooses.

use crate::{error::shorten, Address, ProtocolError};

/// The root that Naeural and Ratio1 networks use.
pub const DEFAULT_ROOT: &str = "naeural";
const LONGEST_LEVEL: usize = 128;

/// Names the topics of one network.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Topics {
    root: String,
}

impl Topics {
    /// Makes the topics below `root`, which is one level.
    ///
    /// # Errors
    /// `InvalidTopic` if the root is empty, longer than 128 bytes or has `/`, `+`, `#` or a control character.
    pub fn new(root: &str) -> Result<Self, ProtocolError> {
        check(root)?;
        Ok(Self { root: root.to_owned() })
    }

    /// Returns the root.
    pub fn root(&self) -> &str {
        &self.root
    }

    /// Returns the topic of heartbeats, QoS 1.
    pub fn control(&self) -> String {
        format!("{}/ctrl", self.root)
    }

    /// Returns the topic of notifications, QoS 1.
    pub fn notifications(&self) -> String {
        format!("{}/notif", self.root)
    }

    /// Returns the topic of payloads to everyone, QoS 1.
    pub fn payloads(&self) -> String {
        format!("{}/payloads", self.root)
    }

    /// Returns the topic of payloads to one receiver, QoS 1.
    pub fn payloads_to(&self, receiver: &Address) -> String {
        format!("{}/{receiver}/payloads", self.root)
    }

    /// Returns the topic of commands to a node by its address, QoS 2.
    pub fn config(&self, node: &Address) -> String {
        format!("{}/{node}/config", self.root)
    }

    /// Returns the topic of commands to a node by its alias, QoS 2.
    ///
    /// # Errors
    /// `InvalidTopic` if the alias cannot be a level of a topic.
    pub fn config_by_alias(&self, alias: &str) -> Result<String, ProtocolError> {
        check(alias)?;
        Ok(format!("{}/{alias}/config", self.root))
    }
}

impl Default for Topics {
    fn default() -> Self {
        Self { root: DEFAULT_ROOT.to_owned() }
    }
}

fn check(level: &str) -> Result<(), ProtocolError> {
    let reserved = |character: char| matches!(character, '/' | '+' | '#') || character.is_control();
    if level.is_empty() || level.len() > LONGEST_LEVEL || level.starts_with('$') || level.contains(reserved) {
        return Err(ProtocolError::InvalidTopic { level: shorten(level) });
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn topics_are_those_of_the_protocol() {
        let topics = Topics::default();
        let node = *crate::Identity::from_secret(&[1; 32]).unwrap().address();
        assert_eq!(topics.control(), "naeural/ctrl");
        assert_eq!(topics.notifications(), "naeural/notif");
        assert_eq!(topics.payloads(), "naeural/payloads");
        assert_eq!(topics.payloads_to(&node), format!("naeural/{node}/payloads"));
        assert_eq!(topics.config(&node), format!("naeural/{node}/config"));
        assert_eq!(topics.config_by_alias("box-1").unwrap(), "naeural/box-1/config");
    }

    #[test]
    fn wildcards_and_levels_cannot_be_smuggled_in() {
        for wrong in ["", "a/b", "+", "#", "a#", "$SYS", "a\0", "a\n", &"x".repeat(129)] {
            assert!(Topics::new(wrong).is_err(), "{wrong:?}");
            assert!(Topics::default().config_by_alias(wrong).is_err(), "{wrong:?}");
        }
    }
}
