//! From a model's outputs to classes and boxes.

use super::{
    boxes::{Decoder, Detection},
    config::Postprocess,
    geometry::Geometry,
    nms::suppress,
    scores::{softmax, top_k},
};
use neurite_core::{Field, Tensor, TensorData};

/// The field of classes.
const CLASS: &str = "class";
/// The field of the classes' scores.
const SCORE: &str = "score";
/// The class of rows whose best score is too low.
const NO_CLASS: i64 = -1;

/// What a model's picture is of the source's.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct View {
    /// Where pixels of the source lie.
    pub(crate) geometry: Geometry,
    /// Width and height of the source's picture, where there is one.
    pub(crate) source: Option<(f64, f64)>,
    /// Width and height of the model's picture, where there is one.
    pub(crate) model: Option<(f64, f64)>,
}

impl View {
    /// The view of a model that is not fed with pictures, or makes what it likes of them.
    pub(crate) const UNKNOWN: Self = Self { geometry: Geometry::IDENTITY, source: None, model: None };

    /// Returns the view of a model that is fed with pictures as they are, if this is a field of pictures.
    pub(crate) fn of(field: Option<&Tensor>) -> Self {
        match field.map(|field| &field.shape[..]) {
            Some(&[_, height, width, _]) => {
                let size = Some((width as f64, height as f64));
                Self { geometry: Geometry::IDENTITY, source: size, model: size }
            }
            _ => Self::UNKNOWN,
        }
    }
}

/// The steps after a model.
#[derive(Debug, Clone)]
pub(crate) struct Postprocessor {
    steps: Vec<Postprocess>,
}

/// What the steps have made so far.
enum Made<'a> {
    Nothing,
    /// Classes and their scores, `k` a row.
    Classes {
        k: usize,
        best: Vec<(i64, f32)>,
    },
    /// Boxes of each row, best first, at most `max`.
    Boxes {
        max: usize,
        rows: Vec<Vec<Detection>>,
    },
    /// One of the others, with the names of the classes.
    Labelled(Box<Made<'a>>, &'a [String]),
}

impl Postprocessor {
    /// Takes over steps in which no check found a fault.
    pub(crate) fn new(steps: &[Postprocess]) -> Self {
        Self { steps: steps.to_vec() }
    }

    /// Does the steps on the outputs of so many rows. Fails with what does not fit.
    pub(crate) fn apply(&self, mut outputs: Vec<Field>, rows: usize, view: &View) -> Result<Vec<Field>, String> {
        let mut made = Made::Nothing;
        for step in &self.steps {
            made = match step {
                Postprocess::Softmax { output } => {
                    let (place, width) = scores_of(&outputs, output.as_deref(), rows)?;
                    if let TensorData::F32(values) = &mut outputs[place].tensor.data {
                        values.chunks_exact_mut(width).for_each(softmax);
                    }
                    Made::Nothing
                }
                Postprocess::TopK { k, output } => best_classes(&outputs, output.as_deref(), rows, *k as usize)?,
                Postprocess::Boxes { format, score, relative, max, output } => {
                    let decoder = Decoder { format: *format, score: *score, relative: *relative, max: *max as usize };
                    let (place, width) = scores_of(&outputs, output.as_deref(), rows)?;
                    let field = outputs.remove(place);
                    let values = field.tensor.as_f32().unwrap_or_default().chunks_exact(width);
                    let rows = values.map(|row| decoder.decode(&field.tensor.shape[1..], row, view)).collect::<Result<_, _>>()?;
                    Made::Boxes { max: decoder.max, rows }
                }
                Postprocess::Nms { iou, score, max, across_classes } => made.suppressed(*iou, *score, *max as usize, *across_classes),
                Postprocess::Threshold { score } => made.over(*score),
                Postprocess::Labels { names } => Made::Labelled(Box::new(made), names),
            };
        }
        for field in made.into_fields(rows, view) {
            outputs.retain(|output| output.name != field.name);
            outputs.push(field);
        }
        Ok(outputs)
    }
}

/// Returns the place of an output of floating-point numbers and how many there are in a row.
fn scores_of(outputs: &[Field], name: Option<&str>, rows: usize) -> Result<(usize, usize), String> {
    let place = match name {
        None => 0,
        Some(name) => outputs.iter().position(|field| field.name == name).ok_or_else(|| format!("there is no output {name:?}"))?,
    };
    let field = outputs.get(place).ok_or("the model has no output")?;
    let tensor = &field.tensor;
    let fits = tensor.shape.first() == Some(&rows) && rows > 0 && !tensor.data.is_empty();
    match tensor.as_f32() {
        Some(values) if fits => Ok((place, values.len() / rows)),
        _ => Err(format!("output {:?} of shape {:?} has no scores for {rows} rows", field.name, tensor.shape)),
    }
}

fn best_classes<'a>(outputs: &[Field], name: Option<&str>, rows: usize, k: usize) -> Result<Made<'a>, String> {
    let (place, width) = scores_of(outputs, name, rows)?;
    let values = outputs[place].tensor.as_f32().unwrap_or_default();
    let k = k.min(width);
    let mut best = Vec::with_capacity(rows * k);
    for row in values.chunks_exact(width) {
        best.extend(top_k(row, k).ok_or("a score is not a number")?);
    }
    Ok(Made::Classes { k, best })
}

impl Made<'_> {
    fn suppressed(self, iou: f32, score: f32, max: usize, across_classes: bool) -> Self {
        match self {
            Self::Boxes { rows, .. } => {
                let keep = |row: Vec<Detection>| {
                    let good: Vec<Detection> = row.into_iter().take_while(|detection| detection.score >= score).collect();
                    suppress(&good, iou, max, across_classes)
                };
                Self::Boxes { max, rows: rows.into_iter().map(keep).collect() }
            }
            other => other,
        }
    }

    fn over(self, least: f32) -> Self {
        match self {
            Self::Classes { k, mut best } => {
                best.iter_mut().filter(|(_, score)| *score < least).for_each(|(class, _)| *class = NO_CLASS);
                Self::Classes { k, best }
            }
            Self::Boxes { max, mut rows } => {
                rows.iter_mut().for_each(|row| row.retain(|detection| detection.score >= least));
                Self::Boxes { max, rows }
            }
            other => other,
        }
    }

    fn into_fields(self, rows: usize, view: &View) -> Vec<Field> {
        self.into_named_fields(rows, view, None)
    }

    fn into_named_fields(self, rows: usize, view: &View, names: Option<&[String]>) -> Vec<Field> {
        match self {
            Self::Nothing => Vec::new(),
            Self::Labelled(made, names) => made.into_named_fields(rows, view, Some(names)),
            Self::Classes { k, best } => {
                let shape = if k == 1 { vec![rows] } else { vec![rows, k] };
                let (classes, scores): (Vec<i64>, Vec<f32>) = best.into_iter().unzip();
                let labels = names.map(|names| label_field(shape.clone(), names, classes.iter().copied()));
                let fields = [
                    Field::new(CLASS, Tensor { shape: shape.clone(), data: TensorData::I64(classes) }),
                    Field::new(SCORE, Tensor { shape, data: TensorData::F32(scores) }),
                ];
                fields.into_iter().chain(labels).collect()
            }
            Self::Boxes { max, rows: detections } => box_fields(&detections, max, view, names),
        }
    }
}

fn box_fields(rows: &[Vec<Detection>], max: usize, view: &View, names: Option<&[String]>) -> Vec<Field> {
    let mut values = vec![0.0; rows.len() * max * Field::BOX_WIDTH];
    let mut classes = vec![NO_CLASS; rows.len() * max];
    for (row, detections) in rows.iter().enumerate() {
        let whole = |detection: &Detection| view.source.map_or(Some(*detection), |size| detection.clipped(size));
        for (place, detection) in detections.iter().filter_map(whole).take(max).enumerate() {
            let at = row * max + place;
            let Detection { left, top, right, bottom, score, class } = detection;
            values[at * Field::BOX_WIDTH..(at + 1) * Field::BOX_WIDTH].copy_from_slice(&[left, top, right, bottom, score, class as f32]);
            classes[at] = class as i64;
        }
    }
    let labels = names.map(|names| label_field(vec![rows.len(), max], names, classes.into_iter()));
    let shape = vec![rows.len(), max, Field::BOX_WIDTH];
    std::iter::once(Field::new(Field::BOXES, Tensor { shape, data: TensorData::F32(values) })).chain(labels).collect()
}

/// Names classes; one without a name, and none, has an empty one.
fn label_field(shape: Vec<usize>, names: &[String], classes: impl Iterator<Item = i64>) -> Field {
    let name = |class: i64| usize::try_from(class).ok().and_then(|class| names.get(class)).cloned().unwrap_or_default();
    Field::new(Field::LABEL, Tensor { shape, data: TensorData::Text(classes.map(name).collect()) })
}
