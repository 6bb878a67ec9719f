//! The plugin `SqlQuery`.

use super::{config::SqlQueryParameters, connection::Target, source::SqlRows, statement::single_select};
use neurite_core::{Acquisition, BoxFuture, Context, Need, ParameterFault, Plugin, PluginError};

/// Opens queries; must be used within a tokio runtime.
#[derive(Debug, Clone, Copy)]
pub struct SqlQuery;

impl Plugin for SqlQuery {
    type Instance = Box<dyn Acquisition>;
    type Parameters = SqlQueryParameters;
    const SIGNATURE: &'static str = "SqlQuery";
    const EXAMPLE: &'static str = include_str!("../../../../../examples/sql_query.json");

    fn check(&self, parameters: &SqlQueryParameters) -> Vec<ParameterFault> {
        let mut faults = parameters.columns.faults(parameters.poll_seconds.is_some());
        if let Err(reason) = single_select(&parameters.query) {
            faults.push(ParameterFault { path: "/QUERY".into(), message: reason.into() });
        }
        faults
    }

    fn needs(&self, parameters: &SqlQueryParameters, context: &Context) -> Result<Vec<Need>, PluginError> {
        Ok(vec![Target::need(&parameters.url, context)?])
    }

    fn open<'a>(&'a self, parameters: SqlQueryParameters, context: &'a Context) -> BoxFuture<'a, Result<Self::Instance, PluginError>> {
        Box::pin(async move {
            let query = single_select(&parameters.query).map_err(|reason| PluginError::parameters("/QUERY", reason))?.to_owned();
            let rows = SqlRows::open(SqlQueryParameters { query, ..parameters }, context).await?;
            Ok(Box::new(rows) as Self::Instance)
        })
    }
}
