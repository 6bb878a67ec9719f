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

use neurite_report::{by_round, machine, median, Report, Row};
use neurite_serving::{DataView, DeviceChoice, ModelHandle, ModelSpec, ServingConfig, ServingManager, Tensor};
use ort::{
    environment::Environment,
    session::{Session, SessionInputValue},
    value::TensorRef,
};

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
    /// The throughput that is to be reached.
    goal: &'static str,
    /// The microseconds that may be added.
    added_goal: &'static str,
}

const CASES: [Case; 4] = [small(1), small(32), large(1, "ratio >= 0.90"), large(32, "ratio >= 0.95")];

const fn small(batch: usize) -> Case {
    Case { input: "small", model: "digits.onnx", shape: &[64], batch, goal: "", added_goal: "value <= 20" }
}

const fn large(batch: usize, goal: &'static str) -> Case {
    Case { input: "large", model: "conv.onnx", shape: &[3, 224, 224], batch, goal, added_goal: "" }
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
    println!("{report}");
    if let Some(path) = options.json {
        report.write(&path)?;
    }
    Ok(())
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
    Ok(Report { suite: "serving", machine: format!("{}, {} threads a model", machine(), options.threads), rows })
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
    let added = median(by_round(&served_latency, &bare_latency, |served, bare| served - bare));
    let rows = [
        Row { goal: case.goal, ..Row::of_rates("throughput", "inferences/s", served, bare) },
        Row::of_times("latency", "us", served_latency, bare_latency),
        Row { goal: case.added_goal, ..Row::new("added_us", added, "us") },
    ];
    Ok(rows.map(|row| Row { input: Some(case.input.into()), batch: Some(case.batch), ..row }).to_vec())
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
