//! What happens to a job when a part of the network dies or is broken; each test is named after its fault.

mod support;

use neurite_primitives::{Ending, FailureCode, JobStatus};
use std::{fs, path::PathBuf};
use support::{reference_right, root, TestNetwork};

const THREE_SHARDS: &str = "--workers 3 --report-timeout 10s --complete-within 10m --backend onnx-cpu";

#[tokio::test]
async fn a_worker_killed_after_its_first_report_is_replaced() {
    let network = TestNetwork::start(3).await;
    let key = network.submit(THREE_SHARDS).await;
    let reported = |job: &neurite_primitives::view::JobView| job.shards.iter().any(|shard| shard.step > 0);
    let job = network.job_when(&key, "a report", reported).await;
    let shard = job.shards.iter().position(|shard| shard.step > 0).unwrap();
    let killed = network.worker_of(&job, shard).clone();
    network.kill(killed.announcement.pid);
    let done = network.job_when(&key, "the job to be done", |job| job.status == JobStatus::Done).await;
    assert_ne!(Some(done.shards[shard].deed), killed.deed, "the shard has another worker");
    assert_eq!(network.right_answers(&done).await, reference_right());
    network.stop().await;
}

#[tokio::test]
async fn a_corrupt_model_puts_the_money_under_review() {
    let assets = corrupt_assets();
    let network = TestNetwork::start_with(1, assets.path().to_owned()).await;
    let key = network.submit("--workers 1 --report-timeout 10s --backend onnx-cpu").await;
    let job = network.job_when(&key, "the review", |job| job.status == JobStatus::UnderReview).await;
    assert_eq!(job.ending, Some(Ending::WorkerFailed { code: FailureCode::Model }));
    assert_eq!(job.escrow, job.reward, "the money is locked, not moved");
    network.stop().await;
}

/// A folder laid out like the checkout whose model is damaged.
fn corrupt_assets() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| -> PathBuf { folder.path().join(name) };
    for sub in ["models", "examples", ".deps"] {
        fs::create_dir(path(sub)).unwrap();
    }
    for name in ["models/digits.csv", "models/digits.json", "examples/digits.json"] {
        fs::copy(root().join(name), path(name)).unwrap();
    }
    std::os::unix::fs::symlink(root().join(".deps/libonnxruntime.so"), path(".deps/libonnxruntime.so")).unwrap();
    let mut model = fs::read(root().join("models/digits.onnx")).unwrap();
    model.truncate(model.len() / 2);
    fs::write(path("models/digits.onnx"), model).unwrap();
    folder
}

#[tokio::test]
async fn engine_broker_and_node_killed_and_restarted_pay_once() {
    let mut network = TestNetwork::start(3).await;
    let before = network.chain().network().await.unwrap();
    let issuance = network.chain().total_issuance().await.unwrap();
    let key = network.submit(THREE_SHARDS).await;
    network.job_when(&key, "work to begin", |job| job.shards.iter().any(|shard| shard.step > 0)).await;

    let worker = network.network.workers[0].announcement.clone();
    network.restart(worker.pid, "worker-1").await;
    // The embedded broker goes with the supervisor.
    let supervisor = network.network.supervisor.pid;
    network.restart(supervisor, "supervisor").await;
    let node = network.network.node_pid;
    network.restart(node, "node").await;

    let done = network.job_when(&key, "the job to be paid", |job| job.status == JobStatus::Done && job.escrow == 0).await;
    assert_eq!(done.ending, Some(Ending::Completed));
    assert_eq!(network.right_answers(&done).await, reference_right());
    let after = network.chain().network().await.unwrap();
    assert_eq!(after.pot_balance, before.pot_balance + done.reward, "the reward went to the pool once");
    assert_eq!(network.chain().total_issuance().await.unwrap(), issuance);
    network.stop().await;
}
