//! The account as a whole: its alias, and what it has.

use std::collections::BTreeMap;

use keystead_core::identity::{
    AccountRecord, GroupRecord, ManagedPolicyRecord, RoleRecord, UserRecord,
};
use keystead_wire::iam::{input, output};
use keystead_wire::query::NoOutput;

use super::about::account;
use super::pages::{asked, listed};
use super::{Done, entity, error, quota};
use crate::identities::Link;
use crate::ops::management::{Answer, Call, operations};

operations! { Iam "iam" Query;
    /// Gives the account an alias, in the place of the one that it has.
    CreateAccountAlias: write, on account => create_alias;
    /// Removes the account's alias.
    DeleteAccountAlias: write, on account => delete_alias;
    /// Lists the account's alias.
    ListAccountAliases: read, on account => list_aliases => output::ListAccountAliases;
    /// Counts what the account has and may have.
    GetAccountSummary: read, on account => summary => output::GetAccountSummary;
}

fn create_alias(call: &Call<'_, input::CreateAccountAlias>) -> Done<NoOutput> {
    let alias = &call.input.account_alias;
    if call
        .tools
        .identities
        .link_count(&Link::Alias(alias.clone()))
        > 0
    {
        return Err(error::exists(format!(
            "The account alias {alias} already exists."
        )));
    }
    set_alias(call, Some(alias))
}

fn delete_alias(call: &Call<'_, input::DeleteAccountAlias>) -> Done<NoOutput> {
    let alias = &call.input.account_alias;
    if alias_of(call).as_ref() != Some(alias) {
        return Err(error::not_found(format!(
            "The account alias {alias} cannot be found."
        )));
    }
    set_alias(call, None)
}

fn set_alias<I>(call: &Call<'_, I>, alias: Option<&str>) -> Done<NoOutput> {
    let record = |found: &AccountRecord| AccountRecord {
        alias: alias.map(str::to_owned),
        ..found.clone()
    };
    // In development mode there are accounts that nobody has made.
    let change = match call.tools.identities.account(call.account) {
        Some(found) => found.replaced_by(record(&found.record)),
        None => entity::made(record(&AccountRecord::new(call.account, call.tools.now))),
    };
    Ok(Answer::from(NoOutput).change(change))
}

fn alias_of<I>(call: &Call<'_, I>) -> Option<String> {
    let account = call.tools.identities.account(call.account)?;
    account.record.alias.clone()
}

fn list_aliases(call: &Call<'_, input::ListAccountAliases>) -> Done<output::ListAccountAliases> {
    let page = asked!(call, "ListAccountAliases").page(alias_of(call), String::clone)?;
    listed!(page => ListAccountAliases.account_aliases)
}

/// What no account of this service has, under the names of the model's `summaryKeyType`.
const NOTHING_OF: [&str; 9] = [
    "AccountAccessKeysPresent",
    "AccountMFAEnabled",
    "AccountPasswordPresent",
    "AccountSigningCertificatesPresent",
    "InstanceProfiles",
    "MFADevices",
    "MFADevicesInUse",
    "ServerCertificates",
    "SigningCertificatesPerUserQuota",
];

/// What every account may have.
const QUOTAS: [(&str, usize); 16] = [
    ("AccessKeysPerUserQuota", quota::ACCESS_KEYS_PER_USER),
    ("AssumeRolePolicySizeQuota", quota::TRUST_POLICY),
    ("AttachedPoliciesPerGroupQuota", quota::ATTACHED_POLICIES),
    ("AttachedPoliciesPerRoleQuota", quota::ATTACHED_POLICIES),
    ("AttachedPoliciesPerUserQuota", quota::ATTACHED_POLICIES),
    ("GroupPolicySizeQuota", quota::GROUP_POLICIES),
    ("GroupsPerUserQuota", quota::GROUPS_PER_USER),
    ("GroupsQuota", quota::GROUPS),
    ("PoliciesQuota", quota::POLICIES),
    ("PolicySizeQuota", quota::MANAGED_POLICY),
    (
        "PolicyVersionsInUseQuota",
        quota::POLICIES * ManagedPolicyRecord::MAX_VERSIONS,
    ),
    ("RolePolicySizeQuota", quota::ROLE_POLICIES),
    ("RolesQuota", quota::ROLES),
    ("UserPolicySizeQuota", quota::USER_POLICIES),
    ("UsersQuota", quota::USERS),
    ("VersionsPerPolicyQuota", ManagedPolicyRecord::MAX_VERSIONS),
];

fn summary(call: &Call<'_, input::GetAccountSummary>) -> Done<output::GetAccountSummary> {
    /// Version 2 of the tokens of the global endpoint is the one that works in all Regions.
    const TOKEN_VERSION: (&str, usize) = ("GlobalEndpointTokenVersion", 2);
    let policies = call.all::<ManagedPolicyRecord>();
    let versions = policies
        .iter()
        .map(|found| found.record.versions.len())
        .sum();
    let counts = [
        ("Groups", call.all::<GroupRecord>().len()),
        ("Policies", policies.len()),
        ("PolicyVersionsInUse", versions),
        (
            "Providers",
            call.tools.identities.oidc_providers(call.account).len(),
        ),
        ("Roles", call.all::<RoleRecord>().len()),
        ("Users", call.all::<UserRecord>().len()),
        TOKEN_VERSION,
    ];
    let nothing = NOTHING_OF.map(|name| (name, 0));
    let all = counts.into_iter().chain(QUOTAS).chain(nothing);
    let summary_map: BTreeMap<String, i64> = all
        .map(|(name, count)| (name.to_owned(), i64::try_from(count).unwrap_or(i64::MAX)))
        .collect();
    Ok(output::GetAccountSummary { summary_map }.into())
}
