//! Parsing, and a snapshot of every help text.

use super::*;
use crate::amount::{Amount, NEU};
use clap::CommandFactory;

fn parse(line: &str) -> Result<Arguments, clap::Error> {
    Arguments::try_parse_from(std::iter::once("neurite").chain(line.split_whitespace()))
}

#[test]
fn the_definition_is_sound() {
    Arguments::command().debug_assert();
}

#[test]
fn global_options_may_follow_the_command() {
    let arguments = parse("job list --url ws://10.0.0.1:9944 --json --signer //Bob").unwrap();
    assert_eq!(arguments.global.url, "ws://10.0.0.1:9944");
    assert!(arguments.global.json);
    assert_eq!(arguments.global.signer.as_deref(), Some("//Bob"));
}

#[test]
fn submit_has_defaults_for_all_but_the_file() {
    let Command::Job(JobCommand::Submit(submit)) = parse("job submit a.json --watch").unwrap().command else { panic!("not submit") };
    assert!(submit.watch);
    assert_eq!((submit.workers, submit.steps, submit.reward), (1, 10, Amount(30 * NEU)));
    assert_eq!(submit.complete_within, Span { millis: 1_800_000 });
    assert!(parse("job submit").is_err());
}

#[test]
fn jobs_are_named_alone_or_with_their_sender() {
    let alone: JobName = "7".parse().unwrap();
    assert_eq!(alone, JobName { sender: None, id: 7 });
    let named: JobName = "//Alice/7".parse().unwrap();
    assert_eq!(named, JobName { sender: Some(parse_account("//Alice").unwrap()), id: 7 });
    assert!("//Alice".parse::<JobName>().is_err() && "x/1".parse::<JobName>().is_err() && "-1".parse::<JobName>().is_err());
}

#[test]
fn nodes_are_named_by_deed_or_account() {
    assert_eq!("12".parse(), Ok(NodeName::Deed(12)));
    assert_eq!("//Bob".parse(), Ok(NodeName::Account(parse_account("//Bob").unwrap())));
    assert!("".parse::<NodeName>().is_err() && "99999999999".parse::<NodeName>().is_err() && "bob".parse::<NodeName>().is_err());
}

#[test]
fn the_current_epoch_needs_no_number() {
    let Command::Epoch(EpochCommand::Show { epoch }) = parse("epoch show").unwrap().command else { panic!("not show") };
    assert_eq!(epoch, None);
    assert!(parse("epoch show 7").is_ok() && parse("epoch show -1").is_err() && parse("epoch").is_err());
}

#[test]
fn a_link_needs_an_engine_with_its_token_or_a_proof_with_its_node() {
    let node = format!("0x02{}", "11".repeat(32));
    assert!(parse("deed link 1 --engine http://127.0.0.1:1 --token-file t").is_ok());
    assert!(parse(&format!("deed link 1 --node {node} --proof 0x00")).is_ok());
    assert!(parse("deed link 1").is_err());
    assert!(parse("deed link 1 --engine http://127.0.0.1:1").is_err());
    assert!(parse("deed link 1 --proof 0x00").is_err());
}

#[test]
fn a_network_has_one_to_sixteen_workers() {
    assert!(parse("dev --workers 0").is_err() && parse("dev --workers 17").is_err() && parse("dev --workers 16").is_ok());
}

#[test]
fn spans_are_read_with_their_unit() {
    assert_eq!("90s".parse(), Ok(Span { millis: 90_000 }));
    assert_eq!("1d".parse(), Ok(Span { millis: 86_400_000 }));
    for text in ["", "5", "m", "1.5h", "-3s", "99999999999999999d"] {
        assert!(text.parse::<Span>().is_err(), "{text}");
    }
}

/// Compares every help text with `tests/help.txt`; `UPDATE_SNAPSHOTS=1` writes it.
#[test]
fn help_texts_are_as_committed() {
    let mut text = String::new();
    let mut command = Arguments::command().term_width(100);
    // Gives every subcommand its whole name, as a person sees it.
    command.build();
    collect(&mut command, "", &mut text);
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/help.txt");
    if std::env::var_os("UPDATE_SNAPSHOTS").is_some() {
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, &text).unwrap();
    }
    let committed = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(committed == text, "help changed: run with UPDATE_SNAPSHOTS=1 and commit {}\n{text}", path.display());
}

fn collect(command: &mut clap::Command, path: &str, text: &mut String) {
    let path = format!("{path} {}", command.get_name()).trim().to_owned();
    // Environment variables of whoever runs the tests must not show.
    *command = command.clone().mut_args(|argument| argument.hide_env_values(true));
    text.push_str(&format!("$ {path} --help\n{}\n", command.render_long_help().to_string().trim_end()));
    for subcommand in command.get_subcommands_mut().filter(|subcommand| subcommand.get_name() != "help") {
        collect(subcommand, &path, text);
    }
}
