//! The inputs of all operations, and the operation that an input of a target names.

use keystead_wire::ApiError;
use keystead_wire::json::Input as _;
use keystead_wire::model::{Recorded as _, RecordedValue};
use keystead_wire::query::{Input as _, QueryRequest};

/// An operation whose input is a JSON body.
pub(crate) struct JsonOperation {
    pub(crate) service: &'static str,
    pub(crate) name: &'static str,
    /// Reads a body.
    pub(crate) decode: fn(&[u8]) -> Result<(), ApiError>,
}

/// What an audit record shows of an input.
type Shown = Vec<(&'static str, RecordedValue)>;

/// An operation whose input are parameters.
pub(crate) struct QueryOperation {
    #[cfg_attr(
        not(test),
        expect(dead_code, reason = "tests compare it with the server's table")
    )]
    pub(crate) service: &'static str,
    pub(crate) name: &'static str,
    /// Reads parameters; answers what an audit record would show of them.
    pub(crate) decode: fn(&QueryRequest) -> Result<Shown, ApiError>,
}

macro_rules! json {
    ($($service:ident { $($name:ident),* $(,)? })*) => {
        &[$($(JsonOperation {
            service: stringify!($service),
            name: stringify!($name),
            decode: |body| keystead_wire::$service::input::$name::decode(body).map(drop),
        },)*)*]
    };
}

macro_rules! query {
    ($($service:ident { $($name:ident),* $(,)? })*) => {
        &[$($(QueryOperation {
            service: stringify!($service),
            name: stringify!($name),
            decode: |request| keystead_wire::$service::input::$name::decode(request).map(|input| input.recorded()),
        },)*)*]
    };
}

/// All that take JSON.
pub(crate) const JSON: &[JsonOperation] = json! {
    kms {
        CancelKeyDeletion, ConnectCustomKeyStore, CreateAlias, CreateCustomKeyStore, CreateGrant, CreateKey, Decrypt, DeleteAlias,
        DeleteCustomKeyStore, DeleteImportedKeyMaterial, DeriveSharedSecret, DescribeCustomKeyStores,
        DescribeKey, DisableKey, DisableKeyRotation, DisconnectCustomKeyStore, EnableKey,
        EnableKeyRotation, Encrypt, GenerateDataKey, GenerateDataKeyPair, GenerateDataKeyPairWithoutPlaintext,
        GenerateDataKeyWithoutPlaintext, GenerateMac, GenerateRandom, GetKeyLastUsage, GetKeyPolicy,
        GetKeyRotationStatus, GetParametersForImport, GetPublicKey, ImportKeyMaterial, ListAliases,
        ListGrants, ListKeyPolicies, ListKeyRotations, ListKeys, ListResourceTags, ListRetirableGrants,
        PutKeyPolicy, ReEncrypt, RetireGrant, RevokeGrant, RotateKeyOnDemand, ScheduleKeyDeletion, Sign,
        TagResource, UntagResource, UpdateAlias, UpdateCustomKeyStore, UpdateKeyDescription, Verify,
        VerifyMac,
    }
    organizations {
        AttachPolicy, CloseAccount, CreateAccount, CreateOrganization, CreateOrganizationalUnit, CreatePolicy,
        DeleteOrganization, DeleteOrganizationalUnit, DeletePolicy, DescribeAccount,
        DescribeCreateAccountStatus, DescribeOrganization, DescribeOrganizationalUnit, DescribePolicy,
        DetachPolicy, DisablePolicyType, EnablePolicyType, ListAccounts, ListAccountsForParent, ListChildren,
        ListCreateAccountStatus, ListOrganizationalUnitsForParent, ListParents, ListPolicies,
        ListPoliciesForTarget, ListRoots, ListTagsForResource, ListTargetsForPolicy, MoveAccount,
        RemoveAccountFromOrganization, TagResource, UntagResource, UpdateOrganizationalUnit, UpdatePolicy,
    }
    service_quotas {
        GetAWSDefaultServiceQuota, GetServiceQuota, ListAWSDefaultServiceQuotas, ListServiceQuotas,
        ListServices,
    }
    cloudtrail {
        DescribeTrails, GetTrail, GetTrailStatus, ListPublicKeys, ListTrails, LookupEvents,
    }
    keystead {
        CreateServiceAccessKey, DeleteService, DeleteServiceAccessKey, GetOpenIDConnectProviderKeys,
        ListServiceAccessKeys, ListServices, PutOpenIDConnectProviderKeys, PutService, SeedKey, WhoCan,
    }
};

/// All that take parameters.
pub(crate) const QUERY: &[QueryOperation] = query! {
    iam {
        AddClientIDToOpenIDConnectProvider, AddUserToGroup, AttachGroupPolicy, AttachRolePolicy,
        AttachUserPolicy, CreateAccessKey, CreateAccountAlias, CreateGroup, CreateOpenIDConnectProvider,
        CreatePolicy, CreatePolicyVersion, CreateRole, CreateServiceLinkedRole, CreateUser, DeleteAccessKey,
        DeleteAccountAlias, DeleteGroup, DeleteGroupPolicy, DeleteOpenIDConnectProvider, DeletePolicy,
        DeletePolicyVersion, DeleteRole, DeleteRolePermissionsBoundary, DeleteRolePolicy,
        DeleteServiceLinkedRole, DeleteUser, DeleteUserPermissionsBoundary, DeleteUserPolicy,
        DetachGroupPolicy, DetachRolePolicy, DetachUserPolicy, GetAccessKeyLastUsed,
        GetAccountAuthorizationDetails, GetAccountSummary, GetContextKeysForCustomPolicy,
        GetContextKeysForPrincipalPolicy, GetGroup, GetGroupPolicy, GetOpenIDConnectProvider, GetPolicy,
        GetPolicyVersion, GetRole, GetRolePolicy, GetServiceLinkedRoleDeletionStatus, GetUser, GetUserPolicy,
        ListAccessKeys, ListAccountAliases, ListAttachedGroupPolicies, ListAttachedRolePolicies,
        ListAttachedUserPolicies, ListEntitiesForPolicy, ListGroupPolicies, ListGroups, ListGroupsForUser,
        ListInstanceProfilesForRole, ListOpenIDConnectProviderTags, ListOpenIDConnectProviders, ListPolicies,
        ListPolicyTags, ListPolicyVersions, ListRolePolicies, ListRoleTags, ListRoles, ListUserPolicies,
        ListUserTags, ListUsers, PutGroupPolicy, PutRolePermissionsBoundary, PutRolePolicy,
        PutUserPermissionsBoundary, PutUserPolicy, RemoveClientIDFromOpenIDConnectProvider,
        RemoveUserFromGroup, SetDefaultPolicyVersion, SimulateCustomPolicy, SimulatePrincipalPolicy,
        TagOpenIDConnectProvider, TagPolicy, TagRole, TagUser, UntagOpenIDConnectProvider, UntagPolicy,
        UntagRole, UntagUser, UpdateAccessKey, UpdateAssumeRolePolicy, UpdateGroup,
        UpdateOpenIDConnectProviderThumbprint, UpdateRole, UpdateRoleDescription, UpdateUser,
    }
    sts {
        AssumeRole, AssumeRoleWithWebIdentity, DecodeAuthorizationMessage, GetAccessKeyInfo,
        GetCallerIdentity, GetFederationToken, GetSessionToken,
    }
};

/// The one that `is_it` picks out, else one that depends on the name: a mutation of a name is a name too.
pub(crate) fn pick<'a, T>(all: &'a [T], name: &[u8], is_it: impl Fn(&T) -> bool) -> &'a T {
    let sum: usize = name.iter().copied().map(usize::from).sum();
    let named = all.iter().find(|one| is_it(one));
    named
        .or_else(|| all.get(sum % all.len()))
        .expect("an operation")
}

/// The JSON operation that a line names, such as `kms.Encrypt`.
pub(crate) fn json(line: &[u8]) -> &'static JsonOperation {
    let (service, name) = std::str::from_utf8(line)
        .ok()
        .and_then(|line| line.split_once('.'))
        .unwrap_or_default();
    pick(JSON, line, |one| (one.service, one.name) == (service, name))
}

#[cfg(test)]
mod tests {
    use keystead_server::protocol::Service;
    use keystead_server::router;

    use super::*;

    /// The tables of the server say which operations there are.
    #[test]
    fn every_operation_has_its_input_here() {
        let known: Vec<_> = JSON
            .iter()
            .map(|one| (one.service, one.name))
            .chain(QUERY.iter().map(|one| (one.service, one.name)))
            .collect();
        for (service, module) in [
            (Service::Kms, "kms"),
            (Service::Organizations, "organizations"),
            (Service::ServiceQuotas, "service_quotas"),
            (Service::CloudTrail, "cloudtrail"),
            (Service::Keystead, "keystead"),
            (Service::Iam, "iam"),
            (Service::Sts, "sts"),
        ] {
            for route in router::table(service) {
                assert!(
                    known.contains(&(module, route.name)),
                    "{module}.{}",
                    route.name
                );
            }
        }
    }

    #[test]
    fn names_pick_operations() {
        assert_eq!(json(b"kms.Encrypt").name, "Encrypt");
        assert_eq!(json(b"keystead.ListServices").service, "keystead");
        let other = json(b"kms.Encryp").name;
        assert_eq!(json(b"kms.Encryp").name, other);
        assert!(JSON.iter().any(|one| one.name == other));
    }
}
