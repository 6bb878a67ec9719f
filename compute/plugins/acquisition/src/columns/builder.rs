//! Rows on their way into a batch.

use super::{cell::Reason, layout::Roles, value_of, Cell, Layout};
use neurite_core::{bounds::MAX_BATCH_BYTES, Field, PluginError, Tensor};
use serde_json::{Map, Value};
use std::sync::Arc;

/// The most bytes that a builder takes before it says that a batch is full; the last row may reach beyond.
pub const MAX_BYTES: usize = MAX_BATCH_BYTES / 2;

/// Where a row stands, for errors.
#[derive(Debug, Clone, Copy)]
pub struct Place<'a> {
    /// The input: a file, a topic, a query.
    pub input: &'a str,
    /// The row, counted from 1.
    pub row: u64,
}

impl Place<'_> {
    /// Makes the error of a value that does not fit.
    pub fn fault(&self, column: &str, reason: impl Into<String>) -> PluginError {
        PluginError::InputValue { input: self.input.into(), row: self.row, column: column.into(), reason: reason.into() }
    }
}

/// Collects rows until they are taken as the fields of a batch.
#[derive(Debug)]
pub struct BatchBuilder {
    roles: Arc<Roles>,
    rows: usize,
    bytes: usize,
    features: Vec<f32>,
    labels: Vec<i64>,
    times: Vec<i64>,
    /// One vector per column of numbers.
    numbers: Vec<Vec<f64>>,
    /// One vector per column of texts.
    texts: Vec<Vec<String>>,
}

impl BatchBuilder {
    /// Makes a builder without rows.
    pub fn new(layout: Layout) -> Self {
        let roles = layout.roles().clone();
        Self {
            rows: 0,
            bytes: 0,
            features: Vec::new(),
            labels: Vec::new(),
            times: Vec::new(),
            numbers: vec![Vec::new(); roles.numbers.len()],
            texts: vec![Vec::new(); roles.texts.len()],
            roles,
        }
    }

    /// Returns the number of rows since the last were taken.
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// Tells whether another row may be added without passing the bound of a batch.
    pub fn has_room(&self) -> bool {
        self.bytes < MAX_BYTES
    }

    /// Adds a row; `cells` gives the value of the column at a position of [`Layout::wanted`].
    ///
    /// Fails with [`PluginError::InputValue`] at the first value that does not fit, without adding anything.
    pub fn push<'a>(&mut self, place: Place<'_>, cells: impl Fn(usize) -> Cell<'a>) -> Result<(), PluginError> {
        let roles = self.roles.clone();
        let added = self.append(&roles, cells);
        match added {
            Ok(bytes) => {
                self.rows += 1;
                self.bytes += bytes;
                Ok(())
            }
            Err((position, reason)) => {
                self.cut();
                Err(place.fault(&roles.wanted[position], reason))
            }
        }
    }

    /// Adds the row that a JSON object is; columns that it lacks are missing values.
    pub fn push_object(&mut self, place: Place<'_>, object: &Map<String, Value>) -> Result<(), PluginError> {
        let roles = self.roles.clone();
        self.push(place, |position| value_of(object, &roles.wanted[position]))
    }

    /// Drops the rows.
    pub fn clear(&mut self) {
        self.rows = 0;
        self.bytes = 0;
        self.cut();
    }

    /// Takes the rows as fields, in the order features, label, time, numbers, texts; no fields if there are no rows.
    pub fn take(&mut self) -> Result<Vec<Field>, PluginError> {
        let rows = std::mem::take(&mut self.rows);
        self.bytes = 0;
        if rows == 0 {
            return Ok(Vec::new());
        }
        let roles = &self.roles;
        let mut fields = Vec::new();
        if !roles.features.is_empty() {
            let features = Tensor::f32(vec![rows, roles.features.len()], std::mem::take(&mut self.features))?;
            fields.push(Field::new(Field::FEATURES, features).with_columns(roles.feature_names.clone()));
        }
        if roles.label.is_some() {
            fields.push(Field::new(Field::LABEL, Tensor::i64(vec![rows], std::mem::take(&mut self.labels))?));
        }
        if roles.time.is_some() {
            fields.push(Field::new(Field::TIME, Tensor::i64(vec![rows], std::mem::take(&mut self.times))?));
        }
        for (position, values) in roles.numbers.iter().zip(&mut self.numbers) {
            fields.push(Field::new(&roles.wanted[*position], Tensor::f64(vec![rows], std::mem::take(values))?));
        }
        for (position, values) in roles.texts.iter().zip(&mut self.texts) {
            fields.push(Field::new(&roles.wanted[*position], Tensor::text(std::mem::take(values))));
        }
        Ok(fields)
    }

    /// Appends a row's values and returns their bytes, or the position of the first that does not fit.
    fn append<'a>(&mut self, roles: &Roles, cells: impl Fn(usize) -> Cell<'a>) -> Result<usize, (usize, Reason)> {
        for position in &roles.features {
            self.features.push(cells(*position).feature(roles.missing).map_err(|reason| (*position, reason))?);
        }
        if let Some(position) = roles.label {
            self.labels.push(cells(position).label().map_err(|reason| (position, reason))?);
        }
        if let Some((position, unit)) = roles.time {
            self.times.push(cells(position).time(unit).map_err(|reason| (position, reason))?);
        }
        for (position, values) in roles.numbers.iter().zip(&mut self.numbers) {
            values.push(cells(*position).number(roles.missing).map_err(|reason| (*position, reason))?);
        }
        let mut bytes = size_of::<f32>() * roles.features.len() + size_of::<f64>() * (2 + roles.numbers.len());
        for (position, values) in roles.texts.iter().zip(&mut self.texts) {
            let text = cells(*position).into_text(roles.missing).map_err(|reason| (*position, reason))?;
            bytes += size_of::<String>() + text.len();
            values.push(text);
        }
        Ok(bytes)
    }

    /// Takes back what a row that did not fit has left.
    fn cut(&mut self) {
        let rows = self.rows;
        self.features.truncate(rows * self.roles.features.len());
        self.labels.truncate(rows);
        self.times.truncate(rows);
        self.numbers.iter_mut().for_each(|values| values.truncate(rows));
        self.texts.iter_mut().for_each(|values| values.truncate(rows));
    }
}
