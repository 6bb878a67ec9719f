//! What the plugins' tests share: opening, feeding in batches of any size, and collecting payloads.

use neurite_core::{Batch, Business, Field, Input, Outbox, Plugin, PluginError, Tensor};
use neurite_testkit::{block_on, detached_context};
use serde_json::{Map, Value};

/// Rows that can be cut into batches anywhere.
#[derive(Clone, Default)]
pub(crate) struct Rows {
    pub(crate) fields: Vec<Field>,
    pub(crate) inference: Vec<Field>,
}

impl Rows {
    /// Makes rows of one value each, `value`, a second apart.
    pub(crate) fn of(values: &[f64]) -> Self {
        let times = (0..values.len() as i64).map(|row| row * 1000).collect();
        Self::timed(values, times)
    }

    /// Makes rows of one value each at Unix times in milliseconds.
    pub(crate) fn timed(values: &[f64], times: Vec<i64>) -> Self {
        let rows = values.len();
        let value = Field::new("value", Tensor::f64(vec![rows], values.to_vec()).unwrap());
        let time = Field::new(Field::TIME, Tensor::i64(vec![rows], times).unwrap());
        Self { fields: vec![value, time], inference: Vec::new() }
    }

    fn len(&self) -> usize {
        self.fields[0].tensor.rows()
    }

    /// Cuts the rows into batches of at most `size`.
    pub(crate) fn batches(&self, size: usize) -> Vec<(Batch, Vec<Field>)> {
        let cut = |fields: &[Field], from: usize| -> Vec<Field> {
            let rows = size.min(self.len() - from);
            fields.iter().map(|field| Field { tensor: take(&field.tensor, from, rows), ..field.clone() }).collect()
        };
        (0..self.len())
            .step_by(size)
            .map(|from| (Batch::new(from as u64, cut(&self.fields, from)).unwrap(), cut(&self.inference, from)))
            .collect()
    }
}

/// Returns `rows` rows of a tensor from row `from` on.
fn take(tensor: &Tensor, from: usize, rows: usize) -> Tensor {
    use neurite_core::TensorData::{Text, F32, F64, I64, U8};
    let mut tensor = tensor.skip_rows(from);
    let width = tensor.data.len() / tensor.rows();
    match &mut tensor.data {
        F32(values) => values.truncate(rows * width),
        I64(values) => values.truncate(rows * width),
        F64(values) => values.truncate(rows * width),
        U8(values) => values.truncate(rows * width),
        Text(values) => values.truncate(rows * width),
    }
    tensor.shape[0] = rows;
    tensor
}

/// Opens an instance; the parameters must be without faults.
pub(crate) fn open<P: Plugin<Instance = Box<dyn Business>>>(plugin: &P, parameters: Value) -> Box<dyn Business> {
    let parameters: P::Parameters = serde_json::from_value(parameters).unwrap();
    assert_eq!(plugin.check(&parameters), []);
    block_on(plugin.open(parameters, &detached_context())).unwrap()
}

/// Returns the paths of the parameters' faults.
pub(crate) fn faults<P: Plugin>(plugin: &P, parameters: Value) -> Vec<String> {
    let parameters: P::Parameters = serde_json::from_value(parameters).unwrap();
    plugin.check(&parameters).into_iter().map(|fault| fault.path).collect()
}

/// Feeds rows in batches; returns the bodies of the payloads, those of the end included, and the result.
pub(crate) fn run(instance: &mut dyn Business, rows: &Rows, size: usize) -> Result<(Vec<Map<String, Value>>, Option<Value>), PluginError> {
    let mut outbox = Outbox::default();
    let mut bodies = Vec::new();
    for (batch, inference) in rows.batches(size) {
        block_on(instance.process(Input { batch: &batch, inference: &inference }, &mut outbox))?;
        bodies.extend(outbox.take().into_iter().map(|payload| payload.body));
    }
    let result = instance.finish(&mut outbox)?;
    bodies.extend(outbox.take().into_iter().map(|payload| payload.body));
    Ok((bodies, result))
}

/// Checks that payloads and result are the same whatever the batches, and that the instance resumes after each of them.
pub(crate) fn depends_on_rows_only(open: impl Fn() -> Box<dyn Business>, rows: &Rows, sizes: &[usize]) {
    let whole = run(&mut *open(), rows, rows.len()).unwrap();
    for size in sizes {
        assert_eq!(run(&mut *open(), rows, *size).unwrap(), whole, "batches of {size} rows");
        neurite_testkit::business::resumes_after_every_batch(&open, &rows.batches(*size));
    }
}

/// Makes the field of boxes of rows, with room for so many in each.
pub(crate) fn boxes(rows: &[Vec<[f32; Field::BOX_WIDTH]>], most: usize) -> Field {
    let filled = |row: &Vec<[f32; Field::BOX_WIDTH]>| {
        let mut numbers = row.concat();
        numbers.resize(most * Field::BOX_WIDTH, 0.0);
        numbers
    };
    let values = rows.iter().flat_map(filled).collect();
    Field::new(Field::BOXES, Tensor::f32(vec![rows.len(), most, Field::BOX_WIDTH], values).unwrap())
}
