//! Measures serving against the same model in a bare `ort` loop; prints a table and writes JSON.
//!
//! Throughput: requests through a serving process with several in flight, against a loop that runs the session on the same tensors.
//! Latency: one request at a time, against the same loop; the difference is what the transport adds. Both sides have the same number
//! of threads, take turns within one run, and the median of the rounds counts.
//!
//! `bench-serving [--json FILE] [--models DIR] [--threads N] [--input small|large]`; the library is `NEURITE_ONNXRUNTIME` or
//! `.deps/libonnxruntime.so` under the workspace.

use std::{
    env,
    error::Error,
    fs,
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use neurite_serving::{DataView, DeviceChoice, ModelHandle, ModelSpec, ServingConfig, ServingManager, Tensor};
use ort::{
    environment::Environment,
    session::{Session, SessionInputValue},
    value::TensorRef,
};
use serde::Serialize;

type Result<T> = std::result::Result<T, Box<dyn Error>>;

/// The rounds of which the median counts.
const ROUNDS: usize = 5;
/// How long each side measures in a round.
const ROUND_TIME: Duration = Duration::from_secs(3);
/// Requests in flight when throughput is measured.
const IN_FLIGHT: usize = 4;
/// The least requests of a measurement.
const LEAST_REQUESTS: usize = 8;

/// One model and one size of batch.
#[derive(Clone, Copy)]
struct Case {
    input: &'static str,
    model: &'static str,
    shape: &'static [usize],
    batch: usize,
}

const CASES: [Case; 4] = [
    Case { input: "small", model: "digits.onnx", shape: &[64], batch: 1 },
    Case { input: "small", model: "digits.onnx", shape: &[64], batch: 32 },
    Case { input: "large", model: "conv.onnx", shape: &[3, 224, 224], batch: 1 },
    Case { input: "large", model: "conv.onnx", shape: &[3, 224, 224], batch: 32 },
];

#[derive(Serialize)]
struct Report {
    suite: &'static str,
    machine: String,
    rows: Vec<Row>,
}

#[derive(Serialize)]
struct Row {
    case: &'static str,
    input: &'static str,
    batch: usize,
    value: f64,
    unit: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    peer_value: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    ratio: Option<f64>,
}

struct Options {
    json: Option<PathBuf>,
    models: PathBuf,
    library: PathBuf,
    threads: usize,
    /// Measures the cases of this input only.
    input: Option<String>,
}

fn main() -> Result<()> {
    let options = options()?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let report = runtime.block_on(measure(&options))?;
    print(&report);
    if let Some(path) = options.json {
        fs::write(path, serde_json::to_string_pretty(&report)? + "\n")?;
    }
    Ok(())
}

fn print(report: &Report) {
    println!("{}: {}", report.suite, report.machine);
    println!("{:<12}{:<8}{:>6}{:>14}{:>14}{:>8}  unit", "case", "input", "batch", "value", "bare ort", "ratio");
    for row in &report.rows {
        let number = |value: Option<f64>, places: usize| value.map_or(String::new(), |value| format!("{value:.places$}"));
        let (value, peer, ratio) = (number(Some(row.value), 1), number(row.peer_value, 1), number(row.ratio, 3));
        println!("{:<12}{:<8}{:>6}{value:>14}{peer:>14}{ratio:>8}  {}", row.case, row.input, row.batch, row.unit);
    }
}

fn options() -> Result<Options> {
    let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let library = env::var_os("NEURITE_ONNXRUNTIME").map_or_else(|| workspace.join(".deps/libonnxruntime.so"), PathBuf::from);
    let mut options = Options { json: None, models: workspace.join("models"), library, threads: 1, input: None };
    let mut args = env::args().skip(1);
    while let Some(name) = args.next() {
        let value = args.next().ok_or_else(|| format!("{name} has no value"))?;
        match name.as_str() {
            "--json" => options.json = Some(value.into()),
            "--models" => options.models = value.into(),
            "--threads" => options.threads = value.parse()?,
            "--input" => options.input = Some(value),
            _ => return Err(format!("unknown option {name}").into()),
        }
    }
    Ok(options)
}

async fn measure(options: &Options) -> Result<Report> {
    let environment = ort::init_from(&options.library)?.build()?;
    let manager = ServingManager::new(ServingConfig {
        worker_program: env::current_exe()?.with_file_name("neurite-serve-model"),
        worker_args: Vec::new(),
        onnxruntime: options.library.clone(),
        threads: options.threads,
        max_models: CASES.len(),
        idle_timeout: Duration::from_secs(600),
        startup_timeout: Duration::from_secs(60),
    });
    let mut rows = Vec::new();
    let wanted = |case: &Case| options.input.as_deref().is_none_or(|input| input == case.input);
    for case in CASES.into_iter().filter(wanted) {
        let path = options.models.join(case.model);
        let session = open_session(&environment, &path, options.threads)?;
        let spec = ModelSpec { threads: Some(options.threads), device: DeviceChoice::Cpu, ..ModelSpec::new(path) };
        let handle = manager.model(spec).await?;
        rows.extend(measure_case(case, session, &handle).await?);
    }
    manager.shutdown().await;
    Ok(Report { suite: "serving", machine: machine(options.threads), rows })
}

fn open_session(environment: &Environment, path: &Path, threads: usize) -> Result<Session> {
    let builder = Session::builder(environment)?.with_intra_threads(threads)?.with_inter_threads(1)?;
    Ok({ builder }.commit_from_memory(&fs::read(path)?)?)
}

async fn measure_case(case: Case, mut session: Session, handle: &ModelHandle) -> Result<Vec<Row>> {
    let input = input(case);
    check_equal(&mut session, handle, &input).await?;
    let (mut served, mut bare, mut served_latency, mut bare_latency) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        bare.push(bare_throughput(&mut session, &input, case.batch)?);
        served.push(served_throughput(handle, &input, case.batch).await?);
        bare_latency.push(bare_micros(&mut session, &input)?);
        served_latency.push(served_micros(handle, &input).await?);
    }
    // Differences and ratios are taken within each round: what else the machine does then weighs on both sides.
    let added = paired(&served_latency, &bare_latency, |served, bare| served - bare);
    let faster = paired(&served, &bare, |served, bare| served / bare);
    let sooner = paired(&served_latency, &bare_latency, |served, bare| bare / served);
    let row = |name, value: f64, unit, peer_value: Option<f64>, ratio: Option<f64>| {
        let (value, peer_value, ratio) = (rounded(value), peer_value.map(rounded), ratio.map(rounded));
        Row { case: name, input: case.input, batch: case.batch, value, unit, peer_value, ratio }
    };
    Ok(vec![
        row("throughput", median(served), "inferences/s", Some(median(bare)), Some(faster)),
        row("latency", median(served_latency), "us", Some(median(bare_latency)), Some(sooner)),
        row("added_us", added, "us", None, None),
    ])
}

fn paired(served: &[f64], bare: &[f64], compare: impl Fn(f64, f64) -> f64) -> f64 {
    median(served.iter().zip(bare).map(|(served, bare)| compare(*served, *bare)).collect())
}

fn input(case: Case) -> Vec<Tensor> {
    let shape: Vec<usize> = std::iter::once(case.batch).chain(case.shape.iter().copied()).collect();
    let size = shape.iter().product();
    vec![Tensor::f32(shape, (0..size).map(|index| (index % 17) as f32 / 16.0).collect())]
}

/// A benchmark of wrong answers would be worth nothing.
async fn check_equal(session: &mut Session, handle: &ModelHandle, input: &[Tensor]) -> Result<()> {
    let served = handle.infer_borrowed(input).await?;
    let bare = run_bare(session, input)?;
    if served != bare {
        return Err("the serving process and the bare loop answer differently".into());
    }
    Ok(())
}

/// One turn of the bare loop: views of the caller's tensors in, tensors of the caller's out, as a handle gives them.
fn run_bare(session: &mut Session, input: &[Tensor]) -> Result<Vec<Tensor>> {
    let mut values: Vec<SessionInputValue<'_>> = Vec::with_capacity(input.len());
    for tensor in input {
        let DataView::F32(data) = tensor.view().data else { return Err("the benchmark's tensors are floats".into()) };
        values.push(TensorRef::from_array_view((tensor.shape.as_slice(), data))?.into());
    }
    let outputs = session.run(values.as_slice())?;
    let mut tensors = Vec::with_capacity(outputs.len());
    for value in outputs.values() {
        let (shape, data) = value.try_extract_tensor::<f32>()?;
        tensors.push(Tensor::f32(shape.iter().map(|size| *size as usize).collect(), data.to_vec()));
    }
    Ok(tensors)
}

fn bare_throughput(session: &mut Session, input: &[Tensor], batch: usize) -> Result<f64> {
    let (started, mut count) = (Instant::now(), 0);
    while count < LEAST_REQUESTS || started.elapsed() < ROUND_TIME {
        run_bare(session, input)?;
        count += 1;
    }
    Ok((count * batch) as f64 / started.elapsed().as_secs_f64())
}

async fn served_throughput(handle: &ModelHandle, input: &[Tensor], batch: usize) -> Result<f64> {
    let started = Instant::now();
    let lane = || async {
        let mut count = 0;
        while count < LEAST_REQUESTS / IN_FLIGHT || started.elapsed() < ROUND_TIME {
            handle.infer_borrowed(input).await?;
            count += 1;
        }
        Ok::<usize, Box<dyn Error>>(count)
    };
    let lanes: (Result<usize>, Result<usize>, Result<usize>, Result<usize>) = tokio::join!(lane(), lane(), lane(), lane());
    let count = lanes.0? + lanes.1? + lanes.2? + lanes.3?;
    Ok((count * batch) as f64 / started.elapsed().as_secs_f64())
}

fn bare_micros(session: &mut Session, input: &[Tensor]) -> Result<f64> {
    let (started, mut times) = (Instant::now(), Vec::new());
    while times.len() < LEAST_REQUESTS || started.elapsed() < ROUND_TIME {
        let begun = Instant::now();
        run_bare(session, input)?;
        times.push(begun.elapsed().as_secs_f64() * 1e6);
    }
    Ok(median(times))
}

async fn served_micros(handle: &ModelHandle, input: &[Tensor]) -> Result<f64> {
    let (started, mut times) = (Instant::now(), Vec::new());
    while times.len() < LEAST_REQUESTS || started.elapsed() < ROUND_TIME {
        let begun = Instant::now();
        handle.infer_borrowed(input).await?;
        times.push(begun.elapsed().as_secs_f64() * 1e6);
    }
    Ok(median(times))
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

fn rounded(value: f64) -> f64 {
    (value * 1_000.0).round() / 1_000.0
}

fn machine(threads: usize) -> String {
    let processors = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = processors.lines().find_map(|line| line.strip_prefix("model name")).and_then(|line| line.split_once(": "));
    let count = std::thread::available_parallelism().map_or(1, usize::from);
    format!("{}, {count} processors, {threads} threads a model", model.map_or("unknown processor", |(_, name)| name))
}
