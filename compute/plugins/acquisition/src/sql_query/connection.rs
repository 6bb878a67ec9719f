//! A connection to one of the databases.

use super::{
    decode::{collect, Page},
    dialect::{Bound, Dialect},
};
use crate::files::io_error;
use neurite_core::{Context, Endpoint, Need, PluginError, RelativePath};
use sqlx::{
    mysql::{MySqlConnectOptions, MySqlSslMode},
    postgres::{PgConnectOptions, PgSslMode},
    sqlite::SqliteConnectOptions,
    AssertSqlSafe, ConnectOptions, Error, MySql, MySqlConnection, PgConnection, Postgres, Sqlite, SqliteConnection,
};
use std::{
    path::{Path, PathBuf},
    sync::{
        atomic::{AtomicBool, Ordering},
        Arc,
    },
    time::Duration,
};

/// The text before the path of a SQLite file.
const SQLITE: &str = "sqlite:";
/// The schemes of the addresses of servers.
const SCHEMES: &[&str] = &["postgres", "postgresql", "mysql", "mariadb"];
/// The user where the operator configured none.
const USER: &str = "neurite";
/// How many instructions SQLite runs before it looks whether it should stop.
const SQLITE_STEP: i32 = 10_000;

/// Where a database is.
pub(super) enum Target {
    /// A server.
    Server { dialect: Dialect, endpoint: Endpoint, host: String, port: Option<u16>, database: String },
    /// A SQLite file, with its name as the document has it.
    File { name: String, path: PathBuf },
}

impl Target {
    /// Finds where a document's `URL` leads.
    pub(super) fn find(url: &str, context: &Context) -> Result<Self, PluginError> {
        if let Some(name) = url.strip_prefix(SQLITE) {
            let path = context.data.resolve(&sqlite_path(name)?).map_err(|error| io_error(url, &error))?;
            return Ok(Self::File { name: url.to_owned(), path });
        }
        let endpoint = context.services.connections.resolve(url, SCHEMES, "/URL", context)?;
        let wrong = || PluginError::parameters("/URL", "must be scheme://HOST:PORT/DATABASE");
        let (scheme, rest) = endpoint.url.split_once("://").ok_or_else(wrong)?;
        let (authority, database) = rest.split_once('/').ok_or_else(wrong)?;
        // A query could hold a password.
        if database.is_empty() || database.contains(['/', '?', '#', '%']) {
            return Err(wrong());
        }
        let (host, port) = split_authority(authority).ok_or_else(wrong)?;
        let dialect = if scheme.starts_with("postgres") { Dialect::Postgres } else { Dialect::MySql };
        Ok(Self::Server { dialect, host: host.to_owned(), port, database: database.to_owned(), endpoint })
    }

    /// Returns what must be there for the database to be read, without a look at it.
    pub(super) fn need(url: &str, context: &Context) -> Result<Need, PluginError> {
        match url.strip_prefix(SQLITE) {
            Some(name) => Ok(Need::file(&context.data, &sqlite_path(name)?)),
            None => Ok(Need::Service(context.services.connections.resolve(url, SCHEMES, "/URL", context)?)),
        }
    }

    pub(super) fn dialect(&self) -> Dialect {
        match self {
            Self::Server { dialect, .. } => *dialect,
            Self::File { .. } => Dialect::Sqlite,
        }
    }

    /// Returns the name of the database for errors, without user and password.
    pub(super) fn service(&self) -> &str {
        match self {
            Self::Server { endpoint, .. } => &endpoint.url,
            Self::File { name, .. } => name,
        }
    }
}

fn sqlite_path(name: &str) -> Result<RelativePath, PluginError> {
    RelativePath::new(name).ok_or_else(|| PluginError::parameters("/URL", "must be sqlite: and a path below the data folder"))
}

/// Splits `HOST:PORT`, `HOST`, `[V6]:PORT` and `[V6]`.
fn split_authority(authority: &str) -> Option<(&str, Option<u16>)> {
    let (host, port) = match authority.strip_prefix('[') {
        Some(rest) => {
            let (host, rest) = rest.split_once(']')?;
            (host, rest.strip_prefix(':'))
        }
        None => match authority.split_once(':') {
            Some((host, port)) => (host, Some(port)),
            None => (authority, None),
        },
    };
    let port = match port {
        Some(port) => Some(port.parse().ok()?),
        None => None,
    };
    (!host.is_empty()).then_some((host, port))
}

/// A connection on which queries may only read.
pub(super) enum Connection {
    Postgres(PgConnection),
    MySql(MySqlConnection),
    Sqlite(SqliteConnection, Arc<AtomicBool>),
}

/// Runs `$work` in a transaction that may only read.
macro_rules! reading {
    ($connection:expr, $begin:literal, $work:expr) => {{
        sqlx::raw_sql($begin).execute(&mut *$connection).await?;
        let done = $work;
        sqlx::raw_sql("ROLLBACK").execute(&mut *$connection).await?;
        Ok(done)
    }};
}

/// Runs a query of one database with its parameter.
macro_rules! page {
    ($database:ty, $connection:expr, $sql:expr, $bound:expr) => {{
        let query = sqlx::query::<$database>(AssertSqlSafe($sql));
        let query = match $bound {
            Some(Bound::Integer(value)) => query.bind(value),
            Some(Bound::Text(value)) => query.bind(value),
            None => query,
        };
        collect(query.fetch(&mut *$connection)).await?
    }};
}

impl Connection {
    /// Connects; `timeout` is how long the database lets a query run.
    pub(super) async fn open(target: &Target, timeout: Duration) -> Result<Self, Error> {
        match target {
            Target::File { path, .. } => open_sqlite(path, timeout).await,
            Target::Server { dialect: Dialect::Postgres, endpoint, host, port, database } => {
                let password = endpoint.password.as_ref().map_or("", |password| password.expose());
                // The driver begins with what the environment says; all of it that matters is overruled.
                let options = PgConnectOptions::new_without_pgpass()
                    .host(host)
                    .port(port.unwrap_or(5432))
                    .username(endpoint.user.as_deref().unwrap_or(USER))
                    .password(password)
                    .database(database)
                    .ssl_mode(PgSslMode::Disable)
                    .application_name("neurite")
                    .options([("statement_timeout", timeout.as_millis())]);
                Ok(Self::Postgres(options.disable_statement_logging().connect().await?))
            }
            Target::Server { endpoint, host, port, database, .. } => {
                let options = MySqlConnectOptions::new()
                    .host(host)
                    .port(port.unwrap_or(3306))
                    .username(endpoint.user.as_deref().unwrap_or(USER))
                    .database(database)
                    .ssl_mode(MySqlSslMode::Disabled);
                let options = match &endpoint.password {
                    Some(password) => options.password(password.expose()),
                    None => options,
                };
                let mut connection = options.disable_statement_logging().connect().await?;
                limit_mysql(&mut connection, timeout).await?;
                Ok(Self::MySql(connection))
            }
        }
    }

    /// Fetches rows.
    pub(super) async fn page(&mut self, sql: String, bound: Option<Bound>) -> Result<Page, Error> {
        match self {
            Self::Postgres(connection) => reading!(connection, "BEGIN READ ONLY", page!(Postgres, connection, sql, bound)),
            Self::MySql(connection) => reading!(connection, "START TRANSACTION READ ONLY", page!(MySql, connection, sql, bound)),
            Self::Sqlite(connection, _) => reading!(connection, "BEGIN", page!(Sqlite, connection, sql, bound)),
        }
    }

    /// Fetches a count.
    pub(super) async fn count(&mut self, sql: String) -> Result<i64, Error> {
        match self {
            Self::Postgres(connection) => {
                reading!(connection, "BEGIN READ ONLY", sqlx::query_scalar(AssertSqlSafe(sql)).fetch_one(&mut *connection).await?)
            }
            Self::MySql(connection) => {
                reading!(
                    connection,
                    "START TRANSACTION READ ONLY",
                    sqlx::query_scalar(AssertSqlSafe(sql)).fetch_one(&mut *connection).await?
                )
            }
            Self::Sqlite(connection, _) => {
                reading!(connection, "BEGIN", sqlx::query_scalar(AssertSqlSafe(sql)).fetch_one(&mut *connection).await?)
            }
        }
    }
}

impl Drop for Connection {
    /// Ends a query of SQLite that still runs; servers end theirs by themselves.
    fn drop(&mut self) {
        if let Self::Sqlite(_, stop) = self {
            stop.store(true, Ordering::Relaxed);
        }
    }
}

async fn open_sqlite(path: &Path, timeout: Duration) -> Result<Connection, Error> {
    let options = SqliteConnectOptions::new().filename(path).read_only(true).create_if_missing(false);
    let options = options.pragma("query_only", "ON").busy_timeout(timeout);
    let mut connection = options.disable_statement_logging().connect().await?;
    let stop = Arc::new(AtomicBool::new(false));
    let stopped = stop.clone();
    connection.lock_handle().await?.set_progress_handler(SQLITE_STEP, move || !stopped.load(Ordering::Relaxed));
    Ok(Connection::Sqlite(connection, stop))
}

/// Limits how long a query may run; MySQL and MariaDB say it in different words.
async fn limit_mysql(connection: &mut MySqlConnection, timeout: Duration) -> Result<(), Error> {
    let version: String = sqlx::query_scalar("SELECT VERSION()").fetch_one(&mut *connection).await?;
    let limit = if version.contains("MariaDB") {
        format!("SET SESSION max_statement_time = {}", timeout.as_secs())
    } else {
        format!("SET SESSION max_execution_time = {}", timeout.as_millis())
    };
    sqlx::raw_sql(AssertSqlSafe(limit)).execute(connection).await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::split_authority;

    #[test]
    fn an_authority_is_a_host_and_perhaps_a_port() {
        for (authority, expected) in [
            ("db", Some(("db", None))),
            ("db:1", Some(("db", Some(1)))),
            ("[::1]:5432", Some(("::1", Some(5432)))),
            ("[::1]", Some(("::1", None))),
            ("", None),
            (":1", None),
            ("db:x", None),
            ("db:70000", None),
            ("[::1", None),
        ] {
            assert_eq!(split_authority(authority), expected, "{authority}");
        }
    }
}
