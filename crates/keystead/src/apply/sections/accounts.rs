//! The member accounts of the organization. They are known by their names.

use serde_json::{Value, json};

use super::units;
use crate::api::{Service, text};
use crate::apply::document::Account;
use crate::apply::error::ApplyError;
use crate::apply::plan::{Call, Kind, placeholder};
use crate::apply::planner::{Changes, Planner, Spot};

const SERVICE: Service = Service::Organizations;

/// Makes accounts, and moves them to where they stand.
pub(super) fn plan(planner: &mut Planner<'_>) -> Result<(), ApplyError> {
    let Some(accounts) = &planner.source.document.accounts else {
        return Ok(());
    };
    let spot = planner.spot("accounts".to_owned(), None)?;
    let known = planner.list(&spot, SERVICE, "ListAccounts", &json!({}), "Accounts")?;
    for account in accounts {
        let spot = planner.spot(format!("account {}", account.name), None)?;
        let is_it = |known: &&Value| text(known, "Name") == account.name;
        let mut changes = Changes::default();
        match known.iter().find(is_it) {
            None => {
                make(planner, account, &spot, &mut changes)?;
                planner.push(spot, Kind::Create, changes);
            }
            Some(found) => {
                let id = text(found, "Id");
                planner.names.set(format!("account {}", account.name), id);
                // The organization does not change an account's address; its owner does.
                let from = place(planner, &spot, id)?;
                move_there(planner, account, &spot, (&from, id), &mut changes)?;
                planner.push(spot, Kind::Change, changes);
            }
        }
    }
    Ok(())
}

fn make(
    planner: &Planner<'_>,
    account: &Account,
    spot: &Spot,
    changes: &mut Changes,
) -> Result<(), ApplyError> {
    let known = format!("account {}", account.name);
    let input = json!({"AccountName": account.name, "Email": account.email});
    let id = placeholder(&known);
    let call = Call::new(SERVICE, "CreateAccount", input);
    changes.add(
        format!("email: {:?}", account.email),
        call.keep(known, "/CreateAccountStatus/AccountId"),
    );
    let root = units::parent(planner, spot, None)?;
    move_there(planner, account, spot, (&root, &id), changes)
}

/// Moves an account out of where it is into the unit that the file says, if it says one.
fn move_there(
    planner: &Planner<'_>,
    account: &Account,
    spot: &Spot,
    (from, id): (&str, &str),
    changes: &mut Changes,
) -> Result<(), ApplyError> {
    let Some(unit) = &account.unit else {
        return Ok(());
    };
    let to = units::parent(planner, spot, Some(unit))?;
    if from != to {
        let input = json!({
            "AccountId": id,
            "SourceParentId": from,
            "DestinationParentId": to,
        });
        let call = Call::new(SERVICE, "MoveAccount", input);
        changes.add(format!("unit: -> {unit:?}"), call);
    }
    Ok(())
}

fn place(planner: &Planner<'_>, spot: &Spot, id: &str) -> Result<String, ApplyError> {
    let input = json!({"ChildId": id});
    let parents = planner.list(spot, SERVICE, "ListParents", &input, "Parents")?;
    let parent = parents.first().map(|parent| text(parent, "Id").to_owned());
    Ok(parent.unwrap_or_default())
}
