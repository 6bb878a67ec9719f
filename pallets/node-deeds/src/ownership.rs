//! Who owns a deed, and which node is linked to it.

use crate::{pallet::*, Deed, DeedParameters, Link};
use frame_support::{ensure, pallet_prelude::DispatchResult, weights::Weight};
use frame_system::pallet_prelude::BlockNumberFor;
use neurite_primitives::{messages::LinkProof, DeedId, NodePublic, NodeSignature};
use neurite_traits::{ChainClock, DeedChanges, DeedRewards};
use sp_core::H256;
use sp_runtime::{
    traits::{Convert, Verify, Zero},
    DispatchError,
};

impl<T: Config> Pallet<T> {
    /// Stores all parameters.
    pub(crate) fn put_parameters(parameters: &DeedParameters) {
        DeedBond::<T>::put(parameters.bond);
        LinkCoolDown::<T>::put(parameters.link_cool_down);
        ChallengeWindow::<T>::put(parameters.challenge_window);
    }

    /// Returns a deed or `NotFound`.
    pub(crate) fn existing(deed: DeedId) -> Result<Deed<T::AccountId>, DispatchError> {
        Deeds::<T>::get(deed).ok_or_else(|| Error::<T>::NotFound.into())
    }

    /// Returns a deed that `who` owns.
    pub(crate) fn owned(deed: DeedId, who: &T::AccountId) -> Result<Deed<T::AccountId>, DispatchError> {
        let found = Self::existing(deed)?;
        ensure!(found.owner.as_ref() == Some(who), Error::<T>::NotAuthorized);
        Ok(found)
    }

    pub(crate) fn do_issue(deed: DeedId, to: T::AccountId) -> DispatchResult {
        let mut found = Self::existing(deed)?;
        ensure!(found.owner.is_none(), Error::<T>::AlreadyIssued);
        found.owner = Some(to.clone());
        Deeds::<T>::insert(deed, found);
        Self::deposit_event(Event::Issued { deed, to });
        Ok(())
    }

    /// Gives a deed to another account and returns what it weighed to settle its rewards.
    pub(crate) fn do_transfer(owner: T::AccountId, deed: DeedId, to: T::AccountId) -> Result<Weight, DispatchError> {
        let mut found = Self::owned(deed, &owner)?;
        ensure!(found.link.is_none(), Error::<T>::AlreadyLinked);
        // Before the owner changes: rewards are paid to whom the deed belongs.
        let settlement = T::Rewards::settle(deed)?;
        found.owner = Some(to.clone());
        found.generation = found.generation.saturating_add(1);
        Deeds::<T>::insert(deed, found);
        Self::deposit_event(Event::Transferred { deed, from: owner, to });
        Ok(settlement)
    }

    pub(crate) fn do_link(owner: T::AccountId, deed: DeedId, node: NodePublic, proof: NodeSignature) -> DispatchResult {
        let mut found = Self::owned(deed, &owner)?;
        ensure!(found.link.is_none(), Error::<T>::AlreadyLinked);
        ensure!(!Self::is_cooling_down(&found), Error::<T>::CoolingDown);
        let account = T::NodeAccount::convert(node);
        ensure!(!DeedOf::<T>::contains_key(&account), Error::<T>::NodeAlreadyLinked);
        Self::ensure_possession(&owner, deed, found.generation, &node, &proof)?;

        let bond = Self::hold_bond(deed, &owner, found.bond.take())?;
        let held = bond.amount;
        let generation = found.generation.saturating_add(1);
        found.bond = Some(bond);
        found.generation = generation;
        found.link = Some(Link { node, account: account.clone(), specs: None, committed_in: None });
        Deeds::<T>::insert(deed, found);
        DeedOf::<T>::insert(&account, deed);
        // The node signs reports without a balance; without this reference its account would not exist.
        frame_system::Pallet::<T>::inc_sufficients(&account);
        T::Changes::linked(deed);
        Self::deposit_event(Event::Linked { deed, owner, node, account, generation, bond: held });
        Ok(())
    }

    pub(crate) fn do_unlink(who: T::AccountId, deed: DeedId) -> DispatchResult {
        let mut found = Self::existing(deed)?;
        let link = found.link.take().ok_or(Error::<T>::NotLinked)?;
        ensure!(found.owner.as_ref() == Some(&who) || link.account == who, Error::<T>::NotAuthorized);

        let now = T::Clock::active_now();
        let bond_until = now.saturating_add(ChallengeWindow::<T>::get());
        if let Some(bond) = found.bond.as_mut() {
            bond.release_at = Some(bond_until);
        }
        found.unlinked_at = Some(now);
        Deeds::<T>::insert(deed, found);
        DeedOf::<T>::remove(&link.account);
        frame_system::Pallet::<T>::dec_sufficients(&link.account);
        T::Changes::unlinked(deed);
        Self::deposit_event(Event::Unlinked { deed, account: link.account, bond_until });
        Ok(())
    }

    fn is_cooling_down(deed: &Deed<T::AccountId>) -> bool {
        deed.unlinked_at.is_some_and(|moment| T::Clock::active_now() < moment.saturating_add(LinkCoolDown::<T>::get()))
    }

    /// Checks that the node signed the proof for exactly this link.
    fn ensure_possession(owner: &T::AccountId, deed: DeedId, generation: u32, node: &NodePublic, proof: &NodeSignature) -> DispatchResult {
        let statement = LinkProof { genesis: Self::genesis_hash(), deed, owner: owner.clone(), generation };
        ensure!(proof.verify(statement.signing_bytes().as_slice(), node), Error::<T>::InvalidProof);
        Ok(())
    }

    /// Returns the hash of the genesis block, which a link's proof names.
    pub fn genesis_hash() -> H256 {
        let hash = frame_system::Pallet::<T>::block_hash(BlockNumberFor::<T>::zero());
        let mut genesis = H256::zero();
        // Hashes of this chain have 32 bytes; of a shorter one the rest stays zero.
        for (byte, from) in genesis.0.iter_mut().zip(hash.as_ref()) {
            *byte = *from;
        }
        genesis
    }
}
