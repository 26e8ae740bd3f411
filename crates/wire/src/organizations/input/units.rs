//! Roots, organizational units, and what stands where.

use super::Tag;
use crate::organizations::shapes::{
    ChildId, MaxResults, NextToken, OrganizationalUnitId, OrganizationalUnitName, ParentId, Tags,
};
use crate::organizations::{ChildType, inputs};

inputs! {
    /// Lists the organization's root.
    ListRoots {
        "NextToken" next_token: Option<String> = optional NextToken;
        "MaxResults" max_results: Option<i64> = optional MaxResults;
    }

    /// Makes a unit.
    CreateOrganizationalUnit {
        "ParentId" parent_id: String = required ParentId;
        "Name" name: String = required OrganizationalUnitName;
        "Tags" tags: Vec<Tag> = defaulted Tags;
    }

    /// Gives a unit.
    DescribeOrganizationalUnit {
        "OrganizationalUnitId" organizational_unit_id: String = required OrganizationalUnitId;
    }

    /// Changes a unit's name.
    UpdateOrganizationalUnit {
        "OrganizationalUnitId" organizational_unit_id: String = required OrganizationalUnitId;
        "Name" name: Option<String> = optional OrganizationalUnitName;
    }

    /// Destroys an empty unit.
    DeleteOrganizationalUnit {
        "OrganizationalUnitId" organizational_unit_id: String = required OrganizationalUnitId;
    }

    /// Lists the units right below a root or unit.
    ListOrganizationalUnitsForParent {
        "ParentId" parent_id: String = required ParentId;
        "NextToken" next_token: Option<String> = optional NextToken;
        "MaxResults" max_results: Option<i64> = optional MaxResults;
    }

    /// Tells what an account or unit stands in.
    ListParents {
        "ChildId" child_id: String = required ChildId;
        "NextToken" next_token: Option<String> = optional NextToken;
        "MaxResults" max_results: Option<i64> = optional MaxResults;
    }

    /// Lists the accounts or units right below a root or unit.
    ListChildren {
        "ParentId" parent_id: String = required ParentId;
        "ChildType" child_type: ChildType = required ChildType;
        "NextToken" next_token: Option<String> = optional NextToken;
        "MaxResults" max_results: Option<i64> = optional MaxResults;
    }
}
