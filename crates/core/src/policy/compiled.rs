//! Policies made ready to decide.

use super::decision::{PolicyRef, StatementRef};
use super::document::{Document, PolicyKind};
use super::error::PolicyError;
use super::named::{NamedPrincipal, Naming};
use super::pattern::{Case, Pattern};
use super::question::{PolicySource, Question};
use super::statement::{self, Effect};

/// A compiled key policy.
#[derive(Clone, Debug)]
pub struct KeyPolicy {
    statements: Box<[KeyStatement]>,
}

/// A compiled policy of a user or group.
#[derive(Clone, Debug)]
pub struct IdentityPolicy {
    statements: Box<[Statement]>,
}

/// A compiled trust policy of a role: who may become it.
#[derive(Clone, Debug)]
pub struct TrustPolicy {
    statements: Box<[KeyStatement]>,
}

/// A compiled resource control policy of an organization.
#[derive(Clone, Debug)]
pub struct ResourceControlPolicy {
    statements: Box<[KeyStatement]>,
}

/// A compiled policy of a VPC endpoint.
#[derive(Clone, Debug)]
pub struct EndpointPolicy {
    statements: Box<[KeyStatement]>,
}

#[derive(Clone, Debug)]
struct KeyStatement {
    principals: Box<[NamedPrincipal]>,
    statement: Statement,
}

#[derive(Clone, Debug)]
struct Statement {
    sid: Option<Box<str>>,
    effect: Effect,
    actions: Box<[Pattern]>,
    resources: Box<[Pattern]>,
}

impl KeyPolicy {
    /// Parses and compiles the text of a key policy.
    ///
    /// # Errors
    ///
    /// What is wrong with the text: see [`PolicyError`].
    pub fn parse(text: &str) -> Result<Self, PolicyError> {
        Document::parse(text, PolicyKind::Key).map(Self::compile)
    }

    fn compile(document: Document) -> Self {
        let compile = |statement: statement::Statement| KeyStatement {
            statement: Statement::compile(&statement),
            principals: statement.principals.into(),
        };
        Self {
            statements: document.statements.into_iter().map(compile).collect(),
        }
    }

    /// The principals that the policy names and that ought to exist when it is written: accounts,
    /// users, roles, sessions and unique ids, in their order and as often as they are named. `*`,
    /// services and identity providers are left out.
    pub fn principals(&self) -> impl Iterator<Item = &NamedPrincipal> {
        self.statements
            .iter()
            .flat_map(|statement| &statement.principals)
            .filter(|principal| {
                !matches!(
                    principal,
                    NamedPrincipal::Everyone
                        | NamedPrincipal::Service { .. }
                        | NamedPrincipal::Federated { .. }
                )
            })
    }

    /// The statements that cover the question: how they name the caller, and what they do.
    pub(super) fn covering<'a>(
        &'a self,
        question: &Question<'_>,
    ) -> impl Iterator<Item = (Naming, Effect, StatementRef<'a>)> {
        let numbered = self.statements.iter().enumerate();
        numbered.filter_map(|(index, key_statement)| {
            let statement = &key_statement.statement;
            let naming = closest_naming(&key_statement.principals, question)?;
            let reference = statement.reference(PolicyRef::Key, index);
            statement
                .covers(question)
                .then_some((naming, statement.effect, reference))
        })
    }
}

/// How a statement names the caller: by itself, if any of its names does.
fn closest_naming(principals: &[NamedPrincipal], question: &Question<'_>) -> Option<Naming> {
    let mut found = None;
    for principal in principals {
        match principal.names(&question.principal) {
            Some(Naming::Itself) => return Some(Naming::Itself),
            Some(Naming::ByAccount) => found = Some(Naming::ByAccount),
            None => {}
        }
    }
    found
}

impl IdentityPolicy {
    /// Parses and compiles the text of an identity policy.
    ///
    /// # Errors
    ///
    /// What is wrong with the text: see [`PolicyError`].
    pub fn parse(text: &str) -> Result<Self, PolicyError> {
        Document::parse(text, PolicyKind::Identity).map(|document| Self::compile(&document))
    }

    fn compile(document: &Document) -> Self {
        Self {
            statements: document.statements.iter().map(Statement::compile).collect(),
        }
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
            .filter(|(_, statement)| statement.covers(question))
            .map(|(index, statement)| {
                let reference = statement.reference(PolicyRef::Identity(source), index);
                (statement.effect, reference)
            })
    }
}

impl Statement {
    fn compile(statement: &statement::Statement) -> Self {
        let patterns = |texts: &[String], case| {
            let compile = |text: &String| Pattern::new(text, case);
            texts.iter().map(compile).collect()
        };
        Self {
            sid: statement.sid.as_deref().map(Into::into),
            effect: statement.effect,
            actions: patterns(&statement.actions, Case::Insensitive),
            resources: patterns(&statement.resources, Case::Sensitive),
        }
    }

    fn covers(&self, question: &Question<'_>) -> bool {
        let any = |patterns: &[Pattern], text| patterns.iter().any(|p| p.matches(text));
        any(&self.actions, question.action) && any(&self.resources, question.resource.arn)
    }

    fn reference<'a>(&'a self, policy: PolicyRef<'a>, index: usize) -> StatementRef<'a> {
        StatementRef {
            policy,
            index,
            sid: self.sid.as_deref(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_principals_that_ought_to_exist() {
        let text = r#"{"Statement":[
            {"Effect":"Allow","Principal":"*"},
            {"Effect":"Deny","Principal":{"Service":"logs.amazonaws.com",
                "Federated":"cognito-identity.amazonaws.com",
                "AWS":["*","111122223333","arn:aws:iam::111122223333:user/alice"]}},
            {"Effect":"Allow","Principal":{"AWS":["AIDAALICEALICEALICEAL",
                "arn:aws:iam::111122223333:role/r","arn:aws:iam::111122223333:user/alice"]}}]}"#;
        let policy = KeyPolicy::parse(text).unwrap();
        let user = || NamedPrincipal::User {
            arn: "arn:aws:iam::111122223333:user/alice".to_owned(),
        };
        let expected = [
            NamedPrincipal::Account {
                partition: None,
                account: "111122223333".to_owned(),
            },
            user(),
            NamedPrincipal::UniqueId {
                id: "AIDAALICEALICEALICEAL".to_owned(),
            },
            NamedPrincipal::Role {
                arn: "arn:aws:iam::111122223333:role/r".to_owned(),
            },
            user(),
        ];
        assert!(policy.principals().eq(&expected));
    }

    #[test]
    fn one_kind_does_not_parse_as_the_other() {
        let key = super::super::default_key_policy("aws", "111122223333");
        let identity = r#"{"Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}"#;
        assert!(KeyPolicy::parse(&key).is_ok());
        assert!(IdentityPolicy::parse(identity).is_ok());
        assert!(KeyPolicy::parse(identity).is_err());
        assert!(IdentityPolicy::parse(&key).is_err());
    }
}
