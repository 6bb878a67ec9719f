//! The applications in `examples/`, run by a real engine as their READMEs say, and held against their figures.

mod support;

use serde_json::{json, Value};
use std::{collections::BTreeSet, fs, io::Write};
use support::{collector::Collector, json, life::Life, number, python, root, Folders, Serving, TestEngine};

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

#[tokio::test]
async fn camera_quality_finds_each_fault_in_its_time_and_nothing_else() {
    let folder = root().join("examples/camera-quality");
    let (collector, engine) = (Collector::start().await, TestEngine::start(&folder).await);
    let (mut document, expected) = (json(&folder.join("pipeline.json")), json(&folder.join("expected.json")));
    document["COMMUNICATION"] = json!({ "TYPE": "WEBHOOK", "URL": collector.url() });
    let result = engine.result(&document).await;
    assert_eq!(result["ROWS"], expected["rows"]);
    let faults = expected["faults"].as_object().unwrap();
    let raised: f64 = result["FAULTS"].as_object().unwrap().values().map(|fault| number(&fault["RAISED"])).sum();
    assert_eq!(raised, faults.len() as f64, "{result}");
    let told = || async {
        let payloads = collector.of("camera-quality-yard");
        let payloads: Vec<Value> = payloads.into_iter().filter(|payload| payload["FAULT"].is_string()).collect();
        (payloads.len() >= 2 * faults.len()).then_some(payloads)
    };
    let payloads = engine.until("all payloads", told).await;
    assert_eq!(payloads.len(), 2 * faults.len(), "{payloads:?}");
    let row_of = |event: &str, fault: &String| {
        let found = payloads.iter().find(|payload| payload["EVENT"] == event && payload["FAULT"] == fault.as_str());
        number(&found.unwrap_or_else(|| panic!("no {event} of {fault} among {payloads:?}"))["ROW"])
    };
    for (fault, rows) in faults {
        let (first, last) = (number(&rows["first_row"]), number(&rows["last_row"]));
        let (raised, cleared) = (row_of("RAISE", fault), row_of("CLEAR", fault));
        assert!((first..=last).contains(&raised), "{fault} is there in rows {first} to {last}, but was raised in {raised}");
        assert!(cleared > last && cleared <= last + 10.0, "{fault} is over after row {last}, but was cleared in {cleared}");
    }
    let most_of_a_baseline = expected["baselines"].as_object().unwrap().values().map(|found| found.as_array().unwrap().len()).max();
    assert!(most_of_a_baseline < Some(faults.len()), "{expected}");
}

#[tokio::test]
async fn stock_prediction_fills_a_table_whose_forecasts_beat_the_last_value() {
    let folder = root().join("examples/stock-prediction");
    let expected = json(&folder.join("expected.json"));
    // A copy, for the file grows.
    let files = tempfile::tempdir().unwrap();
    let (prices, table) = (files.path().join("prices.csv"), files.path().join("forecasts.csv"));
    fs::copy(folder.join("prices.csv"), &prices).unwrap();
    fs::copy(folder.join("model.onnx"), files.path().join("model.onnx")).unwrap();
    let engine = TestEngine::start(files.path()).await;
    let (status, body) = engine.submit(&json(&folder.join("pipeline.json"))).await;
    assert_eq!(status, 201, "{body}");
    let rows = number(&expected["rows"]);
    engine.shown("stock-prediction/forecast", rows).await;

    let token = engine.token_file();
    let arguments = ["--url", engine.url(), "--token", token.to_str().unwrap(), "--out", table.to_str().unwrap()];
    python(&folder.join("client.py"), &arguments);
    let text = fs::read_to_string(&table).unwrap();
    let mean_of = |column: &str| {
        let position = text.lines().next().unwrap().split(',').position(|name| name == column).unwrap();
        let cells = text.lines().skip(1).filter_map(|line| line.split(',').nth(position)?.parse::<f64>().ok());
        let cells: Vec<f64> = cells.collect();
        assert_eq!(cells.len() as f64, number(&expected["forecasts"]), "{column}");
        cells.iter().sum::<f64>() / cells.len() as f64
    };
    let (model, baseline) = (mean_of("error_percent"), mean_of("last_value_error_percent"));
    let errors = &expected["mae_percent"];
    assert!((model - number(&errors["network"])).abs() < 0.001, "{model} against {expected}");
    assert!((baseline - number(&errors["last_value"])).abs() < 0.001, "{baseline} against {expected}");
    assert!(model < 0.95 * baseline, "{model} against {baseline}");

    let evening = "2026-01-01,ELM,100.00,101.00,102.00,103.00,104.00,105.00,106.00,107.00,108.00,116.50\n";
    fs::File::options().append(true).open(&prices).unwrap().write_all(evening.as_bytes()).unwrap();
    let last = engine.shown("stock-prediction/forecast", rows + 1.0).await["LAST"]["VALUES"].clone();
    assert_eq!((&last["share"], number(&last["close"])), (&json!("ELM"), 116.5), "{last}");
}

#[tokio::test]
async fn the_page_of_the_life_game_is_given_what_conways_rule_makes() {
    let folder = root().join("examples/life-game");
    let engine = TestEngine::start(&folder).await;
    let mut document = json(&folder.join("pipeline.json"));
    // Faster than anybody can watch.
    document["STREAM_CONFIG_METADATA"]["INTERVAL_MS"] = json!(5);
    let (status, body) = engine.submit(&document).await;
    assert_eq!(status, 201, "{body}");
    engine.shown("life-game-gun/world", 400.0).await;

    let token = engine.token_file();
    let arguments = ["--url", engine.url(), "--token", token.to_str().unwrap(), "--port", "0"];
    let serving = Serving::start(&folder.join("show.py"), &arguments);
    let page_url = serving.announced["page"].as_str().unwrap();
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let page = client.get(page_url).send().await.unwrap().error_for_status().unwrap();
    assert_eq!(page.headers()["content-type"], "text/html; charset=utf-8");
    let html = page.text().await.unwrap();
    let fetched = html.split_once("fetch(\"").unwrap().1.split_once('"').unwrap().0;
    let answer = client.get(format!("{page_url}{fetched}")).send().await.unwrap().error_for_status().unwrap();
    let answer: Value = answer.json().await.unwrap();

    let model = &document["PLUGINS"][0]["INSTANCES"][0]["MODEL"];
    let (width, height) = (model["WIDTH"].as_i64().unwrap(), model["HEIGHT"].as_i64().unwrap());
    assert!(html.contains(&format!("WIDTH = {width}")), "the page must know how wide the world is");
    let mut reference = Life::with_gun(width, height);
    let window = answer["WINDOW"].as_array().unwrap();
    assert_eq!(window.len(), 10);
    for row in window {
        let (generation, values) = (row["ROW"].as_u64().unwrap(), &row["VALUES"]);
        assert_eq!(values["generation"], row["ROW"]);
        assert!(generation > 390, "{generation}");
        let expected = reference.cells_of(generation);
        assert_eq!(values["alive"], json!(expected.iter().filter(|cell| **cell == 1).count()));
        assert!(values["cells"] == json!(expected), "generation {generation} differs");
    }
    let without_token = client.get(format!("{}/v1/pipelines/life-game-gun/world", engine.url())).send().await.unwrap();
    assert_eq!(without_token.status(), 401, "only who has the token sees the engine's own route");
}

/// Runs an application whose instances of `ALERT` watch the same video; holds what each raised against the truth and against Python's figures.
async fn alarms_are_as_expected(name: &str, intervals: &str) {
    let folder = root().join("examples").join(name);
    let (collector, engine) = (Collector::start().await, TestEngine::start(&folder).await);
    let (mut document, expected) = (json(&folder.join("pipeline.json")), json(&folder.join("expected.json")));
    document["COMMUNICATION"] = json!({ "TYPE": "WEBHOOK", "URL": collector.url() });
    let result = engine.result(&document).await;
    let truth = expected[intervals].as_array().unwrap();
    let is_true = |row: f64| truth.iter().position(|one| (number(&one["first_row"])..=number(&one["last_row"])).contains(&row));
    for (instance, figures) in expected["alerts"].as_object().unwrap() {
        let counted = &result[format!("ALERT/{instance}")];
        assert_eq!((&counted["ROWS"], &counted["RAISED"]), (&expected["rows"], &figures["raised"]), "{instance}");
        let told = || async {
            let of_instance = |payload: &Value| payload["INSTANCE"] == instance.as_str() && payload["EVENT"] == "RAISE";
            let payloads = collector.of(name);
            let rows: Vec<f64> = payloads.iter().filter(|payload| of_instance(payload)).map(|payload| number(&payload["ROW"])).collect();
            (rows.len() as f64 >= number(&figures["raised"])).then_some(rows)
        };
        let raised = engine.until("all alarms", told).await;
        let found: BTreeSet<usize> = raised.iter().filter_map(|row| is_true(*row)).collect();
        let not_true = raised.iter().filter(|row| is_true(**row).is_none()).count();
        assert_eq!((json!(found.len()), json!(not_true)), (figures["found"].clone(), figures["false"].clone()), "{instance}: {raised:?}");
    }
    let (confirmed, at_once) = (&expected["alerts"]["confirmed"], &expected["alerts"]["at-once"]);
    assert_eq!((&confirmed["found"], &confirmed["false"]), (&json!(truth.len()), &json!(0)), "{expected}");
    assert!(number(&at_once["false"]) >= truth.len() as f64, "{expected}");
}

#[tokio::test]
async fn a_fallen_person_is_found_and_one_who_stumbles_is_no_alarm() {
    alarms_are_as_expected("fallen-person", "falls").await;
}
