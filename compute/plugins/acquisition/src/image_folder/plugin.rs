//! The plugin `ImageFolder`.

use super::{config::ImageFolderParameters, gallery::Gallery};
use neurite_core::{Acquisition, Batch, Bookmark, BoxFuture, Context, Need, ParameterFault, Plugin, PluginError};
use tokio::task::spawn_blocking;

/// Reads folders and archives of pictures in the engine's data folder.
#[derive(Debug, Clone, Copy)]
pub struct ImageFolder;

impl Plugin for ImageFolder {
    type Instance = Box<dyn Acquisition>;
    type Parameters = ImageFolderParameters;
    const SIGNATURE: &'static str = "ImageFolder";
    const EXAMPLE: &'static str = include_str!("../../../../../examples/image_folder.json");

    fn check(&self, parameters: &ImageFolderParameters) -> Vec<ParameterFault> {
        let fault =
            |path: &str| vec![ParameterFault { path: path.into(), message: "is missing: give WIDTH and HEIGHT, or neither".into() }];
        match (parameters.width, parameters.height) {
            (Some(_), None) => fault("/HEIGHT"),
            (None, Some(_)) => fault("/WIDTH"),
            _ => Vec::new(),
        }
    }

    fn needs(&self, parameters: &ImageFolderParameters, context: &Context) -> Result<Vec<Need>, PluginError> {
        let name = parameters.url.as_str().to_ascii_lowercase();
        if [".zip", ".tar", ".tar.gz", ".tgz"].iter().any(|ending| name.ends_with(ending)) {
            return Ok(vec![Need::file(&context.data, &parameters.url)]);
        }
        Ok(vec![Need::Folder { folder: context.data.clone(), path: parameters.url.clone(), pattern: None }])
    }

    fn open<'a>(&'a self, parameters: ImageFolderParameters, context: &'a Context) -> BoxFuture<'a, Result<Self::Instance, PluginError>> {
        Box::pin(async move {
            let gallery = Gallery::open(&parameters, context)?;
            Ok(Box::new(Images { rows: gallery.range.len() as u64, gallery: Some(gallery), input: parameters.url.to_string() })
                as Self::Instance)
        })
    }
}

/// The pictures of a shard, decoded where that blocks nobody.
struct Images {
    input: String,
    rows: u64,
    /// Away while a batch is read.
    gallery: Option<Gallery>,
}

impl Images {
    async fn read_batch(&mut self) -> Result<Option<Batch>, PluginError> {
        let mut gallery = self.gallery.take().ok_or_else(|| PluginError::internal("a reader whose call was cancelled is used again"))?;
        let read = spawn_blocking(move || {
            let batch = gallery.read_batch();
            (gallery, batch)
        });
        let (gallery, batch) = read.await.map_err(|_| PluginError::internal("decoding a picture panicked"))?;
        self.gallery = Some(gallery);
        batch
    }
}

impl Acquisition for Images {
    fn total(&self) -> Option<u64> {
        Some(self.rows)
    }

    fn seek<'a>(&'a mut self, bookmark: &'a Bookmark) -> BoxFuture<'a, Result<(), PluginError>> {
        Box::pin(async move {
            if bookmark.rows > self.rows {
                return Err(PluginError::input(&self.input, format!("shard has no picture after its first {}", bookmark.rows)));
            }
            if let Some(gallery) = &mut self.gallery {
                gallery.done = bookmark.rows as usize;
            }
            Ok(())
        })
    }

    fn next_batch(&mut self) -> BoxFuture<'_, Result<Option<Batch>, PluginError>> {
        Box::pin(self.read_batch())
    }
}
