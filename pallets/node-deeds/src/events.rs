//! What happened to deeds.

use frame_support::pallet_macros::pallet_section;

/// The events of the pallet.
#[pallet_section]
mod events {
    /// What happened to deeds.
    #[pallet::event]
    #[pallet::generate_deposit(pub(crate) fn deposit_event)]
    pub enum Event<T: Config> {
        /// A deed got its first owner.
        Issued {
            /// The deed.
            deed: DeedId,
            /// Its owner.
            to: T::AccountId,
        },
        /// A deed changed its owner.
        Transferred {
            /// The deed.
            deed: DeedId,
            /// Its former owner.
            from: T::AccountId,
            /// Its owner.
            to: T::AccountId,
        },
        /// A node was linked to a deed.
        Linked {
            /// The deed.
            deed: DeedId,
            /// Its owner.
            owner: T::AccountId,
            /// The node's public key.
            node: NodePublic,
            /// The node's account.
            account: T::AccountId,
            /// How often the deed was linked or transferred, this link included.
            generation: u32,
            /// What is held as bond.
            bond: Balance,
        },
        /// A deed was parted from its node.
        Unlinked {
            /// The deed.
            deed: DeedId,
            /// The node's account.
            account: T::AccountId,
            /// Active moment from which on the bond may be released.
            bond_until: Moment,
        },
        /// A bond was released.
        BondReleased {
            /// The deed.
            deed: DeedId,
            /// The account that had paid it.
            holder: T::AccountId,
            /// The amount.
            amount: Balance,
        },
        /// A bond that was short was completed.
        BondCompleted {
            /// The deed.
            deed: DeedId,
            /// What was missing.
            amount: Balance,
        },
        /// A node committed its specs.
        SpecsCommitted {
            /// The deed.
            deed: DeedId,
            /// The node's account.
            account: T::AccountId,
            /// The epoch of the commit.
            epoch: EpochIndex,
            /// The specs.
            specs: NodeSpecs,
        },
        /// The parameters were replaced.
        ParametersSet {
            /// The parameters.
            parameters: DeedParameters,
        },
    }
}
