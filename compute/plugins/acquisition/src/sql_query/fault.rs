//! Whose fault an error of a database is.

use super::dialect::Dialect;
use neurite_core::PluginError;
use sqlx::{error::DatabaseError, Error};

/// Makes the plugin's error; `service` is where the database is, without user and password.
pub(super) fn fault(dialect: Dialect, service: &str, error: Error) -> PluginError {
    match error {
        Error::Database(error) => of_database(dialect, service, &*error),
        Error::Io(_) | Error::Tls(_) | Error::Protocol(_) | Error::WorkerCrashed | Error::BeginFailed | Error::PoolTimedOut => {
            PluginError::unavailable(service, error.to_string())
        }
        Error::Configuration(error) => PluginError::parameters("/URL", error.to_string()),
        error => PluginError::input(service, error.to_string()),
    }
}

fn of_database(dialect: Dialect, service: &str, error: &dyn DatabaseError) -> PluginError {
    let code = error.code().unwrap_or_default();
    let message = error.message();
    let too_long = || PluginError::resources(format!("query of {service} took longer than TIMEOUT_SECONDS"));
    match dialect {
        Dialect::Sqlite => match code.parse::<u32>().map(|code| code & 0xff) {
            // Busy, locked, and a disk or a log that fails.
            Ok(5 | 6 | 10 | 15) => PluginError::unavailable(service, message),
            Ok(9) => too_long(),
            // Damaged, cannot be opened, and no database.
            Ok(11 | 14 | 26) => PluginError::input(service, message),
            _ => PluginError::parameters("/QUERY", message),
        },
        Dialect::Postgres | Dialect::MySql => match (&*code, code.get(..2)) {
            // PostgreSQL and MariaDB, then MySQL.
            ("57014" | "70100", _) => too_long(),
            ("HY000", _) if message.contains("execution time") => too_long(),
            // Connection, transaction taken back, no room, and the operator's intervention.
            (_, Some("08" | "40" | "53" | "57" | "58")) => PluginError::unavailable(service, message),
            // Authorization, and no such database.
            ("3D000", _) | (_, Some("28")) => PluginError::parameters("/URL", message),
            ("42000", _) if message.starts_with("Unknown database") => PluginError::parameters("/URL", message),
            _ => PluginError::parameters("/QUERY", message),
        },
    }
}
