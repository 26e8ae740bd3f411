//! What policies would decide.

use crate::iam::shapes::{
    ActionNameListType, ArnType, AttachmentName, ContextEntryListType, ContextKeyNameType,
    ContextKeyValueListType, MarkerType, MaxItemsType, OrganizationPolicyListType,
    PolicyDocumentType, PolicyExclusionsListType, PolicyNameType, ResourceHandlingOptionType,
    ResourceNameListType, ResourceNameType, SimulationPolicyListType,
};
use crate::iam::{AttachmentType, ContextKeyTypeEnum, PolicyIdentifierPolicyType};
use crate::query::{inputs, structures};

inputs! {
    /// Decides with policies that are given.
    SimulateCustomPolicy {
        "PolicyInputList" policy_input_list: Vec<String> = required SimulationPolicyListType;
        "PermissionsBoundaryPolicyInputList" permissions_boundary_policy_input_list: Vec<String> = defaulted SimulationPolicyListType;
        "OrderedOrganizationPolicyInputList" ordered_organization_policy_input_list: Vec<OrderedOrganizationPolicyType> = defaulted OrganizationPolicyListType;
        "ActionNames" action_names: Vec<String> = required ActionNameListType;
        "ResourceArns" resource_arns: Vec<String> = defaulted ResourceNameListType;
        "ResourcePolicy" resource_policy: Option<String> = optional PolicyDocumentType;
        "ResourceOwner" resource_owner: Option<String> = optional ResourceNameType;
        "CallerArn" caller_arn: Option<String> = optional ResourceNameType;
        "ContextEntries" context_entries: Vec<ContextEntry> = defaulted ContextEntryListType;
        "ResourceHandlingOption" resource_handling_option: Option<String> = optional ResourceHandlingOptionType;
        "MaxItems" max_items: Option<i64> = optional MaxItemsType;
        "Marker" marker: Option<String> = optional MarkerType;
    }

    /// Decides with the policies of a user, group or role, and others that are given.
    SimulatePrincipalPolicy {
        "PolicySourceArn" policy_source_arn: String = required ArnType;
        "PolicyInputList" policy_input_list: Vec<String> = defaulted SimulationPolicyListType;
        "PermissionsBoundaryPolicyInputList" permissions_boundary_policy_input_list: Vec<String> = defaulted SimulationPolicyListType;
        "PolicyExclusionList" policy_exclusion_list: Vec<PolicyIdentifier> = defaulted PolicyExclusionsListType;
        "ActionNames" action_names: Vec<String> = required ActionNameListType;
        "ResourceArns" resource_arns: Vec<String> = defaulted ResourceNameListType;
        "ResourcePolicy" resource_policy: Option<String> = optional PolicyDocumentType;
        "ResourceOwner" resource_owner: Option<String> = optional ResourceNameType;
        "CallerArn" caller_arn: Option<String> = optional ResourceNameType;
        "ContextEntries" context_entries: Vec<ContextEntry> = defaulted ContextEntryListType;
        "ResourceHandlingOption" resource_handling_option: Option<String> = optional ResourceHandlingOptionType;
        "MaxItems" max_items: Option<i64> = optional MaxItemsType;
        "Marker" marker: Option<String> = optional MarkerType;
    }

    /// Lists the context keys that policies ask for.
    GetContextKeysForCustomPolicy {
        "PolicyInputList" policy_input_list: Vec<String> = required SimulationPolicyListType;
    }

    /// Lists the context keys that the policies of a user, group or role ask for.
    GetContextKeysForPrincipalPolicy {
        "PolicySourceArn" policy_source_arn: String = required ArnType;
        "PolicyInputList" policy_input_list: Vec<String> = defaulted SimulationPolicyListType;
    }
}

structures! {
    /// A context key and its values.
    ContextEntry {
        "ContextKeyName" context_key_name: Option<String> = optional ContextKeyNameType;
        "ContextKeyValues" context_key_values: Vec<String> = defaulted ContextKeyValueListType;
        "ContextKeyType" context_key_type: Option<ContextKeyTypeEnum> = optional ContextKeyTypeEnum;
    }

    /// The service control policies of one level of an organization.
    OrderedOrganizationPolicyType {
        "ServiceControlPolicyInputList" service_control_policy_input_list: Vec<String> = defaulted SimulationPolicyListType;
    }

    /// A policy to leave out.
    PolicyIdentifier {
        "PolicyType" policy_type: Option<PolicyIdentifierPolicyType> = optional PolicyIdentifierPolicyType;
        "PolicyArn" policy_arn: Option<String> = optional ArnType;
        "InlinePolicyIdentifier" inline_policy_identifier: Option<InlinePolicyIdentifierType> = optional InlinePolicyIdentifierType;
    }

    /// A policy that is part of a user, group or role.
    InlinePolicyIdentifierType {
        "PolicyName" policy_name: String = required PolicyNameType;
        "AttachmentType" attachment_type: AttachmentType = required AttachmentType;
        "AttachmentName" attachment_name: String = required AttachmentName;
    }
}
