//! The specs that nodes commit.

use crate::pallet::*;
use alloc::collections::BTreeSet;
use frame_support::{ensure, pallet_prelude::DispatchResult};
use neurite_primitives::{DeedId, NodeSpecs, Tag};
use neurite_traits::{ChainClock, DeedChanges};
use sp_runtime::DispatchError;

impl<T: Config> Pallet<T> {
    pub(crate) fn do_commit_specs(node: T::AccountId, specs: NodeSpecs) -> DispatchResult {
        let deed = Self::check_commit(&node, &specs)?;
        let epoch = T::Clock::epoch();
        let mut found = Self::existing(deed)?;
        let link = found.link.as_mut().ok_or(Error::<T>::NotLinked)?;
        link.specs = Some(specs.clone());
        link.committed_in = Some(epoch);
        Deeds::<T>::insert(deed, found);
        T::Changes::score_committed(deed, specs.benchmark.score);
        Self::deposit_event(Event::SpecsCommitted { deed, account: node, epoch, specs });
        Ok(())
    }

    /// Tells whether this commit would be accepted and the node has not committed in the current epoch.
    pub(crate) fn is_first_valid_commit(node: &T::AccountId, specs: &NodeSpecs) -> bool {
        let Ok(deed) = Self::check_commit(node, specs) else { return false };
        let committed_in = Deeds::<T>::get(deed).and_then(|deed| deed.link).and_then(|link| link.committed_in);
        committed_in != Some(T::Clock::epoch())
    }

    fn check_commit(node: &T::AccountId, specs: &NodeSpecs) -> Result<DeedId, DispatchError> {
        let deed = DeedOf::<T>::get(node).ok_or(Error::<T>::NotLinked)?;
        ensure!(are_sensible(specs), Error::<T>::InvalidSpecs);
        Ok(deed)
    }
}

/// Tells whether specs describe a machine that can work, without repetitions, with well-formed tags.
fn are_sensible(specs: &NodeSpecs) -> bool {
    let distinct_tags = specs.tags.iter().collect::<BTreeSet<_>>().len() == specs.tags.len();
    let distinct_backends = specs.backends.iter().enumerate().all(|(at, backend)| !specs.backends.iter().take(at).any(|b| b == backend));
    specs.cores > 0
        && specs.memory_mib > 0
        && specs.benchmark.score > 0
        && distinct_tags
        && distinct_backends
        && specs.tags.iter().all(is_well_formed)
}

fn is_well_formed(tag: &Tag) -> bool {
    !tag.is_empty() && tag.iter().all(|byte| byte.is_ascii_graphic() && !byte.is_ascii_uppercase())
}
