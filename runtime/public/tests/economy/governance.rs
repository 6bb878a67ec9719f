//! Referenda: holders of tokens change every pallet's parameters and upgrade the runtime, and no money is made or lost on the way.

use crate::support::*;
use codec::Encode;
use frame_support::{
    assert_noop, assert_ok,
    traits::{
        fungible::{Inspect, InspectHold},
        schedule::DispatchTime,
        Bounded, Hooks, ReservableCurrency,
    },
};
use neurite_runtime::{
    genesis_config_presets::LOCAL_PRESET, AccountId, Balance, Balances, BlockNumber, OriginCaller, Poai, Purpose, Runtime, RuntimeCall,
    RuntimeGenesisConfig, RuntimeHoldReason, RuntimeOrigin, Scheduler, System, Treasury, NEU, VERSION,
};
use pallet_conviction_voting::{AccountVote, Conviction, Vote};
use pallet_referenda::{ReferendumIndex, ReferendumInfo, ReferendumInfoFor};
use sp_keyring::Sr25519Keyring::{self, Alice, Bob, Charlie, Dave, Eve};
use sp_runtime::{
    traits::{BlakeTwo256, Hash},
    DispatchError,
};
use sp_version::RuntimeVersion;

/// Blocks of a day.
const DAY: BlockNumber = 28_800;
/// Milliseconds of a reward epoch on development networks.
const EPOCH: u64 = 60_000;
/// Why preimages are paid for.
const PREIMAGES: RuntimeHoldReason = RuntimeHoldReason::Preimage(pallet_preimage::HoldReason::Preimage);
/// What a voter of these tests votes with; each has a million.
const STAKE: Balance = 900_000 * NEU;

fn unchanged(_: &mut RuntimeGenesisConfig) {}

/// Alice puts a call forward to be done by root, with its preimage and both deposits; returns the referendum.
fn propose(call: impl Into<RuntimeCall>) -> ReferendumIndex {
    let encoded = call.into().encode();
    let (hash, len) = (BlakeTwo256::hash(&encoded), u32::try_from(encoded.len()).unwrap());
    assert_ok!(dispatch(Alice, pallet_preimage::Call::note_preimage { bytes: encoded }));
    let index = pallet_referenda::ReferendumCount::<Runtime>::get();
    let submission = pallet_referenda::Call::submit {
        proposal_origin: Box::new(OriginCaller::system(frame_system::RawOrigin::Root)),
        proposal: Bounded::Lookup { hash, len },
        enactment_moment: DispatchTime::After(0),
    };
    assert_ok!(dispatch(Alice, submission));
    assert_ok!(dispatch(Alice, pallet_referenda::Call::place_decision_deposit { index }));
    index
}

fn vote(who: Sr25519Keyring, index: ReferendumIndex, aye: bool, balance: Balance) -> sp_runtime::DispatchResult {
    let vote = AccountVote::Standard { vote: Vote { aye, conviction: Conviction::Locked1x }, balance };
    dispatch(who, pallet_conviction_voting::Call::vote { poll_index: index, vote })
}

/// Lets everybody on the chain agree.
fn all_agree(index: ReferendumIndex) {
    for who in Sr25519Keyring::well_known() {
        assert_ok!(vote(who, index, true, STAKE));
    }
}

/// Lets blocks pass in which the scheduler has something to do, up to a block.
fn pass_to(end: BlockNumber) {
    loop {
        let due = pallet_scheduler::Agenda::<Runtime>::iter().filter(|(_, agenda)| agenda.iter().any(Option::is_some));
        let next = due.map(|(number, _)| number).filter(|number| *number > System::block_number()).min();
        let Some(number) = next.filter(|number| *number <= end) else { break };
        System::set_block_number(number);
        // Nothing was due in the blocks between: the scheduler need not look into each of them.
        pallet_scheduler::IncompleteSince::<Runtime>::kill();
        Scheduler::on_initialize(number);
    }
    System::set_block_number(end);
}

/// Proposes a call, lets all agree, and lets the time pass until it is enacted.
fn enact(call: impl Into<RuntimeCall>) {
    let index = propose(call);
    all_agree(index);
    pass_to(System::block_number() + 4 * DAY);
    let info = ReferendumInfoFor::<Runtime>::get(index).unwrap();
    assert!(matches!(info, ReferendumInfo::Approved(..)), "{info:?}");
    assert_ok!(dispatch(Bob, pallet_referenda::Call::refund_decision_deposit { index }));
    assert_ok!(dispatch(Bob, pallet_referenda::Call::refund_submission_deposit { index }));
}

#[test]
fn a_referendum_changes_the_deeds_parameters() {
    on_chain(unchanged, || {
        let parameters = pallet_node_deeds::DeedParameters { bond: 7 * NEU, link_cool_down: 1, challenge_window: 2 };
        assert_noop!(dispatch(Alice, pallet_node_deeds::Call::set_parameters { parameters }), DispatchError::BadOrigin);
        enact(pallet_node_deeds::Call::set_parameters { parameters });
        assert_eq!(pallet_node_deeds::DeedBond::<Runtime>::get(), 7 * NEU);
    });
}

#[test]
fn a_referendum_issues_a_deed() {
    on_chain(unchanged, || {
        enact(pallet_node_deeds::Call::issue { deed: 3, to: account(Dave) });
        assert_eq!(<neurite_runtime::NodeDeeds as neurite_traits::Deeds<AccountId>>::owner(3), Some(account(Dave)));
    });
}

#[test]
fn a_referendum_changes_the_jobs_parameters_and_their_supervisor() {
    on_chain(unchanged, || {
        let parameters = pallet_jobs::JobParameters { max_open_jobs: 5, review_period: 120_000, challenge_window: 15_000, min_reward: NEU };
        enact(pallet_jobs::Call::set_parameters { parameters });
        assert_eq!((pallet_jobs::MaxOpenJobs::<Runtime>::get(), pallet_jobs::MinReward::<Runtime>::get()), (5, NEU));
        enact(pallet_jobs::Call::set_supervisor { supervisor: Some(account(Eve)) });
        assert_eq!(pallet_jobs::Supervisor::<Runtime>::get(), Some(account(Eve)));
    });
}

#[test]
fn a_referendum_changes_the_epochs_parameters() {
    on_chain(unchanged, || {
        let parameters = pallet_poai::Parameters { claim_window: 33, ..Default::default() };
        enact(pallet_poai::Call::set_parameters { parameters });
        assert_eq!(pallet_poai::CurrentParameters::<Runtime>::get(), parameters);
    });
}

#[test]
fn a_referendum_changes_the_validators() {
    on_network(LOCAL_PRESET, unchanged, || {
        let validators = pallet_validators::Validators::<Runtime>::get;
        assert!(validators().contains(&account(Dave)));
        enact(pallet_validators::Call::remove { validator: account(Dave) });
        assert!(!validators().contains(&account(Dave)));
    });
}

/// Returns code that says of itself to be this runtime in another version. That is all that is looked at before it is set.
fn code_of_version(spec_version: u32) -> Vec<u8> {
    const EMPTY_MODULE: &[u8] = b"\0asm\x01\0\0\0";
    sp_version::embed::embed_runtime_version(EMPTY_MODULE, RuntimeVersion { spec_version, ..VERSION }).unwrap()
}

#[test]
fn a_referendum_upgrades_the_runtime_and_anyone_brings_its_code() {
    on_chain(unchanged, || {
        let current = || sp_io::storage::get(sp_core::storage::well_known_keys::CODE);
        let bring = |code: &[u8]| dispatch(Charlie, frame_system::Call::apply_authorized_upgrade { code: code.to_vec() });
        let (same, next) = (code_of_version(VERSION.spec_version), code_of_version(VERSION.spec_version + 1));
        let before = current();
        assert_noop!(bring(&next), frame_system::Error::<Runtime>::NothingAuthorized);
        enact(frame_system::Call::authorize_upgrade { code_hash: BlakeTwo256::hash(&same) });
        assert_noop!(bring(&next), frame_system::Error::<Runtime>::Unauthorized);
        assert_ok!(bring(&same));
        assert_eq!(current(), before, "code of the same version is no upgrade");
        enact(frame_system::Call::authorize_upgrade { code_hash: BlakeTwo256::hash(&next) });
        assert_ok!(bring(&next));
        assert_eq!(current(), Some(next.into()));
    });
}

#[test]
fn nobody_is_root_where_sudo_has_no_key() {
    let without_key = |genesis: &mut RuntimeGenesisConfig| genesis.sudo.key = None;
    on_chain(without_key, || {
        let call = Box::new(RuntimeCall::from(frame_system::Call::remark { remark: vec![] }));
        for who in Sr25519Keyring::well_known() {
            for attempt in [
                pallet_sudo::Call::sudo { call: call.clone() },
                pallet_sudo::Call::sudo_unchecked_weight { call: call.clone(), weight: Default::default() },
                pallet_sudo::Call::sudo_as { who: account(Bob).into(), call: call.clone() },
                pallet_sudo::Call::set_key { new: account(who).into() },
                pallet_sudo::Call::remove_key {},
            ] {
                assert_noop!(dispatch(who, attempt), pallet_sudo::Error::<Runtime>::RequireSudo);
            }
        }
    });
}

#[test]
fn nobody_burns_tokens_through_another_account() {
    on_chain(unchanged, || {
        let refused = DispatchError::from(frame_system::Error::<Runtime>::CallFiltered);
        let burn = || RuntimeCall::from(pallet_balances::Call::burn { value: NEU, keep_alive: false });
        assert_noop!(dispatch(Alice, burn()), refused);
        assert_noop!(dispatch(Alice, pallet_utility::Call::batch_all { calls: vec![burn()] }), refused);
        assert_noop!(dispatch(Alice, pallet_utility::Call::as_derivative { index: 0, call: Box::new(burn()) }), refused);
        let as_several = |call| pallet_multisig::Call::as_multi_threshold_1 { other_signatories: vec![account(Bob)], call: Box::new(call) };
        assert_noop!(dispatch(Alice, as_several(burn())), refused);
        let add = pallet_proxy::Call::add_proxy { delegate: account(Bob).into(), proxy_type: Default::default(), delay: 0 };
        assert_ok!(dispatch(Alice, add));
        let before = Balances::total_balance(&account(Alice));
        let proxied = pallet_proxy::Call::proxy { real: account(Alice).into(), force_proxy_type: None, call: Box::new(burn()) };
        assert_ok!(dispatch(Bob, proxied));
        assert_eq!(Balances::total_balance(&account(Alice)), before, "the proxy's call was refused");
    });
}

#[test]
fn held_tokens_vote_and_stay_held() {
    let held = 4_000_000 * NEU;
    let with_schedule = |genesis: &mut RuntimeGenesisConfig| {
        endow(genesis, account(Eve), held);
        genesis.vesting = pallet_vesting::GenesisConfig { start: NOW, allocations: vec![(account(Eve), Purpose::Team, held)] };
    };
    on_chain(with_schedule, || {
        let index = propose(frame_system::Call::remark { remark: vec![0; 200] });
        assert_ok!(vote(Eve, index, true, held));
        let too_much = Balances::total_balance(&account(Eve)) + 1;
        assert_noop!(vote(Eve, index, true, too_much), pallet_conviction_voting::Error::<Runtime>::InsufficientFunds);
        let reason = RuntimeHoldReason::Vesting(pallet_vesting::HoldReason::Vesting);
        assert_eq!(Balances::balance_on_hold(&reason, &account(Eve)), held);
    });
}

#[test]
fn tokens_of_the_pool_and_the_treasury_do_not_count_as_voters() {
    on_chain(unchanged, || {
        let all = Balances::total_issuance();
        let turnout = || <<Runtime as pallet_conviction_voting::Config>::MaxTurnout as frame_support::traits::Get<Balance>>::get();
        let nobodys = Balances::total_balance(&pool()) + Balances::total_balance(&Treasury::account_id());
        assert_eq!(turnout(), all - nobodys);
    });
}

#[test]
fn a_few_against_the_rest_change_nothing() {
    on_chain(unchanged, || {
        let parameters = pallet_poai::Parameters { claim_window: 33, ..Default::default() };
        let index = propose(pallet_poai::Call::set_parameters { parameters });
        assert_ok!(vote(Alice, index, true, STAKE));
        assert_ok!(vote(Bob, index, false, STAKE));
        assert_ok!(vote(Charlie, index, false, STAKE));
        pass_to(System::block_number() + 16 * DAY);
        assert!(matches!(ReferendumInfoFor::<Runtime>::get(index), Some(ReferendumInfo::Rejected(..))));
        assert_ne!(pallet_poai::CurrentParameters::<Runtime>::get(), parameters);
    });
}

#[test]
fn a_twentieth_is_needed_however_long_it_takes() {
    on_chain(unchanged, || {
        let index = propose(frame_system::Call::remark { remark: vec![1; 200] });
        let all = Balances::total_issuance();
        assert_ok!(vote(Alice, index, true, all / 25));
        pass_to(System::block_number() + 16 * DAY);
        assert!(matches!(ReferendumInfoFor::<Runtime>::get(index), Some(ReferendumInfo::Rejected(..))));
    });
}

#[test]
fn deposits_of_what_was_not_approved_come_back_with_an_epoch() {
    on_chain(unchanged, || {
        let deposits = || {
            let reserved = <Balances as ReservableCurrency<AccountId>>::reserved_balance(&account(Alice));
            reserved - Balances::balance_on_hold(&PREIMAGES, &account(Alice))
        };
        let begin_epoch = |after: u64| {
            set_time(NOW + after * EPOCH);
            Poai::on_initialize(System::block_number());
        };
        begin_epoch(0);
        let rejected = propose(frame_system::Call::remark { remark: vec![3; 200] });
        assert_eq!(deposits(), 10_100 * NEU);
        pass_to(System::block_number() + 16 * DAY);
        assert!(matches!(ReferendumInfoFor::<Runtime>::get(rejected), Some(ReferendumInfo::Rejected(..))));
        let refund = pallet_referenda::Call::refund_submission_deposit { index: rejected };
        assert_noop!(dispatch(Alice, refund), pallet_referenda::Error::<Runtime>::BadStatus);
        let open = propose(frame_system::Call::remark { remark: vec![4; 200] });
        begin_epoch(1);
        assert_ok!(dispatch(Bob, pallet_referenda::Call::refund_decision_deposit { index: rejected }));
        assert_eq!(deposits(), 10_100 * NEU, "only the second one's are left");
        assert!(matches!(ReferendumInfoFor::<Runtime>::get(open), Some(ReferendumInfo::Ongoing(..))));
    });
}

#[test]
fn lost_deposits_go_to_the_pool() {
    on_chain(unchanged, || {
        let before = Poai::pool();
        let index = propose(frame_system::Call::remark { remark: vec![2; 200] });
        assert_noop!(dispatch(Alice, pallet_referenda::Call::kill { index }), DispatchError::BadOrigin);
        assert_ok!(dispatch_as(RuntimeOrigin::root(), pallet_referenda::Call::kill { index }));
        assert_eq!(Poai::pool(), before + 10_100 * NEU);
    });
}

#[test]
fn the_treasury_pays_from_its_pot_and_burns_nothing() {
    on_chain(unchanged, || {
        let treasury = Treasury::account_id();
        let grant = pallet_balances::Call::transfer_keep_alive { dest: treasury.clone().into(), value: 500 * NEU };
        assert_ok!(dispatch(Alice, grant));
        let before = Balances::balance(&account(Dave));
        let beneficiary = Box::new(account(Dave));
        enact(pallet_treasury::Call::spend { asset_kind: Box::new(()), amount: 300 * NEU, beneficiary, valid_from: None });
        assert_ok!(dispatch(Bob, pallet_treasury::Call::payout { index: 0 }));
        assert_eq!(Balances::balance(&account(Dave)), before + 300 * NEU);
        for _ in 0..10 {
            System::set_block_number(System::block_number() + DAY);
            Treasury::on_initialize(System::block_number());
        }
        assert_eq!(Treasury::pot(), 200 * NEU);
    });
}

#[test]
fn a_preimage_is_paid_by_a_hold_that_comes_back() {
    on_chain(unchanged, || {
        let bytes = vec![7; 1_000];
        let hash = BlakeTwo256::hash(&bytes);
        assert_ok!(dispatch(Eve, pallet_preimage::Call::note_preimage { bytes }));
        assert!(Balances::balance_on_hold(&PREIMAGES, &account(Eve)) > 0);
        assert_ok!(dispatch(Eve, pallet_preimage::Call::unnote_preimage { hash }));
        assert_eq!(Balances::balance_on_hold(&PREIMAGES, &account(Eve)), 0);
    });
}
