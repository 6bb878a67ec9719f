//! `neurite job`.

use super::Context;
use crate::{
    arguments::{JobCommand, JobName, SubmitArguments},
    chain::{calls, Chain},
    engine::Engine,
    job::{
        results::Results,
        spec, view,
        watch::{ensure_completed, Watcher},
    },
    signer::show_account,
    CliError,
};
use neurite_primitives::{view::JobView, JobId, JobKey};
use serde_json::Value;
use sp_runtime::AccountId32;

pub(super) async fn run(context: &Context<'_>, command: JobCommand) -> Result<(), CliError> {
    match command {
        JobCommand::Submit(arguments) => submit(context, arguments).await,
        JobCommand::List { sender } => list(context, sender).await,
        JobCommand::Show { job, engine } => show(context, job, engine).await,
        JobCommand::Cancel { id } => cancel(context, id).await,
    }
}

async fn submit(context: &Context<'_>, arguments: SubmitArguments) -> Result<(), CliError> {
    let signer = context.signer()?;
    let document = spec::read_document(&arguments.file)?;
    let chain = context.chain().await?;
    let now = chain.network().await?.now;
    let spec = spec::job_spec(&arguments, document, now)?;
    let key = chain.submit_job(&signer, &spec).await?;
    context.output.talk(&format!("submitted {}", view::key(&key)));
    if !arguments.watch {
        let job = chain.job(&key).await?.ok_or_else(|| not_found(&key))?;
        return print(context, &job, None);
    }
    let engine = arguments.engine.as_deref().map(Engine::new).transpose()?;
    let with_results = engine.is_some();
    let mut watcher = Watcher::new(&chain, engine, key);
    let job = watcher.follow(context.output).await?;
    print(context, &job, with_results.then_some(&watcher.results))?;
    ensure_completed(&job)
}

async fn list(context: &Context<'_>, sender: Option<AccountId32>) -> Result<(), CliError> {
    let chain = context.chain().await?;
    let jobs = match sender {
        Some(sender) => chain.all_jobs_of(&sender).await?,
        None => chain.all_live_jobs().await?,
    };
    context.output.data(&jobs.iter().map(view::json).collect::<Vec<_>>(), |_| view::list(&jobs));
    Ok(())
}

async fn show(context: &Context<'_>, name: JobName, engine: Option<String>) -> Result<(), CliError> {
    let sender = match name.sender {
        Some(sender) => sender,
        None => context.signer()?.account(),
    };
    let key = JobKey { sender, id: name.id };
    let chain = context.chain().await?;
    let job = chain.job(&key).await?.ok_or_else(|| not_found(&key))?;
    let Some(engine) = engine else { return print(context, &job, None) };
    let mut results = Results::default();
    results.collect(&Engine::new(&engine)?.jobs().await?, &show_account(&key.sender), key.id);
    print(context, &job, Some(&results))
}

async fn cancel(context: &Context<'_>, id: JobId) -> Result<(), CliError> {
    let signer = context.signer()?;
    let chain: Chain = context.chain().await?;
    chain.send(&signer, &calls::jobs::cancel(id)).await?;
    let key = JobKey { sender: signer.account(), id };
    let job = chain.job(&key).await?.ok_or_else(|| not_found(&key))?;
    print(context, &job, None)
}

fn print(context: &Context<'_>, job: &JobView, results: Option<&Results>) -> Result<(), CliError> {
    let mut value = view::json(job);
    if let (Some(results), Value::Object(fields)) = (results, &mut value) {
        fields.insert("results".into(), results.json(job));
    }
    context.output.data(&value, |_| match results {
        Some(results) => format!("{}\n\n{}", view::show(job), results.render(job)),
        None => view::show(job),
    });
    Ok(())
}

fn not_found(key: &JobKey) -> CliError {
    CliError::NotFound { what: format!("job {}", view::key(key)) }
}
