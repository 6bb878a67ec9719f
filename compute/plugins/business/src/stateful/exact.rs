//! Floating-point numbers that JSON keeps to the last bit.

use serde::{de::Error, Deserialize, Deserializer, Serialize, Serializer};

/// A number of a state, written as text: JSON has no infinities and no missing number, and its readers round.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd, Default)]
pub(crate) struct Exact(pub(crate) f64);

impl Serialize for Exact {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Exact {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map(Self).map_err(D::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn every_number_survives(bits in any::<u64>()) {
            let number = f64::from_bits(bits);
            let text = serde_json::to_string(&Exact(number)).unwrap();
            let Exact(read) = serde_json::from_str(&text).unwrap();
            prop_assert!(read.to_bits() == bits || (read.is_nan() && number.is_nan()));
        }
    }

    #[test]
    fn what_is_no_number_is_refused() {
        assert!(serde_json::from_str::<Exact>("\"three\"").is_err());
        assert!(serde_json::from_str::<Exact>("3.0").is_err());
    }
}
