"""Extracts what the tests compare with from the service models that botocore carries.

Usage: python3 extract.py kms 2014-11-01 > kms-2014-11-01.json

Of KMS it takes everything; of the other services what the operations served here need.
"""

import gzip
import json
import pathlib
import sys

import botocore

KEPT = ("type", "min", "max", "pattern", "enum", "sensitive")

SERVED = {
    "cloudtrail": """
        DescribeTrails GetTrail GetTrailStatus ListPublicKeys ListTrails LookupEvents
    """,
    "sts": """
        AssumeRole AssumeRoleWithWebIdentity DecodeAuthorizationMessage GetAccessKeyInfo GetCallerIdentity
        GetFederationToken GetSessionToken
    """,
    "iam": """
        AddClientIDToOpenIDConnectProvider AddUserToGroup AttachGroupPolicy AttachRolePolicy AttachUserPolicy
        CreateAccessKey CreateAccountAlias CreateGroup CreateOpenIDConnectProvider CreatePolicy CreatePolicyVersion
        CreateRole CreateServiceLinkedRole CreateUser DeleteAccessKey DeleteAccountAlias DeleteGroup
        DeleteGroupPolicy DeleteOpenIDConnectProvider DeletePolicy DeletePolicyVersion DeleteRole
        DeleteRolePermissionsBoundary DeleteRolePolicy DeleteServiceLinkedRole DeleteUser
        DeleteUserPermissionsBoundary DeleteUserPolicy DetachGroupPolicy DetachRolePolicy DetachUserPolicy
        GetAccessKeyLastUsed GetAccountAuthorizationDetails GetAccountSummary GetContextKeysForCustomPolicy
        GetContextKeysForPrincipalPolicy GetGroup GetGroupPolicy GetOpenIDConnectProvider GetPolicy GetPolicyVersion
        GetRole GetRolePolicy GetServiceLinkedRoleDeletionStatus GetUser GetUserPolicy ListAccessKeys
        ListAccountAliases ListAttachedGroupPolicies ListAttachedRolePolicies ListAttachedUserPolicies
        ListEntitiesForPolicy ListGroupPolicies ListGroups ListGroupsForUser ListInstanceProfilesForRole
        ListOpenIDConnectProviderTags ListOpenIDConnectProviders ListPolicies ListPolicyTags ListPolicyVersions
        ListRolePolicies ListRoleTags ListRoles ListUserPolicies ListUserTags ListUsers PutGroupPolicy
        PutRolePermissionsBoundary PutRolePolicy PutUserPermissionsBoundary PutUserPolicy
        RemoveClientIDFromOpenIDConnectProvider RemoveUserFromGroup SetDefaultPolicyVersion SimulateCustomPolicy
        SimulatePrincipalPolicy TagOpenIDConnectProvider TagPolicy TagRole TagUser UntagOpenIDConnectProvider
        UntagPolicy UntagRole UntagUser UpdateAccessKey UpdateAssumeRolePolicy UpdateGroup
        UpdateOpenIDConnectProviderThumbprint UpdateRole UpdateRoleDescription UpdateUser
    """,
    "organizations": """
        AttachPolicy CloseAccount CreateAccount CreateOrganization CreateOrganizationalUnit CreatePolicy
        DeleteOrganization DeleteOrganizationalUnit DeletePolicy DescribeAccount DescribeCreateAccountStatus
        DescribeOrganization DescribeOrganizationalUnit DescribePolicy DetachPolicy DisablePolicyType
        EnablePolicyType ListAccounts ListAccountsForParent ListChildren ListCreateAccountStatus
        ListOrganizationalUnitsForParent ListParents ListPolicies ListPoliciesForTarget ListRoots
        ListTagsForResource ListTargetsForPolicy MoveAccount RemoveAccountFromOrganization TagResource UntagResource
        UpdateOrganizationalUnit UpdatePolicy
    """,
    "service-quotas": """
        GetAWSDefaultServiceQuota GetServiceQuota ListAWSDefaultServiceQuotas ListServiceQuotas ListServices
    """,
}


def members(structure):
    required = structure.get("required", [])
    return [
        {"name": name, "shape": member["shape"], "required": name in required}
        for name, member in structure["members"].items()
    ]


def kept(shape):
    parts = {part: shape[part]["shape"] for part in ("member", "value") if part in shape}
    return {key: shape[key] for key in KEPT if key in shape} | parts


def parts(shape):
    yield from (member["shape"] for member in shape.get("members", {}).values())
    yield from (shape[part]["shape"] for part in ("member", "key", "value") if part in shape)


def reachable(shapes, names):
    found, waiting = set(), list(names)
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting += parts(shapes[name])
    return found


def main():
    service, version = sys.argv[1:]
    path = pathlib.Path(botocore.__file__).parent / f"data/{service}/{version}/service-2.json.gz"
    model = json.loads(gzip.decompress(path.read_bytes()))
    served = SERVED[service].split() if service in SERVED else model["operations"]
    operations = {
        name: {side: model["operations"][name][side]["shape"] for side in ("input", "output") if side in model["operations"][name]}
        for name in served
    }
    shapes = model["shapes"]
    if service in SERVED:
        names = reachable(shapes, [name for operation in operations.values() for name in operation.values()])
        shapes = {name: shape for name, shape in shapes.items() if name in names}
    structures = {
        name: members(shape)
        for name, shape in shapes.items()
        if shape["type"] == "structure" and not shape.get("exception")
    }
    others = {name: kept(shape) for name, shape in shapes.items() if shape["type"] != "structure"}
    sections = {"operations": operations, "structures": structures, "shapes": others}
    print("{")
    for index, (title, section) in enumerate(sections.items()):
        lines = ",\n".join(
            f"  {json.dumps(name)}: {json.dumps(value)}" for name, value in section.items()
        )
        print(f'"{title}": {{\n{lines}\n}}' + ("," if index < 2 else ""))
    print("}")


main()
