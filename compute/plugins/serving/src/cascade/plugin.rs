//! The plugin `cascade` and its instances.

use super::{
    config::CascadeParameters,
    crop::{Boxes, Crop},
};
use crate::{
    model::ServedModel,
    processing::{pictures, yields_boxes, yields_classes, PictureSteps, Preprocess},
};
use neurite_core::{Batch, BoxFuture, Context, Field, Need, ParameterFault, Plugin, PluginError, Serving, Tensor};
use neurite_serving::{BackendKind, ServingManager};
use std::sync::Arc;

/// The most cut-outs in a request to the classifier.
const MAX_CROPS: usize = 32;
/// The class of places without a box.
const NO_CLASS: i64 = -1;
/// The field of the classifier's classes.
const CLASS: &str = "class";
/// The field of their scores.
const SCORE: &str = "score";

/// Opens cascades through the engine's serving manager.
pub struct Cascade {
    manager: ServingManager,
}

impl Cascade {
    /// Makes the plugin for a manager.
    pub fn new(manager: ServingManager) -> Self {
        Self { manager }
    }
}

impl Plugin for Cascade {
    type Instance = Arc<dyn Serving>;
    type Parameters = CascadeParameters;
    const SIGNATURE: &'static str = "cascade";
    const EXAMPLE: &'static str = include_str!("../../../../../examples/cascade.json");

    fn check(&self, parameters: &CascadeParameters) -> Vec<ParameterFault> {
        let (detector, classifier) = (&parameters.detector, &parameters.classifier);
        let mut faults = detector.check("/DETECTOR");
        faults.extend(classifier.check("/CLASSIFIER"));
        let mut demand = |met: bool, path: &str, message: &str| {
            if !met {
                faults.push(ParameterFault { path: path.into(), message: message.into() });
            }
        };
        let sizes = |step: &Preprocess| matches!(step, Preprocess::Resize { .. } | Preprocess::Letterbox { .. });
        demand(yields_boxes(&detector.postprocess), "/DETECTOR/POSTPROCESS", "must have the step BOXES");
        demand(classifier.preprocess.iter().any(sizes), "/CLASSIFIER/PREPROCESS", "must have the step RESIZE or LETTERBOX");
        demand(yields_classes(&classifier.postprocess), "/CLASSIFIER/POSTPROCESS", "must have the step TOP_K with K 1");
        faults
    }

    fn needs(&self, parameters: &CascadeParameters, context: &Context) -> Result<Vec<Need>, PluginError> {
        Ok(vec![parameters.detector.need(context), parameters.classifier.need(context)])
    }

    fn open<'a>(&'a self, parameters: CascadeParameters, context: &'a Context) -> BoxFuture<'a, Result<Self::Instance, PluginError>> {
        Box::pin(async move {
            let open = |part| ServedModel::open(&self.manager, BackendKind::Onnx, part, context);
            let detector = open(&parameters.detector).await?;
            let classifier = open(&parameters.classifier).await?;
            let steps = PictureSteps::new(&parameters.classifier.preprocess);
            Ok(Arc::new(Stages { detector, classifier, steps, margin: parameters.crop.margin }) as Self::Instance)
        })
    }
}

/// An instance.
struct Stages {
    detector: ServedModel,
    classifier: ServedModel,
    steps: PictureSteps,
    margin: f32,
}

/// What the classifier said of each place.
struct Verdicts {
    classes: Vec<i64>,
    scores: Vec<f32>,
    labels: Option<Vec<String>>,
}

impl Stages {
    async fn run(&self, batch: &Batch) -> Result<Vec<Field>, PluginError> {
        let mut fields = self.detector.infer_batch(batch).await?;
        let image = batch.field(Field::IMAGE).ok_or_else(|| self.detector.fault("a cascade needs the field \"image\""))?;
        let pictures = pictures(image).map_err(|reason| self.detector.fault(reason))?;
        let found = Field::find(&fields, Field::BOXES).and_then(|tensor| Boxes::of(tensor, batch.rows()));
        let boxes = found.ok_or_else(|| self.detector.fault("the detector has no boxes for each row"))?;
        let crops = boxes.cut(&pictures, self.margin);
        let mut verdicts = Verdicts { classes: vec![NO_CLASS; boxes.places], scores: vec![0.0; boxes.places], labels: None };
        let shape = vec![batch.rows(), boxes.per_row];
        let mut crops = crops.into_iter().peekable();
        let most = self.classifier.fixed_rows().unwrap_or(MAX_CROPS);
        while crops.peek().is_some() {
            self.classify(crops.by_ref().take(most).collect(), &mut verdicts).await?;
        }
        for field in verdicts.into_fields(shape)? {
            fields.retain(|other| other.name != field.name);
            fields.push(field);
        }
        Ok(fields)
    }

    async fn classify(&self, crops: Vec<Crop>, verdicts: &mut Verdicts) -> Result<(), PluginError> {
        let (places, pictures): (Vec<usize>, Vec<_>) = crops.into_iter().map(|crop| (crop.place, crop.picture)).unzip();
        let fields = self.classifier.infer_pictures(&self.steps, pictures).await?;
        let classes = Field::find(&fields, CLASS).and_then(Tensor::as_i64).unwrap_or_default();
        let scores = Field::find(&fields, SCORE).and_then(Tensor::as_f32).unwrap_or_default();
        let labels = Field::find(&fields, Field::LABEL).and_then(Tensor::as_text);
        if classes.len() != places.len() || scores.len() != places.len() {
            return Err(self.classifier.fault("the classifier has no class for each picture"));
        }
        for (at, place) in places.into_iter().enumerate() {
            (verdicts.classes[place], verdicts.scores[place]) = (classes[at], scores[at]);
            if let Some(label) = labels.and_then(|labels| labels.get(at)) {
                let total = verdicts.classes.len();
                verdicts.labels.get_or_insert_with(|| vec![String::new(); total])[place].clone_from(label);
            }
        }
        Ok(())
    }
}

impl Verdicts {
    fn into_fields(self, shape: Vec<usize>) -> Result<Vec<Field>, PluginError> {
        let mut fields =
            vec![Field::new(CLASS, Tensor::i64(shape.clone(), self.classes)?), Field::new(SCORE, Tensor::f32(shape.clone(), self.scores)?)];
        if let Some(labels) = self.labels {
            fields.push(Field::new(Field::LABEL, Tensor::new(shape, neurite_core::TensorData::Text(labels))?));
        }
        Ok(fields)
    }
}

impl Serving for Stages {
    fn infer<'a>(&'a self, batch: &'a Batch) -> BoxFuture<'a, Result<Vec<Field>, PluginError>> {
        Box::pin(self.run(batch))
    }
}
