//! The authentication room: who calls.
//!
//! Its door is [`Authenticated`]. Nothing but [`authenticate`] makes one, and it does so only for
//! a request that is signed with a known access key, for this service, this Region and this time.

mod service_call;
pub(crate) mod web_identity;

use std::sync::Arc;

use http::request::Parts;
use keystead_core::arn::AccountId;
use keystead_core::identity::{Identity, IdentityKind};
use keystead_core::time::Timestamp;
use keystead_wire::ApiError;
use keystead_wire::sigv4::{SigV4Error, SignedRequest};

use crate::identities::{Identities, KnownCredentials, Member};
use crate::incoming::Incoming;
use crate::protocol::Service;
use crate::region::{RegionRoom, Regions};
use crate::sessions::web_identity::VerifiedToken;
use crate::sessions::{NoSession, Sessions};
use crate::spans::CallSpan;

/// The answer to whoever says what only services may say.
const SERVICES_ONLY: &str = "Only a service may say on whose behalf, or for which resource, it calls, in a header that is signed.";

/// Who calls, and with which access key.
#[derive(Debug)]
pub struct Caller {
    member: Arc<Member>,
    access_key_id: String,
    via: Option<Via>,
    source: Source,
    web_identity: Option<Box<VerifiedToken>>,
}

/// The service that calls on behalf of the caller.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Via {
    service: String,
}

impl Via {
    /// The service as `kms:ViaService` has it: `s3.us-east-1.amazonaws.com`.
    #[must_use]
    pub fn service(&self) -> &str {
        &self.service
    }

    /// The service as `aws:CalledVia` has it, without its Region: `s3.amazonaws.com`.
    #[must_use]
    pub fn principal(&self) -> String {
        match self.service.split('.').collect::<Vec<_>>().as_slice() {
            [name, _region, "amazonaws", "com"] => format!("{name}.amazonaws.com"),
            _ => self.service.clone(),
        }
    }
}

/// The resource for which a service calls on its own behalf, as far as it says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Source {
    /// The resource's ARN.
    pub arn: Option<String>,
    /// The resource's account.
    pub account: Option<String>,
}

impl Caller {
    /// The principal.
    #[must_use]
    pub fn member(&self) -> &Member {
        &self.member
    }

    /// The access key that signed.
    #[must_use]
    pub fn access_key_id(&self) -> &str {
        &self.access_key_id
    }

    /// The service that forwards the call; `None` if the caller calls itself.
    #[must_use]
    pub const fn via(&self) -> Option<&Via> {
        self.via.as_ref()
    }

    /// The token that vouches for the caller, which has no credentials; `None` of all others.
    #[must_use]
    pub fn web_identity(&self) -> Option<&VerifiedToken> {
        self.web_identity.as_deref()
    }

    /// For which resource a service calls.
    #[must_use]
    pub const fn source(&self) -> &Source {
        &self.source
    }
}

/// A door: a request of a known caller, to a known service in a Region that is served here.
pub struct Authenticated {
    caller: Caller,
    service: Service,
    region: Arc<RegionRoom>,
    /// The Region that was signed for, if it is another than the one that serves the call.
    requested_region: Option<String>,
    request: Incoming,
    at: Timestamp,
    span: CallSpan,
}

impl Authenticated {
    /// Who calls.
    #[must_use]
    pub const fn caller(&self) -> &Caller {
        &self.caller
    }

    /// The service that is called.
    #[must_use]
    pub const fn service(&self) -> Service {
        self.service
    }

    /// The Region that serves the call.
    #[must_use]
    pub const fn region(&self) -> &Arc<RegionRoom> {
        &self.region
    }

    /// The Region that the request was signed for, which global services have not in common with
    /// the one that serves it.
    #[must_use]
    pub fn requested_region(&self) -> &str {
        self.requested_region
            .as_deref()
            .unwrap_or_else(|| self.region.region().as_str())
    }

    /// The request itself.
    #[must_use]
    pub const fn request(&self) -> &Incoming {
        &self.request
    }

    /// When it was taken in.
    #[must_use]
    pub const fn at(&self) -> Timestamp {
        self.at
    }

    /// Its span.
    pub(crate) const fn span(&self) -> &CallSpan {
        &self.span
    }

    /// The same call with a span.
    pub(crate) fn traced(self, span: CallSpan) -> Self {
        Self { span, ..self }
    }
}

/// A request that was turned away at this door. It has no caller, and so no audit record.
#[derive(Debug)]
pub struct Rejected {
    error: ApiError,
    service: Service,
}

impl Rejected {
    /// What the client is told.
    #[must_use]
    pub const fn error(&self) -> &ApiError {
        &self.error
    }

    /// In whose words.
    #[must_use]
    pub const fn service(&self) -> Service {
        self.service
    }
}

/// What signatures are worth.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trust {
    /// They are verified.
    Signatures,
    /// Development mode: whoever sends any is the root user of an account, the one that the access
    /// key id names if it is 12 digits.
    Anyone {
        /// The account otherwise.
        account: AccountId,
    },
}

/// Whose credentials are known.
#[derive(Debug, Clone, Copy)]
pub struct Known<'a> {
    /// Those of users and services.
    pub identities: &'a Identities,
    /// Temporary ones.
    pub sessions: &'a Sessions,
}

/// Finds out who calls.
///
/// # Errors
/// [`Rejected`], in the words of the service that was called.
pub fn authenticate(
    request: Incoming,
    known: Known<'_>,
    regions: &Regions,
    trust: Trust,
    at: Timestamp,
) -> Result<Authenticated, Rejected> {
    let parts = &request.parts;
    let signed = SignedRequest::parse(&parts.method, &parts.uri, &parts.headers)
        .map_err(|error| reject(Service::guess(parts, &request.body), &error))?;
    let service = Service::of_scope(signed.scope().service())
        .unwrap_or_else(|| Service::guess(parts, &request.body));
    let caller = match trust {
        Trust::Signatures => verified(&signed, &request, service, known, regions, at),
        // The Region is part of every ARN, so that even whoever is trusted must name one served.
        Trust::Anyone { account } => signed
            .check_scope(service.scope_name(), regions.names_for(service))
            .map_err(Refusal::from)
            .and_then(|()| anyone(&signed, known, account, at)),
    }
    .map_err(|refusal| match refusal {
        Refusal::Signature(error) => reject(service, &error),
        Refusal::UnknownCredentials => Rejected {
            error: service.unknown_credentials(),
            service,
        },
        Refusal::ExpiredCredentials => Rejected {
            error: service.expired_credentials(),
            service,
        },
        Refusal::NotAllowed => Rejected {
            error: service.access_denied(SERVICES_ONLY),
            service,
        },
    })?;
    let requested = signed.scope().region();
    let region = Arc::clone(regions.serving(requested));
    let is_other = requested != region.region().as_str();
    let requested_region = is_other.then(|| requested.to_owned());
    drop(signed);
    Ok(Authenticated {
        caller,
        service,
        region,
        requested_region,
        request,
        at,
        span: CallSpan::default(),
    })
}

/// Whether the head of a request names an access key that [`authenticate`] would look further at. It
/// says nothing of the signature, which covers the body.
pub(crate) fn names_known_key(head: &Parts, known: Known<'_>, trust: Trust) -> bool {
    // Nearly all requests are signed in a header with a long-term key. It would take twice as long to read the whole
    // head here and then again.
    if let (Trust::Signatures, Some(id), None) = (
        trust,
        SignedRequest::named_access_key_id(&head.headers),
        head.headers.get("x-amz-security-token"),
    ) {
        return known.identities.access_key(id).is_some();
    }
    SignedRequest::parse(&head.method, &head.uri, &head.headers).is_ok_and(|signed| match trust {
        Trust::Signatures => names_known_credentials(&signed, known),
        Trust::Anyone { .. } => true,
    })
}

/// A token is opened only once, so that looking at it twice costs little.
fn names_known_credentials(signed: &SignedRequest<'_>, known: Known<'_>) -> bool {
    match signed.session_token() {
        // Whether its time is over is told in the answer, which the body must be read for.
        Some(token) => known.sessions.is_ours(token),
        None => known
            .identities
            .access_key(signed.access_key_id())
            .is_some(),
    }
}

enum Refusal {
    Signature(SigV4Error),
    UnknownCredentials,
    ExpiredCredentials,
    NotAllowed,
}

impl From<NoSession> for Refusal {
    fn from(reason: NoSession) -> Self {
        match reason {
            NoSession::Invalid => Self::UnknownCredentials,
            NoSession::Expired => Self::ExpiredCredentials,
        }
    }
}

impl From<SigV4Error> for Refusal {
    fn from(error: SigV4Error) -> Self {
        Self::Signature(error)
    }
}

fn reject(service: Service, error: &SigV4Error) -> Rejected {
    Rejected {
        error: service.signature_error(error),
        service,
    }
}

fn verified(
    signed: &SignedRequest<'_>,
    request: &Incoming,
    service: Service,
    directory: Known<'_>,
    regions: &Regions,
    at: Timestamp,
) -> Result<Caller, Refusal> {
    signed.check_scope(service.scope_name(), regions.names_for(service))?;
    signed.check_time(at.as_seconds(), service.clock_skew_seconds())?;
    let known = credentials(signed, directory, at)?;
    check_service(known.member.identity(), service)?;
    let scope = signed.scope();
    known.signing.with_signing_key(
        scope.date(),
        scope.region(),
        service.scope_name(),
        |signing_key| signed.verify(signing_key, &request.body),
    )?;
    if let Some(access_key) = &known.access_key {
        access_key.note_use(at, service.scope_name(), scope.region());
    }
    let headers = &request.parts.headers;
    service_call::caller(
        known.member,
        service,
        signed,
        headers,
        directory.identities,
        at,
    )
    .map_err(|service_call::NotAllowed| Refusal::NotAllowed)
}

/// The credentials that a request is signed with: those of its session token, or long-term ones.
fn credentials(
    signed: &SignedRequest<'_>,
    known: Known<'_>,
    at: Timestamp,
) -> Result<KnownCredentials, Refusal> {
    let id = signed.access_key_id();
    let credentials = match signed.session_token() {
        Some(token) => known
            .sessions
            .find(id, token, at)?
            .credentials(known.identities),
        None => known.identities.long_term_credentials(id),
    };
    credentials.ok_or(Refusal::UnknownCredentials)
}

/// IAM does not know the sessions that users get for themselves or for others, as none of them shows
/// a second factor ("Comparing AWS STS credentials" in the IAM guide).
fn check_service(identity: &Identity, service: Service) -> Result<(), Refusal> {
    match (service, identity.session(), identity.kind()) {
        (
            Service::Iam,
            Some(_),
            IdentityKind::FederatedUser { .. } | IdentityKind::Root | IdentityKind::User { .. },
        ) => Err(Refusal::UnknownCredentials),
        _ => Ok(()),
    }
}

/// In development mode access keys and sessions that were made here are whose they are, though
/// nobody looks at the signature; with any others one is the root user.
fn anyone(
    signed: &SignedRequest<'_>,
    known: Known<'_>,
    default: AccountId,
    at: Timestamp,
) -> Result<Caller, Refusal> {
    let access_key_id = signed.access_key_id().to_owned();
    let member = match credentials(signed, known, at) {
        Ok(credentials) => Some(credentials.member),
        Err(Refusal::UnknownCredentials) => {
            let account = access_key_id.parse().unwrap_or(default);
            known.identities.root_member(account).map(Arc::new)
        }
        Err(other) => return Err(other),
    };
    Ok(Caller {
        member: member.ok_or(Refusal::UnknownCredentials)?,
        access_key_id,
        via: None,
        source: Source::default(),
        web_identity: None,
    })
}
