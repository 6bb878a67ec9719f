//! Where pictures are, as documents say it.

use neurite_core::Field;
use schemars::JsonSchema;
use serde::Deserialize;

/// Where pictures are: `{"FIELD": "image"}`, or for numbers of one brightness each `{"FIELD": "features", "HEIGHT": 8, "WIDTH": 8, "WHITE":
/// 16}`.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE", deny_unknown_fields, default)]
pub struct PictureParameters {
    /// The field of pictures.
    #[schemars(length(min = 1, max = 128))]
    pub field: String,
    /// The height of grey pictures in pixels.
    #[schemars(range(min = 1, max = 8192))]
    pub height: Option<u16>,
    /// Their width in pixels.
    #[schemars(range(min = 1, max = 8192))]
    pub width: Option<u16>,
    /// The number that stands for white; 0 is black.
    #[schemars(range(min = 0.000_001, max = 1_000_000.0))]
    pub white: f64,
}

impl Default for PictureParameters {
    fn default() -> Self {
        Self { field: Field::IMAGE.to_owned(), height: None, width: None, white: 255.0 }
    }
}
