//! What planning an item needs: reading the server, names, and a place for steps.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::document::{AccessKey, Text};
use super::error::ApplyError;
use super::key_file;
use super::plan::{Call, Kind, Names, Step, placeholder, placeholders};
use super::server::Server;
use super::source::Source;
use crate::api::{Service, is_not_found, list, marker};
use crate::client::pages;

/// Compares a file with a server.
pub(super) struct Planner<'a> {
    pub(super) source: &'a Source,
    pub(super) server: &'a dyn Server,
    /// The caller's account.
    pub(super) own: &'a str,
    /// The caller's ARN.
    pub(super) caller: &'a str,
    /// Whether what is not in the file is removed.
    pub(super) prune: bool,
    pub(super) names: Names,
    pub(super) steps: Vec<Step>,
    /// What the caller should know before agreeing, a line each.
    pub(super) warnings: Vec<String>,
}

/// Where an item is: what it is called in messages, and the number of its account, or the
/// placeholder of an account that is still to be made.
#[derive(Debug, Clone)]
pub(super) struct Spot {
    pub(super) item: String,
    pub(super) account: String,
}

impl Spot {
    fn is_to_be_made(&self) -> bool {
        self.account.starts_with("{{")
    }
}

impl<'a> Planner<'a> {
    /// The spot of an item that may name its account.
    pub(super) fn spot(&self, item: String, account: Option<&str>) -> Result<Spot, ApplyError> {
        let account = match account {
            None => self.own.to_owned(),
            Some(number) if is_account_number(number) => number.to_owned(),
            Some(name) => self.account(&item, name)?,
        };
        Ok(Spot { item, account })
    }

    fn account(&self, item: &str, name: &str) -> Result<String, ApplyError> {
        let known = format!("account {name}");
        let listed = self.source.document.accounts.iter().flatten();
        match self.names.value(&known) {
            Some(number) => Ok(number.to_owned()),
            None if listed.into_iter().any(|account| account.name == name) => {
                Ok(placeholder(&known))
            }
            None => Err(ApplyError::Unknown {
                item: item.to_owned(),
                kind: "account",
                name: name.to_owned(),
            }),
        }
    }

    /// Calls an operation that reads; `None` if what is asked for is not there.
    pub(super) fn read(
        &self,
        spot: &Spot,
        service: Service,
        operation: &str,
        input: &Value,
    ) -> Result<Option<Value>, ApplyError> {
        if spot.is_to_be_made() {
            return Ok(None);
        }
        match self.server.call(&spot.account, service, operation, input) {
            Ok(output) => Ok(Some(output)),
            Err(error) if is_not_found(&error) => Ok(None),
            Err(source) => Err(ApplyError::Reading {
                item: spot.item.clone(),
                operation: operation.to_owned(),
                source,
            }),
        }
    }

    /// Reads all pages of a list; of nothing there are none.
    pub(super) fn list(
        &self,
        spot: &Spot,
        service: Service,
        operation: &str,
        input: &Value,
        member: &str,
    ) -> Result<Vec<Value>, ApplyError> {
        let mut all = Vec::new();
        pages::follow(
            input.clone(),
            marker(service),
            |input| self.read(spot, service, operation, input),
            |page| all.extend_from_slice(list(&page, member)),
        )?;
        Ok(all)
    }

    /// A document of an item, with its placeholders filled as far as they are known.
    /// `{{account}}` is the item's own account.
    pub(super) fn document(&self, spot: &Spot, given: &Text) -> Result<Value, ApplyError> {
        let own = json_with_account(&self.source.json(&spot.item, given)?, &spot.account);
        self.check_placeholders(spot, &own)?;
        Ok(self.names.fill_all(&own))
    }

    /// A text of an item, as [`Planner::document`].
    pub(super) fn text(&self, spot: &Spot, given: &str) -> Result<String, ApplyError> {
        let own = json_with_account(&json!(given), &spot.account);
        self.check_placeholders(spot, &own)?;
        Ok(self.names.fill(own.as_str().unwrap_or_default()))
    }

    fn check_placeholders(&self, spot: &Spot, value: &Value) -> Result<(), ApplyError> {
        let accounts = self.source.document.accounts.iter().flatten();
        let to_be_made: Vec<_> = accounts
            .map(|account| format!("account {}", account.name))
            .collect();
        let is_known = |name: &str| {
            self.names.value(name).is_some() || to_be_made.iter().any(|known| known == name)
        };
        match placeholders(value).into_iter().find(|name| !is_known(name)) {
            None => Ok(()),
            Some(name) => Err(ApplyError::Placeholder {
                item: spot.item.clone(),
                name: name.to_owned(),
            }),
        }
    }

    /// The line for an access key that is to be made, which says where it goes.
    pub(super) fn access_key_line(
        &self,
        spot: &Spot,
        to: &AccessKey,
    ) -> Result<String, ApplyError> {
        match to {
            AccessKey::Wanted(_) => Ok("+ access key, shown once".to_owned()),
            AccessKey::File(name) => {
                let path = self.source.beside(name);
                key_file::check_absent(&spot.item, &path)?;
                Ok(format!("+ access key, written to {}", path.display()))
            }
        }
    }

    /// Adds a step, unless there is nothing to do in it.
    pub(super) fn push(&mut self, spot: Spot, kind: Kind, changes: Changes) {
        if !changes.calls.is_empty() {
            self.steps.push(Step {
                kind,
                item: spot.item,
                account: spot.account,
                lines: changes.lines,
                calls: changes.calls,
            });
        }
    }
}

/// What differs in an item, and the calls that mend it.
#[derive(Debug, Default)]
pub(super) struct Changes {
    pub(super) lines: Vec<String>,
    pub(super) calls: Vec<Call>,
}

impl Changes {
    /// Adds a call, and a line that says what it does.
    pub(super) fn add(&mut self, line: impl Into<String>, call: Call) {
        self.lines.push(line.into());
        self.calls.push(call);
    }

    /// Adds a call, and the lines that say what it does, unless there are none.
    pub(super) fn add_all(&mut self, lines: Vec<String>, call: Call) {
        if !lines.is_empty() {
            self.lines.extend(lines);
            self.calls.push(call);
        }
    }
}

/// Puts the item's own account in place of `{{account}}`.
fn json_with_account(value: &Value, account: &str) -> Value {
    let mut names = Names::default();
    names.set("account", account);
    names.fill_all(value)
}

fn is_account_number(text: &str) -> bool {
    text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// The tags of an answer by name. IAM says `Key` and `Value`, KMS `TagKey` and `TagValue`.
pub(super) fn tags_of(tags: &[Value]) -> BTreeMap<String, String> {
    let either = |tag: &Value, names: [&str; 2]| {
        let mut found = names.iter().filter_map(|name| tag.get(name)?.as_str());
        found.next().unwrap_or_default().to_owned()
    };
    tags.iter()
        .map(|tag| {
            (
                either(tag, ["Key", "TagKey"]),
                either(tag, ["Value", "TagValue"]),
            )
        })
        .collect()
}
