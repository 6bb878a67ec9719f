//! Tests of `ImageFolder`: the contract of acquisition on folders and archives, pictures of all formats, and archives made to burst.

use super::*;
use crate::ffmpeg::testing::runtime;
use flate2::{write::GzEncoder, Compression};
use image::{ImageFormat, Rgb, RgbImage};
use neurite_core::{Acquisition, Batch, Bookmark, Context, FailureClass, Field, Plugin, PluginError, Shard};
use neurite_testkit::{acquisition, block_on, context, TempBase};
use serde_json::{json, Value};
use std::{
    io::{Cursor, Write},
    path::Path,
    process::Command,
};

const RED: [u8; 3] = [255, 0, 0];
const GREEN: [u8; 3] = [0, 255, 0];
const BLUE: [u8; 3] = [0, 0, 255];

fn open(base: &TempBase, parameters: Value, shard: Shard) -> Result<Box<dyn Acquisition>, PluginError> {
    let parameters: ImageFolderParameters = serde_json::from_value(parameters).unwrap();
    assert!(ImageFolder.check(&parameters).is_empty());
    block_on(ImageFolder.open(parameters, &Context { shard, ..context(base) }))
}

/// Opens and reads to the end; returns the fault that is met.
fn error(base: &TempBase, parameters: Value) -> PluginError {
    let mut rows = match open(base, parameters, Shard::WHOLE) {
        Ok(rows) => rows,
        Err(error) => return error,
    };
    loop {
        match block_on(rows.next_batch()) {
            Ok(batch) => assert!(batch.is_some(), "no fault found"),
            Err(error) => return error,
        }
    }
}

fn encoded(width: u32, height: u32, colour: [u8; 3], format: ImageFormat) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    RgbImage::from_pixel(width, height, Rgb(colour)).write_to(&mut bytes, format).unwrap();
    bytes.into_inner()
}

fn write(base: &TempBase, path: &str, bytes: &[u8]) {
    let path = base.data().root().join(path);
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(path, bytes).unwrap();
}

/// Lays out four pictures of four formats in three folders, and what is passed over.
fn gallery() -> TempBase {
    let base = TempBase::new();
    write(&base, "gallery/cats/2.JPG", &encoded(8, 6, GREEN, ImageFormat::Jpeg));
    write(&base, "gallery/cats/1.png", &encoded(8, 6, RED, ImageFormat::Png));
    write(&base, "gallery/dogs/puppies/3.webp", &encoded(8, 6, BLUE, ImageFormat::WebP));
    write(&base, "gallery/ants/4.bmp", &encoded(8, 6, RED, ImageFormat::Bmp));
    write(&base, "gallery/cats/.hidden.png", b"no picture");
    write(&base, "gallery/readme.txt", b"no picture");
    std::os::unix::fs::symlink("/etc", base.data().root().join("gallery/link")).unwrap();
    std::os::unix::fs::symlink("/etc/passwd", base.data().root().join("gallery/link.png")).unwrap();
    base
}

/// Packs `gallery` into every kind of archive, in another order than that of the names.
fn pack(base: &TempBase) {
    let folder = base.data().root().to_owned();
    let names = ["gallery/dogs", "gallery/cats", "gallery/ants"];
    assert!(zip_in(Command::new("python3").args(["-m", "zipfile", "-c", "gallery.zip"]).args(names), &folder));
    let mut tar = tar::Builder::new(Vec::new());
    for name in ["dogs", "cats", "ants"] {
        tar.append_dir_all(name, folder.join("gallery").join(name)).unwrap();
    }
    let tar = tar.into_inner().unwrap();
    let mut compressed = GzEncoder::new(Vec::new(), Compression::fast());
    compressed.write_all(&tar).unwrap();
    write(base, "gallery.tar.gz", &compressed.finish().unwrap());
    write(base, "gallery.tar", &tar);
}

fn zip_in(command: &mut Command, folder: &Path) -> bool {
    command.current_dir(folder).status().expect("python3 is installed").success()
}

/// Makes an archive of one file by Python's own hand.
fn zip_of_zeros(base: &TempBase, zip: &str, name: &str, bytes: usize) {
    let script = "import sys, zipfile\nwith zipfile.ZipFile(sys.argv[1], 'w', zipfile.ZIP_DEFLATED) as z: z.writestr(sys.argv[2], bytes(int(sys.argv[3])))";
    let bytes = bytes.to_string();
    assert!(zip_in(Command::new("python3").args(["-c", script, zip, name, &bytes]), base.data().root()));
}

fn next(rows: &mut dyn Acquisition) -> Batch {
    block_on(rows.next_batch()).unwrap().expect("a batch")
}

/// Returns each picture's path and colour in the middle, rounded to whole colours.
fn shown(batch: &Batch) -> Vec<(String, [u8; 3])> {
    let image = batch.field(Field::IMAGE).unwrap();
    let (height, width) = (image.shape[1], image.shape[2]);
    let middle = (height / 2 * width + width / 2) * 3;
    let pictures = image.as_u8().unwrap().chunks_exact(height * width * 3);
    let colours = pictures.map(|picture| [0, 1, 2].map(|at| if picture[middle + at] > 127 { 255 } else { 0 }));
    batch.field(Field::ORIGIN).unwrap().as_text().unwrap().iter().cloned().zip(colours).collect()
}

fn expected() -> Vec<(String, [u8; 3])> {
    [("ants/4.bmp", RED), ("cats/1.png", RED), ("cats/2.JPG", GREEN), ("dogs/puppies/3.webp", BLUE)]
        .map(|(name, colour)| (name.into(), colour))
        .into()
}

#[test]
fn folders_and_archives_give_the_same_sorted_pictures() {
    let runtime = runtime();
    let _entered = runtime.enter();
    let base = gallery();
    pack(&base);
    for url in ["gallery", "gallery.zip", "gallery.tar", "gallery.tar.gz"] {
        let mut rows = open(&base, json!({ "URL": url, "LABEL_FROM_FOLDER": true }), Shard::WHOLE).unwrap();
        assert_eq!(rows.total(), Some(4), "{url}");
        let batch = next(&mut *rows);
        assert_eq!(batch.field(Field::IMAGE).unwrap().shape, [4, 6, 8, 3], "{url}");
        assert_eq!(shown(&batch), expected(), "{url}");
        assert_eq!(batch.field(Field::LABEL).unwrap().as_i64(), Some(&[0, 1, 1, 2][..]), "{url}");
        assert!(block_on(rows.next_batch()).unwrap().is_none());
    }
}

#[test]
fn the_contract_of_acquisition_holds() {
    let runtime = runtime();
    let _entered = runtime.enter();
    let base = gallery();
    pack(&base);
    for url in ["gallery", "gallery.zip", "gallery.tar", "gallery.tar.gz"] {
        let open = |shard| open(&base, json!({ "URL": url, "BATCH_IMAGES": 2, "LABEL_FROM_FOLDER": true }), shard).unwrap();
        acquisition::shards_partition_rows(open, 3, 4);
        acquisition::resumes_anywhere(|| open(Shard::new(1, 2).unwrap()));
        acquisition::resumes_after_every_batch(|| open(Shard::WHOLE), 4);
    }
}

#[test]
fn pictures_of_different_sizes_must_be_scaled() {
    let runtime = runtime();
    let _entered = runtime.enter();
    let base = gallery();
    write(&base, "gallery/dogs/large.png", &encoded(20, 10, GREEN, ImageFormat::Png));
    let fault = error(&base, json!({ "URL": "gallery" }));
    let reason = "dogs/large.png: has 20 x 10 pixels, the first picture 8 x 6: set WIDTH and HEIGHT";
    assert_eq!(fault.to_string(), format!("input gallery: row 4, column image: {reason}"));
    let mut rows = open(&base, json!({ "URL": "gallery", "WIDTH": 4, "HEIGHT": 5 }), Shard::WHOLE).unwrap();
    let batch = next(&mut *rows);
    assert_eq!(batch.field(Field::IMAGE).unwrap().shape, [5, 5, 4, 3]);
    assert_eq!(shown(&batch)[3], ("dogs/large.png".into(), GREEN));
}

#[test]
fn batches_stay_within_their_bytes() {
    let runtime = runtime();
    let _entered = runtime.enter();
    let base = gallery();
    let mut rows = open(&base, json!({ "URL": "gallery", "WIDTH": 4096, "HEIGHT": 2048 }), Shard::WHOLE).unwrap();
    assert_eq!([next(&mut *rows).rows(), next(&mut *rows).rows()], [2, 2], "24 MiB each, 64 MiB at most");
}

#[test]
fn pictures_stand_as_their_camera_says() {
    let runtime = runtime();
    let _entered = runtime.enter();
    let base = TempBase::new();
    let picture = encoded(16, 8, RED, ImageFormat::Jpeg);
    // The camera was turned by 90 degrees: tag 0x112, a short, 6.
    let exif = b"\xff\xe1\x00\x22Exif\0\0II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0\x06\0\0\0\0\0\0\0";
    write(&base, "a/1.jpg", &[&picture[..2], exif, &picture[2..]].concat());
    let batch = next(&mut *open(&base, json!({ "URL": "a" }), Shard::WHOLE).unwrap());
    assert_eq!(batch.field(Field::IMAGE).unwrap().shape, [1, 16, 8, 3]);
}

#[test]
fn archives_made_to_burst_are_refused() {
    let runtime = runtime();
    let _entered = runtime.enter();
    let base = TempBase::new();
    zip_of_zeros(&base, "large.zip", "bomb.png", 65 * 1024 * 1024);
    let fault = error(&base, json!({ "URL": "large.zip" }));
    assert_eq!(fault.to_string(), "input large.zip: bomb.png takes 68157440 bytes, at most 67108864 are possible");
    // An index that claims less than the data unpack to.
    let mut lying = std::fs::read(base.data().root().join("large.zip")).unwrap();
    let entry = lying.windows(4).rposition(|window| window == b"PK\x01\x02").unwrap();
    lying[entry + 24..entry + 28].copy_from_slice(&1000u32.to_le_bytes());
    write(&base, "lying.zip", &lying);
    let fault = error(&base, json!({ "URL": "lying.zip" }));
    assert!(fault.class() == FailureClass::Input && fault.to_string().contains("takes more than 67108864 bytes"), "{fault}");
    let mut compressed = GzEncoder::new(Vec::new(), Compression::fast());
    for _ in 0..257 {
        compressed.write_all(&vec![0; 1024 * 1024]).unwrap();
    }
    write(&base, "bomb.tar.gz", &compressed.finish().unwrap());
    let fault = error(&base, json!({ "URL": "bomb.tar.gz" }));
    assert_eq!(fault.to_string(), "input bomb.tar.gz: takes more than 268435456 bytes");
}

#[test]
fn archives_that_lie_are_refused() {
    let runtime = runtime();
    let _entered = runtime.enter();
    let base = gallery();
    pack(&base);
    let zip = std::fs::read(base.data().root().join("gallery.zip")).unwrap();
    let end = zip.len() - 22;
    let altered = |at: usize, bytes: &[u8]| {
        let mut zip = zip.clone();
        zip[at..at + bytes.len()].copy_from_slice(bytes);
        zip
    };
    let entry = zip.windows(4).position(|window| window == b"PK\x01\x02").unwrap();
    for (name, zip) in [
        ("an index elsewhere", altered(end + 16, &7u32.to_le_bytes())),
        ("the large format", altered(end + 10, &[0xff, 0xff])),
        ("a longer index", altered(end + 12, &u32::MAX.to_le_bytes()[..3])),
        ("an index of something else", altered(entry, b"XX")),
        ("a name without end", altered(entry + 28, &[0xff, 0xff])),
        ("no end", zip[..end].to_vec()),
        ("nothing", Vec::new()),
    ] {
        write(&base, "lying.zip", &zip);
        let fault = error(&base, json!({ "URL": "lying.zip" }));
        assert_eq!(fault.class(), FailureClass::Input, "{name}: {fault}");
    }
    let tar = std::fs::read(base.data().root().join("gallery.tar")).unwrap();
    for (name, bytes) in [("a.tar", &tar[..700]), ("b.tar", b"no archive"), ("c.tar.gz", b"no archive"), ("d.rar", b"no archive")] {
        write(&base, name, bytes);
        let fault = error(&base, json!({ "URL": name }));
        assert_eq!(fault.class(), FailureClass::Input, "{name}: {fault}");
    }
}

#[test]
fn encrypted_and_altered_entries_are_refused() {
    let runtime = runtime();
    let _entered = runtime.enter();
    let base = gallery();
    pack(&base);
    let zip = std::fs::read(base.data().root().join("gallery.zip")).unwrap();
    let last = zip.windows(4).rposition(|window| window == b"PK\x01\x02").unwrap();
    let fault_of = |at: usize, value: u8| {
        let mut zip = zip.clone();
        zip[at] = value;
        write(&base, "altered.zip", &zip);
        error(&base, json!({ "URL": "altered.zip" })).to_string()
    };
    let encrypted = fault_of(last + 8, zip[last + 8] | 1);
    assert_eq!(encrypted, "input altered.zip: ants/4.bmp is encrypted or compressed in an unknown way");
    assert!(fault_of(last + 10, 14).contains("compressed in an unknown way"));
    assert!(fault_of(last + 16, !zip[last + 16]).contains("is not what the index says"));
    assert!(fault_of(last + 42, zip[last + 42].wrapping_add(1)).contains("is not where the index says"));
}

#[test]
fn faulty_pictures_and_folders_are_the_inputs_fault() {
    let runtime = runtime();
    let _entered = runtime.enter();
    let base = TempBase::new();
    write(&base, "text/1.png", b"no picture");
    write(&base, "cut/1.png", &encoded(64, 64, RED, ImageFormat::Png)[..60]);
    write(&base, "none/readme.txt", b"no picture");
    write(&base, "flat/1.png", &encoded(8, 8, RED, ImageFormat::Png));
    // A picture of 60000 x 60000 pixels in a few bytes: only its header says so.
    let mut huge = encoded(8, 8, RED, ImageFormat::Bmp);
    huge[18..26].copy_from_slice(&[60_000u32.to_le_bytes(), 60_000u32.to_le_bytes()].concat());
    write(&base, "huge/1.bmp", &huge);
    write(&base, "wide/1.png", &encoded(4097, 1, RED, ImageFormat::Png));
    for (parameters, reason) in [
        (json!({ "URL": "text" }), "row 1, column image: 1.png: "),
        (json!({ "URL": "cut" }), "row 1, column image: 1.png: "),
        (json!({ "URL": "none" }), "has no picture"),
        (json!({ "URL": "absent" }), "No such file"),
        (json!({ "URL": "none/readme.txt" }), "is no folder and no .zip"),
        (json!({ "URL": "flat", "LABEL_FROM_FOLDER": true }), "1.png lies in no folder that could be its label"),
        (json!({ "URL": "huge" }), "60000 x 60000 pixels"),
        (json!({ "URL": "wide" }), "4097 x 1 pixels"),
    ] {
        let fault = error(&base, parameters);
        assert!(fault.class() == FailureClass::Input && fault.to_string().contains(reason), "{reason}: {fault}");
    }
    assert!(serde_json::from_value::<ImageFolderParameters>(json!({ "URL": "../gallery" })).is_err());
    let half = serde_json::from_value(json!({ "URL": "flat", "WIDTH": 5 })).unwrap();
    assert_eq!(ImageFolder.check(&half)[0].path, "/HEIGHT");
}

#[test]
fn a_position_beyond_the_end_is_refused() {
    let runtime = runtime();
    let _entered = runtime.enter();
    let base = gallery();
    let mut rows = open(&base, json!({ "URL": "gallery" }), Shard::WHOLE).unwrap();
    assert_eq!(block_on(rows.seek(&Bookmark::at(5))).unwrap_err().class(), FailureClass::Input);
}
