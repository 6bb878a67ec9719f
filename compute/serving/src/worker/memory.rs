//! The limit of a serving process's own memory: set by the process itself, before it reads the model.
//!
//! The limit is on writable memory that is not shared (`RLIMIT_DATA`), so the memory shared with the engine and the program's code do not
//! count. What the system refuses shows in one of two ways: the backend reports that it could not allocate, or the process aborts.

use std::io;

use rustix::process::{setrlimit, Resource, Rlimit};

use crate::backend::BackendError;

/// What backends write when the system refuses them memory or the stack of a thread.
const SIGNS: [&str; 5] = ["bad_alloc", "allocate memory", "Available memory", "pthread_create", "Resource temporarily unavailable"];

/// Lets this process have at most so many bytes of memory of its own.
pub(super) fn limit(bytes: u64) -> io::Result<()> {
    Ok(setrlimit(Resource::Data, Rlimit { current: Some(bytes), maximum: Some(bytes) })?)
}

/// Tells what an error of a process with a limit really is.
pub(super) fn classify(error: BackendError) -> BackendError {
    let lacking = |text: &str| SIGNS.iter().any(|sign| text.contains(sign));
    match error {
        BackendError::Model(text) | BackendError::Inference(text) | BackendError::Library(text) if lacking(&text) => {
            BackendError::Memory(text)
        }
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_errors_that_tell_of_memory_are_taken_for_lack_of_it() {
        let text = "Failed to allocate memory for requested buffer of size 1073741824".to_owned();
        assert_eq!(classify(BackendError::Inference(text.clone())), BackendError::Memory(text));
        assert_eq!(classify(BackendError::Model("std::bad_alloc".into())), BackendError::Memory("std::bad_alloc".into()));
        let other = BackendError::Inference("indices element out of data bounds".into());
        assert_eq!(classify(other.clone()), other);
    }
}
