//! The rows of a query, page by page.

use super::{
    config::SqlQueryParameters,
    connection::{Connection, Target},
    decode::{Page, QueryRow},
    dialect::{Cursor, CursorKind},
    fault::fault,
};
use crate::columns::{BatchBuilder, Cell, Layout, Place, TableColumn};
use futures::future::{select, Either};
use neurite_core::{Acquisition, Batch, Bookmark, BoxFuture, Clock, Context, PluginError};
use sqlx::Error;
use std::{future::Future, pin::pin, sync::Arc, time::Duration};

/// The rows of a query.
pub(super) struct SqlRows {
    parameters: SqlQueryParameters,
    target: Target,
    clock: Arc<dyn Clock>,
    /// Lost with every fault and made anew.
    connection: Option<Connection>,
    /// The rows that there were when a source with an end was opened.
    total: Option<u64>,
    delivered: u64,
    cursor: Option<Cursor>,
    /// Known from the first row on, as is which of the query's columns are wanted.
    layout: Option<(Layout, Vec<usize>)>,
}

impl SqlRows {
    /// Connects and, if the source has an end, counts the rows.
    pub(super) async fn open(parameters: SqlQueryParameters, context: &Context) -> Result<Self, PluginError> {
        if context.shard.count() > 1 {
            return Err(PluginError::parameters("", "the rows of a query cannot be divided among workers"));
        }
        let target = Target::find(&parameters.url, context)?;
        let clock = context.services.clock.clone();
        let is_live = parameters.poll_seconds.is_some();
        let timeout = Duration::from_secs(parameters.timeout_seconds.into());
        let mut connection = within(&target, patience(&*clock, timeout), Connection::open(&target, timeout)).await?;
        let mut total = None;
        if !is_live {
            let sql = target.dialect().count(&parameters.query, &parameters.cursor_column);
            let count = within(&target, patience(&*clock, timeout), connection.count(sql)).await?;
            total = Some(u64::try_from(count).unwrap_or(0));
        }
        Ok(Self { parameters, target, clock, connection: Some(connection), total, delivered: 0, cursor: None, layout: None })
    }

    async fn next(&mut self) -> Result<Option<Batch>, PluginError> {
        loop {
            let left = self.total.map_or(u64::MAX, |total| total.saturating_sub(self.delivered));
            let rows = left.min(self.parameters.batch_rows.into()) as usize;
            if rows > 0 {
                let page = self.page(rows).await?;
                if !page.rows.is_empty() {
                    return self.batch(page, rows).map(Some);
                }
            }
            match self.parameters.poll_seconds {
                Some(seconds) => self.clock.sleep(Duration::from_secs(seconds.into())).await,
                None => return Ok(None),
            }
        }
    }

    /// Fetches the rows after the cursor, and one more to see where the batch ends.
    async fn page(&mut self, rows: usize) -> Result<Page, PluginError> {
        let timeout = Duration::from_secs(self.parameters.timeout_seconds.into());
        let (target, clock) = (&self.target, &*self.clock);
        let mut connection = match self.connection.take() {
            Some(connection) => connection,
            None => within(target, patience(clock, timeout), Connection::open(target, timeout)).await?,
        };
        let SqlQueryParameters { query, cursor_column, .. } = &self.parameters;
        let sql = target.dialect().page(query, cursor_column, self.cursor.as_ref().map(|cursor| cursor.kind), rows + 1);
        let bound = self.cursor.as_ref().map(Cursor::bound).transpose()?;
        let page = within(target, patience(clock, timeout), connection.page(sql, bound)).await?;
        self.connection = Some(connection);
        Ok(page)
    }

    fn batch(&mut self, page: Page, rows: usize) -> Result<Batch, PluginError> {
        let kind = self.kind(&page)?;
        self.check_rising(&page.rows)?;
        let (layout, positions) = match self.layout.take() {
            Some(known) => known,
            None => self.find_columns(&page)?,
        };
        let mut builder = BatchBuilder::new(layout.clone());
        let taken = &page.rows[..page.rows.len().min(rows)];
        for row in taken {
            self.push(row, &layout, &positions, &mut builder)?;
        }
        self.layout = Some((layout, positions));
        let last = taken.last().map(|row| row.cursor.clone()).unwrap_or_default();
        let cursor = Cursor { kind, value: last };
        let value = serde_json::to_value(&cursor).map_err(|error| PluginError::internal(error.to_string()))?;
        let batch = Batch::new(self.delivered, builder.take()?)?.with_cursor(value);
        self.delivered = batch.end();
        self.cursor = Some(cursor);
        Ok(batch)
    }

    fn push(&self, row: &QueryRow, layout: &Layout, positions: &[usize], builder: &mut BatchBuilder) -> Result<(), PluginError> {
        let place = Place { input: self.target.service(), row: self.delivered + builder.rows() as u64 + 1 };
        if let Some(wanted) = positions.iter().position(|position| row.cells[*position].is_none()) {
            return Err(place.fault(&layout.wanted()[wanted], "has a type that cannot be read: cast it in QUERY"));
        }
        builder.push(place, |wanted| match &row.cells[positions[wanted]] {
            Some(Cell::Text(text)) => Cell::text(text),
            Some(cell) => cell.clone(),
            None => Cell::Null,
        })
    }

    /// Finds out what the cursor column holds.
    fn kind(&self, page: &Page) -> Result<CursorKind, PluginError> {
        let name = &self.parameters.cursor_column;
        let fault = |reason: &str| PluginError::parameters("/CURSOR_COLUMN", reason.to_owned());
        let position = page.columns.iter().position(|column| column.name == *name).ok_or_else(|| fault("is no column of the query"))?;
        let value = page.rows.first().and_then(|row| row.cells[position].as_ref());
        let kind = self.target.dialect().kind(&page.columns[position].type_name, value);
        kind.ok_or_else(|| fault("must hold whole numbers, texts or times"))
    }

    fn find_columns(&self, page: &Page) -> Result<(Layout, Vec<usize>), PluginError> {
        let table: Vec<TableColumn> =
            page.columns.iter().map(|column| TableColumn { name: column.name.clone(), is_number: is_number(&column.type_name) }).collect();
        let layout = Layout::of_table(&self.parameters.columns, self.target.service(), &table)?;
        let position = |name: &String| table.iter().position(|column| column.name == *name);
        let positions = layout.wanted().iter().filter_map(position).collect();
        Ok((layout, positions))
    }

    /// Refuses values that are repeated: a row with one could stand on either side of a bookmark.
    fn check_rising(&self, rows: &[QueryRow]) -> Result<(), PluginError> {
        match rows.windows(2).find(|pair| pair[0].cursor == pair[1].cursor) {
            Some(pair) => Err(PluginError::input(
                self.target.service(),
                format!("cursor column {} repeats the value {:?}", self.parameters.cursor_column, pair[0].cursor),
            )),
            None => Ok(()),
        }
    }

    fn go_to(&mut self, bookmark: &Bookmark) -> Result<(), PluginError> {
        if self.total.is_some_and(|total| bookmark.rows > total) {
            let rows = bookmark.rows;
            return Err(PluginError::input(self.target.service(), format!("query has no row after its first {rows}")));
        }
        self.cursor = serde_json::from_value(bookmark.cursor.clone())
            .map_err(|error| PluginError::internal(format!("bookmark is none of a query: {error}")))?;
        if bookmark.rows > 0 && self.cursor.is_none() {
            return Err(PluginError::internal("bookmark holds no value of the cursor column"));
        }
        self.delivered = bookmark.rows;
        Ok(())
    }
}

/// Returns a future that ends when the database should have answered: a little later than it ends a query itself.
fn patience(clock: &dyn Clock, timeout: Duration) -> BoxFuture<'static, ()> {
    clock.sleep(timeout + Duration::from_secs(5))
}

/// Waits for the database.
async fn within<T>(
    target: &Target,
    patience: BoxFuture<'static, ()>,
    work: impl Future<Output = Result<T, Error>>,
) -> Result<T, PluginError> {
    match select(pin!(work), patience).await {
        Either::Left((done, _)) => done.map_err(|error| fault(target.dialect(), target.service(), error)),
        Either::Right(_) => Err(PluginError::unavailable(target.service(), "does not answer")),
    }
}

/// Tells whether a type of any of the databases is one of numbers.
fn is_number(type_name: &str) -> bool {
    matches!(
        type_name.split(' ').next().unwrap_or_default(),
        "BOOL"
            | "BOOLEAN"
            | "INT2"
            | "INT4"
            | "INT8"
            | "INTEGER"
            | "TINYINT"
            | "SMALLINT"
            | "MEDIUMINT"
            | "INT"
            | "BIGINT"
            | "FLOAT"
            | "FLOAT4"
            | "FLOAT8"
            | "DOUBLE"
            | "REAL"
            | "NUMERIC"
            | "DECIMAL"
    )
}

impl Acquisition for SqlRows {
    fn total(&self) -> Option<u64> {
        self.total
    }

    fn seek<'a>(&'a mut self, bookmark: &'a Bookmark) -> BoxFuture<'a, Result<(), PluginError>> {
        Box::pin(async move { self.go_to(bookmark) })
    }

    fn next_batch(&mut self) -> BoxFuture<'_, Result<Option<Batch>, PluginError>> {
        Box::pin(async move { self.next().await })
    }
}
