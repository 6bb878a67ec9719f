//! What turns processes into a network: the supervisor is named, every worker gets a deed, and specs are committed.
//!
//! Each step looks first and does only what is missing.

use super::{wait_for, Announcement, Processes, Worker, OWNERS, SUDO};
use crate::{
    chain::{calls, Call, Chain},
    signer::{parse_account, parse_node_public, Signer},
    CliError,
};
use futures::future::try_join_all;
use neurite_primitives::{messages::LinkProof, view::DeedView, DeedId};
use sp_runtime::AccountId32;
use std::{collections::BTreeSet, time::Duration};

/// How long a worker may take to commit its specs: a few blocks and its benchmark.
const COMMITTING: Duration = Duration::from_secs(120);

/// Names the supervisor's account as the one that assigns for senders who name none.
pub(super) async fn set_supervisor(chain: &Chain, supervisor: &Announcement) -> Result<(), CliError> {
    let unreadable = |reason: String| CliError::Process { name: "supervisor".into(), reason };
    let account = parse_account(&supervisor.account).map_err(unreadable)?;
    if chain.network().await?.supervisor.as_ref() == Some(&account) {
        return Ok(());
    }
    chain.send(&Signer::resolve(SUDO)?, &calls::jobs::set_supervisor(Some(&account)).sudo()).await
}

/// Gives every worker a linked deed and waits for its specs.
pub(super) async fn link_deeds(chain: &Chain, processes: &mut Processes, workers: &mut [Worker]) -> Result<(), CliError> {
    let deeds = chain.all_deeds().await?;
    let total = chain.network().await?.deeds;
    let mut owners = Vec::new();
    for worker in workers.iter() {
        owners.push(Signer::resolve(worker.owner)?);
    }
    let nodes: Vec<(AccountId32, AccountId32)> =
        workers.iter().zip(&owners).map(|(worker, owner)| (worker.account.clone(), owner.account())).collect();
    let choices = choose(&deeds, total, &nodes).ok_or_else(|| CliError::NotFound { what: "deed left to issue".into() })?;
    let issues: Vec<Call> = choices
        .iter()
        .zip(&nodes)
        .filter(|(choice, _)| choice.issue)
        .map(|(choice, (_, owner))| calls::deeds::issue(choice.deed, owner))
        .collect();
    chain.send_all_as_root(&Signer::resolve(SUDO)?, issues).await?;
    // One transaction per owner at a time: each needs the nonce after the last.
    let indices: Vec<usize> = (0..workers.len()).filter(|index| choices[*index].link).collect();
    for turn in indices.chunks(OWNERS.len()) {
        try_join_all(turn.iter().map(|index| link(chain, &owners[*index], &workers[*index], choices[*index].deed))).await?;
    }
    for (worker, choice) in workers.iter_mut().zip(&choices) {
        let committed = || async { Ok(chain.deed(choice.deed).await?.filter(|deed| deed.specs.is_some() && deed.eligible)) };
        wait_for(processes, &format!("{} to commit its specs", worker.alias), COMMITTING, committed).await?;
        worker.deed = Some(choice.deed);
    }
    Ok(())
}

async fn link(chain: &Chain, owner: &Signer, worker: &Worker, deed: DeedId) -> Result<(), CliError> {
    let generation = chain.deed(deed).await?.map_or(0, |deed| deed.generation);
    let proof = LinkProof { genesis: chain.genesis(), deed, owner: owner.account(), generation };
    let signature = worker.engine()?.link_proof(&worker.base.join("api-token"), &proof).await?;
    let unreadable = |reason: String| CliError::Process { name: worker.alias.clone(), reason };
    let node = parse_node_public(&worker.announcement.node_public).map_err(unreadable)?;
    chain.send(owner, &calls::deeds::link(deed, &node, &signature)).await
}

/// What is to be done so that a node has a deed.
#[derive(Debug, PartialEq, Eq)]
struct Choice {
    deed: DeedId,
    issue: bool,
    link: bool,
}

/// Chooses a deed for every node, given as account and owner: the one that it has, else a free one of its owner, else a new one.
fn choose(deeds: &[DeedView], total: u32, nodes: &[(AccountId32, AccountId32)]) -> Option<Vec<Choice>> {
    let mut taken: BTreeSet<DeedId> = deeds.iter().filter(|deed| deed.node.is_some()).map(|deed| deed.id).collect();
    let issued: BTreeSet<DeedId> = deeds.iter().filter(|deed| deed.owner.is_some()).map(|deed| deed.id).collect();
    let mut choices = Vec::new();
    for (account, owner) in nodes {
        if let Some(own) = deeds.iter().find(|deed| deed.node_account.as_ref() == Some(account)) {
            choices.push(Choice { deed: own.id, issue: false, link: false });
            continue;
        }
        let free = deeds.iter().find(|deed| deed.owner.as_ref() == Some(owner) && !taken.contains(&deed.id));
        let new = || (0..total).find(|deed| !issued.contains(deed) && !taken.contains(deed));
        let choice = match free {
            Some(free) => Choice { deed: free.id, issue: false, link: true },
            None => Choice { deed: new()?, issue: true, link: true },
        };
        taken.insert(choice.deed);
        choices.push(choice);
    }
    Some(choices)
}

#[cfg(test)]
mod tests {
    use super::*;
    use neurite_primitives::ids::NodePublic;

    fn account(number: u8) -> AccountId32 {
        AccountId32::new([number; 32])
    }

    fn deed(id: DeedId, owner: u8, node: Option<u8>) -> DeedView {
        DeedView {
            id,
            owner: Some(account(owner)),
            node: node.map(|_| NodePublic::from_raw([2; 33])),
            node_account: node.map(account),
            generation: 0,
            active_from: None,
            eligible: node.is_some(),
            specs: None,
            lifetime: 0,
            terms: Default::default(),
            epochs: Vec::new(),
        }
    }

    #[test]
    fn a_new_chain_issues_a_deed_for_each() {
        let choices = choose(&[], 4, &[(account(11), account(1)), (account(12), account(2))]).unwrap();
        assert_eq!(choices, [Choice { deed: 0, issue: true, link: true }, Choice { deed: 1, issue: true, link: true }]);
    }

    #[test]
    fn what_is_linked_stays_and_what_is_free_is_used() {
        let deeds = [deed(0, 1, Some(11)), deed(1, 2, None), deed(2, 3, Some(99))];
        let nodes = [(account(11), account(1)), (account(12), account(2)), (account(13), account(3))];
        let choices = choose(&deeds, 4, &nodes).unwrap();
        assert_eq!(
            choices,
            [
                Choice { deed: 0, issue: false, link: false },
                Choice { deed: 1, issue: false, link: true },
                Choice { deed: 3, issue: true, link: true }
            ]
        );
    }

    #[test]
    fn two_nodes_of_an_owner_get_two_deeds_and_no_deed_is_left_in_the_end() {
        let deeds = [deed(0, 1, None)];
        let nodes = [(account(11), account(1)), (account(12), account(1))];
        assert_eq!(choose(&deeds, 2, &nodes).unwrap().iter().map(|choice| choice.deed).collect::<Vec<_>>(), [0, 1]);
        assert_eq!(choose(&deeds, 1, &nodes), None);
    }
}
