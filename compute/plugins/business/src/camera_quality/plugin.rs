//! The plugin `CAMERA_QUALITY` and its instances.

use super::{status::Status, CameraQualityParameters};
use crate::{
    picture::Pictures,
    stateful::{self, Logic},
    values::{body, times_if_any},
};
use neurite_core::{BoxFuture, Business, Context, Input, Outbox, PayloadKind, Plugin, PluginError};
use serde_json::Value;

/// Opens inspectors of cameras.
#[derive(Debug, Clone, Copy)]
pub struct CameraQuality;

impl Plugin for CameraQuality {
    type Instance = Box<dyn Business>;
    type Parameters = CameraQualityParameters;
    const SIGNATURE: &'static str = "CAMERA_QUALITY";
    const EXAMPLE: &'static str = include_str!("../../../../../examples/camera_quality.json");

    fn open<'a>(&'a self, parameters: CameraQualityParameters, _: &'a Context) -> BoxFuture<'a, Result<Self::Instance, PluginError>> {
        stateful::open(Ok(Inspector { parameters, status: Status::default() }))
    }
}

/// An instance.
struct Inspector {
    parameters: CameraQualityParameters,
    status: Status,
}

impl Logic for Inspector {
    type State = Status;

    fn process(&mut self, input: Input<'_>, outbox: &mut Outbox) -> Result<(), PluginError> {
        let pictures = Pictures::read(input, &self.parameters.picture)?;
        let times = times_if_any(input);
        for row in 0..input.batch.rows() {
            self.status.rows += 1;
            let findings = self.status.memory.inspect(&self.parameters, &pictures.picture(row));
            for payload in self.status.step(&self.parameters, times.map(|times| times[row]), &findings) {
                outbox.push(PayloadKind::Data, body(payload))?;
            }
        }
        Ok(())
    }

    fn state(&self) -> &Status {
        &self.status
    }

    fn accepts(&self, state: &Status) -> bool {
        state.memory.is_consistent()
    }

    fn set_state(&mut self, state: Status) {
        self.status = state;
    }

    fn finish(&mut self, _: &mut Outbox) -> Result<Option<Value>, PluginError> {
        Ok(Some(self.status.result(&self.parameters)))
    }
}
