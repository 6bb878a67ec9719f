//! The pictures of a shard.

use super::{
    config::ImageFolderParameters,
    listing::{invalid, Listing, Store},
    picture::decode,
};
use neurite_core::{bounds::MAX_BATCH_BYTES, Batch, Context, Field, PluginError, Tensor};
use std::{collections::BTreeSet, io, ops::Range};

/// The most bytes of a row beside its picture: path and label.
const ROW_BYTES: usize = 1024;

/// The pictures of a shard, read one after the other.
pub(super) struct Gallery {
    input: String,
    store: Box<dyn Store>,
    /// The names of all pictures.
    names: Vec<String>,
    /// The labels of all pictures, if they were asked for.
    labels: Option<Vec<i64>>,
    /// Width and height of every picture.
    size: (u32, u32),
    /// Whether pictures are scaled to that.
    is_scaled: bool,
    batch_images: usize,
    /// The shard's pictures, counted from 0 over all.
    pub(super) range: Range<usize>,
    /// Pictures of the shard that were delivered.
    pub(super) done: usize,
}

impl Gallery {
    /// Lists the pictures and finds out their size.
    pub(super) fn open(parameters: &ImageFolderParameters, context: &Context) -> Result<Self, PluginError> {
        let input = parameters.url.as_str();
        let Listing { names, mut store } = Listing::open(&parameters.url, &context.data).map_err(|error| fault(input, &error))?;
        if names.is_empty() {
            return Err(PluginError::input(input, "has no picture: none ends in .png, .jpg, .jpeg, .webp or .bmp"));
        }
        let labels = parameters.label_from_folder.then(|| labels(&names)).transpose().map_err(|error| fault(input, &error))?;
        let scaled = parameters.width.zip(parameters.height);
        let size = match scaled {
            Some(size) => size,
            None => read(input, &mut *store, &names, 0, None)?.dimensions(),
        };
        let range = context.shard.range(names.len() as u64);
        Ok(Self {
            input: input.to_owned(),
            store,
            labels,
            size,
            is_scaled: scaled.is_some(),
            batch_images: parameters.batch_images as usize,
            range: range.start as usize..range.end as usize,
            done: 0,
            names,
        })
    }

    /// Returns the next rows, `None` after the last.
    pub(super) fn read_batch(&mut self) -> Result<Option<Batch>, PluginError> {
        let start = self.done;
        let (width, height) = (self.size.0 as usize, self.size.1 as usize);
        let bytes = width * height * 3;
        let rows = self.batch_images.min(MAX_BATCH_BYTES / (bytes + ROW_BYTES)).max(1).min(self.range.len() - start);
        if rows == 0 {
            return Ok(None);
        }
        let pictures = self.range.start + start..self.range.start + start + rows;
        let mut pixels = Vec::with_capacity(rows * bytes);
        for at in pictures.clone() {
            pixels.extend_from_slice(&self.picture(at)?);
        }
        self.done += rows;
        let names = self.names.get(pictures.clone()).unwrap_or_default().to_vec();
        let mut fields = vec![
            Field::new(Field::IMAGE, Tensor::u8(vec![rows, height, width, 3], pixels)?),
            Field::new(Field::ORIGIN, Tensor::text(names)),
        ];
        if let Some(labels) = &self.labels {
            let labels = labels.get(pictures).unwrap_or_default().to_vec();
            fields.push(Field::new(Field::LABEL, Tensor::i64(vec![rows], labels)?));
        }
        Batch::new(start as u64, fields).map(Some)
    }

    /// Returns the pixels of a picture, which must have the size of all.
    fn picture(&mut self, at: usize) -> Result<Vec<u8>, PluginError> {
        let scaled = self.is_scaled.then_some(self.size);
        let picture = read(&self.input, &mut *self.store, &self.names, at, scaled)?;
        if picture.dimensions() != self.size {
            let ((width, height), (first_width, first_height)) = (picture.dimensions(), self.size);
            let reason = format!("has {width} x {height} pixels, the first picture {first_width} x {first_height}: set WIDTH and HEIGHT");
            return Err(picture_fault(&self.input, &self.names, at, reason));
        }
        Ok(picture.into_raw())
    }
}

/// Reads and decodes a picture.
fn read(input: &str, store: &mut dyn Store, names: &[String], at: usize, size: Option<(u32, u32)>) -> Result<image::RgbImage, PluginError> {
    let file = store.read(at).map_err(|error| match is_inputs(&error) {
        true => picture_fault(input, names, at, error.to_string()),
        false => fault(input, &error),
    })?;
    decode(&file, size).map_err(|reason| picture_fault(input, names, at, reason))
}

/// Returns each picture's label: the position of its folder among the sorted names of all folders that hold pictures.
fn labels(names: &[String]) -> io::Result<Vec<i64>> {
    let folders = names.iter().map(|name| folder(name)).collect::<io::Result<Vec<&str>>>()?;
    let sorted: Vec<&str> = folders.iter().copied().collect::<BTreeSet<&str>>().into_iter().collect();
    Ok(folders.into_iter().map(|folder| sorted.partition_point(|other| *other < folder) as i64).collect())
}

/// Returns the name of the folder that a picture lies in.
fn folder(name: &str) -> io::Result<&str> {
    let (folders, _) = name.rsplit_once('/').ok_or_else(|| invalid(format!("{name} lies in no folder that could be its label")))?;
    Ok(folders.rsplit('/').next().unwrap_or(folders))
}

fn picture_fault(input: &str, names: &[String], at: usize, reason: String) -> PluginError {
    let name = names.get(at).map_or("", String::as_str);
    PluginError::InputValue {
        input: input.to_owned(),
        row: at as u64 + 1,
        column: Field::IMAGE.to_owned(),
        reason: format!("{name}: {reason}"),
    }
}

/// Tells faults of the input, the sender's, from a disk that does not work.
fn fault(input: &str, error: &io::Error) -> PluginError {
    match is_inputs(error) {
        true => PluginError::input(input, error.to_string()),
        false => PluginError::resources(format!("reading {input}: {error}")),
    }
}

fn is_inputs(error: &io::Error) -> bool {
    use io::ErrorKind::{InvalidData, InvalidInput, NotADirectory, NotFound, Other, PermissionDenied, UnexpectedEof};
    // `Other` is what the readers of archives say of damaged ones.
    matches!(error.kind(), NotFound | PermissionDenied | NotADirectory | InvalidData | InvalidInput | UnexpectedEof | Other)
}
