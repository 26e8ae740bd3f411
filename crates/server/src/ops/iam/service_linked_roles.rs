//! Roles of services: made for one service, which alone may become them, and changed by nobody.
//!
//! Source: "Create a service-linked role" in the IAM guide.

use keystead_core::identity::RoleRecord;
use keystead_wire::iam::{DeletionTaskStatusType, input, output};

use super::about::{account, role};
use super::{Done, entity, error, quota, shown};
use crate::fault::Fault;
use crate::ids::new_id;
use crate::ops::management::{Answer, Call, operations};
use crate::target::Named;

operations! { Iam "iam" Query;
    /// Makes the role that a service uses.
    CreateServiceLinkedRole: write, on new => create => output::CreateServiceLinkedRole;
    /// Destroys a service's role. It is done at once; the task that clients then ask for has ended.
    DeleteServiceLinkedRole: write, on |input| role(&input.role_name)
        => delete => output::DeleteServiceLinkedRole;
    /// Tells how far the deletion of a service's role has come.
    GetServiceLinkedRoleDeletionStatus: read, on account
        => status => output::GetServiceLinkedRoleDeletionStatus;
}

/// Below this path stand the roles of services, and no others.
pub(super) const PATH: &str = "/aws-service-role/";

/// The names of the roles of services whose own name does not show them.
const NAMES: [(&str, &str); 9] = [
    ("autoscaling.amazonaws.com", "AutoScaling"),
    ("connect.amazonaws.com", "AmazonConnect"),
    ("es.amazonaws.com", "AmazonElasticsearchService"),
    ("guardduty.amazonaws.com", "AmazonGuardDuty"),
    ("kafka.amazonaws.com", "Kafka"),
    (
        "mrk.kms.amazonaws.com",
        "KeyManagementServiceMultiRegionKeys",
    ),
    (
        "cks.kms.amazonaws.com",
        "KeyManagementServiceCustomKeyStores",
    ),
    ("opensearchservice.amazonaws.com", "AmazonOpenSearchService"),
    ("rds.amazonaws.com", "RDS"),
];

fn new(input: &input::CreateServiceLinkedRole) -> Named<'_> {
    Named::ServiceLinkedRole {
        service: &input.aws_service_name,
    }
}

fn create(
    call: &Call<'_, input::CreateServiceLinkedRole>,
) -> Done<output::CreateServiceLinkedRole> {
    let input = call.input;
    let service = input.aws_service_name.clone();
    let name = role_name(&service, input.custom_suffix.as_deref())?;
    if call.find::<RoleRecord>(&name).is_ok() {
        return Err(error::invalid_input(format!(
            "Service role name {name} has been taken in this account, please try a different suffix."
        )));
    }
    call.check_new::<RoleRecord>(&name, "RolesPerAccount", quota::ROLES)?;
    let trust_policy = format!(
        r#"{{"Version":"2012-10-17","Statement":[{{"Effect":"Allow","Principal":{{"Service":"{service}"}},"Action":"sts:AssumeRole"}}]}}"#
    );
    let id = call.new_id::<RoleRecord>()?;
    let record = RoleRecord {
        path: format!("{PATH}{service}/"),
        description: input.description.clone().unwrap_or_default(),
        service_linked: Some(service),
        ..RoleRecord::new(call.account, name, id, call.tools.now, trust_policy)
    };
    let role = shown::role(&record, call.tools.identities);
    Ok(Answer::from(output::CreateServiceLinkedRole { role }).change(entity::made(record)))
}

fn delete(
    call: &Call<'_, input::DeleteServiceLinkedRole>,
) -> Done<output::DeleteServiceLinkedRole> {
    let name = &call.input.role_name;
    let found = call.find::<RoleRecord>(name)?;
    let Some(service) = &found.record.service_linked else {
        return Err(error::invalid_input(format!(
            "{name} is not a service-linked role."
        )));
    };
    let task = new_id(call.tools.provider)?;
    let deletion_task_id = format!("task{PATH}{service}/{name}/{task}");
    Ok(Answer::from(output::DeleteServiceLinkedRole { deletion_task_id }).change(found.removed()))
}

fn status(
    call: &Call<'_, input::GetServiceLinkedRoleDeletionStatus>,
) -> Done<output::GetServiceLinkedRoleDeletionStatus> {
    let id = &call.input.deletion_task_id;
    let is_task = id
        .strip_prefix("task")
        .is_some_and(|rest| rest.starts_with(PATH));
    if !is_task {
        return Err(error::not_found(format!(
            "Deletion task {id} cannot be found."
        )));
    }
    Ok(output::GetServiceLinkedRoleDeletionStatus {
        status: DeletionTaskStatusType::Succeeded,
        reason: None,
    }
    .into())
}

/// The name of a service's role: AWS's where it is known, else made of the service's.
fn role_name(service: &str, suffix: Option<&str>) -> Result<String, Fault> {
    const MAX_NAME: usize = 64;
    let host = service.strip_suffix(".amazonaws.com");
    let host = host
        .filter(|host| host.split('.').all(is_label))
        .ok_or_else(|| error::invalid_input(format!("{service} is not the name of a service.")))?;
    let known = NAMES.iter().find(|(known, _)| *known == service);
    let name = known.map_or_else(|| capitalized(host), |(_, name)| (*name).to_owned());
    let name = match suffix {
        Some(suffix) => format!("AWSServiceRoleFor{name}_{suffix}"),
        None => format!("AWSServiceRoleFor{name}"),
    };
    if name.len() > MAX_NAME {
        return Err(error::invalid_input("The suffix is too long."));
    }
    Ok(name)
}

fn is_label(label: &str) -> bool {
    let is_letter = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    !label.is_empty() && label.bytes().all(is_letter)
}

/// `a-b.c` as `ABC`: each word with a capital.
fn capitalized(host: &str) -> String {
    let word = |word: &str| {
        let mut letters = word.chars();
        let first = letters.next().map(|first| first.to_ascii_uppercase());
        first.into_iter().chain(letters).collect::<String>()
    };
    host.split(['-', '.']).map(word).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_services_roles() {
        for (service, suffix, expected) in [
            ("rds.amazonaws.com", None, Some("AWSServiceRoleForRDS")),
            (
                "rds.amazonaws.com",
                Some("x"),
                Some("AWSServiceRoleForRDS_x"),
            ),
            (
                "object-store.amazonaws.com",
                None,
                Some("AWSServiceRoleForObjectStore"),
            ),
            (
                "mrk.kms.amazonaws.com",
                None,
                Some("AWSServiceRoleForKeyManagementServiceMultiRegionKeys"),
            ),
            ("a.b.amazonaws.com", None, Some("AWSServiceRoleForAB")),
            (".amazonaws.com", None, None),
            ("a/b.amazonaws.com", None, None),
            ("example.com", None, None),
            ("", None, None),
        ] {
            assert_eq!(
                role_name(service, suffix).ok().as_deref(),
                expected,
                "{service}"
            );
        }
        assert!(role_name("rds.amazonaws.com", Some(&"x".repeat(64))).is_err());
    }
}
