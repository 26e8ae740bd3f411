//! What Organizations refuses, and in which words.
//!
//! Sources: the exceptions and their reasons in the Organizations API model; messages as observed
//! or, where they were not, after the API reference.

use keystead_core::policy::PolicyError;
use keystead_core::tag::TagError;

use crate::fault::Fault;

const CONSTRAINT: &str = "ConstraintViolationException";
const INVALID: &str = "InvalidInputException";

/// A row for each refusal: its exception, the exception's reason if it has any, and the message.
macro_rules! refusals {
    ($($name:ident = $code:tt $($reason:literal)?: $message:literal;)*) => {
        /// Why Organizations refuses a call.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub(super) enum Refusal { $($name,)* }

        impl Refusal {
            /// Exception, reason and message.
            const fn words(self) -> (&'static str, &'static [&'static str], &'static str) {
                match self { $(Self::$name => ($code, &[$($reason)?], $message),)* }
            }
        }
    };
}

refusals! {
    AccountAlreadyClosed = "AccountAlreadyClosedException":
        "The account is already closed.";
    AccountNotFound = "AccountNotFoundException":
        "You specified an account that doesn't exist.";
    AccountsExceeded = CONSTRAINT "ACCOUNT_NUMBER_LIMIT_EXCEEDED":
        "You have exceeded the allowed number of AWS accounts.";
    AlreadyInOrganization = "AlreadyInOrganizationException":
        "The provided account is already a member of an organization.";
    ChildNotFound = "ChildNotFoundException":
        "You specified a child that doesn't exist.";
    ClosedAccountStays = CONSTRAINT "ACCOUNT_CANNOT_LEAVE_ORGANIZATION":
        "A closed account can't leave its organization.";
    CreationNotFound = "CreateAccountStatusNotFoundException":
        "You specified an account creation request that doesn't exist.";
    DestinationNotFound = "DestinationParentNotFoundException":
        "You specified a destination parent that doesn't exist.";
    DuplicateAttachment = "DuplicatePolicyAttachmentException":
        "The policy is already attached to the specified target.";
    DuplicatePolicy = "DuplicatePolicyException":
        "A policy with the specified name and type already exists.";
    DuplicateTag = INVALID "DUPLICATE_TAG_KEY":
        "Tag keys must be unique among the tags attached to the same entity.";
    DuplicateUnit = "DuplicateOrganizationalUnitException":
        "An OU with the same name already exists.";
    FeatureSet = INVALID "INVALID_ENUM":
        "Only organizations with all features are supported.";
    ImmutablePolicy = INVALID "IMMUTABLE_POLICY":
        "You specified a policy that is managed by AWS and can't be modified.";
    InvalidNextToken = INVALID "INVALID_NEXT_TOKEN":
        "Get the value for the NextToken parameter from the response to a previous call of the operation.";
    LastPolicy = CONSTRAINT "MIN_POLICY_TYPE_ATTACHMENT_LIMIT_EXCEEDED":
        "You cannot remove the last policy attached to the specified target. You must have at least one attached at all times.";
    ManagementAccountStays = "MasterCannotLeaveOrganizationException":
        "You can't remove a management account from an organization.";
    ManagementAccountStaysOpen = CONSTRAINT "CANNOT_CLOSE_MANAGEMENT_ACCOUNT":
        "You can't close the management account.";
    MovedAlready = "DuplicateAccountException":
        "The account is already present in the specified destination.";
    NotAttached = "PolicyNotAttachedException":
        "The policy isn't attached to the specified target.";
    NotDetachable = INVALID "NON_DETACHABLE_POLICY":
        "You can't detach this AWS managed policy.";
    NotEmpty = "OrganizationNotEmptyException":
        "To delete an organization you must first remove all member accounts (except the management account).";
    NotInUse = "AWSOrganizationsNotInUseException":
        "Your account is not a member of an organization.";
    NotPermitted = "AccessDeniedException":
        "You don't have permissions to access this resource.";
    ParentNotFound = "ParentNotFoundException":
        "You specified a parent that doesn't exist.";
    PoliciesAttached = CONSTRAINT "MAX_POLICY_TYPE_ATTACHMENT_LIMIT_EXCEEDED":
        "You have attached the maximum number of policies to the specified target.";
    PoliciesExceeded = CONSTRAINT "POLICY_NUMBER_LIMIT_EXCEEDED":
        "You have exceeded the allowed number of policies.";
    PolicyInUse = "PolicyInUseException":
        "The policy is attached to one or more entities. Detach it from all roots, OUs, and accounts first.";
    PolicyNotFound = "PolicyNotFoundException":
        "You specified a policy that doesn't exist.";
    PolicyTooLong = CONSTRAINT "POLICY_CONTENT_LIMIT_EXCEEDED":
        "You have exceeded the maximum policy size.";
    RootNotFound = "RootNotFoundException":
        "You specified a root that doesn't exist.";
    ServiceLinkedRoleName = INVALID "INVALID_ROLE_NAME":
        "A role name can't begin with the reserved prefix AWSServiceRoleFor.";
    SourceNotFound = "SourceParentNotFoundException":
        "You specified a source parent that doesn't exist.";
    SystemTag = INVALID "INVALID_SYSTEM_TAGS_PARAMETER":
        "You can't add, edit, or delete system tag keys because they're reserved for AWS use.";
    TagsExceeded = CONSTRAINT "MAX_TAG_LIMIT_EXCEEDED":
        "You have exceeded the number of tags allowed on this resource.";
    TargetNotFound = "TargetNotFoundException":
        "You specified a target that doesn't exist.";
    TypeEnabled = "PolicyTypeAlreadyEnabledException":
        "The specified policy type is already enabled.";
    TypeNotAvailable = "PolicyTypeNotAvailableForOrganizationException":
        "The specified policy type isn't available in this organization.";
    TypeNotEnabled = "PolicyTypeNotEnabledException":
        "This operation can be performed only for enabled policy types.";
    UnitDepthExceeded = CONSTRAINT "OU_DEPTH_LIMIT_EXCEEDED":
        "You have exceeded the allowed depth of OUs.";
    UnitNotEmpty = "OrganizationalUnitNotEmptyException":
        "The specified OU is not empty. Move all accounts and remove all child OUs first.";
    UnitNotFound = "OrganizationalUnitNotFoundException":
        "You specified an organizational unit that doesn't exist.";
    UnitsExceeded = CONSTRAINT "OU_NUMBER_LIMIT_EXCEEDED":
        "You have exceeded the allowed number of OUs.";
}

impl From<Refusal> for Fault {
    fn from(refusal: Refusal) -> Self {
        let (code, reasons, message) = refusal.words();
        let message = message.to_owned();
        match reasons.first() {
            Some(reason) => Self::Reasoned {
                code,
                reason,
                message,
            },
            None => Self::Named {
                code,
                status: 400,
                message,
            },
        }
    }
}

/// The answer to a text that is no policy: what is wrong with it, or the quota that it exceeds.
pub(super) fn of_policy(error: PolicyError) -> Fault {
    match error {
        PolicyError::TooLarge { .. } => Refusal::PolicyTooLong.into(),
        source => Fault::Policy { source },
    }
}

/// The answer to tags that can't be put on or taken off.
pub(super) fn of_tags(error: TagError) -> Fault {
    match error {
        TagError::Duplicate => Refusal::DuplicateTag.into(),
        TagError::TooMany => Refusal::TagsExceeded.into(),
        TagError::Reserved => Refusal::SystemTag.into(),
    }
}

/// The answer to a marker of another list, or of nobody's.
pub(super) fn of_marker(fault: Fault) -> Fault {
    match fault {
        Fault::InvalidMarker => Refusal::InvalidNextToken.into(),
        other => other,
    }
}
