//! A session whose token was opened, ready for further calls.

use std::fmt;
use std::sync::Arc;

use keystead_core::policy::{AttachedPolicy, IdentityPolicy, PolicySource};

use super::claims::{Claims, Owner};
use super::credentials::Secret;
use crate::identities::{
    Cached, Identities, KnownCredentials, Member, Session, SigningSecret, missing,
};

/// The name of the policy that a session was made with, in the reasons of decisions.
const INLINE: &str = "session policy";

/// A session.
pub struct OpenSession {
    claims: Claims,
    /// The policy that was sent along, compiled once.
    inline: Option<AttachedPolicy>,
    signing: Arc<SigningSecret>,
    /// The caller; `None` if the user or role is no more.
    member: Cached<Member>,
}

impl OpenSession {
    pub(super) fn new(claims: Claims, secret: &Secret) -> Self {
        let policies = claims.policies.as_ref();
        let inline = policies.and_then(|policies| policies.inline.as_deref());
        Self {
            inline: inline.map(|text| {
                let name = INLINE.to_owned();
                let policy = IdentityPolicy::parse_session(text);
                AttachedPolicy::new(PolicySource::Inline { name }, policy)
            }),
            signing: Arc::new(SigningSecret::new(secret.to_signing_secret())),
            member: Cached::default(),
            claims,
        }
    }

    /// What its token says.
    #[must_use]
    pub const fn claims(&self) -> &Claims {
        &self.claims
    }

    /// What verifies its signatures, and who calls; `None` if the user or role is no more.
    #[must_use]
    pub fn credentials(&self, identities: &Identities) -> Option<KnownCredentials> {
        Some(KnownCredentials {
            signing: Arc::clone(&self.signing),
            member: self.member(identities)?,
            access_key: None,
        })
    }

    /// The caller, put together anew once any identity has changed: policies and tags may have.
    fn member(&self, identities: &Identities) -> Option<Arc<Member>> {
        self.member.get(identities.generation(), || {
            self.work_out(identities).map(Arc::new)
        })
    }

    fn work_out(&self, identities: &Identities) -> Option<Member> {
        let session = Session {
            policies: self.policies(identities),
            ..Session::new(self.claims.facts.clone())
        };
        match &self.claims.owner {
            Owner::Role {
                role_id,
                session_name,
                ..
            } => {
                let role = identities.role_of_unique_id(role_id)?;
                identities.role_session(&role, session_name, &session)
            }
            Owner::Oneself(issuer) => match &issuer.user_id {
                Some(id) => identities.user_session(&*identities.user_of_unique_id(id)?, &session),
                None => identities.root_session(issuer.account, &session),
            },
            Owner::Federated { issuer, name } => match &issuer.user_id {
                Some(id) => {
                    let user = identities.user_of_unique_id(id)?;
                    identities.federated_user(&user, name, &session)
                }
                None => identities.federated_by_root(issuer.account, name, &session),
            },
        }
    }

    /// The policies that limit the session. One of them that is no more denies everything: it might
    /// have denied something.
    fn policies(&self, identities: &Identities) -> Option<Arc<[AttachedPolicy]>> {
        let managed = &self.claims.policies.as_ref()?.managed;
        let managed = managed.iter().map(|arn| match identities.policy(arn) {
            Some(policy) => policy.attached().clone(),
            None => missing(arn),
        });
        Some(self.inline.iter().cloned().chain(managed).collect())
    }
}

impl fmt::Debug for OpenSession {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OpenSession")
            .field("claims", &self.claims)
            .finish_non_exhaustive()
    }
}
