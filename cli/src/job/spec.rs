//! From a pipeline document and options to the specification that the chain takes.

use crate::{arguments::SubmitArguments, CliError};
use neurite_primitives::{
    ids::MAX_INLINE_DOCUMENT, Backend, DocumentSource, JobSpec, Moment, Privacy, Requirements, Tag, Tags, Verification,
};
use sp_runtime::BoundedVec;
use std::{fs, io::Read, path::Path};

/// Reads a pipeline document: JSON, not larger than fits on chain.
///
/// The file is taken byte for byte, since the job names it by its hash. Whether its plugins exist and their parameters are right is for
/// the engines to say, which know their plugins; `neurite-e2 validate` says it beforehand.
pub fn read_document(path: &Path) -> Result<Vec<u8>, CliError> {
    let limit = u64::from(MAX_INLINE_DOCUMENT);
    let file = fs::File::open(path).map_err(|error| CliError::File { path: path.to_owned(), reason: error.to_string() })?;
    let mut bytes = Vec::new();
    let read = file.take(limit + 1).read_to_end(&mut bytes);
    read.map_err(|error| CliError::File { path: path.to_owned(), reason: error.to_string() })?;
    let fault = |reason: String| CliError::Document { path: path.to_owned(), reason };
    if bytes.len() as u64 > limit {
        return Err(fault(format!("it is larger than {limit} bytes")));
    }
    let value: serde_json::Value = serde_json::from_slice(&bytes).map_err(|error| fault(error.to_string()))?;
    for key in ["NAME", "TYPE", "PLUGINS"] {
        if value.get(key).is_none() {
            return Err(fault(format!("it has no {key}")));
        }
    }
    Ok(bytes)
}

/// Builds the specification of a job whose deadlines count from `now`, the chain's time.
pub fn job_spec(arguments: &SubmitArguments, document: Vec<u8>, now: Moment) -> Result<JobSpec, CliError> {
    let fault = |reason: String| CliError::Document { path: arguments.file.clone(), reason };
    let hash = *blake3::hash(&document).as_bytes();
    let inline = BoundedVec::try_from(document).map_err(|_| fault(format!("it is larger than {MAX_INLINE_DOCUMENT} bytes")))?;
    Ok(JobSpec {
        document: hash,
        source: DocumentSource::Inline(inline),
        workers: arguments.workers,
        steps: arguments.steps,
        requirements: requirements(arguments).map_err(fault)?,
        reward: arguments.reward.0,
        accept_by: now.saturating_add(arguments.accept_within.millis),
        complete_by: now.saturating_add(arguments.complete_within.millis),
        report_timeout: arguments.report_timeout.millis,
        verification: Verification::None,
        privacy: Privacy::Plain,
        delegate: arguments.delegate.clone(),
    })
}

fn requirements(arguments: &SubmitArguments) -> Result<Requirements, String> {
    let mut backends: Vec<Backend> = arguments.backends.iter().copied().map(Backend::from).collect();
    backends.dedup();
    let tags = arguments.tags.iter().map(|tag| {
        Tag::try_from(tag.clone().into_bytes()).map_err(|_| format!("the tag `{tag}` is longer than {} bytes", neurite_primitives::MAX_TAG))
    });
    let tags = Tags::try_from(tags.collect::<Result<Vec<_>, _>>()?);
    Ok(Requirements {
        memory_mib: arguments.memory,
        gpu_memory_mib: arguments.gpu_memory,
        score: arguments.score,
        backends: BoundedVec::try_from(backends).map_err(|_| "it asks for more than 4 backends".to_owned())?,
        tags: tags.map_err(|_| format!("it asks for more than {} tags", neurite_primitives::MAX_TAGS))?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::arguments::{Arguments, Command, JobCommand};
    use clap::Parser;

    const DOCUMENT: &[u8] = b"{\"NAME\": \"digits\", \"TYPE\": \"CsvFile\", \"PLUGINS\": []}\n";

    fn submit(options: &str) -> SubmitArguments {
        let line = format!("neurite job submit a.json {options}");
        match Arguments::try_parse_from(line.split_whitespace()).unwrap().command {
            Command::Job(JobCommand::Submit(submit)) => submit,
            other => panic!("{other:?}"),
        }
    }

    fn read(bytes: &[u8]) -> Result<Vec<u8>, CliError> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.json");
        fs::write(&path, bytes).unwrap();
        read_document(&path)
    }

    #[test]
    fn the_document_is_kept_byte_for_byte_and_named_by_its_hash() {
        let arguments =
            submit("--workers 3 --steps 5 --reward 1.5 --accept-within 60s --complete-within 10m --backend onnx-cpu --tag eu-west");
        let spec = job_spec(&arguments, read(DOCUMENT).unwrap(), 1_000).unwrap();
        assert_eq!(spec.document, *blake3::hash(DOCUMENT).as_bytes());
        assert_eq!(spec.source, DocumentSource::Inline(DOCUMENT.to_vec().try_into().unwrap()));
        assert_eq!((spec.workers, spec.steps, spec.reward), (3, 5, 1_500_000_000_000));
        assert_eq!((spec.accept_by, spec.complete_by, spec.report_timeout), (61_000, 601_000, 30_000));
        assert_eq!(spec.requirements.backends.to_vec(), [Backend::OnnxCpu]);
        assert_eq!(spec.requirements.tags[0].to_vec(), b"eu-west");
        assert_eq!(spec.delegate, None);
    }

    #[test]
    fn what_cannot_be_submitted_is_refused_before_the_chain_is_asked() {
        assert!(read(b"not json").unwrap_err().to_string().contains("a.json"));
        assert!(read(b"{\"NAME\": \"x\", \"TYPE\": \"y\"}").unwrap_err().to_string().contains("no PLUGINS"));
        let large = format!("{{\"NAME\": \"{}\"}}", "x".repeat(16 * 1024));
        assert!(read(large.as_bytes()).unwrap_err().to_string().contains("larger than 16384 bytes"));
        assert!(matches!(read_document(Path::new("/nowhere/a.json")), Err(CliError::File { .. })));
    }

    #[test]
    fn requirements_are_bounded() {
        let many: String = (0..9).map(|tag| format!("--tag t{tag} ")).collect();
        assert!(job_spec(&submit(&many), DOCUMENT.to_vec(), 0).is_err());
        assert!(job_spec(&submit(&format!("--tag {}", "x".repeat(33))), DOCUMENT.to_vec(), 0).is_err());
        assert!(job_spec(&submit("--backend onnx-cpu --backend onnx-cpu"), DOCUMENT.to_vec(), 0).unwrap().requirements.backends.len() == 1);
    }
}
