//! The plugin `CsvFile`.

use super::{config::CsvFileParameters, format::CsvFormat};
use crate::{
    columns::Layout,
    files::{FileRows, Follow, InputFiles, Reading},
};
use neurite_core::{Acquisition, BoxFuture, Context, Need, ParameterFault, Plugin, PluginError};

/// Opens CSV files in the engine's data folder.
#[derive(Debug, Clone, Copy)]
pub struct CsvFile;

impl Plugin for CsvFile {
    type Instance = Box<dyn Acquisition>;
    type Parameters = CsvFileParameters;
    const SIGNATURE: &'static str = "CsvFile";
    const EXAMPLE: &'static str = include_str!("../../../../../examples/csv_file.json");

    fn check(&self, parameters: &CsvFileParameters) -> Vec<ParameterFault> {
        let mut faults: Vec<ParameterFault> = parameters.files.iter().flat_map(|files| files.faults(parameters.follow)).collect();
        let mut fault = |path: &str, message: &str| faults.push(ParameterFault { path: path.into(), message: message.into() });
        let label_number = parameters.label_column.as_ref().map(|label| label.parse::<usize>());
        if !parameters.has_header && matches!(label_number, Some(Err(_))) {
            fault("/LABEL_COLUMN", "must be a number, for there is no header");
        }
        if parameters.columns.is_some() && parameters.label_column.is_some() {
            fault("/LABEL_COLUMN", "cannot stand beside COLUMNS, which has its own LABEL");
        }
        if parameters.follow && parameters.columns.is_none() {
            fault("/COLUMNS", "must say what is read of files that grow");
        }
        if parameters.follow && parameters.blake3.is_some() {
            fault("/BLAKE3", "cannot be known of files that grow");
        }
        faults.extend(parameters.columns.iter().flat_map(|columns| columns.faults(parameters.follow)));
        faults
    }

    fn needs(&self, parameters: &CsvFileParameters, context: &Context) -> Result<Vec<Need>, PluginError> {
        let files = InputFiles::new(context.data.clone(), parameters.url.clone(), parameters.files.clone());
        Ok(files.needs(parameters.blake3.as_deref(), parameters.follow))
    }

    fn open<'a>(&'a self, parameters: CsvFileParameters, context: &'a Context) -> BoxFuture<'a, Result<Self::Instance, PluginError>> {
        Box::pin(async move {
            if parameters.follow {
                follow(parameters, context)
            } else {
                read(parameters, context)
            }
        })
    }
}

fn read(parameters: CsvFileParameters, context: &Context) -> Result<Box<dyn Acquisition>, PluginError> {
    let input = parameters.url.to_string();
    let files = InputFiles::new(context.data.clone(), parameters.url.clone(), parameters.files.clone());
    let files = files.list(parameters.blake3.as_deref())?;
    let format = CsvFormat::of_files(&parameters, &files)?;
    let reading = Reading { input, files, layout: format.layout().clone(), batch_rows: parameters.batch_rows };
    Ok(Box::new(FileRows::open(format, reading, context)?))
}

fn follow(parameters: CsvFileParameters, context: &Context) -> Result<Box<dyn Acquisition>, PluginError> {
    let files = InputFiles::new(context.data.clone(), parameters.url, parameters.files);
    let layout = Layout::listed(&parameters.columns.unwrap_or_default(), files.input())?;
    let format = CsvFormat::listed(parameters.has_header, layout.clone());
    Ok(Box::new(Follow::open(format, files, layout, parameters.batch_rows, parameters.poll_seconds, context)?))
}
