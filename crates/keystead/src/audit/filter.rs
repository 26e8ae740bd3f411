//! What is looked for: the command's arguments, as a query.

use std::path::PathBuf;

use clap::Args;
use keystead_core::arn::{AccountId, Region};
use keystead_core::time::Timestamp;
use keystead_server::audit::index::{Attribute, DENIED, FAILED, Query, Term, second_of};
use keystead_server::protocol::SERVICES;
use keystead_server::router;

use super::output::Format;
use crate::moment::{Moment, moment};

/// How many events are shown if nothing is said of that.
const LIMIT: usize = 100;
/// How many come before those that are followed.
const LIMIT_BEFORE_FOLLOWING: usize = 10;

/// What `audit` can be asked.
#[derive(Debug, Args)]
pub(crate) struct SearchArguments {
    /// Calls that are about this key: its id, its ARN, alias/NAME, or the ARN of an alias
    #[arg(long, value_name = "KEY")]
    key: Option<String>,

    /// Calls by this user, role, session or service: an ARN, a name, or an access key id
    #[arg(long, value_name = "PRINCIPAL")]
    principal: Vec<String>,

    /// Calls of this operation, such as Decrypt or kms:Decrypt
    #[arg(long, value_name = "ACTION", value_parser = action)]
    action: Vec<Action>,

    /// Calls with this in their encryption context
    #[arg(long, value_name = "NAME=VALUE", value_parser = context)]
    context: Vec<(String, String)>,

    /// Records of this account
    #[arg(long, value_name = "ID")]
    account: Vec<AccountId>,

    /// Calls in this Region
    #[arg(long, value_name = "REGION")]
    region: Vec<Region>,

    /// Calls at or after this time: 2h, 3d, 2027-01-31 (UTC) or 2027-01-31T12:00:00Z
    #[arg(long, value_name = "TIME", value_parser = moment)]
    since: Option<Moment>,

    /// Calls at or before this time
    #[arg(long, value_name = "TIME", value_parser = moment, conflicts_with = "follow")]
    until: Option<Moment>,

    /// Calls that were denied
    #[arg(long)]
    denied: bool,

    /// Calls that were denied or failed otherwise
    #[arg(long)]
    failed: bool,

    /// The call with this request id
    #[arg(long, value_name = "ID")]
    request_id: Vec<String>,

    /// The record with this event id
    #[arg(long, value_name = "ID")]
    event_id: Vec<String>,

    /// Show so many at most, or all [default: 100, or 10 before those that are followed]
    #[arg(long, value_name = "N|all", value_parser = limit)]
    limit: Option<Limit>,

    /// Show the latest, oldest first, and then those to come, until it is stopped
    #[arg(long)]
    pub(super) follow: bool,

    /// How to print them: json prints each record as it is, on a line
    #[arg(long, value_name = "FORMAT", default_value = "table")]
    pub(super) output: Format,

    /// The server's data directory; the server may be running [default: ./keystead-data]
    #[arg(long, value_name = "DIR", env = "KEYSTEAD_DATA_DIR")]
    pub(super) data_dir: Option<PathBuf>,
}

/// How many events are shown at most.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Limit {
    Most(usize),
    All,
}

fn limit(text: &str) -> Result<Limit, String> {
    match text {
        "all" => Ok(Limit::All),
        number => match number.parse() {
            Ok(most) => Ok(Limit::Most(most)),
            Err(_) => Err("write a number, or all".to_owned()),
        },
    }
}

/// An operation, of a service if it says.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Action {
    service: Option<String>,
    name: String,
}

fn action(text: &str) -> Result<Action, String> {
    let (service, name) = match text.split_once(':') {
        Some((service, name)) => (Some(service), name),
        None => (None, text),
    };
    if name.is_empty() || service.is_some_and(str::is_empty) {
        return Err("write it as Decrypt or kms:Decrypt".to_owned());
    }
    // Names are looked for letter by letter, and few know all capitals by heart.
    let routes = SERVICES.into_iter().flat_map(router::table);
    let mut names = routes.map(|route| route.name);
    let known = names.find(|known| known.eq_ignore_ascii_case(name));
    Ok(Action {
        service: service.map(str::to_ascii_lowercase),
        name: known.unwrap_or(name).to_owned(),
    })
}

fn context(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((name, value)) => Ok((name.to_owned(), value.to_owned())),
        None => Err("write it as NAME=VALUE".to_owned()),
    }
}

impl SearchArguments {
    /// How many events are shown at most; `None` if all are.
    pub(super) fn most(&self) -> Option<usize> {
        match self.limit {
            Some(Limit::All) => None,
            Some(Limit::Most(most)) => Some(most),
            None if self.follow => Some(LIMIT_BEFORE_FOLLOWING),
            None => Some(LIMIT),
        }
    }

    /// What is looked for, if it is `now` now.
    pub(super) fn query(&self, now: Timestamp) -> Query {
        let mut query = Query::default();
        // What fewest events have goes first.
        let ids = [
            (Attribute::RequestId, &self.request_id),
            (Attribute::EventId, &self.event_id),
        ];
        for (attribute, ids) in ids {
            query = any(query, ids.iter().map(|id| Term::new(attribute, id)));
        }
        for (name, value) in &self.context {
            query = query.with(Term::context(name, value));
        }
        if let Some(key) = &self.key {
            query = about(query, key);
        }
        query = any(query, self.principal.iter().flat_map(|who| by(who)));
        let names = self.action.iter().map(|action| &action.name);
        query = any(
            query,
            names.map(|name| Term::new(Attribute::EventName, name)),
        );
        query = services(query, &self.action);
        let outcome = match (self.denied, self.failed) {
            (true, _) => Some(DENIED),
            (false, true) => Some(FAILED),
            (false, false) => None,
        };
        query = any(query, outcome.map(|how| Term::new(Attribute::Outcome, how)));
        let accounts = self.account.iter();
        let accounts = accounts.map(|id| Term::new(Attribute::Account, id.as_str()));
        query = any(query, accounts);
        let regions = self.region.iter();
        let regions = regions.map(|region| Term::new(Attribute::Region, region.as_str()));
        query = any(query, regions);
        if let Some(since) = self.since {
            query = query.since(second_of(since.instant(now)));
        }
        if let Some(until) = self.until {
            query = query.until(second_of(until.instant(now)));
        }
        query
    }
}

/// Only events with one of these, if there are any of these.
fn any(query: Query, terms: impl IntoIterator<Item = Term>) -> Query {
    let mut terms = terms.into_iter().peekable();
    match terms.peek() {
        Some(_) => query.with_any(terms),
        None => query,
    }
}

/// Whoever may be meant by a text.
fn by(who: &str) -> [Term; 3] {
    [
        Attribute::Principal,
        Attribute::Username,
        Attribute::AccessKeyId,
    ]
    .map(|attribute| Term::new(attribute, who))
}

/// Of several actions each has its own service: where all are of one, only its events are meant. Names that services
/// share are few.
fn services(query: Query, actions: &[Action]) -> Query {
    let sources = actions.iter().map(|action| action.service.as_deref());
    let Some(services) = sources.collect::<Option<Vec<_>>>() else {
        return query;
    };
    let source = |service: &&str| format!("{service}.amazonaws.com");
    let sources = services.iter().map(source);
    any(
        query,
        sources.map(|source| Term::new(Attribute::EventSource, source)),
    )
}

/// Calls about a key. One that is named by its ARN may have been called by its bare name, which means another one in
/// other accounts and Regions.
fn about(query: Query, key: &str) -> Query {
    let named = [Attribute::ResourceName, Attribute::Key].map(|by| Term::new(by, key));
    match inside(key) {
        None => query.with_any(named),
        // (named or bare) and (named or account) and (named or Region), which is: named, or the bare name there.
        Some(parts) => parts.into_iter().fold(query, |query, part| {
            query.with_any(named.iter().cloned().chain([part]))
        }),
    }
}

/// The bare name in an ARN of a key or alias, its account and its Region.
fn inside(arn: &str) -> Option<[Term; 3]> {
    let parts: Vec<&str> = arn.splitn(6, ':').collect();
    let ["arn", _, "kms", region, account, resource] = *parts.as_slice() else {
        return None;
    };
    let bare = resource.strip_prefix("key/").unwrap_or(resource);
    Some([
        Term::new(Attribute::Key, bare),
        Term::new(Attribute::Account, account),
        Term::new(Attribute::Region, region),
    ])
}

#[cfg(test)]
mod tests;
