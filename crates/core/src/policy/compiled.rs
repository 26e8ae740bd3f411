//! Policies made ready to decide.
//!
//! One type for each kind that a decision tells apart, so that none can be taken for another. Those
//! that name principals share [`Addressed`].

mod addressed;
mod statement;

use self::addressed::Addressed;
use self::statement::Statement;
pub(super) use self::statement::UnmetCondition;
use super::check::{only_denies, overly_permissive};
use super::context::ConditionKey;
use super::decision::{PolicyRef, StatementRef};
use super::document::Document;
use super::error::PolicyError;
use super::kind::PolicyKind;
use super::named::{NamedPrincipal, Naming, PrincipalIds};
use super::question::{PolicySource, Question};
use super::statement::Effect;

/// A compiled key policy.
#[derive(Clone, Debug)]
pub struct KeyPolicy(Addressed);

/// A compiled trust policy of a role: who may become it.
#[derive(Clone, Debug)]
pub struct TrustPolicy(Addressed);

/// A compiled resource control policy of an organization.
#[derive(Clone, Debug)]
pub struct ResourceControlPolicy(Addressed);

/// A compiled policy of a VPC endpoint.
#[derive(Clone, Debug)]
pub struct EndpointPolicy(Addressed);

/// A compiled policy without principals: of a user, group, role or session, a boundary, or a
/// service control policy.
#[derive(Clone, Debug)]
pub struct IdentityPolicy {
    statements: Box<[Statement]>,
}

impl KeyPolicy {
    /// Parses and compiles the text of a key policy. Users and roles are known by their ARNs.
    ///
    /// # Errors
    ///
    /// What is wrong with the text: see [`PolicyError`].
    pub fn parse(text: &str) -> Result<Self, PolicyError> {
        Self::parse_bound(text, &PrincipalIds::new())
    }

    /// Parses and compiles the text of a key policy, and [binds](NamedPrincipal::bind) the users
    /// and roles that it names to their unique ids, so that one who is made again under the same
    /// name is not meant.
    ///
    /// # Errors
    ///
    /// What is wrong with the text: see [`PolicyError`].
    pub fn parse_bound(text: &str, ids: &PrincipalIds) -> Result<Self, PolicyError> {
        Document::parse(text, PolicyKind::Key).map(|document| Self(Addressed::new(document, ids)))
    }

    /// Checks what AWS KMS checks when a key policy is written and not when it is read:
    /// `ForAllValues` on a key of the encryption context or on a tag of the request, which has one
    /// value at most, so that a request without it would pass.
    ///
    /// # Errors
    ///
    /// [`PolicyError::OverlyPermissiveCondition`], the first one.
    pub fn check_writable(&self) -> Result<(), PolicyError> {
        let numbered = self.0.statements().enumerate();
        let mut refused =
            numbered.flat_map(|(index, statement)| overly_permissive(index, &statement.conditions));
        refused.next().map_or(Ok(()), Err)
    }

    /// The principals that the policy names, in `Principal` or `NotPrincipal`, and that ought to
    /// exist when it is written: accounts, users, roles, sessions and unique ids, in their order
    /// and as often as they are named. `*`, services and identity providers are left out.
    pub fn principals(&self) -> impl Iterator<Item = &NamedPrincipal> {
        self.0.principals()
    }

    /// Everybody whom the policy names, in `Principal` or `NotPrincipal`, in an `Allow` or a `Deny`,
    /// as often as it does.
    pub fn mentioned(&self) -> impl Iterator<Item = &NamedPrincipal> {
        self.0.mentioned()
    }

    /// The condition keys that the policy reads, as often as it does.
    pub fn condition_keys(&self) -> impl Iterator<Item = &ConditionKey> {
        self.0.condition_keys()
    }

    /// The statements that cover the question: how they name the caller, and what they do.
    pub(super) fn covering<'a>(
        &'a self,
        question: &Question<'_>,
    ) -> impl Iterator<Item = (Naming, Effect, StatementRef<'a>)> {
        self.0.covering(question, PolicyRef::Key)
    }

    /// The conditions that keep statements from allowing the question.
    pub(super) fn near_misses<'a>(
        &'a self,
        question: &Question<'_>,
    ) -> impl Iterator<Item = UnmetCondition<'a>> {
        self.0.near_misses(question, PolicyRef::Key)
    }
}

impl TrustPolicy {
    /// Parses and compiles the text of a trust policy. Users and roles are known by their ARNs.
    ///
    /// # Errors
    ///
    /// What is wrong with the text: see [`PolicyError`].
    pub fn parse(text: &str) -> Result<Self, PolicyError> {
        Self::parse_bound(text, &PrincipalIds::new())
    }

    /// Parses and compiles the text of a trust policy, and [binds](NamedPrincipal::bind) the users
    /// and roles that it names to their unique ids.
    ///
    /// # Errors
    ///
    /// What is wrong with the text: see [`PolicyError`].
    pub fn parse_bound(text: &str, ids: &PrincipalIds) -> Result<Self, PolicyError> {
        Document::parse(text, PolicyKind::Trust).map(|document| Self(Addressed::new(document, ids)))
    }

    /// The principals that the policy names and that ought to exist when it is written; see
    /// [`KeyPolicy::principals`].
    pub fn principals(&self) -> impl Iterator<Item = &NamedPrincipal> {
        self.0.principals()
    }

    /// The condition keys that the policy reads, as often as it does.
    pub fn condition_keys(&self) -> impl Iterator<Item = &ConditionKey> {
        self.0.condition_keys()
    }

    /// The statements that cover the question, whatever its resource, which is the role.
    pub(super) fn covering<'a>(
        &'a self,
        question: &Question<'_>,
    ) -> impl Iterator<Item = (Naming, Effect, StatementRef<'a>)> {
        self.0.covering(question, PolicyRef::Trust)
    }

    /// The conditions that keep statements from allowing the question.
    pub(super) fn near_misses<'a>(
        &'a self,
        question: &Question<'_>,
    ) -> impl Iterator<Item = UnmetCondition<'a>> {
        self.0.near_misses(question, PolicyRef::Trust)
    }
}

impl ResourceControlPolicy {
    /// Parses and compiles the text of a resource control policy that somebody wrote, which may
    /// only deny.
    ///
    /// # Errors
    ///
    /// What is wrong with the text: see [`PolicyError`].
    pub fn parse(text: &str) -> Result<Self, PolicyError> {
        let policy = Self::parse_managed(text)?;
        for (index, statement) in policy.0.statements().enumerate() {
            only_denies(index, statement.effect)?;
        }
        Ok(policy)
    }

    /// Parses and compiles the text of AWS's own resource control policy, `RCPFullAWSAccess`, which
    /// allows.
    ///
    /// # Errors
    ///
    /// What is wrong with the text: see [`PolicyError`].
    pub fn parse_managed(text: &str) -> Result<Self, PolicyError> {
        let document = Document::parse(text, PolicyKind::ResourceControl)?;
        Ok(Self(Addressed::new(document, &PrincipalIds::new())))
    }

    /// The condition keys that the policy reads, as often as it does.
    pub fn condition_keys(&self) -> impl Iterator<Item = &ConditionKey> {
        self.0.condition_keys()
    }

    /// The statements that cover the question. `policy` is the policy's name in the reasons.
    pub(super) fn covering<'a>(
        &'a self,
        question: &Question<'_>,
        policy: PolicyRef<'a>,
    ) -> impl Iterator<Item = (Naming, Effect, StatementRef<'a>)> {
        self.0.covering(question, policy)
    }
}

impl EndpointPolicy {
    /// Parses and compiles the text of an endpoint policy.
    ///
    /// # Errors
    ///
    /// What is wrong with the text: see [`PolicyError`].
    pub fn parse(text: &str) -> Result<Self, PolicyError> {
        let document = Document::parse(text, PolicyKind::Endpoint)?;
        Ok(Self(Addressed::new(document, &PrincipalIds::new())))
    }

    /// The condition keys that the policy reads, as often as it does.
    pub fn condition_keys(&self) -> impl Iterator<Item = &ConditionKey> {
        self.0.condition_keys()
    }

    /// The statements that cover the question. `policy` is the policy's name in the reasons.
    pub(super) fn covering<'a>(
        &'a self,
        question: &Question<'_>,
        policy: PolicyRef<'a>,
    ) -> impl Iterator<Item = (Naming, Effect, StatementRef<'a>)> {
        self.0.covering(question, policy)
    }

    /// The conditions that keep statements from allowing the question. `policy` is the
    /// policy's name in the answer.
    pub(super) fn near_misses<'a>(
        &'a self,
        question: &Question<'_>,
        policy: PolicyRef<'a>,
    ) -> impl Iterator<Item = UnmetCondition<'a>> {
        self.0.near_misses(question, policy)
    }
}

impl IdentityPolicy {
    /// Parses and compiles the text of an identity policy or a permissions boundary.
    ///
    /// # Errors
    ///
    /// What is wrong with the text: see [`PolicyError`].
    pub fn parse(text: &str) -> Result<Self, PolicyError> {
        Self::parse_as(text, PolicyKind::Identity)
    }

    /// Parses and compiles the text of a policy that a session is made with.
    ///
    /// # Errors
    ///
    /// What is wrong with the text: see [`PolicyError`].
    pub fn parse_session(text: &str) -> Result<Self, PolicyError> {
        Self::parse_as(text, PolicyKind::Session)
    }

    /// Parses and compiles the text of a service control policy.
    ///
    /// # Errors
    ///
    /// What is wrong with the text: see [`PolicyError`].
    pub fn parse_service_control(text: &str) -> Result<Self, PolicyError> {
        Self::parse_as(text, PolicyKind::ServiceControl)
    }

    fn parse_as(text: &str, kind: PolicyKind) -> Result<Self, PolicyError> {
        let document = Document::parse(text, kind)?;
        let statements = document
            .statements
            .into_iter()
            .map(Statement::new)
            .collect();
        Ok(Self { statements })
    }

    /// The condition keys that the policy reads, as often as it does.
    pub fn condition_keys(&self) -> impl Iterator<Item = &ConditionKey> {
        self.statements.iter().flat_map(Statement::condition_keys)
    }

    /// The statements that cover the question, and what they do. `source` is the policy's name in
    /// the reasons.
    pub(super) fn covering<'a>(
        &'a self,
        question: &Question<'_>,
        source: &'a PolicySource,
    ) -> impl Iterator<Item = (Effect, StatementRef<'a>)> {
        let numbered = self.statements.iter().enumerate();
        numbered
            .filter(|(_, statement)| statement.covers(question) && statement.holds(question))
            .map(|(index, statement)| {
                let reference = statement.reference(PolicyRef::Identity(source), index);
                (statement.effect, reference)
            })
    }

    /// The conditions that keep statements from allowing the question. `policy` is the
    /// policy's name in the answer.
    pub(super) fn near_misses<'a>(
        &'a self,
        question: &Question<'_>,
        policy: PolicyRef<'a>,
    ) -> impl Iterator<Item = UnmetCondition<'a>> {
        let numbered = self.statements.iter().enumerate();
        numbered.flat_map(move |(index, statement)| statement.near_misses(question, policy, index))
    }
}

#[cfg(test)]
mod tests;
