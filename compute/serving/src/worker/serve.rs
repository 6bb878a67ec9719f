//! The loop of a serving process: take a request, run the model, finish it, wake the engine if it sleeps.

use std::{
    io::{Read, Write},
    os::unix::net::UnixStream,
    sync::atomic::Ordering,
    time::{Duration, Instant},
};

use super::{memory, WorkerError};
use crate::{
    backend::{Backend, BackendError, TensorSink},
    shm::{engine_sleeps, process_sleeps, FaultKind, Layout, Malformed, Message, MessageWriter, Region},
    spin::Spinner,
    tensor::TensorView,
};

/// How long the process waits busily for the next request before it sleeps.
const SPIN: Duration = Duration::from_micros(50);

/// Serves requests until the engine closes the socket, or until one needs more memory than a `limited` process may have: what the backend
/// keeps after that could fail every further request.
pub(super) fn serve(
    region: &Region,
    layout: &Layout,
    socket: &UnixStream,
    backend: &mut dyn Backend,
    limited: bool,
) -> Result<(), WorkerError> {
    let mut taken = 0;
    let spinner = Spinner::new();
    while wait_for_request(region, layout, socket, &spinner, taken)? {
        let (slot, sequence) = layout.take(region, taken).map_err(memory_error)?;
        taken = taken.wrapping_add(1);
        let started = Instant::now();
        let answered = answer(region, layout, slot, backend, limited);
        let nanos = u32::try_from(started.elapsed().as_nanos()).unwrap_or(u32::MAX);
        layout.finish(region, slot, sequence, nanos);
        if engine_sleeps(region).swap(0, Ordering::SeqCst) != 0 {
            (&mut &*socket).write_all(&[1])?;
        }
        answered?;
    }
    Ok(())
}

/// Waits for the next request; `false` means that there will be none.
fn wait_for_request(region: &Region, layout: &Layout, mut socket: &UnixStream, spinner: &Spinner, taken: u32) -> Result<bool, WorkerError> {
    loop {
        if spinner.wait(SPIN, || layout.has_more(region, taken)) {
            return Ok(true);
        }
        // The flag is set before the last look: what is submitted after the look finds it and writes a byte.
        process_sleeps(region).store(1, Ordering::SeqCst);
        if layout.has_more(region, taken) {
            process_sleeps(region).store(0, Ordering::SeqCst);
            return Ok(true);
        }
        let mut bytes = [0; 64];
        match socket.read(&mut bytes) {
            // Requests that were submitted before the end are still answered.
            Ok(0) => return Ok(layout.has_more(region, taken)),
            Ok(_) => {}
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error.into()),
        }
    }
}

/// Answers one request; the error is one after which the process cannot go on.
fn answer(region: &Region, layout: &Layout, slot: usize, backend: &mut dyn Backend, limited: bool) -> Result<(), WorkerError> {
    let mut sink = SlotSink { writer: MessageWriter::new(region, layout.output_area(slot)) };
    let outcome = match Message::read(region, layout.input_area(slot)) {
        Ok(Message::Tensors(tensors)) => backend.infer(&tensors.views(), &mut sink),
        Ok(Message::Error(..)) => Err(BackendError::Inference("the request holds no tensors".to_owned())),
        Err(malformed) => Err(BackendError::Inference(malformed.to_string())),
    };
    match outcome.map_err(|error| if limited { memory::classify(error) } else { error }) {
        Ok(()) => sink.writer.finish(),
        Err(BackendError::Memory(reason)) => {
            sink.writer.fail(FaultKind::Memory, &reason);
            return Err(WorkerError::OutOfMemory { reason });
        }
        Err(error) => sink.writer.fail(FaultKind::Inference, &error.to_string()),
    }
    Ok(())
}

/// Writes the outputs of an inference straight into shared memory.
struct SlotSink<'a> {
    writer: MessageWriter<'a>,
}

impl TensorSink for SlotSink<'_> {
    fn put(&mut self, tensor: TensorView<'_>) -> Result<(), BackendError> {
        self.writer.put(tensor).map_err(|overflow| BackendError::OutputTooLarge { bytes: overflow.bytes, limit: overflow.limit })
    }
}

fn memory_error(malformed: Malformed) -> WorkerError {
    WorkerError::Memory { reason: malformed.to_string() }
}
