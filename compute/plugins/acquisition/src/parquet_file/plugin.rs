//! The plugin `ParquetFile`.

use super::{config::ParquetFileParameters, format::ParquetFormat};
use crate::files::{FileRows, InputFiles, Reading};
use neurite_core::{Acquisition, BoxFuture, Context, Need, ParameterFault, Plugin, PluginError};

/// Opens Parquet files in the engine's data folder.
#[derive(Debug, Clone, Copy)]
pub struct ParquetFile;

impl Plugin for ParquetFile {
    type Instance = Box<dyn Acquisition>;
    type Parameters = ParquetFileParameters;
    const SIGNATURE: &'static str = "ParquetFile";
    const EXAMPLE: &'static str = include_str!("../../../../../examples/parquet_file.json");

    fn check(&self, parameters: &ParquetFileParameters) -> Vec<ParameterFault> {
        let files = parameters.files.iter().flat_map(|files| files.faults(false));
        files.chain(parameters.columns.faults(false)).collect()
    }

    fn needs(&self, parameters: &ParquetFileParameters, context: &Context) -> Result<Vec<Need>, PluginError> {
        let files = InputFiles::new(context.data.clone(), parameters.url.clone(), parameters.files.clone());
        Ok(files.needs(parameters.blake3.as_deref(), false))
    }

    fn open<'a>(&'a self, parameters: ParquetFileParameters, context: &'a Context) -> BoxFuture<'a, Result<Self::Instance, PluginError>> {
        Box::pin(async move { read(parameters, context) })
    }
}

fn read(parameters: ParquetFileParameters, context: &Context) -> Result<Box<dyn Acquisition>, PluginError> {
    let input = parameters.url.to_string();
    let files = InputFiles::new(context.data.clone(), parameters.url, parameters.files).list(parameters.blake3.as_deref())?;
    let format = ParquetFormat::of_files(&parameters.columns, &files)?;
    let reading = Reading { input, files, layout: format.layout().clone(), batch_rows: parameters.batch_rows };
    Ok(Box::new(FileRows::open(format, reading, context)?))
}
