//! Questions about parts of the organization: its root, units, accounts and policies.

use keystead_core::tag::Tags;

use crate::authz::Gate;
use crate::fault::Fault;
use crate::organization::Organization;

/// What a call of Organizations is about.
#[derive(Debug, Clone, Copy)]
pub struct Parts<'a> {
    /// The ids of a root, units, accounts or policies; none for the organization as a whole.
    pub ids: [Option<&'a str>; 3],
    /// Whether tags are put on something that is to be made, which takes a permission of its own.
    pub tagged: bool,
}

/// May the caller do this to each of the parts? Where there is no organization, there are no parts,
/// and whoever may ask is told so. Their tags are for the account that manages it: whether a
/// condition holds would tell them to its members, who may do nothing to the parts anyway.
pub(super) fn ask(
    parts: Parts<'_>,
    action: &'static str,
    gate: &mut Gate<'_>,
) -> Result<(), Fault> {
    let organization = Organization::of(gate.scope().identities);
    let ids = parts.ids.into_iter().flatten();
    match &organization {
        Some(organization) if parts.ids.iter().any(Option::is_some) => {
            let manages = organization.record().management_account == gate.scope().account;
            for id in ids {
                let (arn, tags) = organization.part(id);
                let tags = if manages { tags } else { Tags::default() };
                gate.ask_tagged(action, &arn, &tags)?;
            }
        }
        _ => gate.ask_account(action)?,
    }
    if parts.tagged {
        gate.ask_account("organizations:TagResource")?;
    }
    Ok(())
}
