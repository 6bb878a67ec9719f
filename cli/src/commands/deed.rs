//! `neurite deed`.

use super::Context;
use crate::{
    arguments::{DeedCommand, LinkArguments},
    chain::{calls, Call, Chain},
    engine::{parse_signature, Engine},
    output,
    signer::show_account,
    CliError,
};
use neurite_primitives::{
    ids::{NodePublic, NodeSignature},
    messages::LinkProof,
    view::DeedView,
    DeedId,
};
use serde_json::{json, Value};
use sp_runtime::AccountId32;

pub(super) async fn run(context: &Context<'_>, command: DeedCommand) -> Result<(), CliError> {
    match command {
        DeedCommand::List { owner } => list(context, owner).await,
        DeedCommand::Show { deed } => {
            let chain = context.chain().await?;
            print(context, &chain, deed).await
        }
        DeedCommand::Issue { deed, to } => change(context, deed, calls::deeds::issue(deed, &to).sudo()).await,
        DeedCommand::Transfer { deed, to } => change(context, deed, calls::deeds::transfer(deed, &to)).await,
        DeedCommand::Unlink { deed } => change(context, deed, calls::deeds::unlink(deed)).await,
        DeedCommand::Link(arguments) => link(context, arguments).await,
    }
}

async fn list(context: &Context<'_>, owner: Option<AccountId32>) -> Result<(), CliError> {
    let mut deeds = context.chain().await?.all_deeds().await?;
    deeds.retain(|deed| owner.is_none() || deed.owner == owner);
    context.output.data(&deeds.iter().map(as_json).collect::<Vec<_>>(), |_| {
        output::table(
            ["deed", "owner", "node", "eligible", "generation"],
            deeds.iter().map(|deed| {
                let account = |account: &Option<AccountId32>| account.as_ref().map_or("-".into(), show_account);
                [deed.id.to_string(), account(&deed.owner), account(&deed.node_account), yes(deed.eligible), deed.generation.to_string()]
            }),
        )
    });
    Ok(())
}

async fn change(context: &Context<'_>, deed: DeedId, call: Call) -> Result<(), CliError> {
    let signer = context.signer()?;
    let chain = context.chain().await?;
    chain.send(&signer, &call).await?;
    print(context, &chain, deed).await
}

async fn link(context: &Context<'_>, arguments: LinkArguments) -> Result<(), CliError> {
    let signer = context.signer()?;
    let chain = context.chain().await?;
    let (node, proof) = possession(&chain, signer.account(), &arguments).await?;
    chain.send(&signer, &calls::deeds::link(arguments.deed, &node, &proof)).await?;
    print(context, &chain, arguments.deed).await
}

/// Returns the node's key and the proof that its engine gives for the deed as it stands now, or those that were typed.
async fn possession(chain: &Chain, owner: AccountId32, arguments: &LinkArguments) -> Result<(NodePublic, NodeSignature), CliError> {
    if let (Some(node), Some(proof)) = (arguments.node, &arguments.proof) {
        let proof = parse_signature(proof).map_err(|reason| CliError::Signer { reason })?;
        return Ok((node, proof));
    }
    let (Some(engine), Some(token_file)) = (&arguments.engine, &arguments.token_file) else {
        return Err(CliError::Signer { reason: "name an engine and its token, or a node and its proof".into() });
    };
    let generation = find(chain, arguments.deed).await?.generation;
    let engine = Engine::new(engine)?;
    let node = engine.identity().await?.node_public;
    let proof = LinkProof { genesis: chain.genesis(), deed: arguments.deed, owner, generation };
    Ok((node, engine.link_proof(token_file, &proof).await?))
}

async fn find(chain: &Chain, deed: DeedId) -> Result<DeedView, CliError> {
    chain.deed(deed).await?.ok_or_else(|| CliError::NotFound { what: format!("deed {deed}") })
}

async fn print(context: &Context<'_>, chain: &Chain, deed: DeedId) -> Result<(), CliError> {
    let deed = find(chain, deed).await?;
    context.output.data(&as_json(&deed), |_| {
        output::pairs([
            ("deed", deed.id.to_string()),
            ("owner", deed.owner.as_ref().map_or("not issued".into(), show_account)),
            ("node", deed.node_account.as_ref().map_or("none".into(), show_account)),
            ("node key", deed.node.map_or("-".into(), |node| format!("0x{}", hex::encode(node.0)))),
            ("eligible", yes(deed.eligible)),
            ("active from epoch", deed.active_from.map_or("-".into(), |epoch| epoch.to_string())),
            ("generation", deed.generation.to_string()),
        ])
    });
    Ok(())
}

fn as_json(deed: &DeedView) -> Value {
    json!({
        "deed": deed.id,
        "owner": deed.owner.as_ref().map(show_account),
        "node": deed.node_account.as_ref().map(show_account),
        "node_public": deed.node.map(|node| format!("0x{}", hex::encode(node.0))),
        "eligible": deed.eligible,
        "active_from": deed.active_from,
        "generation": deed.generation,
        "specs_committed": deed.specs.is_some(),
    })
}

fn yes(it: bool) -> String {
    if it { "yes" } else { "no" }.into()
}
