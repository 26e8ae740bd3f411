//! Roles of services.

use super::Role;
use crate::iam::DeletionTaskStatusType;
use crate::query::outputs;

outputs! {
    /// The role that was made.
    CreateServiceLinkedRole {
        "Role" role: Role = always;
    }

    /// The deletion that was started.
    DeleteServiceLinkedRole {
        "DeletionTaskId" deletion_task_id: String = always;
    }

    /// How far the deletion has come.
    GetServiceLinkedRoleDeletionStatus {
        "Status" status: DeletionTaskStatusType = always;
        "Reason" reason: Option<DeletionTaskFailureReasonType> = present;
    }

    /// Why a deletion failed.
    DeletionTaskFailureReasonType {
        "Reason" reason: Option<String> = present;
        "RoleUsageList" role_usage_list: Vec<RoleUsageType> = nonempty;
    }

    /// Where a role is still used.
    RoleUsageType {
        "Region" region: String = always;
        "Resources" resources: Vec<String> = always;
    }
}
