//! Drawing detections and making the picture small enough.

use crate::{
    detections::{Detection, DetectionsParameters},
    picture::Canvas,
};
use base64::{engine::general_purpose::STANDARD, Engine};
use neurite_core::PluginError;

/// The most characters of a picture in base64.
pub const MAX_IMAGE_BYTES: usize = 512 * 1024;
/// The quality below which a picture is rather made smaller.
const LEAST_QUALITY: u8 = 30;
/// What quality is lowered by at a time.
const QUALITY_STEP: u8 = 20;
/// Colours of the classes, in turn.
const COLOURS: [[u8; 3]; 6] = [[230, 60, 60], [40, 170, 80], [60, 110, 230], [240, 200, 40], [170, 70, 200], [40, 190, 200]];

/// A picture that fits into a payload.
#[derive(Debug, PartialEq)]
pub(super) struct Rendered {
    pub(super) width: usize,
    pub(super) height: usize,
    pub(super) quality: u8,
    /// The JPEG in base64.
    pub(super) text: String,
}

/// Draws boxes with class and score.
pub(super) fn draw(canvas: &mut Canvas, detections: &[Detection], parameters: &DetectionsParameters) {
    // The worst first, so that the best are on top.
    for detection in detections.iter().rev() {
        let colour = COLOURS[usize::from(detection.class) % COLOURS.len()];
        let text = format!("{} {:.0}%", parameters.label(detection.class), detection.score * 100.0);
        canvas.outline(detection.edges, 2, colour);
        canvas.label(&text, detection.edges[0], detection.edges[1] - 9.0, colour);
    }
}

/// Writes the picture with as much quality and size as the bound allows.
pub(super) fn render(mut canvas: Canvas, quality: u8) -> Result<Rendered, PluginError> {
    loop {
        let mut quality = quality;
        loop {
            let bytes = canvas.jpeg(quality)?;
            if bytes.len().div_ceil(3) * 4 <= MAX_IMAGE_BYTES {
                let Canvas { width, height, .. } = canvas;
                return Ok(Rendered { width, height, quality, text: STANDARD.encode(bytes) });
            }
            if quality <= LEAST_QUALITY {
                break;
            }
            quality = quality.saturating_sub(QUALITY_STEP).max(LEAST_QUALITY);
        }
        // Ends: a picture of a few pixels fits.
        canvas = canvas.halved();
    }
}
