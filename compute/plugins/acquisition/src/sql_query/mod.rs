//! `SqlQuery`: rows of a query, from PostgreSQL, MySQL, MariaDB or a SQLite file.
//!
//! The query is one `SELECT`; it runs inside another that orders its rows by the **cursor column**, whose values are unique and rise, and asks
//! for the next so many after the last one delivered. The bookmark holds that value, exactly as the database writes it. With a polling
//! interval the source has no end: rows that appear with a greater value of the cursor column are delivered as they come. A row that becomes
//! visible with a smaller value than one that was delivered is not seen: choose a column by which rows appear in order.
//!
//! Guarantees: nothing is written. Every query runs in a transaction that may only read, SQLite files are opened for reading only, and more
//! than one statement is refused; a database user that may only read is still the better door. No row is lost or repeated when the engine is
//! killed. A database that is away is a transient failure. Passwords come from the operator's connections and appear in no error.
//! Connections are not encrypted: use them on loopback, in a private network or through a tunnel.

mod config;
mod connection;
mod decode;
mod dialect;
mod fault;
mod plugin;
mod source;
mod statement;

pub use config::SqlQueryParameters;
pub use plugin::SqlQuery;

#[cfg(test)]
mod tests;
