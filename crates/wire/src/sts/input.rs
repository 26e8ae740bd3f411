//! The inputs of operations, named as the operations are.

use crate::model::Sensitive;
use crate::query::{inputs, structures};
use crate::sts::shapes::{
    AccessKeyIdType, ArnType, ClientTokenType, ContextAssertionType, DurationSecondsType,
    EncodedMessageType, ExternalIdType, MinimumSessionTokenSizeType, PolicyDescriptorListType,
    ProvidedContextsListType, RoleDurationSecondsType, RoleSessionNameType, SerialNumberType,
    SessionPolicyDocumentType, SourceIdentityType, TagKeyListType, TagKeyType, TagListType,
    TagValueType, TokenCodeType, UnrestrictedSessionPolicyDocumentType, UrlType, UserNameType,
};

inputs! {
    /// Gives temporary credentials of a role.
    AssumeRole {
        "RoleArn" role_arn: String = required ArnType;
        "RoleSessionName" role_session_name: String = required RoleSessionNameType;
        "PolicyArns" policy_arns: Vec<PolicyDescriptorType> = defaulted PolicyDescriptorListType;
        "Policy" policy: Option<String> = optional UnrestrictedSessionPolicyDocumentType;
        "DurationSeconds" duration_seconds: Option<i64> = optional RoleDurationSecondsType;
        "Tags" tags: Vec<Tag> = defaulted TagListType;
        "TransitiveTagKeys" transitive_tag_keys: Vec<String> = defaulted TagKeyListType;
        "ExternalId" external_id: Option<String> = optional ExternalIdType;
        "SerialNumber" serial_number: Option<String> = optional SerialNumberType;
        "TokenCode" token_code: Option<Sensitive> = optional TokenCodeType;
        "SourceIdentity" source_identity: Option<String> = optional SourceIdentityType;
        "ProvidedContexts" provided_contexts: Vec<ProvidedContext> = defaulted ProvidedContextsListType;
        "MinimumSessionTokenSize" minimum_session_token_size: Option<i64> = optional MinimumSessionTokenSizeType;
    }

    /// Gives temporary credentials of a role to the bearer of an identity provider's token. The request is not signed.
    AssumeRoleWithWebIdentity {
        "RoleArn" role_arn: String = required ArnType;
        "RoleSessionName" role_session_name: String = required RoleSessionNameType;
        "WebIdentityToken" web_identity_token: Sensitive = required ClientTokenType;
        "ProviderId" provider_id: Option<String> = optional UrlType;
        "PolicyArns" policy_arns: Vec<PolicyDescriptorType> = defaulted PolicyDescriptorListType;
        "Policy" policy: Option<String> = optional SessionPolicyDocumentType;
        "DurationSeconds" duration_seconds: Option<i64> = optional RoleDurationSecondsType;
        "MinimumSessionTokenSize" minimum_session_token_size: Option<i64> = optional MinimumSessionTokenSizeType;
    }

    /// Gives the details of a denial in clear.
    DecodeAuthorizationMessage {
        "EncodedMessage" encoded_message: Sensitive = required EncodedMessageType;
    }

    /// Tells which account an access key belongs to.
    GetAccessKeyInfo {
        "AccessKeyId" access_key_id: String = required AccessKeyIdType;
    }

    /// Tells a caller who it is.
    GetCallerIdentity {}

    /// Gives temporary credentials for a federated user, with no more rights than the caller's.
    GetFederationToken {
        "Name" name: String = required UserNameType;
        "Policy" policy: Option<String> = optional SessionPolicyDocumentType;
        "PolicyArns" policy_arns: Vec<PolicyDescriptorType> = defaulted PolicyDescriptorListType;
        "DurationSeconds" duration_seconds: Option<i64> = optional DurationSecondsType;
        "Tags" tags: Vec<Tag> = defaulted TagListType;
        "MinimumSessionTokenSize" minimum_session_token_size: Option<i64> = optional MinimumSessionTokenSizeType;
    }

    /// Gives temporary credentials of the caller itself.
    GetSessionToken {
        "DurationSeconds" duration_seconds: Option<i64> = optional DurationSecondsType;
        "SerialNumber" serial_number: Option<String> = optional SerialNumberType;
        "TokenCode" token_code: Option<Sensitive> = optional TokenCodeType;
        "MinimumSessionTokenSize" minimum_session_token_size: Option<i64> = optional MinimumSessionTokenSizeType;
    }
}

structures! {
    /// A managed policy that limits a session.
    PolicyDescriptorType {
        "arn" arn: Option<String> = optional ArnType;
    }

    /// A signed statement about the caller, by a context provider.
    ProvidedContext {
        "ProviderArn" provider_arn: Option<String> = optional ArnType;
        "ContextAssertion" context_assertion: Option<Sensitive> = optional ContextAssertionType;
    }

    /// A tag of a session.
    Tag {
        "Key" key: String = required TagKeyType;
        "Value" value: String = required TagValueType;
    }
}
