//! The table of operations, and the way from a request's words to a row of it.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use http::Method;
use keystead_wire::query::QueryRequest;
use keystead_wire::{s3, target};

use crate::authn::Authenticated;
use crate::corridor::Corridor;
use crate::corridor::turnstile::Turn;
use crate::fault::Fault;
use crate::operation::Operation;
use crate::ops::{self, cloudtrail, iam, organizations, service_quotas};
use crate::protocol::{Encoded, Service, Style};
use crate::reply::Reply;

/// A row: an operation's name, and the corridor set up for it.
pub struct Route {
    /// The operation's name at the API.
    pub name: &'static str,
    /// Whether it can be used on another account's key.
    pub cross_account: bool,
    run: for<'a> fn(&'a Arc<Corridor>, Authenticated, String, Turn) -> Served<'a>,
}

type Served<'a> = Pin<Box<dyn Future<Output = Reply> + Send + 'a>>;

impl Route {
    const fn of<O: Operation>() -> Self {
        Self {
            name: O::NAME,
            cross_account: O::CROSS_ACCOUNT,
            run: |corridor, call, id, turn| Box::pin(corridor.run::<O>(call, id, turn)),
        }
    }
}

/// The operations of KMS.
pub const KMS: &[Route] = &[
    Route::of::<ops::CancelKeyDeletion>(),
    Route::of::<ops::ConnectCustomKeyStore>(),
    Route::of::<ops::CreateAlias>(),
    Route::of::<ops::CreateCustomKeyStore>(),
    Route::of::<ops::CreateGrant>(),
    Route::of::<ops::CreateKey>(),
    Route::of::<ops::Decrypt>(),
    Route::of::<ops::DeleteAlias>(),
    Route::of::<ops::DeleteCustomKeyStore>(),
    Route::of::<ops::DeleteImportedKeyMaterial>(),
    Route::of::<ops::DeriveSharedSecret>(),
    Route::of::<ops::DescribeCustomKeyStores>(),
    Route::of::<ops::DescribeKey>(),
    Route::of::<ops::DisableKey>(),
    Route::of::<ops::DisableKeyRotation>(),
    Route::of::<ops::DisconnectCustomKeyStore>(),
    Route::of::<ops::EnableKey>(),
    Route::of::<ops::EnableKeyRotation>(),
    Route::of::<ops::Encrypt>(),
    Route::of::<ops::GenerateDataKey>(),
    Route::of::<ops::GenerateDataKeyPair>(),
    Route::of::<ops::GenerateDataKeyPairWithoutPlaintext>(),
    Route::of::<ops::GenerateDataKeyWithoutPlaintext>(),
    Route::of::<ops::GenerateMac>(),
    Route::of::<ops::GenerateRandom>(),
    Route::of::<ops::GetKeyLastUsage>(),
    Route::of::<ops::GetKeyPolicy>(),
    Route::of::<ops::GetKeyRotationStatus>(),
    Route::of::<ops::GetParametersForImport>(),
    Route::of::<ops::GetPublicKey>(),
    Route::of::<ops::ImportKeyMaterial>(),
    Route::of::<ops::ListAliases>(),
    Route::of::<ops::ListGrants>(),
    Route::of::<ops::ListKeyPolicies>(),
    Route::of::<ops::ListKeyRotations>(),
    Route::of::<ops::ListKeys>(),
    Route::of::<ops::ListResourceTags>(),
    Route::of::<ops::ListRetirableGrants>(),
    Route::of::<ops::PutKeyPolicy>(),
    Route::of::<ops::ReEncrypt>(),
    Route::of::<ops::RetireGrant>(),
    Route::of::<ops::RevokeGrant>(),
    Route::of::<ops::RotateKeyOnDemand>(),
    Route::of::<ops::ScheduleKeyDeletion>(),
    Route::of::<ops::Sign>(),
    Route::of::<ops::TagResource>(),
    Route::of::<ops::UntagResource>(),
    Route::of::<ops::UpdateAlias>(),
    Route::of::<ops::UpdateCustomKeyStore>(),
    Route::of::<ops::UpdateKeyDescription>(),
    Route::of::<ops::Verify>(),
    Route::of::<ops::VerifyMac>(),
];

/// The operations of STS.
pub const STS: &[Route] = &[
    Route::of::<ops::AssumeRole>(),
    Route::of::<ops::AssumeRoleWithWebIdentity>(),
    Route::of::<ops::DecodeAuthorizationMessage>(),
    Route::of::<ops::GetAccessKeyInfo>(),
    Route::of::<ops::GetCallerIdentity>(),
    Route::of::<ops::GetFederationToken>(),
    Route::of::<ops::GetSessionToken>(),
];

/// The operations of IAM.
pub const IAM: &[Route] = &[
    Route::of::<iam::AddClientIDToOpenIDConnectProvider>(),
    Route::of::<iam::AddUserToGroup>(),
    Route::of::<iam::AttachGroupPolicy>(),
    Route::of::<iam::AttachRolePolicy>(),
    Route::of::<iam::AttachUserPolicy>(),
    Route::of::<iam::CreateAccessKey>(),
    Route::of::<iam::CreateAccountAlias>(),
    Route::of::<iam::CreateGroup>(),
    Route::of::<iam::CreateOpenIDConnectProvider>(),
    Route::of::<iam::CreatePolicy>(),
    Route::of::<iam::CreatePolicyVersion>(),
    Route::of::<iam::CreateRole>(),
    Route::of::<iam::CreateServiceLinkedRole>(),
    Route::of::<iam::CreateUser>(),
    Route::of::<iam::DeleteAccessKey>(),
    Route::of::<iam::DeleteAccountAlias>(),
    Route::of::<iam::DeleteGroup>(),
    Route::of::<iam::DeleteGroupPolicy>(),
    Route::of::<iam::DeleteOpenIDConnectProvider>(),
    Route::of::<iam::DeletePolicy>(),
    Route::of::<iam::DeletePolicyVersion>(),
    Route::of::<iam::DeleteRole>(),
    Route::of::<iam::DeleteRolePermissionsBoundary>(),
    Route::of::<iam::DeleteRolePolicy>(),
    Route::of::<iam::DeleteServiceLinkedRole>(),
    Route::of::<iam::DeleteUser>(),
    Route::of::<iam::DeleteUserPermissionsBoundary>(),
    Route::of::<iam::DeleteUserPolicy>(),
    Route::of::<iam::DetachGroupPolicy>(),
    Route::of::<iam::DetachRolePolicy>(),
    Route::of::<iam::DetachUserPolicy>(),
    Route::of::<iam::GetAccessKeyLastUsed>(),
    Route::of::<iam::GetAccountAuthorizationDetails>(),
    Route::of::<iam::GetAccountSummary>(),
    Route::of::<iam::GetContextKeysForCustomPolicy>(),
    Route::of::<iam::GetContextKeysForPrincipalPolicy>(),
    Route::of::<iam::GetGroup>(),
    Route::of::<iam::GetGroupPolicy>(),
    Route::of::<iam::GetOpenIDConnectProvider>(),
    Route::of::<iam::GetPolicy>(),
    Route::of::<iam::GetPolicyVersion>(),
    Route::of::<iam::GetRole>(),
    Route::of::<iam::GetRolePolicy>(),
    Route::of::<iam::GetServiceLinkedRoleDeletionStatus>(),
    Route::of::<iam::GetUser>(),
    Route::of::<iam::GetUserPolicy>(),
    Route::of::<iam::ListAccessKeys>(),
    Route::of::<iam::ListAccountAliases>(),
    Route::of::<iam::ListAttachedGroupPolicies>(),
    Route::of::<iam::ListAttachedRolePolicies>(),
    Route::of::<iam::ListAttachedUserPolicies>(),
    Route::of::<iam::ListEntitiesForPolicy>(),
    Route::of::<iam::ListGroupPolicies>(),
    Route::of::<iam::ListGroups>(),
    Route::of::<iam::ListGroupsForUser>(),
    Route::of::<iam::ListInstanceProfilesForRole>(),
    Route::of::<iam::ListOpenIDConnectProviderTags>(),
    Route::of::<iam::ListOpenIDConnectProviders>(),
    Route::of::<iam::ListPolicies>(),
    Route::of::<iam::ListPolicyTags>(),
    Route::of::<iam::ListPolicyVersions>(),
    Route::of::<iam::ListRolePolicies>(),
    Route::of::<iam::ListRoleTags>(),
    Route::of::<iam::ListRoles>(),
    Route::of::<iam::ListUserPolicies>(),
    Route::of::<iam::ListUserTags>(),
    Route::of::<iam::ListUsers>(),
    Route::of::<iam::PutGroupPolicy>(),
    Route::of::<iam::PutRolePermissionsBoundary>(),
    Route::of::<iam::PutRolePolicy>(),
    Route::of::<iam::PutUserPermissionsBoundary>(),
    Route::of::<iam::PutUserPolicy>(),
    Route::of::<iam::RemoveClientIDFromOpenIDConnectProvider>(),
    Route::of::<iam::RemoveUserFromGroup>(),
    Route::of::<iam::SetDefaultPolicyVersion>(),
    Route::of::<iam::SimulateCustomPolicy>(),
    Route::of::<iam::SimulatePrincipalPolicy>(),
    Route::of::<iam::TagOpenIDConnectProvider>(),
    Route::of::<iam::TagPolicy>(),
    Route::of::<iam::TagRole>(),
    Route::of::<iam::TagUser>(),
    Route::of::<iam::UntagOpenIDConnectProvider>(),
    Route::of::<iam::UntagPolicy>(),
    Route::of::<iam::UntagRole>(),
    Route::of::<iam::UntagUser>(),
    Route::of::<iam::UpdateAccessKey>(),
    Route::of::<iam::UpdateAssumeRolePolicy>(),
    Route::of::<iam::UpdateGroup>(),
    Route::of::<iam::UpdateOpenIDConnectProviderThumbprint>(),
    Route::of::<iam::UpdateRole>(),
    Route::of::<iam::UpdateRoleDescription>(),
    Route::of::<iam::UpdateUser>(),
];

/// The operations of Organizations.
pub const ORGANIZATIONS: &[Route] = &[
    Route::of::<organizations::AttachPolicy>(),
    Route::of::<organizations::CloseAccount>(),
    Route::of::<organizations::CreateAccount>(),
    Route::of::<organizations::CreateOrganization>(),
    Route::of::<organizations::CreateOrganizationalUnit>(),
    Route::of::<organizations::CreatePolicy>(),
    Route::of::<organizations::DeleteOrganization>(),
    Route::of::<organizations::DeleteOrganizationalUnit>(),
    Route::of::<organizations::DeletePolicy>(),
    Route::of::<organizations::DescribeAccount>(),
    Route::of::<organizations::DescribeCreateAccountStatus>(),
    Route::of::<organizations::DescribeOrganization>(),
    Route::of::<organizations::DescribeOrganizationalUnit>(),
    Route::of::<organizations::DescribePolicy>(),
    Route::of::<organizations::DetachPolicy>(),
    Route::of::<organizations::DisablePolicyType>(),
    Route::of::<organizations::EnablePolicyType>(),
    Route::of::<organizations::ListAccounts>(),
    Route::of::<organizations::ListAccountsForParent>(),
    Route::of::<organizations::ListChildren>(),
    Route::of::<organizations::ListCreateAccountStatus>(),
    Route::of::<organizations::ListOrganizationalUnitsForParent>(),
    Route::of::<organizations::ListParents>(),
    Route::of::<organizations::ListPolicies>(),
    Route::of::<organizations::ListPoliciesForTarget>(),
    Route::of::<organizations::ListRoots>(),
    Route::of::<organizations::ListTagsForResource>(),
    Route::of::<organizations::ListTargetsForPolicy>(),
    Route::of::<organizations::MoveAccount>(),
    Route::of::<organizations::RemoveAccountFromOrganization>(),
    Route::of::<organizations::TagResource>(),
    Route::of::<organizations::UntagResource>(),
    Route::of::<organizations::UpdateOrganizationalUnit>(),
    Route::of::<organizations::UpdatePolicy>(),
];

/// The operations of Service Quotas.
pub const SERVICE_QUOTAS: &[Route] = &[
    Route::of::<service_quotas::GetAWSDefaultServiceQuota>(),
    Route::of::<service_quotas::GetServiceQuota>(),
    Route::of::<service_quotas::ListAWSDefaultServiceQuotas>(),
    Route::of::<service_quotas::ListServiceQuotas>(),
    Route::of::<service_quotas::ListServices>(),
];

/// The operations of CloudTrail.
pub const CLOUDTRAIL: &[Route] = &[
    Route::of::<cloudtrail::DescribeTrails>(),
    Route::of::<cloudtrail::GetTrail>(),
    Route::of::<cloudtrail::GetTrailStatus>(),
    Route::of::<cloudtrail::ListPublicKeys>(),
    Route::of::<cloudtrail::ListTrails>(),
    Route::of::<cloudtrail::LookupEvents>(),
];

/// The operations of S3.
pub const S3: &[Route] = &[
    Route::of::<ops::s3::GetBucketLocation>(),
    Route::of::<ops::s3::GetObject>(),
    Route::of::<ops::s3::HeadBucket>(),
    Route::of::<ops::s3::HeadObject>(),
    Route::of::<ops::s3::ListObjects>(),
];

/// The operations of Keystead's own.
pub const KEYSTEAD: &[Route] = &[
    Route::of::<ops::CreateServiceAccessKey>(),
    Route::of::<ops::DeleteService>(),
    Route::of::<ops::DeleteServiceAccessKey>(),
    Route::of::<ops::GetOpenIDConnectProviderKeys>(),
    Route::of::<ops::ListServiceAccessKeys>(),
    Route::of::<ops::ListServices>(),
    Route::of::<ops::PutOpenIDConnectProviderKeys>(),
    Route::of::<ops::PutService>(),
    Route::of::<ops::SeedKey>(),
    Route::of::<ops::WhoCan>(),
];

/// Serves a call by the row that it names, or refuses it by that row if its turn did not come.
pub(crate) async fn dispatch(
    corridor: &Arc<Corridor>,
    call: Authenticated,
    request_id: String,
    turn: Turn,
) -> Reply {
    match find(&call, &request_id) {
        Ok(route) => (route.run)(corridor, call, request_id, turn).await,
        Err(encoded) => Reply::no_operation(encoded, request_id),
    }
}

/// Whether the KMS operation behind an action can be used on another account's key.
pub(crate) fn works_across_accounts(action: &str) -> bool {
    let name = action.strip_prefix("kms:").unwrap_or(action);
    let name = match name {
        "ReEncryptFrom" | "ReEncryptTo" => "ReEncrypt",
        name => name,
    };
    row(KMS, name).is_some_and(|route| route.cross_account)
}

fn find(call: &Authenticated, request_id: &str) -> Result<&'static Route, Encoded> {
    let table = table(call.service());
    match call.service().style() {
        Style::Json { target } => find_by_target(call, table, target),
        Style::Query { version, .. } => {
            let refuse = |error| call.service().encode_error(&error, request_id);
            let request = call.request();
            let (method, uri) = (&request.parts.method, &request.parts.uri);
            let query = QueryRequest::from_request(method, uri, &request.body).map_err(refuse)?;
            let known_version = query.version() == Some(version);
            row(table, query.action())
                .filter(|_| known_version)
                .ok_or_else(|| refuse(query.invalid_action()))
        }
        Style::Rest => {
            let refuse = |error| call.service().encode_error(&error, request_id);
            let parts = &call.request().parts;
            let name = s3::operation(&parts.method, &parts.uri).map_err(refuse)?;
            let unknown = || Fault::UnknownOperation.to_api_error(call.service());
            row(table, name).ok_or_else(|| refuse(unknown()))
        }
    }
}

/// The operations of a service.
#[must_use]
pub const fn table(service: Service) -> &'static [Route] {
    match service {
        Service::Kms => KMS,
        Service::Sts => STS,
        Service::Iam => IAM,
        Service::Organizations => ORGANIZATIONS,
        Service::ServiceQuotas => SERVICE_QUOTAS,
        Service::CloudTrail => CLOUDTRAIL,
        Service::S3 => S3,
        Service::Keystead => KEYSTEAD,
    }
}

fn find_by_target(
    call: &Authenticated,
    table: &'static [Route],
    service: &str,
) -> Result<&'static Route, Encoded> {
    let unknown = |error: target::TargetError| {
        let (status, content_type, body) = error.reply();
        Encoded {
            status,
            content_type,
            headers: Vec::new(),
            body,
        }
    };
    let parts = &call.request().parts;
    if parts.method != Method::POST || parts.uri.path() != "/" {
        return Err(unknown(target::TargetError::UnknownOperation));
    }
    let name = target::operation(&parts.headers, service).map_err(unknown)?;
    row(table, name).ok_or_else(|| unknown(target::TargetError::UnknownOperation))
}

fn row(table: &'static [Route], name: &str) -> Option<&'static Route> {
    table
        .binary_search_by(|route| route.name.cmp(name))
        .ok()
        .and_then(|index| table.get(index))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::SERVICES;

    #[test]
    fn the_tables_are_sorted_and_without_repetition() {
        for table in SERVICES.map(table) {
            assert!(table.is_sorted_by(|a, b| a.name < b.name));
            for route in table {
                assert_eq!(
                    row(table, route.name).map(|found| found.name),
                    Some(route.name)
                );
            }
        }
        assert!(row(KMS, "encrypt").is_none());
    }
}
