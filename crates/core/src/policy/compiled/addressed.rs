//! What the kinds of policy that name principals have in common.

use super::super::context::ConditionKey;
use super::super::decision::{PolicyRef, StatementRef};
use super::super::document::Document;
use super::super::named::{NamedPrincipal, Naming, PrincipalIds};
use super::super::principal::Principal;
use super::super::question::Question;
use super::super::statement::{self, Effect, Listed};
use super::statement::{Statement, UnmetCondition};

/// Statements with principals.
#[derive(Clone, Debug)]
pub(super) struct Addressed {
    statements: Box<[AddressedStatement]>,
}

#[derive(Clone, Debug)]
struct AddressedStatement {
    principals: Listed<NamedPrincipal>,
    statement: Statement,
}

impl Addressed {
    pub(super) fn new(document: Document, ids: &PrincipalIds) -> Self {
        let compile = |mut statement: statement::Statement| {
            let principals = statement.principals.take();
            AddressedStatement {
                // Without any, which the kinds of policy that come here do not have, it is nobody.
                principals: principals
                    .unwrap_or(Listed::Only(Vec::new()))
                    .map(|principal| principal.bind(ids)),
                statement: Statement::new(statement),
            }
        };
        Self {
            statements: document.statements.into_iter().map(compile).collect(),
        }
    }

    pub(super) fn statements(&self) -> impl Iterator<Item = &Statement> {
        self.statements.iter().map(|addressed| &addressed.statement)
    }

    pub(super) fn mentioned(&self) -> impl Iterator<Item = &NamedPrincipal> {
        let statements = self.statements.iter();
        statements.flat_map(|addressed| addressed.principals.items())
    }

    pub(super) fn principals(&self) -> impl Iterator<Item = &NamedPrincipal> {
        self.mentioned().filter(|principal| {
            !matches!(
                principal,
                NamedPrincipal::Everyone
                    | NamedPrincipal::Service { .. }
                    | NamedPrincipal::Federated { .. }
            )
        })
    }

    pub(super) fn condition_keys(&self) -> impl Iterator<Item = &ConditionKey> {
        self.statements().flat_map(Statement::condition_keys)
    }

    /// The statements that cover the question. Conditions come last: only a statement that covers
    /// the action, the resource and the caller asks the context.
    pub(super) fn covering<'a>(
        &'a self,
        question: &Question<'_>,
        policy: PolicyRef<'a>,
    ) -> impl Iterator<Item = (Naming, Effect, StatementRef<'a>)> {
        let numbered = self.statements.iter().enumerate();
        numbered.filter_map(move |(index, addressed)| {
            let statement = &addressed.statement;
            if !statement.covers(question) {
                return None;
            }
            let naming = naming(&addressed.principals, statement.effect, &question.principal)?;
            let reference = statement.reference(policy, index);
            statement
                .holds(question)
                .then_some((naming, statement.effect, reference))
        })
    }

    /// The conditions that keep statements from allowing the question.
    pub(super) fn near_misses<'a>(
        &'a self,
        question: &Question<'_>,
        policy: PolicyRef<'a>,
    ) -> impl Iterator<Item = UnmetCondition<'a>> {
        let numbered = self.statements.iter().enumerate();
        let names = |addressed: &AddressedStatement| {
            let effect = addressed.statement.effect;
            naming(&addressed.principals, effect, &question.principal).is_some()
        };
        numbered
            .filter(move |(_, addressed)| names(addressed))
            .flat_map(move |(index, addressed)| {
                addressed.statement.near_misses(question, policy, index)
            })
    }
}

/// How a statement names the caller: as closely as any of its names does.
fn naming(
    principals: &Listed<NamedPrincipal>,
    effect: Effect,
    caller: &Principal<'_>,
) -> Option<Naming> {
    match principals {
        Listed::Only(names) => names.iter().filter_map(|name| name.names(caller)).min(),
        Listed::AllBut(names) => {
            let is_excepted = match effect {
                Effect::Allow => names.iter().any(|name| name.names(caller).is_some()),
                Effect::Deny => is_exempt(names, caller),
            };
            (!is_excepted).then_some(Naming::ByEveryone)
        }
    }
}

/// Whether a `Deny` with `NotPrincipal` spares the caller.
///
/// The IAM guide ("AWS JSON policy elements: NotPrincipal"): AWS looks at the account, then at the
/// user or role, then at the session, and denies unless each is listed. The account alone spares
/// nobody but its root user. In the same way, an `Allow` passes over whoever is listed in any of
/// these ways: the narrower reading both times.
fn is_exempt(names: &[NamedPrincipal], caller: &Principal<'_>) -> bool {
    use Naming::{ByAccount, ByEveryone, ByRole, ByUser, Itself};
    let layers: &[Naming] = match caller {
        Principal::User { .. } => &[ByAccount, Itself],
        Principal::RoleSession { .. } => &[ByAccount, ByRole, Itself],
        // Behind a root user's session there is nobody but the account.
        Principal::FederatedUser { .. } if caller.acts_for_root() => &[ByAccount, Itself],
        Principal::FederatedUser { .. } => &[ByAccount, ByUser, Itself],
        Principal::Root { .. } | Principal::WebIdentity { .. } | Principal::Service { .. } => {
            &[Itself]
        }
    };
    let is_listed = |layer: Naming| {
        names.iter().any(|name| {
            let naming = name.names(caller);
            naming == Some(layer) || naming == Some(ByEveryone)
        })
    };
    layers.iter().all(|layer| is_listed(*layer))
}
