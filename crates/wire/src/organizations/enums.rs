//! The enums of the model, one line for each value, in the model's order, which error messages repeat.

pub use crate::model::UnknownValue;

use crate::model::enums;

enums! {
    /// How an account came into the organization.
    AccountJoinedMethod {
        Invited = "INVITED",
        Created = "CREATED",
    }

    /// An account's state.
    AccountState {
        PendingActivation = "PENDING_ACTIVATION",
        Active = "ACTIVE",
        Suspended = "SUSPENDED",
        PendingClosure = "PENDING_CLOSURE",
        Closed = "CLOSED",
    }

    /// An account's state, in the older member of the same meaning.
    AccountStatus {
        Active = "ACTIVE",
        Suspended = "SUSPENDED",
        PendingClosure = "PENDING_CLOSURE",
    }

    /// What stands below a root or unit.
    ChildType {
        Account = "ACCOUNT",
        OrganizationalUnit = "ORGANIZATIONAL_UNIT",
    }

    /// Why an account was not made.
    CreateAccountFailureReason {
        AccountLimitExceeded = "ACCOUNT_LIMIT_EXCEEDED",
        EmailAlreadyExists = "EMAIL_ALREADY_EXISTS",
        InvalidAddress = "INVALID_ADDRESS",
        InvalidEmail = "INVALID_EMAIL",
        ConcurrentAccountModification = "CONCURRENT_ACCOUNT_MODIFICATION",
        InternalFailure = "INTERNAL_FAILURE",
        GovcloudAccountAlreadyExists = "GOVCLOUD_ACCOUNT_ALREADY_EXISTS",
        MissingBusinessValidation = "MISSING_BUSINESS_VALIDATION",
        FailedBusinessValidation = "FAILED_BUSINESS_VALIDATION",
        PendingBusinessValidation = "PENDING_BUSINESS_VALIDATION",
        InvalidIdentityForBusinessValidation = "INVALID_IDENTITY_FOR_BUSINESS_VALIDATION",
        UnknownBusinessValidation = "UNKNOWN_BUSINESS_VALIDATION",
        MissingPaymentInstrument = "MISSING_PAYMENT_INSTRUMENT",
        InvalidPaymentInstrument = "INVALID_PAYMENT_INSTRUMENT",
        UpdateExistingResourcePolicyWithTagsNotSupported = "UPDATE_EXISTING_RESOURCE_POLICY_WITH_TAGS_NOT_SUPPORTED",
    }

    /// How far the making of an account has come.
    CreateAccountState {
        InProgress = "IN_PROGRESS",
        Succeeded = "SUCCEEDED",
        Failed = "FAILED",
    }

    /// Whether users may see bills.
    IAMUserAccessToBilling {
        Allow = "ALLOW",
        Deny = "DENY",
    }

    /// What an organization is for.
    OrganizationFeatureSet {
        All = "ALL",
        ConsolidatedBilling = "CONSOLIDATED_BILLING",
    }

    /// What an account or unit stands in.
    ParentType {
        Root = "ROOT",
        OrganizationalUnit = "ORGANIZATIONAL_UNIT",
    }

    /// A kind of policy.
    PolicyType {
        ServiceControlPolicy = "SERVICE_CONTROL_POLICY",
        ResourceControlPolicy = "RESOURCE_CONTROL_POLICY",
        TagPolicy = "TAG_POLICY",
        BackupPolicy = "BACKUP_POLICY",
        AiservicesOptOutPolicy = "AISERVICES_OPT_OUT_POLICY",
        ChatbotPolicy = "CHATBOT_POLICY",
        DeclarativePolicyEc2 = "DECLARATIVE_POLICY_EC2",
        SecurityhubPolicy = "SECURITYHUB_POLICY",
        SecurityhubCspmPolicy = "SECURITYHUB_CSPM_POLICY",
        InspectorPolicy = "INSPECTOR_POLICY",
        UpgradeRolloutPolicy = "UPGRADE_ROLLOUT_POLICY",
        BedrockPolicy = "BEDROCK_POLICY",
        S3Policy = "S3_POLICY",
        NetworkSecurityDirectorPolicy = "NETWORK_SECURITY_DIRECTOR_POLICY",
        GuarddutyPolicy = "GUARDDUTY_POLICY",
    }

    /// Whether a kind of policy is in force.
    PolicyTypeStatus {
        Enabled = "ENABLED",
        PendingEnable = "PENDING_ENABLE",
        PendingDisable = "PENDING_DISABLE",
    }

    /// What a policy is attached to.
    TargetType {
        Account = "ACCOUNT",
        OrganizationalUnit = "ORGANIZATIONAL_UNIT",
        Root = "ROOT",
    }
}
