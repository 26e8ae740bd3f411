//! The one call that nobody signs: `AssumeRoleWithWebIdentity`, whose caller shows a token of an
//! identity provider instead.

use std::sync::Arc;

use http::request::Parts;
use http::{Method, header};
use keystead_core::time::Timestamp;
use keystead_wire::ApiError;
use keystead_wire::query::{Input as _, QueryRequest};
use keystead_wire::sigv4::{SigV4Error, SignedRequest};
use keystead_wire::sts::{self, input};

use super::{Authenticated, Caller, Rejected, Source};
use crate::identities::{Identities, Member};
use crate::incoming::Incoming;
use crate::operation::Operation as _;
use crate::ops::AssumeRoleWithWebIdentity;
use crate::protocol::Service;
use crate::region::Regions;
use crate::sessions::web_identity::{TokenError, VerifiedToken, WebIdentities};
use crate::spans::CallSpan;
use crate::target::role_account;

/// The longest body of such a call, in bytes: a token of 20,000 characters, a session policy of
/// 2,048 that are percent-encoded, and ten ARNs.
pub(crate) const MAX_BODY_BYTES: usize = 64 * 1024;

/// Whether the head of a request is one that an unsigned call may have.
pub(crate) fn may_be_unsigned(head: &Parts) -> bool {
    let content_type = head.headers.get(header::CONTENT_TYPE);
    let is_form = content_type.is_some_and(|value| {
        value
            .as_bytes()
            .starts_with(b"application/x-www-form-urlencoded")
    });
    head.method == Method::POST && is_form && is_unsigned(head)
}

/// Whether this is such a call.
pub(crate) fn is_one(request: &Incoming) -> bool {
    is_unsigned(&request.parts)
        && query(request).is_ok_and(|query| {
            query.action() == AssumeRoleWithWebIdentity::NAME
                && query.version() == Some(sts::VERSION)
        })
}

/// Finds out who calls: verifies the token.
///
/// # Errors
/// [`Rejected`], if the parameters break the model or the token does not count.
pub(crate) async fn authenticate(
    request: Incoming,
    identities: &Identities,
    regions: &Regions,
    tokens: &WebIdentities,
    at: Timestamp,
) -> Result<Authenticated, Rejected> {
    let member_and_token = verify(&request, identities, tokens, at).await;
    let (member, token) = member_and_token.map_err(|error| Rejected {
        error,
        service: Service::Sts,
    })?;
    let region = Arc::clone(regions.serving(""));
    Ok(Authenticated {
        caller: Caller {
            member: Arc::new(member),
            access_key_id: String::new(),
            via: None,
            source: Source::default(),
            web_identity: Some(Box::new(token)),
        },
        service: Service::Sts,
        requested_region: None,
        region,
        request,
        at,
        span: CallSpan::default(),
    })
}

async fn verify(
    request: &Incoming,
    identities: &Identities,
    tokens: &WebIdentities,
    at: Timestamp,
) -> Result<(Member, VerifiedToken), ApiError> {
    let input = input::AssumeRoleWithWebIdentity::decode(&query(request)?)?;
    let account = role_account(&input.role_arn)
        .ok_or_else(|| ApiError::client("ValidationError", "Request ARN is invalid"))?;
    let token = input.web_identity_token.expose();
    let verified = tokens.verify(token, at, account, identities).await;
    let (provider, token) = verified
        .inspect_err(report)
        .map_err(|error| error.to_api_error())?;
    let member = identities.web_identity(&provider.record, token.audience(), token.subject());
    let member = member.ok_or_else(|| Service::Sts.unknown_credentials())?;
    Ok((member, token))
}

/// The operator hears of what the caller can't mend.
fn report(error: &TokenError) {
    match error {
        TokenError::Invalid { .. } | TokenError::Expired { .. } => {}
        error => {
            let error = crate::causes::Causes(error);
            tracing::warn!(%error, "a token can't be verified");
        }
    }
}

fn is_unsigned(head: &Parts) -> bool {
    // Nearly every call is signed in this header, and need not be looked at more closely.
    let authorization = head.headers.get(header::AUTHORIZATION);
    if authorization.is_some_and(|value| value.as_bytes().starts_with(b"AWS4-")) {
        return false;
    }
    let signed = SignedRequest::parse(&head.method, &head.uri, &head.headers);
    matches!(signed, Err(SigV4Error::MissingAuthentication))
}

fn query(request: &Incoming) -> Result<QueryRequest, ApiError> {
    let parts = &request.parts;
    QueryRequest::from_request(&parts.method, &parts.uri, &request.body)
}
