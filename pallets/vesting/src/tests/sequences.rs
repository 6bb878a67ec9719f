//! Random times and releases: after each step exactly what is vested is released or releasable, and in the end everything is.

use super::*;
use neurite_primitives::{Balance, Moment};
use neurite_traits::EpochHooks;
use proptest::prelude::*;

#[derive(Clone, Debug)]
enum Step {
    Pass(Moment),
    Release(u64),
    Epoch,
    Spend(u64),
}

fn who() -> impl Strategy<Value = u64> {
    prop::sample::select(&[ALICE, BOB, ANYONE, POT][..])
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        4 => prop_oneof![0..1_000u64, 0..YEAR].prop_map(Step::Pass),
        4 => who().prop_map(Step::Release),
        1 => Just(Step::Epoch),
        1 => who().prop_map(Step::Spend),
    ]
}

/// Returns what a purpose's curve says of an account's allocations.
fn vested(who: u64, elapsed: Moment) -> Balance {
    let own = allocations().into_iter().filter(|(owner, ..)| *owner == who);
    own.map(|(_, purpose, total)| purpose.curve().vested(total, elapsed)).sum()
}

fn total(who: u64) -> Balance {
    vested(who, Moment::MAX)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, ..Default::default() })]

    #[test]
    fn what_is_vested_is_released_or_releasable(steps in prop::collection::vec(step(), 1..60)) {
        build_and_execute(|| {
            let mut elapsed = 0;
            for step in steps {
                match step {
                    Step::Pass(by) => elapsed += by,
                    Step::Release(who) => {
                        let _ = release(who);
                    }
                    Step::Epoch => Vesting::epoch_started(1),
                    Step::Spend(who) => {
                        let _ = Balances::transfer_keep_alive(RuntimeOrigin::signed(who), ANYONE, 1);
                    }
                }
                set_elapsed(elapsed);
                check();
                for who in [ALICE, BOB, POT] {
                    let released = total(who) - held(who);
                    assert_eq!(released + Vesting::releasable(who), vested(who, elapsed));
                }
            }
            set_elapsed(7 * YEAR);
            for who in [ALICE, BOB, POT] {
                let _ = release(who);
                assert_eq!(held(who), 0, "no hold outlives its schedule");
            }
        });
    }
}
