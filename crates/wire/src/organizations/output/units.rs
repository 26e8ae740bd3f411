//! Roots, organizational units, and what stands where.

use super::PolicyTypeSummary;
use crate::json::recorded_outputs;
use crate::organizations::{ChildType, ParentType};

recorded_outputs! {
    /// The root.
    ListRoots {
        "Roots" roots: Vec<Root> = always;
        "NextToken" next_token: Option<String> = present;
    }

    /// The unit that was made.
    CreateOrganizationalUnit {
        "OrganizationalUnit" organizational_unit: OrganizationalUnit = always;
    }

    /// The unit.
    DescribeOrganizationalUnit {
        "OrganizationalUnit" organizational_unit: OrganizationalUnit = always;
    }

    /// The unit as it is now.
    UpdateOrganizationalUnit {
        "OrganizationalUnit" organizational_unit: OrganizationalUnit = always;
    }

    /// A page of units.
    ListOrganizationalUnitsForParent {
        "OrganizationalUnits" organizational_units: Vec<OrganizationalUnit> = always;
        "NextToken" next_token: Option<String> = present;
    }

    /// What the account or unit stands in.
    ListParents {
        "Parents" parents: Vec<Parent> = always;
        "NextToken" next_token: Option<String> = present;
    }

    /// A page of accounts or units.
    ListChildren {
        "Children" children: Vec<Child> = always;
        "NextToken" next_token: Option<String> = present;
    }

    /// A root.
    Root {
        "Id" id: String = always;
        "Arn" arn: String = always;
        "Name" name: String = always;
        "PolicyTypes" policy_types: Vec<PolicyTypeSummary> = always;
    }

    /// An organizational unit.
    OrganizationalUnit {
        "Id" id: String = always;
        "Arn" arn: String = always;
        "Name" name: String = always;
        "Path" path: Option<String> = present;
    }

    /// What an account or unit stands in.
    Parent {
        "Id" id: String = always;
        "Type" r#type: ParentType = always;
    }

    /// What stands below a root or unit.
    Child {
        "Id" id: String = always;
        "Type" r#type: ChildType = always;
    }
}
