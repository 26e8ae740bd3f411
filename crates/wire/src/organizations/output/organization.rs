//! The organization.

use super::PolicyTypeSummary;
use crate::json::recorded_outputs;
use crate::model::Sensitive;
use crate::organizations::OrganizationFeatureSet;

recorded_outputs! {
    /// The organization that was made.
    CreateOrganization {
        "Organization" organization: Organization = always;
    }

    /// The organization.
    DescribeOrganization {
        "Organization" organization: Organization = always;
    }

    /// An organization.
    Organization {
        "Id" id: String = always;
        "Arn" arn: String = always;
        "FeatureSet" feature_set: OrganizationFeatureSet = always;
        "MasterAccountArn" master_account_arn: String = always;
        "MasterAccountId" master_account_id: String = always;
        "MasterAccountEmail" master_account_email: Sensitive = always;
        "AvailablePolicyTypes" available_policy_types: Vec<PolicyTypeSummary> = always;
    }
}
