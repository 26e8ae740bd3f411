//! `ListGrants`.

use keystead_core::audit::Elements;
use keystead_core::grant::{GrantBook, GrantPrincipal, GrantRecord};
use keystead_wire::kms::{input, output};

use super::page::{self, PageLimits};
use super::{grant_entry, grant_principal};
use crate::authz::Authorized;
use crate::fault::Fault;
use crate::grant_token;
use crate::identities::Identities;
use crate::operation::{Operation, Performed, Tools};
use crate::protocol::Json;
use crate::target::{KeyName, OneKey};

/// How many grants are on a page, of this list and of that of a retiring principal.
pub(super) const LIMITS: PageLimits = PageLimits {
    default: 50,
    max: 100,
};

/// Lists a key's grants in the order of their ids: all, or the one of an id, or those of a grantee.
#[derive(Debug)]
pub enum ListGrants {}

impl Operation for ListGrants {
    const NAME: &'static str = "ListGrants";
    const ACTION: &'static str = "kms:ListGrants";
    const READ_ONLY: bool = true;
    const CROSS_ACCOUNT: bool = true;
    type Input = input::ListGrants;
    type Output = output::ListGrants;
    type Protocol = Json;
    type Target = OneKey;

    fn check(input: &Self::Input) -> Result<(), Fault> {
        if input.grantee_principal.is_some() && input.grantee_service_principal.is_some() {
            let message =
                "Specify either GranteePrincipal or GranteeServicePrincipal, but not both.".into();
            return Err(Fault::Validation { message });
        }
        input
            .grant_id
            .as_deref()
            .map_or(Ok(()), grant_token::check_id)
    }

    fn target(input: &Self::Input) -> KeyName<'_> {
        KeyName::Key(&input.key_id)
    }

    fn parameters(input: &Self::Input) -> Option<Elements<'_>> {
        let elements = Elements::new()
            .text("keyId", &input.key_id)
            .integer_if("limit", input.limit)
            .text_if("marker", input.marker.as_deref())
            .text_if("grantId", input.grant_id.as_deref())
            .text_if("granteePrincipal", input.grantee_principal.as_deref())
            .text_if(
                "granteeServicePrincipal",
                input.grantee_service_principal.as_deref(),
            );
        Some(elements)
    }

    fn perform(call: Authorized<'_, Self>, tools: &Tools<'_>) -> Result<Performed<Self>, Fault> {
        let input = call.input();
        let size = LIMITS.size(input.limit);
        let after: Option<String> = page::after(Self::NAME, input.marker.as_deref())?;
        let wanted = Wanted::of(input, tools.identities);
        let grants = tools.directory.grants(call.target().entry().record.id);
        let found = grants.map_or_else(Vec::new, |grants| {
            let book = grants.read();
            let found = wanted.among(&book, after.as_deref());
            // Shown while the grants are held still, so that none of them is copied first.
            found
                .take(size + 1)
                .map(|grant| grant_entry::of(grant, tools))
                .collect()
        });
        let (grants, next_marker) =
            page::cut(Self::NAME, found, size, |grant| grant.grant_id.clone());
        let output = output::ListGrants {
            grants,
            truncated: next_marker.is_some(),
            next_marker,
        };
        Ok(Performed::new(call, output))
    }
}

/// Which of a key's grants are asked for.
struct Wanted<'a> {
    id: Option<&'a str>,
    grantee: Option<&'a str>,
    service: Option<&'a str>,
    identities: &'a Identities,
}

impl<'a> Wanted<'a> {
    fn of(input: &'a input::ListGrants, identities: &'a Identities) -> Self {
        Self {
            id: input.grant_id.as_deref(),
            grantee: input.grantee_principal.as_deref(),
            service: input.grantee_service_principal.as_deref(),
            identities,
        }
    }

    fn among<'b>(
        &'b self,
        book: &'b GrantBook,
        after: Option<&'b str>,
    ) -> impl Iterator<Item = &'b GrantRecord> {
        let all = book.after(after).map(|grant| &**grant);
        all.filter(|grant| self.is_it(grant))
    }

    fn is_it(&self, grant: &GrantRecord) -> bool {
        // A grantee is asked for as lists show it.
        let shown = |wanted| grant_principal::shown(&grant.grantee, self.identities) == wanted;
        let is_service = matches!(grant.grantee, GrantPrincipal::Service { .. });
        self.id.is_none_or(|id| grant.id == id)
            && self.grantee.is_none_or(|arn| !is_service && shown(arn))
            && self.service.is_none_or(|name| is_service && shown(name))
    }
}
