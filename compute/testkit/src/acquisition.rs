//! The contract of acquisition plugins.

use crate::block_on;
use neurite_core::{Acquisition, Batch, Bookmark, Field, Shard, TensorData};

/// One row: the elements of each field, as text.
type Row = Vec<(String, String)>;

/// Checks that the shards of an input of `rows` rows are, one after the other, the rows of the undivided input.
pub fn shards_partition_rows(open: impl Fn(Shard) -> Box<dyn Acquisition>, count: u16, rows: u64) {
    let whole = read_all(&mut *open(Shard::WHOLE), 0);
    assert_eq!(whole.len() as u64, rows, "rows of the undivided input");
    let mut joined = Vec::new();
    for index in 0..count {
        let mut shard = open(Shard::new(index, count).expect("an index below the count"));
        let read = read_all(&mut *shard, 0);
        assert_eq!(shard.total(), Some(read.len() as u64), "total of shard {index} of {count}");
        joined.extend(read);
    }
    assert_eq!(joined, whole, "rows of all shards, joined");
}

/// Checks that a source that counts rows gives the same ones from any position: freshly opened, or after it has read on.
pub fn resumes_anywhere(open: impl Fn() -> Box<dyn Acquisition>) {
    let whole = read_all(&mut *open(), 0);
    let mut used = open();
    for position in (0..=whole.len()).rev().chain(0..=whole.len()) {
        let expected = &whole[position..];
        let mut fresh = open();
        for source in [&mut fresh, &mut used] {
            block_on(source.seek(&Bookmark::at(position as u64))).expect("a position within the shard");
            assert_eq!(read_all(&mut **source, position as u64), expected, "rows from {position}");
        }
    }
    let beyond = whole.len() as u64 + 1;
    assert!(block_on(open().seek(&Bookmark::at(beyond))).is_err(), "a position beyond the last row must be refused");
}

/// Checks that a source gives the same rows after the bookmark of any batch, freshly opened each time; `rows` are all of them.
pub fn resumes_after_every_batch(open: impl Fn() -> Box<dyn Acquisition>, rows: u64) {
    let mut source = open();
    let mut bookmarks = vec![Bookmark::default()];
    while let Some(batch) = block_on(source.next_batch()).expect("a batch") {
        bookmarks.push(batch.bookmark());
    }
    let whole = read_all(&mut *open(), 0);
    assert_eq!(whole.len() as u64, rows, "rows of the input");
    for bookmark in bookmarks {
        let mut fresh = open();
        block_on(fresh.seek(&bookmark)).expect("a bookmark of this source");
        assert_eq!(read_all(&mut *fresh, bookmark.rows), &whole[bookmark.rows as usize..], "rows after {bookmark:?}");
    }
}

/// Checks that a source without an end, whose input holds `rows` rows now, gives the same rows after the bookmark of any batch.
pub fn goes_on_after_every_batch(open: impl Fn() -> Box<dyn Acquisition>, rows: u64) {
    let (whole, mut bookmarks) = read_rows(&mut *open(), 0, rows);
    bookmarks.push(Bookmark::default());
    for bookmark in bookmarks {
        let mut fresh = open();
        assert_eq!(fresh.total(), None, "total of a source without an end");
        block_on(fresh.seek(&bookmark)).expect("a bookmark of this source");
        let (rest, _) = read_rows(&mut *fresh, bookmark.rows, rows);
        assert_eq!(rest, &whole[bookmark.rows as usize..], "rows after {bookmark:?}");
    }
}

/// Reads the rows up to a position, and where batches end.
fn read_rows(source: &mut dyn Acquisition, from: u64, to: u64) -> (Vec<Row>, Vec<Bookmark>) {
    let (mut rows, mut bookmarks) = (Vec::new(), Vec::new());
    let mut position = from;
    while position < to {
        let batch = block_on(source.next_batch()).expect("a batch").expect("no end");
        assert_eq!(batch.start(), position, "start of a batch");
        position = batch.end();
        rows.extend((0..batch.rows()).map(|at| row(&batch, at)));
        bookmarks.push(batch.bookmark());
    }
    assert_eq!(position, to, "rows of the input");
    (rows, bookmarks)
}

/// Reads to the end, checking that batches join without a gap.
fn read_all(source: &mut dyn Acquisition, from: u64) -> Vec<Row> {
    let mut rows = Vec::new();
    let mut position = from;
    while let Some(batch) = block_on(source.next_batch()).expect("a batch") {
        assert_eq!(batch.start(), position, "start of a batch");
        position = batch.end();
        rows.extend((0..batch.rows()).map(|at| row(&batch, at)));
    }
    assert!(block_on(source.next_batch()).expect("an answer after the end").is_none(), "the end must stay the end");
    rows
}

fn row(batch: &Batch, at: usize) -> Row {
    let elements = |field: &Field| {
        let width = field.tensor.data.len() / batch.rows();
        let range = at * width..(at + 1) * width;
        match &field.tensor.data {
            TensorData::F32(values) => format!("{:?}", &values[range]),
            TensorData::I64(values) => format!("{:?}", &values[range]),
            TensorData::F64(values) => format!("{:?}", &values[range]),
            TensorData::U8(values) => format!("{:?}", &values[range]),
            TensorData::Text(values) => format!("{:?}", &values[range]),
        }
    };
    batch.fields().iter().map(|field| (field.name.clone(), elements(field))).collect()
}
