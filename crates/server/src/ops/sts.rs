//! The operations of STS.
//!
//! Those that give out credentials differ in whose session they open and in who may ask; what they
//! share is here in `duration`, `mfa`, `session_policies`, `session_tags` and `restriction`.
//!
//! Source: "Requesting temporary security credentials" and "Comparing AWS STS credentials" in the
//! IAM guide.

mod assume_role;
mod assume_role_with_web_identity;
mod authorization_message;
mod duration;
mod federation_token;
mod get_caller_identity;
mod key_info;
mod mfa;
mod packed_size;
mod restriction;
mod role_session;
mod session_policies;
mod session_tags;
mod session_token;

use keystead_wire::model::Sensitive;
use keystead_wire::query::Iso8601;
use keystead_wire::sts::{input, output};

pub use self::assume_role::AssumeRole;
pub use self::assume_role_with_web_identity::AssumeRoleWithWebIdentity;
pub use self::federation_token::GetFederationToken;
pub use self::get_caller_identity::GetCallerIdentity;
use super::management::operations;
use crate::fault::Fault;
use crate::sessions::TemporaryCredentials;
use crate::target::Named;

operations! { Sts "sts" Query;
    /// Tells in clear why a call was denied.
    DecodeAuthorizationMessage: read, on account =>
        authorization_message::decode => output::DecodeAuthorizationMessage;

    /// Tells whose an access key is.
    GetAccessKeyInfo: read, on account => key_info::tell => output::GetAccessKeyInfo;

    /// Gives temporary credentials of the caller itself. It takes no permission, and none can be
    /// denied.
    GetSessionToken: issue, on anything => session_token::give => output::GetSessionToken;
}

const fn account<I>(_: &I) -> Named<'_> {
    Named::Account
}

const fn anything<I>(_: &I) -> Named<'_> {
    Named::Anything
}

/// Credentials as the API writes them.
fn written(credentials: TemporaryCredentials) -> output::Credentials {
    output::Credentials {
        access_key_id: credentials.access_key_id,
        secret_access_key: Sensitive::new(credentials.secret_access_key),
        session_token: Sensitive::new(credentials.session_token),
        expiration: Iso8601(credentials.expires.as_millis()),
    }
}

/// An input that breaks a rule which the API model does not state.
fn invalid(message: impl Into<String>) -> Fault {
    let message = message.into();
    Fault::Validation { message }
}

/// A refusal that no policy can lift.
fn denied(message: impl Into<String>) -> Fault {
    let message = message.into();
    Fault::AccessDenied { message }
}
