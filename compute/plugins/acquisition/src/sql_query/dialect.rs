//! What the databases write differently.

use crate::columns::Cell;
use neurite_core::PluginError;
use serde::{Deserialize, Serialize};

/// The alias of the user's query.
const SOURCE: &str = "neurite_source";
/// The column that holds the cursor column's value as text; the last one.
const CURSOR: &str = "neurite_cursor";

/// A kind of database.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Dialect {
    Postgres,
    MySql,
    Sqlite,
}

/// What the values of a cursor column are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum CursorKind {
    Integer,
    Text,
    Time,
    ZonedTime,
    Date,
}

/// The cursor column's value in the last row that was delivered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE", deny_unknown_fields)]
pub(super) struct Cursor {
    pub(super) kind: CursorKind,
    /// The value as the database writes it, so that nothing of it is rounded.
    pub(super) value: String,
}

/// How a cursor is handed to a query.
pub(super) enum Bound {
    Integer(i64),
    Text(String),
}

impl Cursor {
    /// Returns the value as a parameter.
    pub(super) fn bound(&self) -> Result<Bound, PluginError> {
        match self.kind {
            CursorKind::Integer => {
                let value = self.value.parse().map_err(|_| PluginError::internal("bookmark holds no whole number"))?;
                Ok(Bound::Integer(value))
            }
            _ => Ok(Bound::Text(self.value.clone())),
        }
    }
}

impl Dialect {
    /// Writes the query for the rows after a cursor, at most `limit`.
    pub(super) fn page(self, query: &str, column: &str, after: Option<CursorKind>, limit: usize) -> String {
        let column = self.column(column);
        let text = match self {
            Self::Postgres => format!("CAST({column} AS text)"),
            Self::MySql => format!("CAST({column} AS char)"),
            Self::Sqlite => format!("CAST({column} AS text)"),
        };
        let condition = match after {
            None => format!("{column} IS NOT NULL"),
            Some(kind) => format!("{column} > {}", self.parameter(kind)),
        };
        // The query stands on lines of its own, for it may end in a comment.
        format!("SELECT {SOURCE}.*, {text} AS {CURSOR} FROM (\n{query}\n) AS {SOURCE} WHERE {condition} ORDER BY {column} LIMIT {limit}")
    }

    /// Writes the query for the number of rows.
    pub(super) fn count(self, query: &str, column: &str) -> String {
        format!("SELECT count(*) FROM (\n{query}\n) AS {SOURCE} WHERE {} IS NOT NULL", self.column(column))
    }

    /// Returns the kind of a cursor column from the name of its type; in SQLite, where values have types, from a value.
    pub(super) fn kind(self, type_name: &str, value: Option<&Cell<'_>>) -> Option<CursorKind> {
        match (self, type_name) {
            (Self::Sqlite, _) => match value {
                Some(Cell::Integer(_)) => Some(CursorKind::Integer),
                Some(Cell::Text(_)) => Some(CursorKind::Text),
                _ => None,
            },
            (Self::Postgres, "INT2" | "INT4" | "INT8") => Some(CursorKind::Integer),
            (Self::Postgres, "TEXT" | "VARCHAR" | "CHAR" | "NAME") => Some(CursorKind::Text),
            (Self::Postgres, "TIMESTAMP") => Some(CursorKind::Time),
            (Self::Postgres, "TIMESTAMPTZ") => Some(CursorKind::ZonedTime),
            (Self::Postgres, "DATE") => Some(CursorKind::Date),
            (Self::MySql, "DATETIME" | "TIMESTAMP" | "DATE") => Some(CursorKind::Time),
            (Self::MySql, "CHAR" | "VARCHAR" | "TINYTEXT" | "TEXT") => Some(CursorKind::Text),
            (Self::MySql, name) if name.split(' ').next().is_some_and(|first| first.ends_with("INT")) => Some(CursorKind::Integer),
            _ => None,
        }
    }

    fn parameter(self, kind: CursorKind) -> &'static str {
        match (self, kind) {
            (Self::Postgres, CursorKind::Integer | CursorKind::Text) => "$1",
            (Self::Postgres, CursorKind::Time) => "CAST(CAST($1 AS text) AS timestamp)",
            (Self::Postgres, CursorKind::ZonedTime) => "CAST(CAST($1 AS text) AS timestamptz)",
            (Self::Postgres, CursorKind::Date) => "CAST(CAST($1 AS text) AS date)",
            (Self::MySql | Self::Sqlite, _) => "?",
        }
    }

    fn column(self, name: &str) -> String {
        match self {
            Self::MySql => format!("{SOURCE}.`{}`", name.replace('`', "``")),
            Self::Postgres | Self::Sqlite => format!("{SOURCE}.\"{}\"", name.replace('"', "\"\"")),
        }
    }
}
