//! The enums of the API, one line for each value.

pub use crate::model::UnknownValue;

use crate::model::enums;

enums! {
    /// Whether an access key can sign.
    StatusType {
        Active = "Active",
        Inactive = "Inactive",
    }

    /// What a principal that may use a key is.
    PrincipalKind {
        RootUser = "RootUser",
        User = "User",
        Role = "Role",
        RoleSession = "RoleSession",
        FederatedUser = "FederatedUser",
        Account = "Account",
        Everyone = "Everyone",
        Service = "Service",
    }

    /// How sure it is that a principal may use a key.
    Certainty {
        Certain = "Certain",
        Conditional = "Conditional",
    }
}
