//! What a schema cannot say is wrong with the steps of a document.

use super::config::{Postprocess, Preprocess};
use neurite_core::ParameterFault;

/// Collects faults at the steps of one list.
struct Faults<'a> {
    list: &'a str,
    found: Vec<ParameterFault>,
}

impl Faults<'_> {
    fn add(&mut self, step: usize, key: &str, message: &str) {
        self.found.push(ParameterFault { path: format!("{}/{step}{key}", self.list), message: message.to_owned() });
    }
}

/// Returns what is wrong with the steps before a model; `list` is the JSON pointer to them.
pub(crate) fn check_preprocess(list: &str, steps: &[Preprocess]) -> Vec<ParameterFault> {
    let mut faults = Faults { list, found: Vec::new() };
    let first_is_feature = matches!(steps.first(), Some(Preprocess::Standardise { .. }));
    let (mut grey, mut numbers, mut ordered) = (false, false, false);
    for (at, step) in steps.iter().enumerate() {
        if matches!(step, Preprocess::Standardise { .. }) != first_is_feature {
            faults.add(at, "/OP", "steps on pictures and on features cannot be mixed");
            continue;
        }
        if ordered {
            faults.add(at, "/OP", "nothing can follow LAYOUT");
        }
        match step {
            Preprocess::Resize { .. } | Preprocess::Letterbox { .. } | Preprocess::CropCentre { .. } if numbers => {
                faults.add(at, "/OP", "must come before NORMALISE");
            }
            Preprocess::Grayscale {} if grey || numbers => faults.add(at, "/OP", "must come once, before NORMALISE"),
            Preprocess::Grayscale {} => grey = true,
            Preprocess::Normalise { mean, std, scale } => {
                if std::mem::replace(&mut numbers, true) {
                    faults.add(at, "/OP", "must come once");
                }
                let channels = if grey { 1 } else { 3 };
                check_moments(&mut faults, at, mean, std, Some(channels));
                if !scale.is_normal() {
                    faults.add(at, "/SCALE", "must be a number other than 0");
                }
            }
            Preprocess::Standardise { mean, std, .. } => check_moments(&mut faults, at, mean, std, None),
            Preprocess::Layout { .. } => ordered = true,
            Preprocess::Resize { .. } | Preprocess::Letterbox { .. } | Preprocess::CropCentre { .. } => {}
        }
    }
    faults.found
}

/// Checks a mean and a standard deviation for each channel or column.
fn check_moments(faults: &mut Faults<'_>, at: usize, mean: &[f32], std: &[f32], channels: Option<usize>) {
    for (key, values) in [("/MEAN", mean), ("/STD", std)] {
        let other = if key == "/MEAN" { std.len() } else { mean.len() };
        let fits = values.len() == 1 || channels.map_or(other == 1 || other == values.len(), |channels| channels == values.len());
        if !fits {
            faults.add(at, key, "must have one number, or one for each channel or column");
        }
    }
    if !mean.iter().all(|mean| mean.is_finite()) {
        faults.add(at, "/MEAN", "must be finite");
    }
    if !std.iter().all(|std| std.is_normal() && *std > 0.0) {
        faults.add(at, "/STD", "must be positive");
    }
}

/// What the outputs are after a step.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Stage {
    Scores,
    Classes,
    Boxes,
    Labelled,
}

/// Returns what is wrong with the steps after a model; `list` is the JSON pointer to them.
pub(crate) fn check_postprocess(list: &str, steps: &[Postprocess]) -> Vec<ParameterFault> {
    let mut faults = Faults { list, found: Vec::new() };
    let mut stage = Stage::Scores;
    for (at, step) in steps.iter().enumerate() {
        let (wanted, next, message): (&[Stage], Stage, &str) = match step {
            Postprocess::Softmax { .. } if at > 0 => (&[], stage, "must come first"),
            Postprocess::Softmax { .. } => (&[Stage::Scores], Stage::Scores, "must come first"),
            Postprocess::TopK { output: Some(_), .. } if at > 0 => (&[], Stage::Classes, "only the first step names an output"),
            Postprocess::TopK { .. } => (&[Stage::Scores], Stage::Classes, "must come before all steps but SOFTMAX"),
            Postprocess::Boxes { .. } if at > 0 => (&[], Stage::Boxes, "must come first"),
            Postprocess::Boxes { .. } => (&[Stage::Scores], Stage::Boxes, "must come first"),
            Postprocess::Nms { .. } => (&[Stage::Boxes], Stage::Boxes, "needs boxes: must follow BOXES"),
            Postprocess::Threshold { .. } => (&[Stage::Boxes, Stage::Classes], stage, "must follow TOP_K or BOXES, before LABELS"),
            Postprocess::Labels { .. } => (&[Stage::Boxes, Stage::Classes], Stage::Labelled, "must follow TOP_K or BOXES, and come last"),
        };
        if !wanted.contains(&stage) {
            faults.add(at, "/OP", message);
        }
        stage = next;
    }
    faults.found
}

/// Tells whether these steps make boxes.
pub(crate) fn yields_boxes(steps: &[Postprocess]) -> bool {
    steps.iter().any(|step| matches!(step, Postprocess::Boxes { .. }))
}

/// Tells whether these steps make a single class for each row.
pub(crate) fn yields_classes(steps: &[Postprocess]) -> bool {
    steps.iter().any(|step| matches!(step, Postprocess::TopK { k: 1, .. }))
}
