//! Deeds, the engines linked to them and the specs they commit.
//!
//! A **deed** is the right to run one node of the network. All deeds exist from genesis on, are numbered `0..total`, and
//! are given to their first owners by `issue`. An owner **links** a deed to the key of an engine's **node**, which proves by
//! a signature that it agrees; from then on the node takes work, reports and earns for the deed.
//!
//! | call | who may |
//! |---|---|
//! | `issue` | `IssueOrigin` |
//! | `transfer` | the owner, while no node is linked and no reward is undecided |
//! | `link`, `link_many` | the owner, with a proof of possession of each node's key |
//! | `unlink` | the owner or the linked node (free for the node) |
//! | `release_bond` | anyone, once the bond's window is over |
//! | `complete_bond` | the owner |
//! | `commit_specs` | the linked node (its first commit in an epoch is free) |
//! | `set_parameters` | root |
//!
//! Terms:
//! * The **generation** of a deed counts its links and transfers. A proof of possession names it, so that it serves once.
//! * The **bond** is held on the owner from the link until the challenge window after the unlinking. It is **short** when less
//!   is held than was required at the link; such a deed is linked but not eligible for work.
//! * The **cool-down** runs from an unlinking to the earliest next link of the deed.
//! * All times are of the active clock, so that a halted chain lets nobody's window run out.
//!
//! Guarantees:
//! * A node belongs to at most one deed, and a deed to at most one node.
//! * What is held under [`HoldReason::DeedBond`] equals the sum of the bonds in the ledger, account by account, and every
//!   bond has a way out: unlink, wait, `release_bond`.
//! * A linked node's account is sufficient: it may sign without a balance.
//! * Specs belong to one link: they are forgotten with it.
//! * A transfer pays what the deed has earned to its former owner first: no reward changes hands with a deed.
#![cfg_attr(not(feature = "std"), no_std)]
#![cfg_attr(not(test), deny(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::arithmetic_side_effects))]
#![warn(missing_docs)]

extern crate alloc;

mod bonds;
mod errors;
mod events;
mod interface;
mod ownership;
mod specs;
#[cfg(feature = "try-runtime")]
mod try_state;
mod types;
pub mod weights;

#[cfg(test)]
mod mock;
#[cfg(test)]
mod tests;

use frame_support::pallet_macros::import_section;

pub use pallet::*;
pub use types::*;
pub use weights::WeightInfo;

/// Deeds, the engines linked to them and the specs they commit.
#[import_section(errors::errors)]
#[import_section(events::events)]
#[frame_support::pallet]
// The framework's macros expand to `expect`; no hand-written line of this module does.
#[allow(clippy::expect_used)]
pub mod pallet {
    use super::*;
    use alloc::vec::Vec;
    use frame_support::{pallet_prelude::*, traits::fungible};
    use frame_system::pallet_prelude::*;
    use neurite_primitives::{Balance, DeedId, EpochIndex, Moment, NodePublic, NodeSignature, NodeSpecs};
    use neurite_traits::{ChainClock, DeedChanges, DeedRewards};
    use sp_runtime::traits::Convert;

    /// The version of the pallet's storage.
    const STORAGE_VERSION: StorageVersion = StorageVersion::new(1);

    #[pallet::pallet]
    #[pallet::storage_version(STORAGE_VERSION)]
    pub struct Pallet<T>(_);

    /// The links of one call.
    pub type LinkRequests = BoundedVec<LinkRequest, ConstU32<MAX_LINKS>>;

    /// What the pallet needs from its runtime.
    #[pallet::config]
    pub trait Config: frame_system::Config {
        /// The token in which bonds are held.
        type Currency: fungible::Inspect<Self::AccountId, Balance = Balance>
            + fungible::InspectHold<Self::AccountId, Reason = Self::RuntimeHoldReason>
            + fungible::MutateHold<Self::AccountId>;

        /// The runtime's union of hold reasons.
        type RuntimeHoldReason: From<HoldReason>;

        /// Who may issue deeds.
        type IssueOrigin: EnsureOrigin<Self::RuntimeOrigin>;

        /// The chain's clocks.
        type Clock: ChainClock;

        /// Gives the account of a node's key, [`EcdsaNodeAccount`] on a real chain.
        type NodeAccount: Convert<NodePublic, Self::AccountId>;

        /// Hears of links, unlinks and new scores.
        type Changes: DeedChanges;

        /// Pays what a deed has earned before it is transferred.
        type Rewards: DeedRewards;

        /// The weights of the calls.
        type WeightInfo: WeightInfo;
    }

    /// Why this pallet holds money.
    #[pallet::composite_enum]
    pub enum HoldReason {
        /// The bond of a linked deed, or of one that was unlinked less than a challenge window ago.
        DeedBond,
    }

    /// The deeds; all of `0..Total` exist.
    #[pallet::storage]
    pub type Deeds<T: Config> = StorageMap<_, Twox64Concat, DeedId, Deed<T::AccountId>>;

    /// Number of deeds, fixed at genesis.
    #[pallet::storage]
    pub type Total<T: Config> = StorageValue<_, u32, ValueQuery>;

    /// The deed that a node's account is linked to.
    #[pallet::storage]
    pub type DeedOf<T: Config> = StorageMap<_, Blake2_128Concat, T::AccountId, DeedId>;

    /// The bond that a link requires.
    #[pallet::storage]
    pub type DeedBond<T: Config> = StorageValue<_, Balance, ValueQuery>;

    /// Time from an unlinking to the earliest next link, in active milliseconds.
    #[pallet::storage]
    pub type LinkCoolDown<T: Config> = StorageValue<_, Moment, ValueQuery>;

    /// Time that a bond stays held after the unlinking, in active milliseconds.
    #[pallet::storage]
    pub type ChallengeWindow<T: Config> = StorageValue<_, Moment, ValueQuery>;

    /// The deeds at genesis and the parameters.
    #[pallet::genesis_config]
    #[derive(frame_support::DefaultNoBound)]
    pub struct GenesisConfig<T: Config> {
        /// Number of deeds.
        pub total: u32,
        /// The bond that a link requires.
        pub bond: Balance,
        /// Time from an unlinking to the earliest next link, in active milliseconds.
        pub link_cool_down: Moment,
        /// Time that a bond stays held after the unlinking, in active milliseconds.
        pub challenge_window: Moment,
        /// Deeds that have an owner from the start.
        pub issued: Vec<(DeedId, T::AccountId)>,
    }

    #[pallet::genesis_build]
    impl<T: Config> BuildGenesisConfig for GenesisConfig<T> {
        fn build(&self) {
            let parameters =
                DeedParameters { bond: self.bond, link_cool_down: self.link_cool_down, challenge_window: self.challenge_window };
            assert!(parameters.are_within_bounds(), "a parameter of the deeds is out of its bounds");
            Pallet::<T>::put_parameters(&parameters);
            Total::<T>::put(self.total);
            for deed in 0..self.total {
                Deeds::<T>::insert(deed, Deed::unissued());
            }
            for (deed, owner) in &self.issued {
                let issued = Pallet::<T>::do_issue(*deed, owner.clone());
                assert!(issued.is_ok(), "deed {deed} cannot be issued at genesis: {issued:?}");
            }
        }
    }

    #[pallet::hooks]
    impl<T: Config> Hooks<BlockNumberFor<T>> for Pallet<T> {
        #[cfg(feature = "try-runtime")]
        fn try_state(_: BlockNumberFor<T>) -> Result<(), sp_runtime::TryRuntimeError> {
            Self::do_try_state()
        }
    }

    #[pallet::call]
    impl<T: Config> Pallet<T> {
        /// Gives a deed to its first owner.
        ///
        /// Origin: `IssueOrigin`. Errors: `NotFound`, `AlreadyIssued`. Event: `Issued`.
        #[pallet::call_index(0)]
        #[pallet::weight(T::WeightInfo::issue())]
        pub fn issue(origin: OriginFor<T>, deed: DeedId, to: T::AccountId) -> DispatchResult {
            T::IssueOrigin::ensure_origin(origin)?;
            Self::do_issue(deed, to)
        }

        /// Gives a deed to another account; it must not be linked.
        ///
        /// What it has earned is paid to the owner first. A bond that is still held stays with the account that paid it.
        ///
        /// Origin: the owner. Errors: `NotFound`, `NotAuthorized`, `AlreadyLinked`, and those of the settlement, as while an epoch in
        /// which the deed counts is closing. Event: `Transferred`.
        #[pallet::call_index(1)]
        #[pallet::weight(T::WeightInfo::transfer().saturating_add(T::Rewards::max_weight()))]
        pub fn transfer(origin: OriginFor<T>, deed: DeedId, to: T::AccountId) -> DispatchResultWithPostInfo {
            let owner = ensure_signed(origin)?;
            let settlement = Self::do_transfer(owner, deed, to)?;
            Ok(Some(T::WeightInfo::transfer().saturating_add(settlement)).into())
        }

        /// Links a deed to the key of a node, which agreed by signing the `LinkProof` of this chain, deed, owner and generation.
        ///
        /// Holds the bond on the owner and makes the node's account sufficient.
        ///
        /// Origin: the owner. Errors: `NotFound`, `NotAuthorized`, `AlreadyLinked`, `CoolingDown`, `NodeAlreadyLinked`,
        /// `InvalidProof`, `BondLocked` (a former owner's bond is still held), `InsufficientBalance`. Event: `Linked`.
        #[pallet::call_index(2)]
        #[pallet::weight(T::WeightInfo::link())]
        pub fn link(origin: OriginFor<T>, deed: DeedId, node: NodePublic, proof: NodeSignature) -> DispatchResult {
            let owner = ensure_signed(origin)?;
            Self::do_link(owner, deed, node, proof)
        }

        /// Parts a deed from its node. The bond stays held until the challenge window is over.
        ///
        /// Origin: the owner, or the linked node, which pays no fee. Errors: `NotFound`, `NotLinked`, `NotAuthorized`.
        /// Event: `Unlinked`.
        #[pallet::call_index(3)]
        #[pallet::weight(T::WeightInfo::unlink())]
        #[pallet::feeless_if(|origin: &OriginFor<T>, deed: &DeedId| -> bool {
            ensure_signed(origin.clone()).is_ok_and(|who| DeedOf::<T>::get(who) == Some(*deed))
        })]
        pub fn unlink(origin: OriginFor<T>, deed: DeedId) -> DispatchResult {
            let who = ensure_signed(origin)?;
            Self::do_unlink(who, deed)
        }

        /// Releases the bond of a deed that was unlinked a challenge window ago or longer.
        ///
        /// Origin: anyone. Errors: `NotFound` (no such deed, or no bond), `BondLocked`. Event: `BondReleased`.
        #[pallet::call_index(4)]
        #[pallet::weight(T::WeightInfo::release_bond())]
        pub fn release_bond(origin: OriginFor<T>, deed: DeedId) -> DispatchResult {
            ensure_signed(origin)?;
            Self::do_release_bond(deed)
        }

        /// Holds what is missing of a linked deed's bond, so that it becomes eligible again.
        ///
        /// Origin: the owner. Errors: `NotFound`, `NotAuthorized`, `NotLinked`, `BondComplete`, `InsufficientBalance`.
        /// Event: `BondCompleted`.
        #[pallet::call_index(5)]
        #[pallet::weight(T::WeightInfo::complete_bond())]
        pub fn complete_bond(origin: OriginFor<T>, deed: DeedId) -> DispatchResult {
            let owner = ensure_signed(origin)?;
            Self::do_complete_bond(owner, deed)
        }

        /// Commits what the node can do; it counts for assignments at once and for rewards from the next epoch on.
        ///
        /// Origin: a linked node; its first valid commit in an epoch is free. Errors: `NotLinked`, `InvalidSpecs`.
        /// Event: `SpecsCommitted`.
        #[pallet::call_index(6)]
        #[pallet::weight(T::WeightInfo::commit_specs())]
        #[pallet::feeless_if(|origin: &OriginFor<T>, specs: &NodeSpecs| -> bool {
            ensure_signed(origin.clone()).is_ok_and(|node| Pallet::<T>::is_first_valid_commit(&node, specs))
        })]
        pub fn commit_specs(origin: OriginFor<T>, specs: NodeSpecs) -> DispatchResult {
            let node = ensure_signed(origin)?;
            Self::do_commit_specs(node, specs)
        }

        /// Replaces the parameters. Bonds that are held already stay as they are.
        ///
        /// Origin: root. Errors: `ParameterOutOfBounds`. Event: `ParametersSet`.
        #[pallet::call_index(7)]
        #[pallet::weight(T::WeightInfo::set_parameters())]
        pub fn set_parameters(origin: OriginFor<T>, parameters: DeedParameters) -> DispatchResult {
            ensure_root(origin)?;
            ensure!(parameters.are_within_bounds(), Error::<T>::ParameterOutOfBounds);
            Self::put_parameters(&parameters);
            Self::deposit_event(Event::ParametersSet { parameters });
            Ok(())
        }

        /// Links several deeds at once, each as `link` does: all of them or none.
        ///
        /// Origin: the owner of all. Errors: those of `link`. Events: `Linked` for each.
        #[pallet::call_index(8)]
        #[pallet::weight(T::WeightInfo::link().saturating_mul(u64::try_from(links.len()).unwrap_or(u64::MAX).max(1)))]
        pub fn link_many(origin: OriginFor<T>, links: LinkRequests) -> DispatchResult {
            let owner = ensure_signed(origin)?;
            for LinkRequest { deed, node, proof } in links {
                Self::do_link(owner.clone(), deed, node, proof)?;
            }
            Ok(())
        }
    }
}
