//! How rows are read from lines of JSON.

use crate::{
    columns::{cell_of, object, BatchBuilder, Cell, Columns, Layout, Place, TableColumn},
    files::{Format, InputFile, LineFormat, Lines},
};
use neurite_core::{Field, PluginError};

/// Lines of JSON with a layout.
pub(super) struct JsonFormat {
    layout: Layout,
    /// Whether a line is a row as it is.
    is_whole: bool,
}

impl JsonFormat {
    /// Makes the format of files with an end; looks at their first row for the keys that hold numbers, where the document lists none.
    pub(super) fn of_files(columns: Option<&Columns>, input: &str, files: &[InputFile]) -> Result<Self, PluginError> {
        match columns {
            Some(columns) if columns.features.is_none() => {
                let keys = sample(files)?;
                Ok(Self { layout: Layout::of_known(columns, input, &keys)?, is_whole: false })
            }
            columns => Self::listed(columns, input),
        }
    }

    /// Makes the format of files that grow.
    pub(super) fn listed(columns: Option<&Columns>, input: &str) -> Result<Self, PluginError> {
        let whole = Columns { texts: vec![Field::MESSAGE.into(), Field::ORIGIN.into()], ..Columns::default() };
        Ok(Self { layout: Layout::listed(columns.unwrap_or(&whole), input)?, is_whole: columns.is_none() })
    }

    pub(super) fn layout(&self) -> &Layout {
        &self.layout
    }

    fn push(&self, line: &[u8], place: Place<'_>, rows: &mut BatchBuilder) -> Result<(), PluginError> {
        let object = object(place, line)?;
        if !self.is_whole {
            return rows.push_object(place, &object);
        }
        // What is a JSON object is UTF-8.
        let line = String::from_utf8_lossy(line);
        rows.push(place, |wanted| match wanted {
            0 => Cell::Text(line.clone()),
            _ => Cell::text(place.input),
        })
    }
}

impl Format for JsonFormat {
    type Reader = Lines;

    fn count(&self, file: &InputFile) -> Result<u64, PluginError> {
        let mut lines = Lines::open(file)?;
        let mut rows = 0;
        while lines.next_line()?.is_some() {
            rows += 1;
        }
        Ok(rows)
    }

    fn open(&self, file: &InputFile, skip: u64) -> Result<Lines, PluginError> {
        let mut lines = Lines::open(file)?;
        for _ in 0..skip {
            lines.next_line()?;
        }
        Ok(lines)
    }

    fn read(&self, lines: &mut Lines, place: Place<'_>, rows: &mut BatchBuilder) -> Result<bool, PluginError> {
        let Some(line) = lines.next_line()? else { return Ok(false) };
        self.push(line, place, rows)?;
        Ok(true)
    }
}

impl LineFormat for JsonFormat {
    type Head = ();
    const QUOTED: bool = false;

    fn head(&self, _: &str, _: &[u8]) -> Result<((), bool), PluginError> {
        Ok(((), false))
    }

    fn add(&self, (): &(), place: Place<'_>, record: &[u8], rows: &mut BatchBuilder) -> Result<(), PluginError> {
        match record.trim_ascii() {
            [] => Ok(()),
            line => self.push(line, place, rows),
        }
    }
}

/// The keys of the first row, sorted; none if there is no row.
fn sample(files: &[InputFile]) -> Result<Vec<TableColumn>, PluginError> {
    for file in files {
        let mut lines = Lines::open(file)?;
        if let Some(line) = lines.next_line()? {
            let row = object(Place { input: &file.name, row: 1 }, line)?;
            let column = |(name, value)| TableColumn { is_number: cell_of(value).is_number(), name: String::clone(name) };
            let mut keys: Vec<TableColumn> = row.iter().map(column).collect();
            keys.sort_by(|left, right| left.name.cmp(&right.name));
            return Ok(keys);
        }
    }
    Ok(Vec::new())
}
