//! The way into an account that the organization made: a role that the management account's
//! principals may become.
//!
//! Source: "Accessing a member account that has `OrganizationAccountAccessRole`" in the
//! Organizations guide.

use std::collections::BTreeSet;

use keystead_core::arn::{AccountId, PARTITION};
use keystead_core::identity::RoleRecord;

use super::ids;
use super::refusal::Refusal;
use crate::fault::Fault;
use crate::operation::Tools;

/// What the role is called unless the caller says otherwise.
const DEFAULT_NAME: &str = "OrganizationAccountAccessRole";
/// How the names of services' own roles begin.
const SERVICE_LINKED: &str = "AWSServiceRoleFor";

/// The role, in `account`, that whomever `management` lets may become. It may do everything.
///
/// # Errors
/// [`Refusal::ServiceLinkedRoleName`], and the random generator's.
pub(super) fn role(
    account: AccountId,
    management: AccountId,
    name: Option<&str>,
    tools: &Tools<'_>,
) -> Result<RoleRecord, Fault> {
    let name = name.unwrap_or(DEFAULT_NAME);
    if name.starts_with(SERVICE_LINKED) {
        return Err(Refusal::ServiceLinkedRoleName.into());
    }
    let id = ids::role(tools.provider)?;
    let administrator = format!("arn:{PARTITION}:iam::aws:policy/AdministratorAccess");
    Ok(RoleRecord {
        attached_policies: BTreeSet::from([administrator]),
        ..RoleRecord::new(account, name, id, tools.now, trust_of(management))
    })
}

fn trust_of(management: AccountId) -> String {
    let principal = management.root_arn();
    format!(
        r#"{{"Version":"2012-10-17","Statement":[{{"Effect":"Allow","Principal":{{"AWS":"{principal}"}},"Action":"sts:AssumeRole"}}]}}"#
    )
}

#[cfg(test)]
mod tests {
    use keystead_core::policy::TrustPolicy;

    use super::*;

    #[test]
    fn the_management_account_is_trusted() {
        let policy = TrustPolicy::parse(&trust_of("111122223333".parse().unwrap())).unwrap();
        assert_eq!(policy.principals().count(), 1);
    }
}
