//! The enums of the model, one line for each value, in the model's order, which error messages repeat.

pub use crate::model::UnknownValue;

use crate::model::enums;

enums! {
    /// What an inline policy is part of.
    AttachmentType {
        User = "user",
        Group = "group",
        Role = "role",
    }

    /// The type of a context key's values.
    ContextKeyTypeEnum {
        String = "string",
        StringList = "stringList",
        Numeric = "numeric",
        NumericList = "numericList",
        Boolean = "boolean",
        BooleanList = "booleanList",
        Ip = "ip",
        IpList = "ipList",
        Binary = "binary",
        BinaryList = "binaryList",
        Date = "date",
        DateList = "dateList",
    }

    /// How far the deletion of a service-linked role has come.
    DeletionTaskStatusType {
        Succeeded = "SUCCEEDED",
        InProgress = "IN_PROGRESS",
        Failed = "FAILED",
        NotStarted = "NOT_STARTED",
    }

    /// A kind of thing that an account has.
    EntityType {
        User = "User",
        Role = "Role",
        Group = "Group",
        LocalManagedPolicy = "LocalManagedPolicy",
        AwsManagedPolicy = "AWSManagedPolicy",
    }

    /// What a permissions boundary is.
    PermissionsBoundaryAttachmentType {
        PermissionsBoundaryPolicy = "PermissionsBoundaryPolicy",
    }

    /// What a policy evaluation decided.
    PolicyEvaluationDecisionType {
        Allowed = "allowed",
        ExplicitDeny = "explicitDeny",
        ImplicitDeny = "implicitDeny",
    }

    /// The kind of a policy to leave out of a simulation.
    PolicyIdentifierPolicyType {
        Inline = "inline",
        AwsManaged = "aws-managed",
        UserManaged = "user-managed",
        PermissionBoundary = "permission-boundary",
        Scp = "scp",
        Rcp = "rcp",
    }

    /// Whose managed policies are meant.
    PolicyScopeType {
        All = "All",
        Aws = "AWS",
        Local = "Local",
    }

    /// Where a statement that matched comes from.
    PolicySourceType {
        User = "user",
        Group = "group",
        Role = "role",
        AwsManaged = "aws-managed",
        UserManaged = "user-managed",
        Resource = "resource",
        None = "none",
    }

    /// What a managed policy is used as.
    PolicyUsageType {
        PermissionsPolicy = "PermissionsPolicy",
        PermissionsBoundary = "PermissionsBoundary",
    }

    /// Whether an access key may be used.
    StatusType {
        Active = "Active",
        Inactive = "Inactive",
        Expired = "Expired",
    }
}
