//! What other pallets and the runtime's APIs may ask.

use crate::{pallet::*, Deed, Link};
use alloc::vec::Vec;
use neurite_primitives::{DeedId, NodePublic, NodeSpecs};

impl<T: Config> Pallet<T> {
    /// Returns a deed, issued or not.
    pub fn deed(deed: DeedId) -> Option<Deed<T::AccountId>> {
        Deeds::<T>::get(deed)
    }

    /// Returns the issued deeds from `start` on, at most `limit`.
    ///
    /// Looks at as many deeds as exist from `start` on: for reads off chain only.
    pub fn issued(start: DeedId, limit: u32) -> Vec<DeedId> {
        (start..Total::<T>::get())
            .filter(|deed| Deeds::<T>::get(deed).is_some_and(|deed| deed.owner.is_some()))
            .take(usize::try_from(limit).unwrap_or(usize::MAX))
            .collect()
    }

    fn link_of(deed: DeedId) -> Option<Link<T::AccountId>> {
        Deeds::<T>::get(deed)?.link
    }
}

impl<T: Config> neurite_traits::Deeds<T::AccountId> for Pallet<T> {
    fn count() -> u32 {
        Total::<T>::get()
    }

    fn owner(deed: DeedId) -> Option<T::AccountId> {
        Deeds::<T>::get(deed)?.owner
    }

    fn deed_of(node: &T::AccountId) -> Option<DeedId> {
        DeedOf::<T>::get(node)
    }

    fn node(deed: DeedId) -> Option<T::AccountId> {
        Self::link_of(deed).map(|link| link.account)
    }

    fn node_public(deed: DeedId) -> Option<NodePublic> {
        Self::link_of(deed).map(|link| link.node)
    }

    fn specs(deed: DeedId) -> Option<NodeSpecs> {
        Self::link_of(deed)?.specs
    }

    fn is_eligible(deed: DeedId) -> bool {
        Deeds::<T>::get(deed).is_some_and(|deed| {
            deed.link.is_some() && deed.bond.is_some_and(|bond| bond.release_at.is_none() && bond.amount >= bond.required)
        })
    }

    fn generation(deed: DeedId) -> u32 {
        Deeds::<T>::get(deed).map_or(0, |deed| deed.generation)
    }
}
