"""An organization: a member account, the way into it, and policies that stop its administrator."""

import json

from botocore.exceptions import ClientError

from support import client, refused

MANAGEMENT = "000000000000"
SCP = "SERVICE_CONTROL_POLICY"
NO_KMS = json.dumps(
    {"Version": "2012-10-17", "Statement": {"Effect": "Deny", "Action": "kms:*", "Resource": "*"}}
)

organizations = client("organizations")


def an_organization():
    made = organizations.create_organization(FeatureSet="ALL")["Organization"]
    assert made["MasterAccountId"] == MANAGEMENT
    assert organizations.describe_organization()["Organization"] == made
    (root,) = organizations.list_roots()["Roots"]
    enabled = organizations.enable_policy_type(RootId=root["Id"], PolicyType=SCP)["Root"]
    assert enabled["PolicyTypes"] == [{"Type": SCP, "Status": "ENABLED"}]
    return root["Id"]


def a_member():
    made = organizations.create_account(Email="team@example.com", AccountName="Team")
    status = organizations.describe_create_account_status(
        CreateAccountRequestId=made["CreateAccountStatus"]["Id"]
    )["CreateAccountStatus"]
    assert status["State"] == "SUCCEEDED"
    return status["AccountId"]


def a_session_in(account):
    """KMS, as the administrator of a member account: by the role that it was made with."""
    role = f"arn:aws:iam::{account}:role/OrganizationAccountAccessRole"
    assumed = client("sts").assume_role(RoleArn=role, RoleSessionName="visit")
    credentials = assumed["Credentials"]
    return client(
        "kms",
        aws_access_key_id=credentials["AccessKeyId"],
        aws_secret_access_key=credentials["SecretAccessKey"],
        aws_session_token=credentials["SessionToken"],
    )


def policies_in_force(root, account):
    unit = organizations.create_organizational_unit(ParentId=root, Name="Quarantine")
    unit = unit["OrganizationalUnit"]["Id"]
    policy = organizations.create_policy(
        Type=SCP, Name="NoKms", Description="nothing of KMS", Content=NO_KMS
    )["Policy"]["PolicySummary"]["Id"]
    organizations.attach_policy(PolicyId=policy, TargetId=unit)

    kms = a_session_in(account)
    key = kms.create_key()["KeyMetadata"]["Arn"]
    assert key.split(":")[4] == account
    organizations.move_account(AccountId=account, SourceParentId=root, DestinationParentId=unit)
    try:
        kms.describe_key(KeyId=key)
    except ClientError as error:
        assert error.response["Error"]["Code"] == "AccessDeniedException"
        assert "with an explicit deny in a service control policy" in str(error), error
    else:
        raise AssertionError("the policy did not stop the member")
    organizations.move_account(AccountId=account, SourceParentId=unit, DestinationParentId=root)
    kms.describe_key(KeyId=key)
    return unit, policy


def paging():
    paginator = organizations.get_paginator("list_accounts")
    pages = [page["Accounts"] for page in paginator.paginate(PaginationConfig={"PageSize": 1})]
    assert [len(page) for page in pages] == [1, 1]


def refusals(root, unit, policy, account):
    try:
        organizations.detach_policy(PolicyId="p-FullAWSAccess", TargetId=root)
    except organizations.exceptions.ConstraintViolationException as error:
        reason = "MIN_POLICY_TYPE_ATTACHMENT_LIMIT_EXCEEDED"
        assert error.response["Reason"] == reason, error.response
    else:
        raise AssertionError("the last policy was detached")
    refused(
        organizations.describe_policy,
        "PolicyNotFoundException",
        "You specified a policy that doesn't exist.",
        PolicyId="p-12345678",
    )
    refused(
        organizations.create_organizational_unit,
        "DuplicateOrganizationalUnitException",
        "An OU with the same name already exists.",
        ParentId=root,
        Name="Quarantine",
    )
    organizations.detach_policy(PolicyId=policy, TargetId=unit)
    organizations.delete_policy(PolicyId=policy)
    organizations.delete_organizational_unit(OrganizationalUnitId=unit)
    organizations.remove_account_from_organization(AccountId=account)
    organizations.delete_organization()


root = an_organization()
account = a_member()
unit, policy = policies_in_force(root, account)
paging()
refusals(root, unit, policy, account)
