//! The outputs of operations, named as the operations are.

use crate::model::Sensitive;
use crate::query::{Iso8601, outputs};

outputs! {
    /// The role's credentials.
    AssumeRole {
        "Credentials" credentials: Credentials = always;
        "AssumedRoleUser" assumed_role_user: AssumedRoleUser = always;
        "PackedPolicySize" packed_policy_size: Option<i64> = present;
        "SourceIdentity" source_identity: Option<String> = present;
        "SessionTokenUtilization" session_token_utilization: Option<i64> = present;
        "SessionTokenSize" session_token_size: Option<i64> = present;
    }

    /// The role's credentials, and what the token says.
    AssumeRoleWithWebIdentity {
        "Credentials" credentials: Credentials = always;
        "SubjectFromWebIdentityToken" subject_from_web_identity_token: String = always;
        "AssumedRoleUser" assumed_role_user: AssumedRoleUser = always;
        "PackedPolicySize" packed_policy_size: Option<i64> = present;
        "Provider" provider: Option<String> = present;
        "Audience" audience: String = always;
        "SourceIdentity" source_identity: Option<String> = present;
        "SessionTokenUtilization" session_token_utilization: Option<i64> = present;
        "SessionTokenSize" session_token_size: Option<i64> = present;
    }

    /// The denial's details, a JSON text.
    DecodeAuthorizationMessage {
        "DecodedMessage" decoded_message: String = always;
    }

    /// The key's account.
    GetAccessKeyInfo {
        "Account" account: String = always;
    }

    /// Who the caller is. The unique id is `AIDA…` of a user, `AROA…:session` of a role session, the account id of a
    /// root user.
    GetCallerIdentity {
        "Arn" arn: String = always;
        "UserId" user_id: String = always;
        "Account" account: String = always;
    }

    /// The federated user's credentials.
    GetFederationToken {
        "Credentials" credentials: Credentials = always;
        "FederatedUser" federated_user: FederatedUser = always;
        "PackedPolicySize" packed_policy_size: Option<i64> = present;
        "SessionTokenUtilization" session_token_utilization: Option<i64> = present;
        "SessionTokenSize" session_token_size: Option<i64> = present;
    }

    /// The caller's credentials.
    GetSessionToken {
        "Credentials" credentials: Credentials = always;
        "SessionTokenUtilization" session_token_utilization: Option<i64> = present;
        "SessionTokenSize" session_token_size: Option<i64> = present;
    }

    /// A session of a role.
    AssumedRoleUser {
        "AssumedRoleId" assumed_role_id: String = always;
        "Arn" arn: String = always;
    }

    /// Temporary credentials.
    Credentials {
        "AccessKeyId" access_key_id: String = always;
        "SecretAccessKey" secret_access_key: Sensitive = always;
        "SessionToken" session_token: Sensitive = always;
        "Expiration" expiration: Iso8601 = always;
    }

    /// A federated user.
    FederatedUser {
        "FederatedUserId" federated_user_id: String = always;
        "Arn" arn: String = always;
    }
}
