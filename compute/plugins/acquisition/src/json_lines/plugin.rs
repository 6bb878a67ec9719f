//! The plugin `JsonLines`.

use super::{config::JsonLinesParameters, format::JsonFormat};
use crate::files::{FileRows, Follow, InputFiles, Reading};
use neurite_core::{Acquisition, BoxFuture, Context, Need, ParameterFault, Plugin, PluginError};

/// Opens files of JSON lines in the engine's data folder.
#[derive(Debug, Clone, Copy)]
pub struct JsonLines;

impl Plugin for JsonLines {
    type Instance = Box<dyn Acquisition>;
    type Parameters = JsonLinesParameters;
    const SIGNATURE: &'static str = "JsonLines";
    const EXAMPLE: &'static str = include_str!("../../../../../examples/json_lines.json");

    fn check(&self, parameters: &JsonLinesParameters) -> Vec<ParameterFault> {
        let mut faults: Vec<ParameterFault> = parameters.files.iter().flat_map(|files| files.faults(parameters.follow)).collect();
        if parameters.follow && parameters.blake3.is_some() {
            faults.push(ParameterFault { path: "/BLAKE3".into(), message: "cannot be known of files that grow".into() });
        }
        faults.extend(parameters.columns.iter().flat_map(|columns| columns.faults(parameters.follow)));
        faults
    }

    fn needs(&self, parameters: &JsonLinesParameters, context: &Context) -> Result<Vec<Need>, PluginError> {
        let files = InputFiles::new(context.data.clone(), parameters.url.clone(), parameters.files.clone());
        Ok(files.needs(parameters.blake3.as_deref(), parameters.follow))
    }

    fn open<'a>(&'a self, parameters: JsonLinesParameters, context: &'a Context) -> BoxFuture<'a, Result<Self::Instance, PluginError>> {
        Box::pin(async move {
            if parameters.follow {
                follow(parameters, context)
            } else {
                read(parameters, context)
            }
        })
    }
}

fn read(parameters: JsonLinesParameters, context: &Context) -> Result<Box<dyn Acquisition>, PluginError> {
    let input = parameters.url.to_string();
    let files = InputFiles::new(context.data.clone(), parameters.url, parameters.files).list(parameters.blake3.as_deref())?;
    let format = JsonFormat::of_files(parameters.columns.as_ref(), &input, &files)?;
    let reading = Reading { input, files, layout: format.layout().clone(), batch_rows: parameters.batch_rows };
    Ok(Box::new(FileRows::open(format, reading, context)?))
}

fn follow(parameters: JsonLinesParameters, context: &Context) -> Result<Box<dyn Acquisition>, PluginError> {
    let format = JsonFormat::listed(parameters.columns.as_ref(), parameters.url.as_str())?;
    let files = InputFiles::new(context.data.clone(), parameters.url, parameters.files);
    let layout = format.layout().clone();
    Ok(Box::new(Follow::open(format, files, layout, parameters.batch_rows, parameters.poll_seconds, context)?))
}
