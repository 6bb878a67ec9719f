//! The steps of `PREPROCESS` and `POSTPROCESS`.

use schemars::JsonSchema;
use serde::Deserialize;

/// How pixels are computed from their neighbours when a picture changes its size.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Filter {
    /// The nearest pixel as it is.
    Nearest,
    /// Linear in both directions; over all covered pixels when the picture shrinks.
    #[default]
    Bilinear,
    /// Catmull-Rom's cubic in both directions.
    Bicubic,
    /// Lanczos's window of three.
    Lanczos,
}

/// The order in which a model takes the numbers of pictures.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "UPPERCASE")]
pub enum Layout {
    /// Picture, channel, row, column.
    #[default]
    Nchw,
    /// Picture, row, column, channel.
    Nhwc,
}

/// A step on what a model is fed with. Steps on pictures work on the field `image`, `STANDARDISE` on the field `features`.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(tag = "OP", rename_all = "SCREAMING_SNAKE_CASE", rename_all_fields = "SCREAMING_SNAKE_CASE", deny_unknown_fields)]
pub enum Preprocess {
    /// Brings pictures to a size, whatever their proportions.
    Resize {
        /// Width in pixels.
        #[schemars(range(min = 1, max = 4096))]
        width: u32,
        /// Height in pixels.
        #[schemars(range(min = 1, max = 4096))]
        height: u32,
        /// How pixels are computed.
        #[serde(default)]
        filter: Filter,
    },
    /// Brings pictures to a size, keeping their proportions; what is left over on two sides is filled.
    Letterbox {
        /// Width in pixels.
        #[schemars(range(min = 1, max = 4096))]
        width: u32,
        /// Height in pixels.
        #[schemars(range(min = 1, max = 4096))]
        height: u32,
        /// The grey value that fills what is left over.
        #[serde(default = "default_fill")]
        fill: u8,
        /// How pixels are computed.
        #[serde(default)]
        filter: Filter,
    },
    /// Cuts out the middle of pictures, which must be at least as large.
    CropCentre {
        /// Width in pixels.
        #[schemars(range(min = 1, max = 4096))]
        width: u32,
        /// Height in pixels.
        #[schemars(range(min = 1, max = 4096))]
        height: u32,
    },
    /// Makes pictures grey: one channel, by the weights of Rec. 601.
    Grayscale {},
    /// Turns bytes into numbers: (byte × `SCALE` − mean) ÷ standard deviation, of each channel.
    Normalise {
        /// The mean of each channel, or one for all.
        #[serde(default = "default_mean")]
        #[schemars(length(min = 1, max = 3))]
        mean: Vec<f32>,
        /// The standard deviation of each channel, or one for all.
        #[serde(default = "default_std")]
        #[schemars(length(min = 1, max = 3))]
        std: Vec<f32>,
        /// What bytes are multiplied by first.
        #[serde(default = "default_scale")]
        scale: f32,
    },
    /// Says in which order the model takes the numbers; `NCHW` without it.
    Layout {
        /// The order.
        order: Layout,
    },
    /// Turns features into (feature − mean) ÷ standard deviation.
    Standardise {
        /// The mean of each column, or one for all.
        #[schemars(length(min = 1, max = 65536))]
        mean: Vec<f32>,
        /// The standard deviation of each column, or one for all.
        #[schemars(length(min = 1, max = 65536))]
        std: Vec<f32>,
        /// What stands for a missing number afterwards; without it, missing numbers reach the model.
        #[serde(default)]
        missing: Option<f32>,
    },
}

/// How a detector writes its boxes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "UPPERCASE")]
pub enum BoxFormat {
    /// [rows, 4 + classes, places]: centre x, centre y, width, height, then a score for each class.
    Yolov8,
    /// [rows, places, 6]: left, top, right, bottom, score, class.
    Xyxy,
    /// [rows, places, 4 + classes]: centre x, centre y, width, height, then a score for each class.
    Cxcywh,
}

/// A step on what a model gives. The first one works on the model's first output, or on the one that it names.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(tag = "OP", rename_all = "SCREAMING_SNAKE_CASE", rename_all_fields = "SCREAMING_SNAKE_CASE", deny_unknown_fields)]
pub enum Postprocess {
    /// Turns the scores of each row into probabilities.
    Softmax {
        /// The model's output; without it, the first.
        #[serde(default)]
        output: Option<String>,
    },
    /// Adds the fields `class` and `score`: the best classes of each row, best first.
    TopK {
        /// How many; with 1, the fields have one value per row, otherwise so many.
        #[serde(default = "default_top")]
        #[schemars(range(min = 1, max = 1000))]
        k: u32,
        /// The model's output; without it, the first.
        #[serde(default)]
        output: Option<String>,
    },
    /// Drops boxes whose score is lower; of classes, sets those to -1.
    Threshold {
        /// The least score.
        #[schemars(range(min = 0.0, max = 1.0))]
        score: f32,
    },
    /// Adds the field `label`: the name of each class or box, empty where there is none.
    Labels {
        /// The names of the classes, from class 0.
        #[schemars(length(min = 1, max = 10000))]
        names: Vec<String>,
    },
    /// Reads boxes out of the model's output and replaces it by the field `boxes`, in pixels of the source's picture.
    Boxes {
        /// How the model writes them.
        format: BoxFormat,
        /// The least score.
        #[serde(default = "default_box_score")]
        #[schemars(range(min = 0.0, max = 1.0))]
        score: f32,
        /// Whether the model gives places as shares of its picture, from 0 to 1, instead of pixels.
        #[serde(default)]
        relative: bool,
        /// The most boxes of a row.
        #[serde(default = "default_candidates")]
        #[schemars(range(min = 1, max = 10000))]
        max: u32,
        /// The model's output; without it, the first.
        #[serde(default)]
        output: Option<String>,
    },
    /// Drops boxes that overlap a better one of their class.
    Nms {
        /// The overlap from which a box is dropped: intersection over union.
        #[serde(default = "default_iou")]
        #[schemars(range(min = 0.0, max = 1.0))]
        iou: f32,
        /// The least score.
        #[serde(default)]
        #[schemars(range(min = 0.0, max = 1.0))]
        score: f32,
        /// The most boxes of a row.
        #[serde(default = "default_boxes")]
        #[schemars(range(min = 1, max = 10000))]
        max: u32,
        /// Whether boxes of different classes drop each other, too.
        #[serde(default)]
        across_classes: bool,
    },
}

fn default_fill() -> u8 {
    114
}

fn default_mean() -> Vec<f32> {
    vec![0.0]
}

fn default_std() -> Vec<f32> {
    vec![1.0]
}

fn default_scale() -> f32 {
    1.0 / 255.0
}

fn default_top() -> u32 {
    1
}

fn default_box_score() -> f32 {
    0.25
}

fn default_iou() -> f32 {
    0.45
}

fn default_candidates() -> u32 {
    1_000
}

fn default_boxes() -> u32 {
    100
}
