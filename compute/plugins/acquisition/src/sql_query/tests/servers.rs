//! Tests with real servers, each started by its test.

use super::Lab;
use neurite_core::{
    Acquisition, Batch, Connection, Connections, Context, Endpoint, FailureClass, Field, PluginError, SecretText, Services,
};
use neurite_testkit::{
    acquisition, block_on,
    servers::{MariaDb, PostgreSql},
};
use serde_json::{json, Value};
use sqlx::{mysql::MySqlConnectOptions, postgres::PgConnectOptions, AssertSqlSafe, ConnectOptions};
use std::{collections::BTreeMap, sync::Arc};

/// A laboratory whose operator has configured the connection `plant`.
struct Plant {
    lab: Lab,
    url: String,
}

impl Plant {
    fn new(url: String) -> Self {
        Self { lab: Lab::new(), url }
    }

    fn context(&self, password: &str) -> Context {
        let endpoint = Endpoint { url: self.url.clone(), user: Some("neurite".into()), password: Some(SecretText::new(password)) };
        let connections = Connections::new(BTreeMap::from([("plant".into(), Connection { endpoint, open_to_jobs: false })]));
        let context = self.lab.context();
        Context { services: Services { connections: Arc::new(connections), ..context.services.clone() }, ..context }
    }

    fn open(&self, parameters: &Value) -> Result<Box<dyn Acquisition>, PluginError> {
        let mut parameters = parameters.clone();
        parameters["URL"] = json!("connection:plant");
        self.lab.open_in(parameters, &self.context(PostgreSql::PASSWORD))
    }

    fn first(&self, parameters: &Value) -> Result<Batch, PluginError> {
        let mut rows = self.open(parameters)?;
        Ok(self.lab.next(&mut *rows)?.expect("a row"))
    }

    /// Checks that every bookmark of a query of ten rows is kept to.
    fn keeps_to_bookmarks(&self, query: &str, cursor: &str) {
        let parameters = json!({
            "QUERY": query, "CURSOR_COLUMN": cursor, "BATCH_ROWS": 3, "POLL_SECONDS": 1, "COLUMNS": { "FEATURES": [], "LABEL": "id" }
        });
        let _driver = self.lab.runtime.enter();
        acquisition::goes_on_after_every_batch(|| self.open(&parameters).unwrap(), 10);
    }
}

fn run_postgres(plant: &Plant, port_and_database: &str, statements: &str) {
    let url = format!("postgres://{}:{}@{port_and_database}", PostgreSql::USER, PostgreSql::PASSWORD.replace(' ', "%20"));
    plant.lab.runtime.block_on(async {
        let mut connection = url.parse::<PgConnectOptions>().unwrap().connect().await.unwrap();
        sqlx::raw_sql(AssertSqlSafe(statements)).execute(&mut connection).await.unwrap();
    });
}

const POSTGRES: &str = "
    CREATE TABLE meters (id bigint PRIMARY KEY, name text, at timestamptz, local timestamp, day date, small smallint, load real, mean float8,
        price numeric(20, 4), ok boolean, extra json, codes int[]);
    INSERT INTO meters SELECT n, 'n' || n, timestamptz '2024-01-01 00:00:00.000001+00' + n * interval '1 microsecond',
        timestamp '2024-01-01' + n * interval '1 microsecond', date '2024-01-01' + n, n, n / 2.0, n / 3.0, n * -1234.5678, n % 2 = 0,
        '{\"a\": 1}', '{1}' FROM generate_series(1, 10) AS n;
    CREATE SEQUENCE counter;";

#[test]
fn postgresql_is_read_and_nothing_is_written() {
    let server = PostgreSql::start();
    let plant = Plant::new(server.url());
    run_postgres(&plant, server.url().trim_start_matches("postgres://"), POSTGRES);
    let columns = json!({
        "FEATURES": ["small", "load", "mean", "ok"], "LABEL": "id", "TIME": "at", "NUMBERS": ["price"], "TEXTS": ["name", "extra", "day"]
    });
    let batch = plant.first(&json!({ "QUERY": "SELECT * FROM meters", "CURSOR_COLUMN": "id", "COLUMNS": columns })).unwrap();
    assert_eq!(batch.rows(), 10);
    assert_eq!(&batch.field(Field::FEATURES).unwrap().as_f32().unwrap()[4..8], [2.0, 1.0, 2.0 / 3.0, 1.0]);
    assert_eq!(batch.field(Field::TIME).unwrap().as_i64().unwrap()[9], 1_704_067_200_000);
    assert_eq!(&batch.field("price").unwrap().as_f64().unwrap()[..2], [-1234.5678, -2469.1356]);
    assert_eq!(batch.field("extra").unwrap().as_text().unwrap()[0], "{\"a\": 1}");
    assert_eq!(batch.field("day").unwrap().as_text().unwrap()[0], "2024-01-02T00:00:00+00:00");
    let guessed = plant.first(&json!({ "QUERY": "SELECT id, name, load, price FROM meters", "CURSOR_COLUMN": "name" })).unwrap();
    assert_eq!(guessed.columns(Field::FEATURES).unwrap(), ["id", "load", "price"]);
    for cursor in ["id", "name", "at", "local", "day", "small"] {
        plant.keeps_to_bookmarks("SELECT * FROM meters", cursor);
    }
    let refused = |query: &str| plant.first(&json!({ "QUERY": query, "CURSOR_COLUMN": "id" })).unwrap_err();
    let written = refused("SELECT nextval('counter') AS id");
    assert_eq!((written.class(), written.to_string().contains("read-only transaction")), (FailureClass::Document, true), "{written}");
    let opened = refused("SELECT set_config('transaction_read_only', 'off', true) AS id");
    assert_eq!(opened.class(), FailureClass::Document, "{opened}");
    let lists = json!({ "QUERY": "SELECT id, codes FROM meters", "CURSOR_COLUMN": "id", "COLUMNS": { "TEXTS": ["codes"] } });
    assert!(plant
        .first(&lists)
        .unwrap_err()
        .to_string()
        .ends_with("row 1, column codes: has a type that cannot be read: cast it in QUERY"));
}

#[test]
fn a_postgresql_that_was_away_is_read_on_without_loss() {
    let mut server = PostgreSql::start();
    let plant = Plant::new(server.url());
    run_postgres(&plant, server.url().trim_start_matches("postgres://"), POSTGRES);
    let parameters = json!({
        "QUERY": "SELECT id FROM meters", "CURSOR_COLUMN": "id", "BATCH_ROWS": 4, "POLL_SECONDS": 1, "COLUMNS": { "FEATURES": [], "LABEL": "id" }
    });
    let mut rows = plant.open(&parameters).unwrap();
    let bookmark = plant.lab.next(&mut *rows).unwrap().unwrap().bookmark();
    server.stop();
    assert!(plant.lab.next(&mut *rows).unwrap_err().is_transient(), "the connection broke");
    assert!(plant.open(&parameters).map(drop).unwrap_err().is_transient(), "nobody answers");
    server.resume();
    let mut rows = plant.open(&parameters).unwrap();
    block_on(rows.seek(&bookmark)).unwrap();
    let batch = plant.lab.next(&mut *rows).unwrap().unwrap();
    assert_eq!((batch.start(), batch.field(Field::LABEL).unwrap().as_i64()), (4, Some(&[5, 6, 7, 8][..])));
}

#[test]
fn passwords_are_asked_for_and_never_shown() {
    let server = PostgreSql::start();
    let plant = Plant::new(server.url());
    let parameters = json!({ "URL": "connection:plant", "QUERY": "SELECT 1 AS id", "CURSOR_COLUMN": "id" });
    let error = plant.lab.open_in(parameters.clone(), &plant.context("wrong horse")).map(drop).unwrap_err();
    assert_eq!(error.class(), FailureClass::Document, "{error}");
    assert!(!format!("{error} {error:?}").contains("horse"), "{error:?}");
    let slow = json!({ "QUERY": "SELECT 1 AS id, pg_sleep(60)", "CURSOR_COLUMN": "id", "TIMEOUT_SECONDS": 1, "POLL_SECONDS": 1, "COLUMNS": { "FEATURES": [], "LABEL": "id" } });
    let error = plant.first(&slow).unwrap_err();
    assert!(error.to_string().ends_with("took longer than TIMEOUT_SECONDS"), "{error}");
}

#[test]
fn mariadb_is_read() {
    let server = MariaDb::start();
    let plant = Plant::new(server.url());
    let authority = server.url().trim_start_matches("mysql://").to_owned();
    plant.lab.runtime.block_on(async {
        let url = format!("mysql://{}:{}@{authority}?ssl-mode=disabled", MariaDb::USER, MariaDb::PASSWORD.replace(' ', "%20"));
        let mut connection = url.parse::<MySqlConnectOptions>().unwrap().connect().await.unwrap();
        let table = "CREATE TABLE meters (id bigint PRIMARY KEY, name varchar(20), at datetime(6), day date, flags int unsigned, mean double,
            price decimal(20, 4), note text);
            INSERT INTO meters SELECT seq, concat('n', lpad(seq, 2, '0')), timestampadd(microsecond, seq, '2024-01-01'), adddate('2024-01-01', seq),
            seq, seq / 4, seq * 1.25, NULL FROM seq_1_to_10;";
        sqlx::raw_sql(table).execute(&mut connection).await.unwrap();
    });
    let columns = json!({ "FEATURES": ["flags", "mean"], "LABEL": "id", "TIME": "at", "NUMBERS": ["price"], "TEXTS": ["name", "note"], "MISSING": "nan" });
    let batch = plant.first(&json!({ "QUERY": "SELECT * FROM meters", "CURSOR_COLUMN": "id", "COLUMNS": columns })).unwrap();
    assert_eq!(&batch.field(Field::FEATURES).unwrap().as_f32().unwrap()[..4], [1.0, 0.25, 2.0, 0.5]);
    assert_eq!(batch.field(Field::TIME).unwrap().as_i64().unwrap()[0], 1_704_067_200_000);
    assert_eq!(batch.field("price").unwrap().as_f64().unwrap()[1], 2.5);
    assert_eq!(batch.field("name").unwrap().as_text().unwrap()[9], "n10");
    for cursor in ["id", "name", "at", "day", "flags"] {
        plant.keeps_to_bookmarks("SELECT * FROM meters", cursor);
    }
    let error = plant.first(&json!({ "QUERY": "SELECT id FROM meter", "CURSOR_COLUMN": "id" })).unwrap_err();
    assert_eq!(error.class(), FailureClass::Document, "{error}");
}
