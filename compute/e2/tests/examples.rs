//! The applications in `examples/`, run by a real engine as their READMEs say, and held against their figures.

mod support;

use serde_json::Value;
use support::{json, number, root, Folders, TestEngine};

/// Runs `examples/NAME/pipeline.json`; returns the result and what Python found with the same files.
async fn run(name: &str) -> (Value, Value) {
    let folder = root().join("examples").join(name);
    let engine = TestEngine::start(&folder).await;
    let result = engine.result(&json(&folder.join("pipeline.json"))).await;
    (result, json(&folder.join("expected.json")))
}

#[tokio::test]
async fn predictive_maintenance_beats_the_linear_baseline() {
    let (result, expected) = run("predictive-maintenance").await;
    assert_eq!(result["ROWS"], expected["rows"]);
    let (mae, baseline) = (number(&result["MAE"]), number(&result["BASELINE_MAE"]));
    assert!((mae - number(&expected["mae_hours"])).abs() < 0.02, "{result} against {expected}");
    assert!((baseline - number(&expected["mae_linear_hours"])).abs() < 0.02, "{result} against {expected}");
    assert!(mae < 0.85 * baseline, "{result}");
}

#[tokio::test]
async fn replenishment_beats_the_habit_of_ordering_what_was_sold_last_week() {
    let (result, expected) = run("replenishment").await;
    assert_eq!(result["ROWS"], expected["rows"]);
    let (mae, baseline) = (number(&result["MAE"]), number(&result["BASELINE_MAE"]));
    assert!((mae - number(&expected["mae_pieces"])).abs() < 0.02, "{result} against {expected}");
    assert!((baseline - number(&expected["mae_last_week_pieces"])).abs() < 0.02, "{result} against {expected}");
    assert!(mae < 0.65 * baseline, "{result}");
}

#[tokio::test]
async fn the_auto_encoder_finds_more_anomalies_than_the_gaussian() {
    let engine = TestEngine::start_in(Folders { data: root().join("examples/data"), models: root().join("models") }).await;
    let result = engine.result(&json(&root().join("examples/anomaly-detection/pipeline.json"))).await;
    let expected = &json(&root().join("models/telemetry.json"))["auc"];
    let area = |instance: &str| number(&result[instance]["LABELLED"]["AUC"]);
    let (baseline, model) = (area("ANOMALY_GAUSSIAN/baseline"), area("ANOMALY_MODEL/auto-encoder"));
    assert!((model - number(&expected["model"])).abs() < 0.001, "{result} against {expected}");
    assert!((baseline - number(&expected["gaussian"])).abs() < 0.001, "{result} against {expected}");
    assert!(model > 0.99 && baseline < 0.95, "{result}");
}
