//! The plugin `REST_ENDPOINT` and its instances.

use super::{server::Server, window::Window, RestEndpointParameters};
use crate::{
    stateful::{self, Logic},
    values::{row_values, time_or_null, times_if_any},
};
use neurite_core::{BoxFuture, Business, Context, Input, Outbox, Plugin, PluginError};
use serde_json::{json, Value};

/// Opens endpoints.
#[derive(Debug, Clone, Copy)]
pub struct RestEndpoint;

impl Plugin for RestEndpoint {
    type Instance = Box<dyn Business>;
    type Parameters = RestEndpointParameters;
    const SIGNATURE: &'static str = "REST_ENDPOINT";
    const EXAMPLE: &'static str = include_str!("../../../../../examples/rest_endpoint.json");
    const TAKES_MODEL: bool = true;

    fn open<'a>(&'a self, parameters: RestEndpointParameters, context: &'a Context) -> BoxFuture<'a, Result<Self::Instance, PluginError>> {
        let server = context.refuse_jobs().and_then(|()| Server::open(&parameters.path, &parameters.summary, context));
        stateful::open(server.map(|server| Endpoint { parameters, window: Window::default(), server }))
    }
}

/// An instance.
struct Endpoint {
    parameters: RestEndpointParameters,
    window: Window,
    server: Server,
}

impl Logic for Endpoint {
    type State = Window;

    fn process(&mut self, input: Input<'_>, _: &mut Outbox) -> Result<(), PluginError> {
        let times = times_if_any(input);
        let keep = usize::from(self.parameters.keep_rows);
        for (at, values) in row_values(input, &self.parameters.values)?.iter().enumerate() {
            self.window.add(keep, time_or_null(times.map(|times| times[at])), values);
        }
        self.server.show(&self.window);
        Ok(())
    }

    fn state(&self) -> &Window {
        &self.window
    }

    fn accepts(&self, state: &Window) -> bool {
        state.fits(self.parameters.keep_rows.into())
    }

    fn set_state(&mut self, state: Window) {
        self.window = state;
        self.server.show(&self.window);
    }

    fn finish(&mut self, _: &mut Outbox) -> Result<Option<Value>, PluginError> {
        Ok(Some(json!({ "ROWS": self.window.rows })))
    }
}
