//! From the field of boxes to detections.

use super::{DetectionsParameters, MAX_CLASSES};
use neurite_core::{Field, Input, PluginError};

/// A thing that a model saw.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Detection {
    /// Left, top, right and bottom in pixels.
    pub(crate) edges: [f64; 4],
    pub(crate) score: f32,
    pub(crate) class: u16,
}

impl Detection {
    fn area(&self) -> f64 {
        let [left, top, right, bottom] = self.edges;
        (right - left).max(0.0) * (bottom - top).max(0.0)
    }

    /// Returns the share of two boxes' union that both cover.
    pub(crate) fn overlap(&self, other: &Self) -> f64 {
        let (one, two) = (self.edges, other.edges);
        let width = one[2].min(two[2]) - one[0].max(two[0]);
        let height = one[3].min(two[3]) - one[1].max(two[1]);
        let both = width.max(0.0) * height.max(0.0);
        let union = self.area() + other.area() - both;
        if union > 0.0 {
            both / union
        } else {
            0.0
        }
    }
}

/// Returns the detections of each row that count, in the order in which the field has them.
pub(crate) fn read(input: Input<'_>, parameters: &DetectionsParameters) -> Result<Vec<Vec<Detection>>, PluginError> {
    let name = parameters.field.as_str();
    let tensor = Field::find(input.inference, name).or_else(|| input.batch.field(name));
    let tensor = tensor.ok_or_else(|| PluginError::input(name, "neither the model nor the rows have this field of boxes"))?;
    let shaped = matches!(tensor.shape[..], [rows, _, Field::BOX_WIDTH] if rows == input.batch.rows());
    let values = tensor.as_f32().filter(|_| shaped).ok_or_else(|| {
        let reason = format!("is {:?} instead of boxes [{}, most, {}]", tensor.shape, input.batch.rows(), Field::BOX_WIDTH);
        PluginError::input(name, reason)
    })?;
    let row_length = tensor.shape[1] * Field::BOX_WIDTH;
    let of_row = |row: usize| values[row * row_length..(row + 1) * row_length].chunks_exact(Field::BOX_WIDTH);
    let counted = |row: usize| of_row(row).filter_map(|numbers| detection(numbers, parameters).transpose()).collect::<Result<Vec<_>, _>>();
    (0..input.batch.rows()).map(counted).collect()
}

/// Returns a detection; `None` if it does not count.
fn detection(numbers: &[f32], parameters: &DetectionsParameters) -> Result<Option<Detection>, PluginError> {
    let (edges, score, class) = (&numbers[..4], numbers[4], numbers[5]);
    if score.is_nan() || score <= 0.0 || score < parameters.min_score {
        return Ok(None);
    }
    let whole = class >= 0.0 && class < f32::from(MAX_CLASSES) && class.fract() == 0.0;
    if !whole || !edges.iter().all(|edge| edge.is_finite()) {
        let reason = format!("a box {numbers:?} has no class below {MAX_CLASSES} or no finite edges");
        return Err(PluginError::input(&parameters.field, reason));
    }
    let class = class as u16;
    let wanted = parameters.classes.as_ref().is_none_or(|classes| classes.contains(&class));
    let edges = [edges[0], edges[1], edges[2], edges[3]].map(f64::from);
    Ok(wanted.then_some(Detection { edges, score, class }))
}
