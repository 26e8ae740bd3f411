//! Records as answers show them.

use keystead_core::identity::{
    GroupRecord, ManagedPolicyRecord, PolicyVersion, RoleRecord, UserRecord,
};
use keystead_core::time::Timestamp;
use keystead_wire::iam::{PermissionsBoundaryAttachmentType, output};
use keystead_wire::query::{Document, Iso8601};

use super::{tags, trust};
use crate::identities::{Identities, PolicyEntry};
use crate::ops::management::Call;

/// What is told of a role's last use, which nobody keeps: AWS answers the same of a role that was
/// not used for 400 days.
pub(super) const NEVER_USED: output::RoleLastUsed = output::RoleLastUsed {
    last_used_date: None,
    region: None,
};

/// An instant.
pub(super) const fn instant(at: Timestamp) -> Iso8601 {
    Iso8601(at.as_millis())
}

/// A text, unless it is empty.
pub(super) fn unless_empty(text: &str) -> Option<String> {
    (!text.is_empty()).then(|| text.to_owned())
}

/// A permissions boundary.
pub(super) fn boundary(arn: Option<&str>) -> Option<output::AttachedPermissionsBoundary> {
    arn.map(|arn| output::AttachedPermissionsBoundary {
        permissions_boundary_type: PermissionsBoundaryAttachmentType::PermissionsBoundaryPolicy,
        permissions_boundary_arn: arn.to_owned(),
    })
}

/// A user.
pub(super) fn user(record: &UserRecord) -> output::User {
    output::User {
        permissions_boundary: boundary(record.boundary.as_deref()),
        tags: tags::shown(&record.tags),
        ..user_of_list(record)
    }
}

/// A user in a list, which has neither boundaries nor tags.
pub(super) fn user_of_list(record: &UserRecord) -> output::User {
    output::User {
        path: record.path.clone(),
        user_name: record.name.clone(),
        user_id: record.user_id.clone(),
        arn: record.arn(),
        create_date: instant(record.created),
        password_last_used: None,
        permissions_boundary: None,
        tags: Vec::new(),
    }
}

/// A group.
pub(super) fn group(record: &GroupRecord) -> output::Group {
    output::Group {
        path: record.path.clone(),
        group_name: record.name.clone(),
        group_id: record.group_id.clone(),
        arn: record.arn(),
        create_date: instant(record.created),
    }
}

/// A role.
pub(super) fn role(record: &RoleRecord, identities: &Identities) -> output::Role {
    output::Role {
        permissions_boundary: boundary(record.boundary.as_deref()),
        tags: tags::shown(&record.tags),
        role_last_used: Some(NEVER_USED),
        ..role_of_list(record, identities)
    }
}

/// A role in a list, which has neither boundaries nor tags nor uses.
pub(super) fn role_of_list(record: &RoleRecord, identities: &Identities) -> output::Role {
    output::Role {
        path: record.path.clone(),
        role_name: record.name.clone(),
        role_id: record.role_id.clone(),
        arn: record.arn(),
        create_date: instant(record.created),
        assume_role_policy_document: Document(trust::shown(record, identities)),
        description: unless_empty(&record.description),
        max_session_duration: record.max_session_seconds.into(),
        permissions_boundary: None,
        tags: Vec::new(),
        role_last_used: None,
        source_role_template: None,
    }
}

/// A managed policy, and how often the account uses it.
pub(super) fn policy<I>(call: &Call<'_, I>, entry: &PolicyEntry) -> output::Policy {
    let count = |places: usize| i64::try_from(places).unwrap_or(i64::MAX);
    output::Policy {
        arn: entry.arn().to_owned(),
        attachment_count: count(call.attached_to(entry.arn()).len()),
        permissions_boundary_usage_count: count(call.bounded_by(entry.arn()).len()),
        description: unless_empty(&entry.record.description),
        tags: tags::shown(&entry.record.tags),
        ..new_policy(&entry.record)
    }
}

/// A managed policy in a list, which has neither descriptions nor tags.
pub(super) fn in_list(policy: output::Policy) -> output::Policy {
    output::Policy {
        description: None,
        tags: Vec::new(),
        ..policy
    }
}

/// A managed policy that is not used yet.
pub(super) fn new_policy(record: &ManagedPolicyRecord) -> output::Policy {
    output::Policy {
        policy_name: record.name.clone(),
        policy_id: record.policy_id.clone(),
        arn: record.arn(),
        path: record.path.clone(),
        default_version_id: format!("v{}", record.default_version),
        attachment_count: 0,
        permissions_boundary_usage_count: 0,
        is_attachable: true,
        description: None,
        create_date: instant(record.created),
        update_date: instant(record.updated),
        tags: tags::shown(&record.tags),
    }
}

/// All versions of a managed policy, the newest first.
pub(super) fn versions(policy: &ManagedPolicyRecord) -> Vec<output::PolicyVersion> {
    let newest_first = policy.versions.iter().rev();
    newest_first
        .map(|it| version(it, policy.default_version))
        .collect()
}

/// A version of a managed policy of which this one is in force.
pub(super) fn version(version: &PolicyVersion, default: u32) -> output::PolicyVersion {
    output::PolicyVersion {
        document: Some(Document(version.document.clone())),
        version_id: version.id(),
        is_default_version: version.number == default,
        create_date: instant(version.created),
    }
}
