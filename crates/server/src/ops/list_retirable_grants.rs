//! `ListRetirableGrants`.

use keystead_core::audit::Elements;
use keystead_core::grant::GrantPrincipal;
use keystead_wire::kms::{input, output};

use super::list_grants::LIMITS;
use super::{grant_entry, grant_principal, page};
use crate::authz::Authorized;
use crate::directory::grants::{GrantEntry, GrantPosition};
use crate::fault::Fault;
use crate::operation::{Operation, Performed, Tools};
use crate::protocol::Json;
use crate::target::{RetiringName, RetiringPrincipal};

/// Lists the grants that name a principal of the caller's account as the one to retire them, on
/// whoever's keys in the Region, in the order of the keys' ids and the grants'.
#[derive(Debug)]
pub enum ListRetirableGrants {}

impl Operation for ListRetirableGrants {
    const NAME: &'static str = "ListRetirableGrants";
    const ACTION: &'static str = "kms:ListRetirableGrants";
    const READ_ONLY: bool = true;
    type Input = input::ListRetirableGrants;
    type Output = output::ListGrants;
    type Protocol = Json;
    type Target = RetiringPrincipal;

    fn check(input: &Self::Input) -> Result<(), Fault> {
        match (&input.retiring_principal, &input.retiring_service_principal) {
            (Some(_), None) | (None, Some(_)) => Ok(()),
            _ => Err(Fault::Validation {
                message:
                    "Specify either RetiringPrincipal or RetiringServicePrincipal, but not both."
                        .into(),
            }),
        }
    }

    fn target(input: &Self::Input) -> RetiringName<'_> {
        match (&input.retiring_principal, &input.retiring_service_principal) {
            (None, Some(service)) => RetiringName::Service(service),
            (arn, _) => RetiringName::Arn(arn.as_deref().unwrap_or_default()),
        }
    }

    fn parameters(input: &Self::Input) -> Option<Elements<'_>> {
        let elements = Elements::new()
            .integer_if("limit", input.limit)
            .text_if("marker", input.marker.as_deref())
            .text_if("retiringPrincipal", input.retiring_principal.as_deref())
            .text_if(
                "retiringServicePrincipal",
                input.retiring_service_principal.as_deref(),
            );
        Some(elements)
    }

    fn perform(call: Authorized<'_, Self>, tools: &Tools<'_>) -> Result<Performed<Self>, Fault> {
        let input = call.input();
        let size = LIMITS.size(input.limit);
        let after: Option<GrantPosition> = page::after(Self::NAME, input.marker.as_deref())?;
        let principal = match &input.retiring_service_principal {
            Some(name) => GrantPrincipal::Service { name: name.clone() },
            None => {
                let arn = input.retiring_principal.as_deref().unwrap_or_default();
                grant_principal::of_arn(arn, tools.identities)?
            }
        };
        let found = tools
            .directory
            .retirable_after(&principal, after.as_ref(), size + 1);
        let position = |grant: &GrantEntry| GrantPosition::of(&grant.record).to_string();
        let (grants, next_marker) = page::cut(Self::NAME, found, size, position);
        let shown = grants
            .iter()
            .map(|grant| grant_entry::of(&grant.record, tools));
        let output = output::ListGrants {
            grants: shown.collect(),
            truncated: next_marker.is_some(),
            next_marker,
        };
        Ok(Performed::new(call, output))
    }
}
