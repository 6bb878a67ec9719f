//! Pictures through declared steps and real model processes: the detector of blobs, and the cascade of it and the classifier of colours.

mod common;

use common::{base_with, manager, pictures, Patch};
use neurite_core::{Batch, Context, FailureClass, Field, Plugin, Serving, Tensor};
use neurite_plugins_serving::{
    cascade::{Cascade, CascadeParameters},
    onnx::{Onnx, OnnxParameters},
};
use neurite_serving::ServingManager;
use neurite_testkit::{context, serving, TempBase};
use serde_json::{json, Value};
use std::sync::Arc;

const RED: [u8; 3] = [255, 0, 0];
const GREEN: [u8; 3] = [0, 255, 0];

fn detector() -> Value {
    json!({
        "PATH": "blobs.onnx",
        "PREPROCESS": [{ "OP": "LETTERBOX", "WIDTH": 64, "HEIGHT": 64, "FILL": 0, "FILTER": "NEAREST" }, { "OP": "NORMALISE" }],
        "POSTPROCESS": [
            { "OP": "BOXES", "FORMAT": "YOLOV8", "SCORE": 0.5 },
            { "OP": "NMS", "MAX": 4 },
            { "OP": "LABELS", "NAMES": ["red", "green"] }
        ]
    })
}

async fn open(manager: &ServingManager, context: &Context, parameters: Value) -> Arc<dyn Serving> {
    let parameters: OnnxParameters = serde_json::from_value(parameters).unwrap();
    assert!(Onnx::new(manager.clone()).check(&parameters).is_empty());
    Onnx::new(manager.clone()).open(parameters, context).await.unwrap()
}

async fn open_cascade(manager: &ServingManager, base: &TempBase, margin: f32) -> Arc<dyn Serving> {
    let classifier = json!({
        "PATH": "colours.onnx",
        "PREPROCESS": [{ "OP": "RESIZE", "WIDTH": 16, "HEIGHT": 16 }, { "OP": "NORMALISE" }],
        "POSTPROCESS": [{ "OP": "SOFTMAX" }, { "OP": "TOP_K" }, { "OP": "LABELS", "NAMES": ["red", "green", "blue"] }]
    });
    let parameters = json!({ "DETECTOR": detector(), "CLASSIFIER": classifier, "CROP": { "MARGIN": margin } });
    let parameters: CascadeParameters = serde_json::from_value(parameters).unwrap();
    let plugin = Cascade::new(manager.clone());
    assert!(plugin.check(&parameters).is_empty());
    plugin.open(parameters, &context(base)).await.unwrap()
}

/// Pictures of 128 × 64, twice as wide as the model's: a block of the model is 16 pixels of the source.
fn scenes() -> Batch {
    let red: Patch = ([16, 0, 32, 16], RED);
    let green: Patch = ([96, 48, 112, 64], GREEN);
    pictures(128, 64, &[&[red, green], &[], &[green]])
}

fn field<'a>(fields: &'a [Field], name: &str) -> &'a Tensor {
    Field::find(fields, name).unwrap_or_else(|| panic!("no field {name}"))
}

fn boxes(fields: &[Field]) -> Vec<Vec<f32>> {
    field(fields, Field::BOXES).as_f32().unwrap().chunks(6).map(<[f32]>::to_vec).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn boxes_come_back_in_pixels_of_the_source() {
    let (base, manager) = (base_with(&["blobs.onnx"]), manager());
    let model = open(&manager, &context(&base), detector()).await;
    let fields = model.infer(&scenes()).await.unwrap();
    assert_eq!(field(&fields, Field::BOXES).shape, [3, 4, 6]);
    let found = boxes(&fields);
    assert_eq!(found[0], [16.0, 0.0, 32.0, 16.0, 1.0, 0.0]);
    assert_eq!(found[1], [96.0, 48.0, 112.0, 64.0, 1.0, 1.0]);
    assert_eq!(found[8], found[1]);
    assert!(found.iter().enumerate().all(|(place, row)| [0, 1, 8].contains(&place) || row.iter().all(|number| *number == 0.0)));
    let labels = field(&fields, Field::LABEL).as_text().unwrap();
    assert_eq!((labels[0].as_str(), labels[1].as_str(), labels[2].as_str()), ("red", "green", ""));
    serving::answers_every_row_alike(&*model, &[scenes()]).await;
    manager.shutdown().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_batch_without_pictures_or_steps_that_do_not_fit_are_the_senders_fault() {
    let (base, manager) = (base_with(&["blobs.onnx"]), manager());
    let context = context(&base);
    let model = open(&manager, &context, detector()).await;
    let features = Field::new(Field::FEATURES, Tensor::f32(vec![1, 2], vec![0.0; 2]).unwrap());
    let error = model.infer(&Batch::new(0, vec![features]).unwrap()).await.unwrap_err();
    assert_eq!(error.class(), FailureClass::Model);
    assert!(error.to_string().contains("\"image\""), "{error}");
    let unsized_model = open(&manager, &context, json!({ "PATH": "blobs.onnx", "PREPROCESS": [{ "OP": "NORMALISE" }] })).await;
    let error = unsized_model.infer(&scenes()).await.unwrap_err();
    assert!(error.class() == FailureClass::Model && error.to_string().contains("does not fit"), "{error}");
    manager.shutdown().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_cascade_classifies_what_is_in_each_box() {
    let (base, manager) = (base_with(&["blobs.onnx", "colours.onnx"]), manager());
    let cascade = open_cascade(&manager, &base, 0.0).await;
    let fields = cascade.infer(&scenes()).await.unwrap();
    assert_eq!(boxes(&fields)[1], [96.0, 48.0, 112.0, 64.0, 1.0, 1.0]);
    assert_eq!(field(&fields, "class").shape, [3, 4]);
    let classes = field(&fields, "class").as_i64().unwrap();
    assert_eq!(classes, [0, 1, -1, -1, -1, -1, -1, -1, 1, -1, -1, -1]);
    let scores = field(&fields, "score").as_f32().unwrap();
    assert!(scores.iter().zip(classes).all(|(score, class)| (*score > 0.99) == (*class >= 0)), "{scores:?}");
    assert_eq!(field(&fields, Field::LABEL).as_text().unwrap()[1], "green");
    serving::answers_every_row_alike(&*cascade, &[scenes()]).await;
    manager.shutdown().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_margin_widens_what_the_classifier_sees_and_parts_share_their_processes() {
    let (base, manager) = (base_with(&["blobs.onnx", "colours.onnx"]), manager());
    let (tight, wide) = (open_cascade(&manager, &base, 0.0).await, open_cascade(&manager, &base, 1.0).await);
    let alone = open(&manager, &context(&base), detector()).await;
    let score = |fields: Vec<Field>| field(&fields, "score").as_f32().unwrap()[0];
    let (tight, wide) = (score(tight.infer(&scenes()).await.unwrap()), score(wide.infer(&scenes()).await.unwrap()));
    assert!(wide < tight, "black around the box weakens its colour: {wide} and {tight}");
    assert!(alone.infer(&scenes()).await.is_ok());
    assert_eq!(manager.health().len(), 2, "one process for each model");
    manager.shutdown().await;
}
