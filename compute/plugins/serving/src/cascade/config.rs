//! Parameters of `cascade`.

use crate::model::ModelParameters;
use schemars::JsonSchema;
use serde::Deserialize;

/// Finds things in pictures with one model and tells what they are with another: detector, cut-out, classifier as one unit.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE", deny_unknown_fields)]
pub struct CascadeParameters {
    /// The model that finds boxes in the field `image`; its `POSTPROCESS` must have the step `BOXES`.
    pub detector: ModelParameters,
    /// The model that classifies what is in each box; its `PREPROCESS` must bring pictures to one size, and its `POSTPROCESS` must have the
    /// step `TOP_K` with one class.
    pub classifier: ModelParameters,
    /// How boxes are cut out.
    #[serde(default)]
    pub crop: CropParameters,
}

/// How boxes are cut out of their picture.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE", deny_unknown_fields)]
pub struct CropParameters {
    /// What is added on each side, as a share of the box's width and height.
    #[serde(default)]
    #[schemars(range(min = 0.0, max = 1.0))]
    pub margin: f32,
}
