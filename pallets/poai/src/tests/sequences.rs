//! Random sequences of everything that can happen: the invariants hold after each step, and money is conserved.

use crate::{mock::*, *};
use frame_support::storage::with_storage_layer;
use neurite_primitives::{epoch::Offence, Balance, DeedId, EpochIndex, Moment};
use neurite_traits::{mock::with, ChainClock, DeedChanges, DeedRewards, Deeds, RewardPool};
use proptest::prelude::*;
use std::collections::BTreeMap;

/// Deeds on three pages.
const DEEDS: [DeedId; 6] = [0, 1, 2, 255, 256, 600];

#[derive(Clone, Debug)]
enum Action {
    Blocks { count: u8, steps: u8 },
    Gap { epochs: u8, rest: Moment },
    Starve { count: u8 },
    Fund(Balance),
    Link { deed: DeedId, score: u64 },
    Unlink(DeedId),
    Transfer { deed: DeedId, to: u64 },
    Score { deed: DeedId, score: u64 },
    Credit { deed: DeedId, units: Balance },
    Penalise { deed: DeedId, offence: Offence },
    Report { previous: bool, availability: u8 },
    ReportOnePage { page: u32, availability: u8 },
    Claim { deed: DeedId, back: u8, count: u8 },
    ClaimMany { deeds: Vec<DeedId>, count: u8 },
    Settle { deed: DeedId, to: u64 },
    ClaimWindow(EpochIndex),
}

fn deed() -> impl Strategy<Value = DeedId> {
    prop::sample::select(&DEEDS[..])
}

fn offence() -> impl Strategy<Value = Offence> {
    prop::sample::select(&[Offence::MissedAssignment, Offence::FailedSpotCheck, Offence::LostChallenge][..])
}

fn action() -> impl Strategy<Value = Action> {
    prop_oneof![
        6 => (1u8..30, 1u8..4).prop_map(|(count, steps)| Action::Blocks { count, steps }),
        1 => (0u8..5, 0..PERIOD).prop_map(|(epochs, rest)| Action::Gap { epochs, rest }),
        1 => (1u8..10).prop_map(|count| Action::Starve { count }),
        4 => (1u128..1_000_000).prop_map(Action::Fund),
        3 => (deed(), any::<u64>()).prop_map(|(deed, score)| Action::Link { deed, score }),
        1 => deed().prop_map(Action::Unlink),
        1 => (deed(), 50u64..60).prop_map(|(deed, to)| Action::Transfer { deed, to }),
        1 => (deed(), 0u64..100_000).prop_map(|(deed, score)| Action::Score { deed, score }),
        2 => (deed(), any::<u128>()).prop_map(|(deed, units)| Action::Credit { deed, units }),
        1 => (deed(), offence()).prop_map(|(deed, offence)| Action::Penalise { deed, offence }),
        6 => (any::<bool>(), any::<u8>()).prop_map(|(previous, availability)| Action::Report { previous, availability }),
        1 => (0u32..3, any::<u8>()).prop_map(|(page, availability)| Action::ReportOnePage { page, availability }),
        4 => (deed(), 0u8..8, 1u8..4).prop_map(|(deed, back, count)| Action::Claim { deed, back, count }),
        2 => (prop::collection::vec(deed(), 1..5), 1u8..6).prop_map(|(deeds, count)| Action::ClaimMany { deeds, count }),
        2 => (deed(), 50u64..60).prop_map(|(deed, to)| Action::Settle { deed, to }),
        1 => (1u32..6).prop_map(Action::ClaimWindow),
    ]
}

/// What a test remembers outside the chain: what was paid for each deed and epoch.
#[derive(Default)]
struct Ledger {
    paid: BTreeMap<(DeedId, EpochIndex), Balance>,
}

impl Ledger {
    fn apply(&mut self, action: Action) {
        match action {
            Action::Blocks { count, steps } => (0..count).for_each(|_| run_block(Poai::now().max(GENESIS) + SLOT * u64::from(steps))),
            Action::Gap { epochs, rest } => run_block(Poai::now().max(GENESIS) + u64::from(epochs) * PERIOD + rest),
            Action::Starve { count } => starve(count),
            Action::Fund(amount) => fund(amount),
            Action::Link { deed, score } => {
                let known = owner_of(deed);
                link(deed, score);
                if let Some(owner) = known {
                    with(|state| state.deeds.get_mut(&deed).unwrap().owner = Some(owner));
                }
            }
            Action::Unlink(deed) => Poai::unlinked(deed),
            Action::Transfer { deed, to } => with(|state| {
                if let Some(deed) = state.deeds.get_mut(&deed) {
                    deed.owner = Some(to);
                }
            }),
            Action::Score { deed, score } => Poai::score_committed(deed, score),
            Action::Credit { deed, units } => Poai::credit_units(deed, units),
            Action::Penalise { deed, offence } => Poai::penalise(deed, offence),
            Action::Report { previous, availability } => report(Poai::epoch().saturating_sub(previous.into()), availability),
            Action::ReportOnePage { page, availability } => report_page(Poai::epoch(), page, vec![availability; 256]),
            Action::Claim { deed, back, count } => self.claim(deed, back, count),
            Action::ClaimMany { deeds, count } => self.claim_many(&deeds, count),
            Action::Settle { deed, to } => self.settle(deed, to),
            Action::ClaimWindow(window) => {
                let parameters = Parameters { claim_window: window, ..CurrentParameters::<Test>::get() };
                Poai::set_parameters(RuntimeOrigin::root(), parameters).expect("within bounds");
            }
        }
    }

    fn claim(&mut self, deed: DeedId, back: u8, count: u8) {
        let last = Poai::epoch().saturating_sub(back.into());
        let epochs: Vec<_> = (last.saturating_sub(count.into())..last).collect();
        let Some(owner) = owner_of(deed) else { return };
        let due = Poai::claimable_of(&[deed]);
        let before = balance(owner);
        if claim(deed, &epochs).is_err() {
            return assert_eq!(balance(owner), before, "a failed claim pays nothing");
        }
        let mut sum = 0;
        for view in due.into_iter().filter(|view| epochs.contains(&view.epoch)) {
            sum += view.amount;
            assert!(self.paid.insert((deed, view.epoch), view.amount).is_none(), "paid twice");
        }
        assert_eq!(balance(owner), before + sum, "what is shown is what is paid");
    }
}

impl Ledger {
    /// Claims the last epochs of some deeds; whatever is not claimable afterwards was paid.
    fn claim_many(&mut self, deeds: &[DeedId], count: u8) {
        let last = Poai::epoch();
        let epochs: Vec<_> = (last.saturating_sub(count.into())..last).collect();
        let due = Poai::claimable_of(&DEEDS);
        let pot = Poai::pot_balance();
        let (deeds, epochs) = (deeds.to_vec().try_into().unwrap(), epochs.try_into().unwrap());
        let outcome = with_storage_layer(|| Poai::claim_many(RuntimeOrigin::signed(ANYONE), deeds, epochs));
        let left = Poai::claimable_of(&DEEDS);
        let mut sum = 0;
        for view in due.into_iter().filter(|view| !left.contains(view)) {
            sum += view.amount;
            assert!(self.paid.insert((view.deed, view.epoch), view.amount).is_none(), "paid twice");
        }
        assert_eq!(outcome.is_ok(), sum > 0);
        assert_eq!(Poai::pot_balance(), pot - sum, "what is not claimable any more is what was paid");
    }

    /// Unlinks and settles a deed and gives it to another; nothing of it is claimable then.
    fn settle(&mut self, deed: DeedId, to: u64) {
        Poai::unlinked(deed);
        let due = Poai::claimable_of(&[deed]);
        let Some(owner) = owner_of(deed) else { return };
        let before = balance(owner);
        if with_storage_layer(|| Poai::settle(deed)).is_err() {
            return assert_eq!(balance(owner), before, "a failed settlement pays nothing");
        }
        let sum: Balance = due.iter().map(|view| view.amount).sum();
        assert_eq!(balance(owner), before + sum, "the former owner has all of it");
        for view in due {
            assert!(self.paid.insert((deed, view.epoch), view.amount).is_none(), "paid twice");
        }
        with(|state| state.deeds.get_mut(&deed).unwrap().owner = Some(to));
        assert_eq!(Poai::claimable_of(&[deed]), [], "nothing passes to the next owner");
    }
}

fn owner_of(deed: DeedId) -> Option<u64> {
    <Test as Config>::Deeds::owner(deed)
}

/// Runs blocks that leave weight for one step or less.
fn starve(count: u8) {
    use frame_support::weights::Weight;
    type Info = <Test as Config>::WeightInfo;
    let little = Info::work_base().saturating_add(Info::settle_page(4));
    (0..count).for_each(|_| run_block_with(Poai::now().max(GENESIS) + SLOT, little, Weight::zero()));
}

/// Ends all claim windows and checks that all money is either paid or in the pool.
fn wind_up() {
    let parameters = Parameters { claim_window: 1, ..CurrentParameters::<Test>::get() };
    CurrentParameters::<Test>::put(parameters);
    DEEDS.into_iter().for_each(Poai::unlinked);
    let last = Poai::epoch() + 4;
    while Poai::epoch() < last {
        run_block(Poai::now().max(GENESIS) + SLOT);
        report(Poai::epoch(), 0);
    }
    run_to_epoch(last);
    run_block(Poai::now() + SLOT);
    assert_eq!(Reserved::<Test>::get(), 0, "nothing stays reserved");
    assert_eq!(Poai::pool() + EXISTENTIAL_DEPOSIT, Poai::pot_balance());
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, max_shrink_iters: 200, ..Default::default() })]

    #[test]
    fn money_is_conserved_whatever_happens(actions in prop::collection::vec(action(), 1..60)) {
        build_and_execute(|| {
            let mut ledger = Ledger::default();
            for action in actions {
                ledger.apply(action);
                check();
            }
            wind_up();
        });
    }
}
