//! All that decides in an account, in one list of pages.

use std::sync::Arc;

use keystead_core::identity::{EntityKind, GroupRecord, RoleRecord, UserRecord, lower};
use keystead_wire::iam::{EntityType, PolicyScopeType, input, output};
use keystead_wire::query::Document;

use super::about::account;
use super::holder::Holder;
use super::pages::asked;
use super::{Done, policy, shown, tags, trust};
use crate::identities::{GroupEntry, PolicyEntry, RoleEntry, UserEntry};
use crate::ops::management::{Call, operations};

operations! { Iam "iam" Query;
    /// Gives all users, groups, roles and policies of the account.
    GetAccountAuthorizationDetails: read, on account
        => details => output::GetAccountAuthorizationDetails;
}

/// An entry of the list, before it is shown.
enum Detail {
    User(Arc<UserEntry>),
    Group(Arc<GroupEntry>),
    Role(Arc<RoleEntry>),
    Policy(Arc<PolicyEntry>),
}

impl Detail {
    /// Its place in the list: by kind, then by what is unique in the kind.
    fn place(&self) -> String {
        let of_kind = |kind: EntityKind, name: &str| format!("{}/{}", kind.as_str(), lower(name));
        match self {
            Self::Group(entry) => of_kind(EntityKind::Group, &entry.record.name),
            Self::Policy(entry) => format!("{}/{}", EntityKind::Policy.as_str(), entry.arn()),
            Self::Role(entry) => of_kind(EntityKind::Role, &entry.record.name),
            Self::User(entry) => of_kind(EntityKind::User, &entry.record.name),
        }
    }
}

fn details(
    call: &Call<'_, input::GetAccountAuthorizationDetails>,
) -> Done<output::GetAccountAuthorizationDetails> {
    let mut all = all(call);
    all.sort_by_cached_key(Detail::place);
    let page = asked!(call, "GetAccountAuthorizationDetails").page(all, Detail::place)?;
    let mut answer = output::GetAccountAuthorizationDetails {
        user_detail_list: Vec::new(),
        group_detail_list: Vec::new(),
        role_detail_list: Vec::new(),
        policies: Vec::new(),
        is_truncated: page.is_truncated,
        marker: page.marker,
    };
    for detail in page.items {
        match detail {
            Detail::User(entry) => answer.user_detail_list.push(user(&entry.record)),
            Detail::Group(entry) => answer.group_detail_list.push(group(&entry.record)),
            Detail::Role(entry) => answer.role_detail_list.push(role(call, &entry.record)),
            Detail::Policy(entry) => answer.policies.push(managed(call, &entry)),
        }
    }
    Ok(answer.into())
}

/// Everything of the kinds that are asked for: of all, if none is named.
fn all(call: &Call<'_, input::GetAccountAuthorizationDetails>) -> Vec<Detail> {
    let filter = &call.input.filter;
    let is_meant = |kind: EntityType| filter.is_empty() || filter.contains(&kind);
    let mut all = Vec::new();
    if is_meant(EntityType::User) {
        all.extend(call.all().into_iter().map(Detail::User));
    }
    if is_meant(EntityType::Group) {
        all.extend(call.all().into_iter().map(Detail::Group));
    }
    if is_meant(EntityType::Role) {
        all.extend(call.all().into_iter().map(Detail::Role));
    }
    for (kind, scope) in [
        (EntityType::LocalManagedPolicy, PolicyScopeType::Local),
        (EntityType::AwsManagedPolicy, PolicyScopeType::Aws),
    ] {
        if is_meant(kind) {
            all.extend(call.policies(scope).into_iter().map(Detail::Policy));
        }
    }
    all
}

fn user(record: &UserRecord) -> output::UserDetail {
    output::UserDetail {
        path: record.path.clone(),
        user_name: record.name.clone(),
        user_id: record.user_id.clone(),
        arn: record.arn(),
        create_date: shown::instant(record.created),
        user_policy_list: inline(record),
        group_list: record.groups.iter().cloned().collect(),
        attached_managed_policies: attached(record),
        permissions_boundary: shown::boundary(record.boundary.as_deref()),
        tags: tags::shown(&record.tags),
    }
}

fn group(record: &GroupRecord) -> output::GroupDetail {
    output::GroupDetail {
        path: record.path.clone(),
        group_name: record.name.clone(),
        group_id: record.group_id.clone(),
        arn: record.arn(),
        create_date: shown::instant(record.created),
        group_policy_list: inline(record),
        attached_managed_policies: attached(record),
    }
}

fn role<I>(call: &Call<'_, I>, record: &RoleRecord) -> output::RoleDetail {
    output::RoleDetail {
        path: record.path.clone(),
        role_name: record.name.clone(),
        role_id: record.role_id.clone(),
        arn: record.arn(),
        create_date: shown::instant(record.created),
        assume_role_policy_document: Document(trust::shown(record, call.tools.identities)),
        instance_profile_list: Vec::new(),
        role_policy_list: inline(record),
        attached_managed_policies: attached(record),
        permissions_boundary: shown::boundary(record.boundary.as_deref()),
        tags: tags::shown(&record.tags),
        role_last_used: Some(shown::NEVER_USED),
    }
}

fn managed<I>(call: &Call<'_, I>, entry: &PolicyEntry) -> output::ManagedPolicyDetail {
    let policy = shown::policy(call, entry);
    output::ManagedPolicyDetail {
        policy_name: policy.policy_name,
        policy_id: policy.policy_id,
        arn: policy.arn,
        path: policy.path,
        default_version_id: policy.default_version_id,
        attachment_count: policy.attachment_count,
        permissions_boundary_usage_count: policy.permissions_boundary_usage_count,
        is_attachable: policy.is_attachable,
        description: policy.description,
        create_date: policy.create_date,
        update_date: policy.update_date,
        policy_version_list: shown::versions(&entry.record),
    }
}

fn inline(holder: &impl Holder) -> Vec<output::PolicyDetail> {
    let detail = |(name, text): (&String, &String)| output::PolicyDetail {
        policy_name: name.clone(),
        policy_document: Document(text.clone()),
    };
    holder.inline().iter().map(detail).collect()
}

fn attached(holder: &impl Holder) -> Vec<output::AttachedPolicy> {
    holder
        .attached()
        .iter()
        .map(|arn| policy::attached(arn))
        .collect()
}
