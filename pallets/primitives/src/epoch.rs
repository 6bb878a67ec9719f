//! Reward epochs: their states, parameters and the terms of a deed's power.

use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;
use sp_runtime::FixedI128;

/// Where an epoch stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
#[cfg_attr(feature = "std", derive(serde::Serialize, serde::Deserialize))]
pub enum EpochState {
    /// Runs now.
    Open,
    /// Its time is over; reports are collected, then pages settled.
    Closing,
    /// Rewards are fixed and may be claimed.
    Settled,
    /// A page had no quorum; everything was released to the pool.
    Voided,
}

/// How a node's past counts in its index (Equation 2).
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
#[cfg_attr(feature = "std", derive(serde::Serialize, serde::Deserialize))]
pub enum AliveMode {
    /// `exp(P)·τ·a/255`: life-time availability times the epoch's own.
    #[default]
    Lifetime,
    /// `exp(P)·a/255`: only the epoch's own.
    Epoch,
}

/// The terms of a deed's power score, each clamped as in the specification.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
#[cfg_attr(feature = "std", derive(serde::Serialize, serde::Deserialize))]
pub struct PowerTerms {
    /// `ln(score / score_ref)` in [−4, 4].
    pub capacity: FixedI128,
    /// `ln(1 + (units / units_ref) / e^capacity)` in [0, 4].
    pub actual: FixedI128,
    /// Penalties, halved every ten settled epochs; at least 0.
    pub penalty: FixedI128,
    /// `capacity + actual − penalty` in [−8, 8].
    pub power: FixedI128,
}

/// Why a deed is penalised.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
#[cfg_attr(feature = "std", derive(serde::Serialize, serde::Deserialize))]
pub enum Offence {
    /// An accepted assignment was missed by the worker's own fault: +0.25.
    MissedAssignment,
    /// A spot check failed: +1.
    FailedSpotCheck,
    /// A challenge was lost: +2.
    LostChallenge,
}
