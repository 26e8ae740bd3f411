"""IAM: people, what they may do, and the paginators and exceptions that boto3 makes of it."""

import json
import re

from support import client, is_now

EVERYTHING = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}],
}
TRUST = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Principal": {"AWS": "arn:aws:iam::000000000000:user/ada"},
            "Action": "sts:AssumeRole",
        }
    ],
}

iam = client("iam")


def users_and_keys():
    made = iam.create_user(UserName="ada", Path="/ops/", Tags=[{"Key": "team", "Value": "a"}])["User"]
    assert made["Arn"] == "arn:aws:iam::000000000000:user/ops/ada" and is_now(made["CreateDate"])
    assert re.fullmatch("AIDA[A-Z2-7]{17}", made["UserId"])
    assert iam.get_user(UserName="ADA")["User"]["Tags"] == [{"Key": "team", "Value": "a"}]
    a_name_is_given_once()
    iam.update_user(UserName="ada", NewPath="/")
    iam.put_user_policy(UserName="ada", PolicyName="all", PolicyDocument=json.dumps(EVERYTHING))
    found = iam.get_user_policy(UserName="ada", PolicyName="all")
    assert found["PolicyDocument"] == EVERYTHING
    key = iam.create_access_key(UserName="ada")["AccessKey"]
    assert re.fullmatch("AKIA[A-Z2-7]{16}", key["AccessKeyId"]) and len(key["SecretAccessKey"]) == 40
    as_ada = client(
        "iam",
        aws_access_key_id=key["AccessKeyId"],
        aws_secret_access_key=key["SecretAccessKey"],
    )
    assert as_ada.get_user()["User"]["UserName"] == "ada"
    used = iam.get_access_key_last_used(AccessKeyId=key["AccessKeyId"])
    assert used["UserName"] == "ada" and is_now(used["AccessKeyLastUsed"]["LastUsedDate"])


def a_name_is_given_once():
    try:
        iam.create_user(UserName="Ada")
    except iam.exceptions.EntityAlreadyExistsException as error:
        assert error.response["Error"]["Code"] == "EntityAlreadyExists"
        assert error.response["ResponseMetadata"]["HTTPStatusCode"] == 409
        return
    raise AssertionError("a name was given twice")


def roles_and_policies():
    role = iam.create_role(RoleName="deployer", AssumeRolePolicyDocument=json.dumps(TRUST))["Role"]
    assert role["AssumeRolePolicyDocument"] == TRUST and role["MaxSessionDuration"] == 3600
    policy = iam.create_policy(PolicyName="all", PolicyDocument=json.dumps(EVERYTHING))["Policy"]
    iam.attach_role_policy(RoleName="deployer", PolicyArn=policy["Arn"])
    iam.get_waiter("policy_exists").wait(PolicyArn=policy["Arn"])
    iam.get_waiter("role_exists").wait(RoleName="deployer")
    attached = iam.list_attached_role_policies(RoleName="deployer")["AttachedPolicies"]
    assert attached == [{"PolicyName": "all", "PolicyArn": policy["Arn"]}]
    version = iam.get_policy_version(PolicyArn=policy["Arn"], VersionId="v1")["PolicyVersion"]
    assert version["Document"] == EVERYTHING and version["IsDefaultVersion"]
    entities = iam.list_entities_for_policy(PolicyArn=policy["Arn"])
    assert [role["RoleName"] for role in entities["PolicyRoles"]] == ["deployer"]
    try:
        iam.delete_role(RoleName="deployer")
        raise AssertionError("a role with policies was destroyed")
    except iam.exceptions.DeleteConflictException:
        pass
    iam.detach_role_policy(RoleName="deployer", PolicyArn=policy["Arn"])
    iam.delete_policy(PolicyArn=policy["Arn"])
    iam.delete_role(RoleName="deployer")


def pages():
    for number in range(5):
        iam.create_group(GroupName=f"g{number}")
    pages = iam.get_paginator("list_groups").paginate(PaginationConfig={"PageSize": 2})
    found = [[group["GroupName"] for group in page["Groups"]] for page in pages]
    assert found == [["g0", "g1"], ["g2", "g3"], ["g4"]]


def account():
    assert iam.get_account_summary()["SummaryMap"]["Users"] == 2
    details = iam.get_account_authorization_details(Filter=["User"])["UserDetailList"]
    assert [user["UserName"] for user in details] == ["ada", "admin"]
    assert details[0]["UserPolicyList"] == [{"PolicyName": "all", "PolicyDocument": EVERYTHING}]


users_and_keys()
roles_and_policies()
pages()
account()
