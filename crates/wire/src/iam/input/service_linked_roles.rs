//! Roles of services.

use crate::iam::shapes::{
    CustomSuffixType, DeletionTaskIdType, GroupNameType, RoleDescriptionType, RoleNameType,
};
use crate::query::inputs;

inputs! {
    /// Makes the role that a service uses.
    CreateServiceLinkedRole {
        "AWSServiceName" aws_service_name: String = required GroupNameType;
        "Description" description: Option<String> = optional RoleDescriptionType;
        "CustomSuffix" custom_suffix: Option<String> = optional CustomSuffixType;
    }

    /// Starts the deletion of a service's role.
    DeleteServiceLinkedRole {
        "RoleName" role_name: String = required RoleNameType;
    }

    /// Tells how far the deletion of a service's role has come.
    GetServiceLinkedRoleDeletionStatus {
        "DeletionTaskId" deletion_task_id: String = required DeletionTaskIdType;
    }
}
