//! A token bucket per sender.

use crate::{Address, UnixMillis};
use std::collections::HashMap;

/// How much a sender may send.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rate {
    /// Messages a second in the long run.
    pub per_second: u32,
    /// Messages at once after a silence; at least one is needed to send anything.
    pub burst: u32,
}

/// Thousandths of a message: with them a millisecond refills a whole number.
const MESSAGE: u64 = 1000;

#[derive(Clone, Copy, Debug)]
struct Bucket {
    tokens: u64,
    at: UnixMillis,
}

/// The buckets of a bounded number of senders; a full bucket is one that need not be kept.
#[derive(Clone, Debug)]
pub(super) struct RateLimiter {
    rate: Rate,
    max_senders: usize,
    buckets: HashMap<Address, Bucket>,
}

impl RateLimiter {
    pub(super) fn new(rate: Rate, max_senders: usize) -> Self {
        Self { rate, max_senders, buckets: HashMap::new() }
    }

    /// Takes a message from the sender's bucket; says no if there is none, or no room for a new sender.
    pub(super) fn take(&mut self, sender: &Address, now: UnixMillis) -> bool {
        if self.buckets.len() >= self.max_senders && !self.buckets.contains_key(sender) {
            let rate = self.rate;
            self.buckets.retain(|_, bucket| refilled(rate, *bucket, now).tokens < full(rate));
            if self.buckets.len() >= self.max_senders {
                return false;
            }
        }
        let fresh = Bucket { tokens: full(self.rate), at: now };
        let bucket = self.buckets.entry(*sender).or_insert(fresh);
        *bucket = refilled(self.rate, *bucket, now);
        match bucket.tokens.checked_sub(MESSAGE) {
            Some(rest) => {
                bucket.tokens = rest;
                true
            }
            None => false,
        }
    }
}

fn full(rate: Rate) -> u64 {
    u64::from(rate.burst).saturating_mul(MESSAGE)
}

fn refilled(rate: Rate, bucket: Bucket, now: UnixMillis) -> Bucket {
    let millis = now.saturating_sub(bucket.at);
    let tokens = bucket.tokens.saturating_add(millis.saturating_mul(rate.per_second.into()));
    Bucket { tokens: tokens.min(full(rate)), at: now.max(bucket.at) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Identity;

    fn sender(byte: u8) -> Address {
        *Identity::from_secret(&[byte; 32]).unwrap().address()
    }

    #[test]
    fn a_burst_then_the_rate() {
        let mut limiter = RateLimiter::new(Rate { per_second: 2, burst: 3 }, 10);
        let taken = |limiter: &mut RateLimiter, now| (0..10).filter(|_| limiter.take(&sender(1), now)).count();
        assert_eq!(taken(&mut limiter, 1000), 3);
        assert_eq!(taken(&mut limiter, 1499), 0);
        assert_eq!(taken(&mut limiter, 1500), 1);
        assert_eq!(taken(&mut limiter, 900), 0);
        assert_eq!(taken(&mut limiter, 1_000_000), 3);
        assert!(limiter.take(&sender(2), 1_000_000));
    }

    #[test]
    fn senders_with_full_buckets_make_room() {
        let mut limiter = RateLimiter::new(Rate { per_second: 1, burst: 1 }, 2);
        assert!(limiter.take(&sender(1), 0) && limiter.take(&sender(2), 500));
        assert!(!limiter.take(&sender(3), 999));
        assert!(limiter.take(&sender(3), 1000));
        assert!(!limiter.take(&sender(2), 1000));
        assert!(!limiter.take(&sender(1), 1000));
    }
}
