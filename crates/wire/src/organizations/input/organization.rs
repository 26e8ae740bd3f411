//! The organization.

use crate::organizations::{OrganizationFeatureSet, inputs};

inputs! {
    /// Makes an organization, whose management account is the caller's.
    CreateOrganization {
        "FeatureSet" feature_set: Option<OrganizationFeatureSet> = optional OrganizationFeatureSet;
    }

    /// Gives the caller's organization.
    DescribeOrganization {}

    /// Dissolves the organization.
    DeleteOrganization {}
}
