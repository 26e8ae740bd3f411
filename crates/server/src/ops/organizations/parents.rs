//! What stands where: roots, parents and children.

use keystead_wire::organizations::{ChildType, ParentType, input, output};

use super::about::{one, whole};
use super::list::asked;
use super::refusal::Refusal;
use super::{Done, shown};
use crate::ops::management::{Call, operations};
use crate::organization::Node;

operations! { Organizations "organizations" Json;
    /// Lists the root: there is one.
    ListRoots: read, on whole => list_roots => output::ListRoots;
    /// Tells what an account or unit stands in.
    ListParents: read, on |input| one(&input.child_id) => list_parents => output::ListParents;
    /// Lists the accounts or units right below a root or unit, in the order of their ids.
    ListChildren: read, on |input| one(&input.parent_id) => list_children => output::ListChildren;
}

fn list_roots(call: &Call<'_, input::ListRoots>) -> Done<output::ListRoots> {
    let organization = call.managed()?;
    let all = [shown::root(organization.record())];
    let (roots, next_token) = asked!(call, "ListRoots").page(all, |root| root.id.clone())?;
    Ok(output::ListRoots { roots, next_token }.into())
}

fn list_parents(call: &Call<'_, input::ListParents>) -> Done<output::ListParents> {
    let organization = call.managed()?;
    let child = organization.node(&call.input.child_id);
    let child = child.ok_or(Refusal::ChildNotFound)?;
    let parent = child.parent().and_then(|parent| organization.node(parent));
    let all = parent.iter().map(|parent| output::Parent {
        id: parent.id().to_owned(),
        r#type: match parent {
            Node::Root(_) => ParentType::Root,
            _ => ParentType::OrganizationalUnit,
        },
    });
    let (parents, next_token) =
        asked!(call, "ListParents").page(all, |parent| parent.id.clone())?;
    Ok(output::ListParents {
        parents,
        next_token,
    }
    .into())
}

fn list_children(call: &Call<'_, input::ListChildren>) -> Done<output::ListChildren> {
    let organization = call.managed()?;
    let parent = organization.node(&call.input.parent_id);
    let parent = parent.ok_or(Refusal::ParentNotFound)?;
    // A token of accounts leads to no unit: they have lists of their own.
    let (asked, ids): (_, Vec<String>) = match call.input.child_type {
        ChildType::Account => {
            let accounts = organization.accounts_below(parent.id());
            let ids = accounts
                .iter()
                .map(|account| account.record().account.to_string());
            (asked!(call, "ListChildren/ACCOUNT"), ids.collect())
        }
        ChildType::OrganizationalUnit => {
            let units = organization.units_below(parent.id());
            let ids = units.iter().map(|unit| unit.record.id.clone());
            (
                asked!(call, "ListChildren/ORGANIZATIONAL_UNIT"),
                ids.collect(),
            )
        }
    };
    let (page, next_token) = asked.page(ids, Clone::clone)?;
    let children = page.into_iter().map(|id| output::Child {
        id,
        r#type: call.input.child_type,
    });
    Ok(output::ListChildren {
        children: children.collect(),
        next_token,
    }
    .into())
}
