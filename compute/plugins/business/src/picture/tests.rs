//! Tests of reading, measuring and drawing pictures.

use super::*;
use neurite_core::{Batch, Field, Input, Tensor};
use serde_json::json;

fn read(field: Field, parameters: serde_json::Value, row: usize) -> Result<Canvas, String> {
    let batch = Batch::new(0, vec![field]).unwrap();
    let parameters: PictureParameters = serde_json::from_value(parameters).unwrap();
    let pictures = Pictures::read(Input { batch: &batch, inference: &[] }, &parameters).map_err(|error| error.to_string())?;
    Ok(pictures.picture(row))
}

fn black(width: usize, height: usize) -> Canvas {
    Canvas { width, height, bytes: vec![0; width * height * 3] }
}

/// Squares of four pixels, black and white.
fn board(width: usize, height: usize) -> Grey {
    let values = (0..height).flat_map(|y| (0..width).map(move |x| if (x / 4 + y / 4) % 2 == 0 { 0 } else { 255 })).collect();
    Grey { width, height, values }
}

#[test]
fn colours_and_grey_numbers_become_pictures() {
    let colours = Field::new(Field::IMAGE, Tensor::u8(vec![2, 1, 2, 3], (0..12).collect()).unwrap());
    assert_eq!(read(colours, json!({}), 1).unwrap(), Canvas { width: 2, height: 1, bytes: vec![6, 7, 8, 9, 10, 11] });
    let numbers = Field::new("features", Tensor::f32(vec![1, 4], vec![0.0, 8.0, 16.0, 99.0]).unwrap());
    let parameters = json!({ "FIELD": "features", "HEIGHT": 2, "WIDTH": 2, "WHITE": 16.0 });
    assert_eq!(read(numbers.clone(), parameters, 0).unwrap().bytes, [0, 0, 0, 128, 128, 128, 255, 255, 255, 255, 255, 255]);
    assert!(read(numbers.clone(), json!({ "FIELD": "features" }), 0).unwrap_err().contains("HEIGHT and WIDTH"));
    assert!(read(numbers.clone(), json!({ "FIELD": "features", "HEIGHT": 3, "WIDTH": 2 }), 0).is_err());
    assert!(read(numbers, json!({}), 0).unwrap_err().contains("no such field"));
}

#[test]
fn drawing_stays_within_the_picture() {
    let mut canvas = black(20, 10);
    canvas.outline([2.0, 2.0, 8.0, 6.0], 1, [255, 0, 0]);
    let red = canvas.bytes.chunks_exact(3).filter(|pixel| *pixel == [255, 0, 0]).count();
    assert_eq!(red, 2 * 7 + 2 * 5 - 4);
    canvas.outline([-1e30, -5.0, 1e30, f64::MAX], 3, [0, 255, 0]);
    canvas.label("far too long a label for this", 15.0, -4.0, [0, 0, 255]);
    assert_eq!(canvas.bytes.len(), 600);
}

#[test]
fn labels_can_be_read() {
    let mut canvas = black(7, 9);
    canvas.label("T", 0.0, 0.0, [10, 10, 10]);
    let white = |x: usize, y: usize| canvas.bytes[(y * 7 + x) * 3] == 255;
    assert!((1..6).all(|x| white(x, 1)), "the bar of the letter T");
    assert!((1..8).all(|y| white(3, y)), "its stem");
    assert!(!white(1, 2) && !white(0, 0));
}

#[test]
fn half_a_picture_keeps_its_brightness() {
    let mut canvas = black(3, 3);
    canvas.bytes.fill(100);
    assert_eq!(canvas.halved(), Canvas { width: 2, height: 2, bytes: vec![100; 12] });
}

#[test]
fn measures_tell_sharp_from_flat() {
    let (sharp, flat) = (board(32, 32), Grey { width: 32, height: 32, values: vec![90; 1024] });
    assert!(sharp.sharpness() > 10_000.0 && flat.sharpness() == 0.0);
    assert!((sharp.entropy() - 1.0).abs() < 1e-9 && flat.entropy() == 0.0);
    assert_eq!((sharp.brightness(), flat.brightness()), (127.5, 90.0));
    assert_eq!(Grey { width: 1, height: 1, values: vec![5] }.sharpness(), 0.0);
    assert!(flat.edges().values.iter().all(|value| *value == 0));
}

#[test]
fn a_shrunk_picture_has_the_mean_of_its_parts() {
    let shrunk = board(32, 16).shrunk(4);
    assert_eq!((shrunk.width, shrunk.height), (4, 2));
    assert!(shrunk.values.iter().all(|value| *value == 127));
    assert_eq!(board(8, 8).shrunk(64), board(8, 8));
}

#[test]
fn agreement_is_best_where_the_picture_went() {
    let random = |x: usize, y: usize| (((x * 73_856_093) ^ (y * 19_349_663)) % 251) as u8;
    let grey = |right: usize| Grey {
        width: 24,
        height: 18,
        values: (0..18).flat_map(|y| (0..24).map(move |x| (x, y))).map(|(x, y)| random(x + 100 - right, y)).collect(),
    };
    let (reference, moved) = (grey(0), grey(3));
    assert!((reference.agreement(&moved, (3, 0)) - 1.0).abs() < 1e-9);
    assert!(reference.agreement(&moved, (0, 0)) < 0.5);
    let flat = Grey { width: 24, height: 18, values: vec![7; 432] };
    assert_eq!(reference.agreement(&flat, (0, 0)), 0.0);
}
