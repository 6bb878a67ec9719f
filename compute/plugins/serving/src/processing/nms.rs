//! Non-maximum suppression: of boxes that overlap, the best one stays.

use super::boxes::Detection;

/// Returns intersection over union of two boxes, from 0 to 1.
pub(super) fn overlap(one: &Detection, other: &Detection) -> f32 {
    let area = |detection: &Detection| (detection.right - detection.left).max(0.0) * (detection.bottom - detection.top).max(0.0);
    let width = one.right.min(other.right) - one.left.max(other.left);
    let height = one.bottom.min(other.bottom) - one.top.max(other.top);
    let common = width.max(0.0) * height.max(0.0);
    let union = area(one) + area(other) - common;
    if union > 0.0 {
        common / union
    } else {
        0.0
    }
}

/// Goes through boxes that are sorted best first and keeps those that overlap no kept one more than `iou`, at most `max`; boxes of different
/// classes do not concern each other unless `across_classes`.
pub(super) fn suppress(detections: &[Detection], iou: f32, max: usize, across_classes: bool) -> Vec<Detection> {
    let mut kept: Vec<Detection> = Vec::new();
    for detection in detections {
        if kept.len() == max {
            break;
        }
        let rival = |other: &&Detection| across_classes || other.class == detection.class;
        if kept.iter().filter(rival).all(|other| overlap(other, detection) <= iou) {
            kept.push(*detection);
        }
    }
    kept
}
