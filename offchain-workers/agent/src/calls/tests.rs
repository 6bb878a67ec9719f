//! The encodings of all arguments, byte for byte.

use super::*;
use neurite_primitives::{Backend, Benchmark, DocumentSource, Privacy, Requirements, Verification};

fn job() -> JobKey {
    JobKey { sender: AccountId32::new([0xaa; 32]), id: 7 }
}

/// The encoding of [`job`].
fn key() -> String {
    format!("{}07000000", "aa".repeat(32))
}

fn encoded(call: &Call) -> String {
    hex::encode(call.encode_arguments(&|_: &Call| Err::<[u8; 2], ()>(())).unwrap())
}

fn check(call: Call, pallet: &str, name: &str, arguments: &str) {
    assert_eq!((call.pallet, call.name, encoded(&call).as_str()), (pallet, name, arguments));
}

#[test]
fn calls_of_jobs() {
    check(jobs::top_up(7, 1), "Jobs", "top_up", "0700000001000000000000000000000000000000");
    check(jobs::extend(7, 1, 258), "Jobs", "extend", "0700000001000000000000000201000000000000");
    check(jobs::cancel(7), "Jobs", "cancel", "07000000");
    let deeds = AssignedDeeds::truncate_from(vec![1, 2]);
    check(jobs::assign(&job(), &deeds), "Jobs", "assign", &format!("{}080100000002000000", key()));
    check(jobs::accept(&job(), 2), "Jobs", "accept", &format!("{}0200", key()));
    check(jobs::release(&job(), 2), "Jobs", "release", &format!("{}0200", key()));
    let commitment = "cc".repeat(32);
    let report = jobs::report_progress(&job(), 2, 3, &[0xcc; 32], None);
    check(report, "Jobs", "report_progress", &format!("{}020003000000{commitment}00", key()));
    let report = jobs::report_progress(&job(), 2, 3, &[0xcc; 32], Some(Proof::truncate_from(vec![9])));
    check(report, "Jobs", "report_progress", &format!("{}020003000000{commitment}010409", key()));
    check(jobs::report_failure(&job(), 2, FailureCode::Model), "Jobs", "report_failure", &format!("{}020001", key()));
    check(jobs::reassign(&job(), 2, 5), "Jobs", "reassign", &format!("{}020005000000", key()));
    check(jobs::poke(&job()), "Jobs", "poke", &key());
    check(jobs::set_supervisor(None), "Jobs", "set_supervisor", "00");
    let account = AccountId32::new([0xbb; 32]);
    check(jobs::set_supervisor(Some(&account)), "Jobs", "set_supervisor", &format!("01{}", "bb".repeat(32)));
}

#[test]
fn a_submission() {
    let spec = JobSpec {
        document: [0xdd; 32],
        source: DocumentSource::Inline(BoundedVec::truncate_from(b"{}".to_vec())),
        workers: 3,
        steps: 10,
        requirements: Requirements {
            memory_mib: 1,
            gpu_memory_mib: 0,
            score: 2,
            backends: BoundedVec::truncate_from(vec![Backend::OnnxCpu]),
            tags: BoundedVec::truncate_from(vec![BoundedVec::truncate_from(b"eu".to_vec())]),
        },
        reward: 5,
        accept_by: 6,
        complete_by: 7,
        report_timeout: 8,
        verification: Verification::None,
        privacy: Privacy::Plain,
        delegate: Some(AccountId32::new([0xee; 32])),
    };
    let expected = [
        "dd".repeat(32),
        "00087b7d".into(),
        "0300".into(),
        "0a000000".into(),
        "01000000000000000200000000000000".into(),
        "0400".into(),
        "04086575".into(),
        "05000000000000000000000000000000".into(),
        "060000000000000007000000000000000800000000000000".into(),
        "0000".into(),
        format!("01{}", "ee".repeat(32)),
    ];
    check(jobs::submit(&spec), "Jobs", "submit", &expected.concat());
}

#[test]
fn calls_of_deeds_and_rewards() {
    let account = AccountId32::new([0xbb; 32]);
    check(deeds::issue(1, &account), "NodeDeeds", "issue", &format!("01000000{}", "bb".repeat(32)));
    check(deeds::transfer(1, &account), "NodeDeeds", "transfer", &format!("01000000{}", "bb".repeat(32)));
    let (node, proof) = (NodePublic::from_raw([2; 33]), NodeSignature::from_raw([3; 65]));
    let expected = format!("01000000{}{}", "02".repeat(33), "03".repeat(65));
    check(deeds::link(1, &node, &proof), "NodeDeeds", "link", &expected);
    check(deeds::unlink(1), "NodeDeeds", "unlink", "01000000");
    check(deeds::release_bond(1), "NodeDeeds", "release_bond", "01000000");
    check(deeds::complete_bond(1), "NodeDeeds", "complete_bond", "01000000");
    let specs = NodeSpecs {
        cores: 2,
        memory_mib: 3,
        gpu_memory_mib: 4,
        backends: BoundedVec::truncate_from(vec![Backend::OnnxCpu, Backend::Tract]),
        tags: BoundedVec::default(),
        benchmark: Benchmark { version: 1, score: 5, measured_at: 6 },
    };
    let expected = "0200030000000400000008000200".to_owned() + "0105000000000000000600000000000000";
    check(deeds::commit_specs(&specs), "NodeDeeds", "commit_specs", &expected);
    check(poai::claim(1, &ClaimEpochs::truncate_from(vec![2, 3])), "Poai", "claim", "01000000080200000003000000");
}

#[test]
fn calls_within_calls_carry_their_numbers() {
    let numbers = |call: &Call| match call.name {
        "issue" => Ok([10, 0]),
        "cancel" => Ok([11, 3]),
        other => Err(other),
    };
    let issue = deeds::issue(1, &AccountId32::new([0xbb; 32]));
    let inner = format!("0a0001000000{}", "bb".repeat(32));
    let sudo = issue.clone().sudo();
    assert_eq!(sudo.title(), "Sudo.sudo(NodeDeeds.issue)");
    assert_eq!(hex::encode(sudo.encode_arguments(&numbers).unwrap()), inner);
    let batch = Call::batch_all(vec![issue, jobs::cancel(7)]);
    assert_eq!(hex::encode(batch.encode_arguments(&numbers).unwrap()), format!("08{inner}0b0307000000"));
    assert_eq!(jobs::poke(&job()).sudo().encode_arguments(&numbers), Err("poke"));
}

#[test]
fn a_transfer_names_an_account_and_a_compact_amount() {
    let expected = format!("00{}04", "bb".repeat(32));
    check(Call::transfer(AccountId32::new([0xbb; 32]), 1), "Balances", "transfer_keep_alive", &expected);
}
