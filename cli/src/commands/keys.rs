//! `neurite keys`.

use super::Context;
use crate::{
    arguments::KeysCommand,
    output,
    signer::{show_account, Signer},
    CliError,
};
use serde_json::json;

pub(super) fn run(context: &Context<'_>, command: KeysCommand) -> Result<(), CliError> {
    let signer = match command {
        KeysCommand::New { file } => {
            let signer = Signer::create(&file)?;
            context.output.talk(&format!("wrote {}; whoever has it can spend from the account", file.display()));
            signer
        }
        KeysCommand::Show => context.signer()?,
    };
    let value = json!({ "account": show_account(&signer.account()), "public": format!("0x{}", hex::encode(signer.public().0)), "scheme": "sr25519" });
    let text = |key: &str| value[key].as_str().unwrap_or_default().to_owned();
    context.output.data(&value, |_| output::pairs([("account", text("account")), ("public", text("public")), ("scheme", text("scheme"))]));
    Ok(())
}
