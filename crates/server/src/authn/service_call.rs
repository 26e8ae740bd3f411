//! What a service says of its call: on whose behalf it calls, or for which resource.
//!
//! Only a caller that signs with the access key of a service may say so, in headers that its
//! signature covers. From anybody else such a header is refused, not passed over: whoever sends it
//! believes that it counts.
//!
//! A service may call on behalf of the principals of the account that registered it, and, if that
//! is the account which manages the organization, of any principal. A session is a session of its
//! role from the beginning of time, so that a policy which revokes older ones does not miss it. It has
//! none of the policies and tags that the session was made with: the ARN does not say them, and no
//! session is stored.

use std::sync::Arc;

use http::HeaderMap;
use keystead_core::arn::AccountId;
use keystead_core::identity::{IdentityKind, SessionFacts};
use keystead_core::time::Timestamp;
use keystead_wire::sigv4::SignedRequest;

use super::{Caller, Source, Via};
use crate::identities::{Identities, Member, Session};
use crate::protocol::Service;

/// The ARN of the principal on whose behalf a service calls.
const ON_BEHALF_OF: &str = "x-keystead-on-behalf-of";
/// The ARN of the resource for which a service calls.
const SOURCE_ARN: &str = "x-amz-source-arn";
/// The account of that resource.
const SOURCE_ACCOUNT: &str = "x-amz-source-account";

/// What a service says of its call.
#[derive(Debug, Default, PartialEq, Eq)]
struct Said<'a> {
    on_behalf_of: Option<&'a str>,
    source_arn: Option<&'a str>,
    source_account: Option<&'a str>,
}

/// A header speaks for somebody for whom its sender may not speak, or can't be read.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct NotAllowed;

/// Makes a caller of who signed: itself, or whom it speaks for.
///
/// Nobody is spoken for but to KMS: at the other services whoever is could be given credentials
/// that outlast the service's leave to speak.
pub(super) fn caller(
    member: Arc<Member>,
    service: Service,
    signed: &SignedRequest<'_>,
    headers: &HeaderMap,
    identities: &Identities,
    at: Timestamp,
) -> Result<Caller, NotAllowed> {
    let said = Said::read(headers, |name| {
        signed.signed_headers().any(|covered| covered == name)
    })?;
    let itself = Caller {
        member,
        access_key_id: signed.access_key_id().to_owned(),
        via: None,
        source: Source::default(),
        web_identity: None,
    };
    if said == Said::default() {
        return Ok(itself);
    }
    let identity = itself.member.identity();
    let IdentityKind::Service {
        name,
        registered_by,
    } = identity.kind()
    else {
        return Err(NotAllowed);
    };
    match said {
        Said {
            on_behalf_of: Some(arn),
            source_arn: None,
            source_account: None,
        } if service == Service::Kms => {
            let service = name.clone();
            let member = represented(arn, *registered_by, identities, at)?;
            Ok(Caller {
                member: Arc::new(member),
                via: Some(Via { service }),
                ..itself
            })
        }
        Said {
            on_behalf_of: None,
            source_arn,
            source_account,
        } => Ok(Caller {
            source: Source {
                arn: source_arn.map(str::to_owned),
                account: source_account.map(str::to_owned),
            },
            ..itself
        }),
        Said { .. } => Err(NotAllowed),
    }
}

fn represented(
    arn: &str,
    registered_by: AccountId,
    identities: &Identities,
    at: Timestamp,
) -> Result<Member, NotAllowed> {
    let session = Session::new(SessionFacts::between(Timestamp::from_millis(0), at));
    let member = identities.represented(arn, &session).ok_or(NotAllowed)?;
    let manages = |account| {
        let organization = identities.organization();
        organization.is_some_and(|entry| entry.record.management_account == account)
    };
    if member.identity().account() == registered_by || manages(registered_by) {
        Ok(member)
    } else {
        Err(NotAllowed)
    }
}

impl<'a> Said<'a> {
    fn read(headers: &'a HeaderMap, is_covered: impl Fn(&str) -> bool) -> Result<Self, NotAllowed> {
        let read = |name: &'static str| {
            let mut values = headers.get_all(name).iter();
            match (values.next(), values.next()) {
                (None, _) => Ok(None),
                (Some(value), None) if is_covered(name) => {
                    value.to_str().map(Some).map_err(|_| NotAllowed)
                }
                _ => Err(NotAllowed),
            }
        };
        Ok(Self {
            on_behalf_of: read(ON_BEHALF_OF)?,
            source_arn: read(SOURCE_ARN)?,
            source_account: read(SOURCE_ACCOUNT)?,
        })
    }
}

#[cfg(test)]
mod tests {
    use http::{HeaderName, HeaderValue};

    use super::*;

    fn headers(pairs: &[(&'static str, &str)]) -> HeaderMap {
        let header = |(name, value): &(&'static str, &str)| {
            let value = HeaderValue::from_bytes(value.as_bytes()).unwrap();
            (HeaderName::from_static(name), value)
        };
        pairs.iter().map(header).collect()
    }

    #[test]
    fn what_counts_is_covered_readable_and_said_once() {
        let all = headers(&[(ON_BEHALF_OF, "a"), (SOURCE_ACCOUNT, "b"), ("host", "h")]);
        let expected = Said {
            on_behalf_of: Some("a"),
            source_arn: None,
            source_account: Some("b"),
        };
        assert_eq!(Said::read(&all, |_| true), Ok(expected));
        let uncovered = |name: &str| name != ON_BEHALF_OF;
        assert_eq!(Said::read(&all, uncovered), Err(NotAllowed));
        let unreadable = headers(&[(SOURCE_ARN, "\u{e9}")]);
        assert_eq!(Said::read(&unreadable, |_| true), Err(NotAllowed));
        let mut twice = headers(&[(SOURCE_ARN, "a")]);
        twice.append(SOURCE_ARN, HeaderValue::from_static("b"));
        assert_eq!(Said::read(&twice, |_| true), Err(NotAllowed));
        assert_eq!(
            Said::read(&headers(&[("host", "h")]), |_| false),
            Ok(Said::default())
        );
    }
}
