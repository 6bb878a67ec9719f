//! `commit_specs`: specs of linked nodes, free once in an epoch.

use super::*;
use crate::Call;
use neurite_primitives::Backend;

#[test]
fn keeps_the_specs_and_tells_the_score() {
    build_and_execute(|| {
        assert_ok!(link(ALICE, DEED, 1));
        set_epoch(4);
        assert_ok!(NodeDeeds::commit_specs(RuntimeOrigin::signed(account(1)), specs(123)));
        assert_eq!(NodeDeeds::specs(DEED), Some(specs(123)));
        assert_eq!(changes().last(), Some(&DeedChange::Score(DEED, 123)));
        let event = Event::SpecsCommitted { deed: DEED, account: account(1), epoch: 4, specs: specs(123) };
        System::assert_last_event(event.into());
    });
}

#[test]
fn is_free_once_in_an_epoch() {
    build_and_execute(|| {
        assert_ok!(link(ALICE, DEED, 1));
        set_epoch(4);
        let call = || Call::commit_specs { specs: specs(123) };
        assert!(is_feeless(account(1), call()));
        assert!(!is_feeless(ALICE, call()));
        assert_ok!(NodeDeeds::commit_specs(RuntimeOrigin::signed(account(1)), specs(123)));
        assert!(!is_feeless(account(1), call()));
        assert_ok!(NodeDeeds::commit_specs(RuntimeOrigin::signed(account(1)), specs(124)));
        set_epoch(5);
        assert!(is_feeless(account(1), call()));
        assert!(!is_feeless(account(1), Call::commit_specs { specs: specs(0) }));
    });
}

#[test]
fn refuses_accounts_that_are_no_linked_node() {
    build_and_execute(|| {
        let by = RuntimeOrigin::signed(account(1));
        assert_noop!(NodeDeeds::commit_specs(by.clone(), specs(1)), Error::<Test>::NotLinked);
        assert_ok!(link(ALICE, DEED, 1));
        assert_noop!(NodeDeeds::commit_specs(RuntimeOrigin::signed(ALICE), specs(1)), Error::<Test>::NotLinked);
        assert_noop!(NodeDeeds::commit_specs(RuntimeOrigin::none(), specs(1)), BadOrigin);
    });
}

#[test]
fn refuses_specs_that_make_no_sense() {
    build_and_execute(|| {
        assert_ok!(link(ALICE, DEED, 1));
        let good = specs(1);
        let mut bad = vec![specs(0)];
        bad.push(neurite_primitives::NodeSpecs { cores: 0, ..good.clone() });
        bad.push(neurite_primitives::NodeSpecs { memory_mib: 0, ..good.clone() });
        for tags in [vec![tag("")], vec![tag("EU")], vec![tag("a b")], vec![tag("a"), tag("a")]] {
            bad.push(neurite_primitives::NodeSpecs { tags: tags.try_into().unwrap(), ..good.clone() });
        }
        let twice = vec![Backend::Tract, Backend::OnnxCpu, Backend::Tract];
        bad.push(neurite_primitives::NodeSpecs { backends: twice.try_into().unwrap(), ..good });
        for specs in bad {
            let call = NodeDeeds::commit_specs(RuntimeOrigin::signed(account(1)), specs);
            assert_noop!(call, Error::<Test>::InvalidSpecs);
        }
    });
}
