//! `keystead key grants revoke` and `retire`.

use clap::Args;
use serde_json::json;

use crate::key::error::KeyError;
use crate::key::session::Session;

/// Which grant is taken back.
#[derive(Debug, Args)]
pub(super) struct RevokeArguments {
    /// The key: its id, its ARN, or alias/NAME
    key: String,

    /// The grant; `keystead key grants KEY` lists them
    grant_id: String,
}

/// Which grant is ended.
#[derive(Debug, Args)]
pub(super) struct RetireArguments {
    /// The key: its id, its ARN, or alias/NAME
    #[arg(required_unless_present = "token", requires = "grant_id")]
    key: Option<String>,

    /// The grant
    grant_id: Option<String>,

    /// The grant by the token that its making answered, instead of key and id
    #[arg(long, conflicts_with = "key")]
    token: Option<String>,
}

/// Takes a grant back.
pub(super) fn revoke(arguments: &RevokeArguments, session: &Session) -> Result<(), KeyError> {
    let key = session.key(&arguments.key)?;
    let input = json!({"KeyId": key, "GrantId": arguments.grant_id});
    let answer = session.call("RevokeGrant", &input)?;
    session.say(&answer, || "The grant is revoked.\n".to_owned());
    Ok(())
}

/// Ends a grant.
pub(super) fn retire(arguments: &RetireArguments, session: &Session) -> Result<(), KeyError> {
    let key = arguments
        .key
        .as_deref()
        .map(|key| arn(session, key))
        .transpose()?;
    let input = json!({
        "KeyId": key,
        "GrantId": arguments.grant_id,
        "GrantToken": arguments.token,
    });
    let answer = session.call("RetireGrant", &input)?;
    session.say(&answer, || "The grant is retired.\n".to_owned());
    Ok(())
}

/// RetireGrant takes an ARN and no id ("RetireGrant" in the KMS API reference).
fn arn(session: &Session, key: &str) -> Result<String, KeyError> {
    match key.starts_with("arn:") {
        true => session.key(key),
        false => session.arn(key),
    }
}
