//! The sections of a file in the order in which they are carried out: what others rest on comes
//! first. Removals come last, in the opposite order.

mod accounts;
mod aliases;
mod control_policies;
mod grants;
mod groups;
mod holder;
mod keys;
mod managed_policies;
mod oidc_providers;
mod roles;
mod services;
mod units;
mod users;

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::error::ApplyError;
use super::planner::{Planner, Spot};
use crate::api::{Service, text};

/// Compares everything.
pub(super) fn plan(planner: &mut Planner<'_>) -> Result<(), ApplyError> {
    for section in [
        units::plan,
        accounts::plan,
        control_policies::plan,
        managed_policies::plan,
        groups::plan,
        users::plan,
        oidc_providers::plan,
        roles::plan,
        services::plan,
        keys::plan,
        aliases::plan,
        grants::plan,
    ] {
        section(planner)?;
    }
    if planner.prune {
        for section in [
            grants::prune,
            aliases::prune,
            services::prune,
            roles::prune,
            oidc_providers::prune,
            users::prune,
            groups::prune,
            managed_policies::prune,
        ] {
            section(planner)?;
        }
    }
    Ok(())
}

/// A list of the server's, to be compared with a section of the file.
struct Listing<'a> {
    /// The word for one of them.
    kind: &'static str,
    service: Service,
    operation: &'static str,
    input: Value,
    /// The member of an answer that has them.
    member: &'static str,
    /// The member of each that has its name.
    name: &'static str,
    /// The accounts and names of those in the file.
    listed: Vec<(Option<&'a str>, &'a str)>,
}

/// Those that the server has and the file has not, in the accounts that the section has items in.
fn unlisted(
    planner: &Planner<'_>,
    listing: Option<Listing<'_>>,
) -> Result<Vec<(Spot, Value)>, ApplyError> {
    let Some(listing) = listing else {
        return Ok(Vec::new());
    };
    let mut listed: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for (account, name) in listing.listed {
        let account = planner.spot(name.to_owned(), account)?.account;
        // Names of identities are unique without regard to case.
        listed
            .entry(account)
            .or_default()
            .insert(name.to_ascii_lowercase());
    }
    if listed.is_empty() {
        listed.insert(planner.own.to_owned(), BTreeSet::new());
    }
    let mut unlisted = Vec::new();
    for (account, names) in listed {
        let item = format!("{}s", listing.kind);
        let spot = Spot { item, account };
        let (operation, member) = (listing.operation, listing.member);
        let all = planner.list(&spot, listing.service, operation, &listing.input, member)?;
        for found in all {
            let name = text(&found, listing.name).to_owned();
            if !names.contains(&name.to_ascii_lowercase()) {
                let item = format!("{} {name}", listing.kind);
                let account = spot.account.clone();
                unlisted.push((Spot { item, account }, found));
            }
        }
    }
    Ok(unlisted)
}
