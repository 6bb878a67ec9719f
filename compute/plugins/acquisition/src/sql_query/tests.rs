//! Tests of `SqlQuery` with SQLite files, and of what needs no database.

use super::{statement::single_select, *};
use neurite_core::{Acquisition, Bookmark, Clock, Context, FailureClass, Field, Plugin, PluginError, Services, Shard};
use neurite_testkit::{acquisition, block_on, context, FakeClock, TempBase};
use proptest::prelude::*;
use serde_json::{json, Value};
use sqlx::{sqlite::SqliteConnectOptions, AssertSqlSafe, ConnectOptions};
use std::{sync::Arc, time::Duration};
use tokio::runtime::Runtime;

mod servers;

/// A base folder, and the runtime that drivers of databases need.
struct Lab {
    base: TempBase,
    runtime: Runtime,
    clock: FakeClock,
}

impl Lab {
    fn new() -> Self {
        Self { base: TempBase::new(), runtime: Runtime::new().unwrap(), clock: FakeClock::standing() }
    }

    /// Runs statements on the SQLite file `rows.db`.
    fn sqlite(&self, statements: &str) {
        let path = self.base.data().root().join("rows.db");
        self.runtime.block_on(async {
            let mut file = SqliteConnectOptions::new().filename(path).create_if_missing(true).connect().await.unwrap();
            sqlx::raw_sql(AssertSqlSafe(statements)).execute(&mut file).await.unwrap();
        });
    }

    fn context(&self) -> Context {
        let context = context(&self.base);
        let clock: Arc<dyn Clock> = Arc::new(self.clock.clone());
        Context { services: Services { clock, ..context.services.clone() }, ..context }
    }

    fn open_in(&self, parameters: Value, context: &Context) -> Result<Box<dyn Acquisition>, PluginError> {
        let parameters: SqlQueryParameters = serde_json::from_value(parameters).unwrap();
        assert_eq!(SqlQuery.check(&parameters), []);
        let _driver = self.runtime.enter();
        block_on(SqlQuery.open(parameters, context))
    }

    fn open(&self, parameters: Value) -> Result<Box<dyn Acquisition>, PluginError> {
        self.open_in(parameters, &self.context())
    }

    /// Opens a query of `rows.db` and reads until something fails.
    fn error(&self, query: &str, cursor: &str) -> PluginError {
        match self.open(json!({ "URL": "sqlite:rows.db", "QUERY": query, "CURSOR_COLUMN": cursor })) {
            Err(error) => error,
            Ok(mut rows) => loop {
                match self.next(&mut *rows) {
                    Ok(batch) => assert!(batch.is_some(), "no fault found"),
                    Err(error) => return error,
                }
            },
        }
    }

    fn next(&self, rows: &mut dyn Acquisition) -> Result<Option<neurite_core::Batch>, PluginError> {
        let _driver = self.runtime.enter();
        block_on(rows.next_batch())
    }
}

const METERS: &str = "CREATE TABLE meters (id INTEGER PRIMARY KEY, at TEXT, site TEXT, load REAL, ok BOOLEAN);
    INSERT INTO meters VALUES (1, '2024-01-01', 'a', 0.5, 1), (3, '2024-01-02', 'b', NULL, 0), (4, '2024-01-03', 'c', 7, 1);";

#[test]
fn rows_of_a_sqlite_file_become_fields() {
    let lab = Lab::new();
    lab.sqlite(METERS);
    let parameters = json!({
        "URL": "sqlite:rows.db", "QUERY": "SELECT * FROM meters -- all of them", "CURSOR_COLUMN": "id",
        "COLUMNS": { "LABEL": "id", "TIME": "at", "TEXTS": ["site"], "NUMBERS": ["load"], "MISSING": "nan" }
    });
    let mut rows = lab.open(parameters).unwrap();
    assert_eq!(rows.total(), Some(3));
    let batch = lab.next(&mut *rows).unwrap().unwrap();
    assert_eq!(batch.columns(Field::FEATURES).unwrap(), ["ok"]);
    assert_eq!(batch.field(Field::FEATURES).unwrap().as_f32(), Some(&[1.0, 0.0, 1.0][..]));
    assert_eq!(batch.field(Field::LABEL).unwrap().as_i64(), Some(&[1, 3, 4][..]));
    assert_eq!(batch.field(Field::TIME).unwrap().as_i64().unwrap()[1], 1_704_153_600_000);
    assert_eq!(batch.field("site").unwrap().as_text().unwrap(), ["a", "b", "c"]);
    let load = batch.field("load").unwrap().as_f64().unwrap();
    assert_eq!((load[0], load[1].is_nan(), load[2]), (0.5, true, 7.0));
    assert_eq!(batch.bookmark(), Bookmark { rows: 3, cursor: json!({ "KIND": "integer", "VALUE": "4" }) });
    assert!(lab.next(&mut *rows).unwrap().is_none());
}

#[test]
fn new_rows_come_while_the_source_polls() {
    let lab = Lab::new();
    lab.sqlite(METERS);
    let parameters = json!({
        "URL": "sqlite:rows.db", "QUERY": "SELECT * FROM meters", "CURSOR_COLUMN": "id", "POLL_SECONDS": 1, "TIMEOUT_SECONDS": 3600,
        "COLUMNS": { "FEATURES": [], "LABEL": "id" }
    });
    let mut rows = lab.open(parameters).unwrap();
    assert_eq!(rows.total(), None);
    assert_eq!(lab.next(&mut *rows).unwrap().unwrap().end(), 3);
    let batch = std::thread::scope(|threads| {
        let waiting = threads.spawn(|| lab.next(&mut *rows));
        lab.sqlite("INSERT INTO meters (id) VALUES (9)");
        while !waiting.is_finished() {
            lab.clock.advance(Duration::from_secs(1));
            std::thread::sleep(Duration::from_millis(5));
        }
        waiting.join().unwrap().unwrap().unwrap()
    });
    assert_eq!((batch.start(), batch.field(Field::LABEL).unwrap().as_i64()), (3, Some(&[9][..])));
}

#[test]
fn a_source_with_an_end_leaves_out_what_came_later() {
    let lab = Lab::new();
    lab.sqlite(METERS);
    let mut rows =
        lab.open(json!({ "URL": "sqlite:rows.db", "QUERY": "SELECT id FROM meters", "CURSOR_COLUMN": "id", "BATCH_ROWS": 2 })).unwrap();
    assert_eq!(lab.next(&mut *rows).unwrap().unwrap().end(), 2);
    lab.sqlite("INSERT INTO meters (id) VALUES (7), (8)");
    assert_eq!(lab.next(&mut *rows).unwrap().unwrap().end(), 3);
    assert!(lab.next(&mut *rows).unwrap().is_none());
}

#[test]
fn faults_name_the_parameter_or_the_value() {
    let lab = Lab::new();
    lab.sqlite(METERS);
    lab.sqlite("CREATE TABLE blobs (id INTEGER PRIMARY KEY, data BLOB); INSERT INTO blobs VALUES (1, x'00')");
    let message = |query: &str, cursor: &str| lab.error(query, cursor).to_string();
    assert_eq!(message("SELECT * FROM meters", "id"), "input sqlite:rows.db: row 2, column load: value is missing");
    assert_eq!(message("SELECT id FROM meter", "id"), "parameter /QUERY: no such table: meter");
    assert_eq!(message("SELECT id, load FROM meters", "load"), "parameter /CURSOR_COLUMN: must hold whole numbers, texts or times");
    assert_eq!(message("SELECT 1 AS id UNION ALL SELECT 1", "id"), "input sqlite:rows.db: cursor column id repeats the value \"1\"");
    let unread = lab
        .open(json!({ "URL": "sqlite:rows.db", "QUERY": "SELECT * FROM blobs", "CURSOR_COLUMN": "id", "COLUMNS": { "TEXTS": ["data"] } }))
        .and_then(|mut rows| lab.next(&mut *rows))
        .unwrap_err();
    assert_eq!(unread.to_string(), "input sqlite:rows.db: row 1, column data: has a type that cannot be read: cast it in QUERY");
    let away = |url: &str| lab.open(json!({ "URL": url, "QUERY": "SELECT 1", "CURSOR_COLUMN": "id" })).map(drop).unwrap_err();
    assert_eq!(away("sqlite:absent.db").class(), FailureClass::Input);
    lab.base.write_data("text.db", "this is no database, however long it may be, and nothing in it reads like one of those at all");
    assert_eq!(away("sqlite:text.db").class(), FailureClass::Input);
    for url in ["sqlite:../rows.db", "sqlite:/etc/passwd", "http://a/b", "postgres://a", "postgres://a/b?password=c", "postgres://u:p@a/b"]
    {
        let error = away(url);
        assert_eq!(error.class(), FailureClass::Document, "{url}: {error}");
        assert!(!error.to_string().contains("p@"), "{error}");
    }
    assert!(away("postgres://127.0.0.1:1/none").is_transient(), "nobody listens there");
}

#[test]
fn rows_are_not_divided_and_bookmarks_of_others_are_refused() {
    let lab = Lab::new();
    lab.sqlite(METERS);
    let parameters = json!({ "URL": "sqlite:rows.db", "QUERY": "SELECT id FROM meters", "CURSOR_COLUMN": "id" });
    let divided = Context { shard: Shard::new(0, 2).unwrap(), ..lab.context() };
    assert_eq!(lab.open_in(parameters.clone(), &divided).map(drop).unwrap_err().class(), FailureClass::Document);
    let mut rows = lab.open(parameters).unwrap();
    for bookmark in [Bookmark::at(9), Bookmark::at(1), Bookmark { rows: 1, cursor: json!({ "FILE": "a" }) }] {
        assert!(block_on(rows.seek(&bookmark)).is_err(), "{bookmark:?}");
    }
}

#[test]
fn only_a_single_select_is_a_query() {
    for (query, expected) in [
        ("SELECT 1", "SELECT 1"),
        ("  with a AS (SELECT 1) SELECT * FROM a ; -- end\n /* * */ ", "with a AS (SELECT 1) SELECT * FROM a"),
        ("-- why\nSELECT ';', \"a;\"\"b\", '--' FROM `c;d`;;", "SELECT ';', \"a;\"\"b\", '--' FROM `c;d`"),
        ("SELECT [a;'b] FROM c", "SELECT [a;'b] FROM c"),
        ("SELECT 'it''s; fine'", "SELECT 'it''s; fine'"),
        ("SELECT a -- ;\nFROM b", "SELECT a -- ;\nFROM b"),
    ] {
        assert_eq!(single_select(query), Ok(expected));
    }
    for query in [
        "",
        ";",
        "DELETE FROM a",
        "SELECTED",
        "INSERT INTO a SELECT 1",
        "SELECT 1; DROP TABLE a",
        "SELECT 1;;SELECT 2",
        "SELECT 'a",
        "SELECT 1 /*",
        "'SELECT'",
        "/* SELECT */ PRAGMA a",
        "EXPLAIN SELECT 1",
        "SELECT [a'b]) AS c; ATTACH 'd' AS e --'",
        "SELECT [a",
        "SELECT ''';' ; ATTACH 'a' AS b",
    ] {
        assert!(single_select(query).is_err(), "{query}");
    }
    let parameters = json!({ "URL": "sqlite:a", "QUERY": "DROP TABLE a", "CURSOR_COLUMN": "id", "POLL_SECONDS": 1 });
    let faults = SqlQuery.check(&serde_json::from_value(parameters).unwrap());
    assert_eq!(faults.iter().map(|fault| fault.path.as_str()).collect::<Vec<_>>(), ["/COLUMNS/FEATURES", "/QUERY"]);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(16))]

    #[test]
    fn the_contract_of_acquisition_holds(keys in prop::collection::btree_set(any::<i32>(), 1..40), batch in 1u32..9, text in any::<bool>()) {
        let lab = Lab::new();
        lab.sqlite("CREATE TABLE keys (id INTEGER, name TEXT)");
        let values: Vec<String> = keys.iter().map(|key| format!("({key}, 'n{key}')")).collect();
        lab.sqlite(&format!("INSERT INTO keys VALUES {}", values.join(", ")));
        let cursor = if text { "name" } else { "id" };
        let mut parameters = json!({
            "URL": "sqlite:rows.db", "QUERY": "SELECT * FROM keys", "CURSOR_COLUMN": cursor, "BATCH_ROWS": batch,
            "COLUMNS": { "FEATURES": ["id"], "TEXTS": ["name"] }
        });
        let _driver = lab.runtime.enter();
        acquisition::resumes_after_every_batch(|| lab.open(parameters.clone()).unwrap(), keys.len() as u64);
        parameters["POLL_SECONDS"] = json!(1);
        acquisition::goes_on_after_every_batch(|| lab.open(parameters.clone()).unwrap(), keys.len() as u64);
    }
}
