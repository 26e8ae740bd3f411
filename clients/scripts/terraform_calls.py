"""What the provider hashicorp/aws calls for its resources, in its order: create, refresh, update,
destroy. Each answer must have what the provider reads into its state.
"""

import json
from urllib.parse import unquote

from botocore.exceptions import ClientError

from people import allow, policy
from support import ADMIN, client, is_now, refused

ACCOUNT = "arn:aws:iam::000000000000"
TRUST = policy(allow("sts:AssumeRole", {"Service": "ec2.amazonaws.com"}, resource=None))
OTHER_TRUST = policy(allow("sts:AssumeRole", {"AWS": f"{ACCOUNT}:root"}, resource=None))

iam, kms, sts = client("iam"), client("kms"), client("sts")


def same(one, other):
    """Whether two policies say the same; the provider compares them so."""
    as_json = [json.loads(text) if isinstance(text, str) else text for text in (one, other)]
    return as_json[0] == as_json[1]


def not_there(call, **parameters):
    """What makes the provider drop a resource from its state."""
    try:
        call(**parameters)
    except ClientError as error:
        assert error.response["Error"]["Code"] == "NoSuchEntity"
        assert error.response["ResponseMetadata"]["HTTPStatusCode"] == 404
        return
    raise AssertionError(f"{call.__name__} {parameters} succeeded")


def the_provider():
    me = sts.get_caller_identity()
    assert (me["Account"], me["Arn"]) == ("000000000000", ADMIN)


def a_key():
    tags = [{"TagKey": "Name", "TagValue": "app"}]
    made = kms.create_key(
        BypassPolicyLockoutSafetyCheck=False,
        CustomerMasterKeySpec="SYMMETRIC_DEFAULT",
        Description="app",
        KeyUsage="ENCRYPT_DECRYPT",
        MultiRegion=False,
        Tags=tags,
    )["KeyMetadata"]
    key = made["KeyId"]
    assert key_state(key) == "Enabled"
    refresh_key(key, "app", tags)
    update_key(key)
    return key


def key_state(key):
    return kms.describe_key(KeyId=key)["KeyMetadata"]["KeyState"]


def refresh_key(key, description, tags, period=None):
    read = kms.describe_key(KeyId=key)["KeyMetadata"]
    assert read["Arn"] == f"arn:aws:kms:us-east-1:000000000000:key/{key}"
    assert read["Description"] == description
    assert read["CustomerMasterKeySpec"] == read["KeySpec"] == "SYMMETRIC_DEFAULT"
    assert read["KeyUsage"] == "ENCRYPT_DECRYPT" and read["MultiRegion"] is False
    assert read["KeyManager"] == "CUSTOMER" and read["Origin"] == "AWS_KMS"
    assert is_now(read["CreationDate"])
    document = json.loads(kms.get_key_policy(KeyId=key, PolicyName="default")["Policy"])
    assert document["Version"] == "2012-10-17"
    rotation = kms.get_key_rotation_status(KeyId=key)
    assert rotation["KeyRotationEnabled"] is (period is not None)
    assert rotation.get("RotationPeriodInDays") == period
    listed = kms.list_resource_tags(KeyId=key)
    assert listed["Tags"] == tags and listed["Truncated"] is False


def update_key(key):
    kms.disable_key(KeyId=key)
    assert key_state(key) == "Disabled"
    kms.enable_key(KeyId=key)
    kms.update_key_description(KeyId=key, Description="app, by Terraform")
    document = policy(allow("kms:*", {"AWS": [f"{ACCOUNT}:root", ADMIN]}))
    kms.put_key_policy(
        BypassPolicyLockoutSafetyCheck=False, KeyId=key, Policy=document, PolicyName="default"
    )
    assert same(kms.get_key_policy(KeyId=key, PolicyName="default")["Policy"], document)
    kms.untag_resource(KeyId=key, TagKeys=["Name"])
    kms.tag_resource(KeyId=key, Tags=[{"TagKey": "Team", "TagValue": "a"}])
    tags = [{"TagKey": "Team", "TagValue": "a"}]
    refresh_key(key, "app, by Terraform", tags)
    kms.enable_key_rotation(KeyId=key, RotationPeriodInDays=180)
    refresh_key(key, "app, by Terraform", tags, 180)
    kms.disable_key_rotation(KeyId=key)
    refresh_key(key, "app, by Terraform", tags)


def an_alias(key):
    name = "alias/terraform"
    kms.create_alias(AliasName=name, TargetKeyId=key)
    read = find_alias(name)
    assert read["AliasArn"] == f"arn:aws:kms:us-east-1:000000000000:{name}"
    assert read["TargetKeyId"] == key
    other = kms.create_key()["KeyMetadata"]["KeyId"]
    kms.update_alias(AliasName=name, TargetKeyId=other)
    assert find_alias(name)["TargetKeyId"] == other
    kms.delete_alias(AliasName=name)
    assert find_alias(name) is None
    message = f"Alias arn:aws:kms:us-east-1:000000000000:{name} is not found."
    refused(kms.delete_alias, "NotFoundException", message, AliasName=name)


def find_alias(name):
    pages = kms.get_paginator("list_aliases").paginate()
    found = [alias for page in pages for alias in page["Aliases"] if alias["AliasName"] == name]
    return found[0] if found else None


def a_grant(key):
    made = kms.create_grant(
        Constraints={"EncryptionContextEquals": {"Department": "Finance"}},
        GranteePrincipal=ADMIN,
        KeyId=key,
        Name="terraform",
        Operations=["Encrypt", "Decrypt", "GenerateDataKey"],
    )
    assert made["GrantToken"] != ""
    read = find_grant(key, made["GrantId"])
    assert read["GranteePrincipal"] == ADMIN and read["Name"] == "terraform"
    assert read["Constraints"] == {"EncryptionContextEquals": {"Department": "Finance"}}
    assert set(read["Operations"]) == {"Encrypt", "Decrypt", "GenerateDataKey"}
    assert "RetiringPrincipal" not in read
    kms.revoke_grant(GrantId=made["GrantId"], KeyId=key)
    assert find_grant(key, made["GrantId"]) is None
    # With `retire_on_delete`.
    made = kms.create_grant(
        GranteePrincipal=ADMIN, KeyId=key, Operations=["Decrypt"], RetiringPrincipal=ADMIN
    )
    assert find_grant(key, made["GrantId"])["RetiringPrincipal"] == ADMIN
    kms.retire_grant(GrantId=made["GrantId"], KeyId=f"arn:aws:kms:us-east-1:000000000000:key/{key}")
    assert find_grant(key, made["GrantId"]) is None


def find_grant(key, grant):
    pages = kms.get_paginator("list_grants").paginate(KeyId=key)
    found = [entry for page in pages for entry in page["Grants"] if entry["GrantId"] == grant]
    return found[0] if found else None


def a_role():
    tags = [{"Key": "Name", "Value": "app"}]
    not_there(iam.get_role, RoleName="app")
    iam.create_role(
        AssumeRolePolicyDocument=TRUST,
        Description="app",
        MaxSessionDuration=3600,
        Path="/",
        RoleName="app",
        Tags=tags,
    )
    read = refresh_role("app", TRUST, tags)
    assert read["Description"] == "app" and read["MaxSessionDuration"] == 3600
    iam.update_assume_role_policy(RoleName="app", PolicyDocument=OTHER_TRUST)
    iam.update_role(RoleName="app", Description="other", MaxSessionDuration=7200)
    iam.untag_role(RoleName="app", TagKeys=["Name"])
    iam.tag_role(RoleName="app", Tags=[{"Key": "Team", "Value": "a"}])
    read = refresh_role("app", OTHER_TRUST, [{"Key": "Team", "Value": "a"}])
    assert read["Description"] == "other" and read["MaxSessionDuration"] == 7200


def refresh_role(name, trust, tags):
    read = iam.get_role(RoleName=name)["Role"]
    assert read["Arn"] == f"{ACCOUNT}:role/{name}" and read["Path"] == "/"
    assert read["RoleId"].startswith("AROA") and is_now(read["CreateDate"])
    assert same(read["AssumeRolePolicyDocument"], trust)
    assert read["Tags"] == tags
    assert "PermissionsBoundary" not in read
    listed = iam.list_role_policies(RoleName=name)
    assert listed["PolicyNames"] == [] and listed["IsTruncated"] is False
    return read


def a_policy():
    arn = f"{ACCOUNT}:policy/app"
    first, second = policy(allow("kms:Decrypt")), policy(allow("kms:Encrypt"))
    not_there(iam.get_policy, PolicyArn=arn)
    tags = [{"Key": "Name", "Value": "app"}]
    made = iam.create_policy(
        Description="app", Path="/", PolicyDocument=first, PolicyName="app", Tags=tags
    )["Policy"]
    assert made["Arn"] == arn and made["PolicyId"].startswith("ANPA")
    refresh_policy(arn, "v1", first, 0)
    versions = iam.list_policy_versions(PolicyArn=arn)["Versions"]
    assert [version["VersionId"] for version in versions] == ["v1"]
    made = iam.create_policy_version(PolicyArn=arn, PolicyDocument=second, SetAsDefault=True)
    assert made["PolicyVersion"]["VersionId"] == "v2"
    refresh_policy(arn, "v2", second, 0)
    return arn, second


def refresh_policy(arn, version, document, attachments):
    read = iam.get_policy(PolicyArn=arn)["Policy"]
    assert read["DefaultVersionId"] == version and read["AttachmentCount"] == attachments
    assert (read["PolicyName"], read["Path"], read["Description"]) == ("app", "/", "app")
    assert read["Tags"] == [{"Key": "Name", "Value": "app"}]
    found = iam.get_policy_version(PolicyArn=arn, VersionId=version)["PolicyVersion"]
    text = found["Document"]
    # boto3 decodes what the provider decodes by itself.
    assert same(unquote(text) if isinstance(text, str) else text, document)


def an_attachment(arn, document):
    iam.attach_role_policy(PolicyArn=arn, RoleName="app")
    attached = iam.list_attached_role_policies(RoleName="app")["AttachedPolicies"]
    assert attached == [{"PolicyName": "app", "PolicyArn": arn}]
    refresh_policy(arn, "v2", document, 1)
    iam.detach_role_policy(PolicyArn=arn, RoleName="app")
    assert iam.list_attached_role_policies(RoleName="app")["AttachedPolicies"] == []
    not_there(iam.detach_role_policy, PolicyArn=arn, RoleName="app")


def all_destroyed(key, arn):
    for version in iam.list_policy_versions(PolicyArn=arn)["Versions"]:
        if not version["IsDefaultVersion"]:
            iam.delete_policy_version(PolicyArn=arn, VersionId=version["VersionId"])
    iam.delete_policy(PolicyArn=arn)
    not_there(iam.get_policy, PolicyArn=arn)
    assert iam.list_instance_profiles_for_role(RoleName="app")["InstanceProfiles"] == []
    assert iam.list_attached_role_policies(RoleName="app")["AttachedPolicies"] == []
    assert iam.list_role_policies(RoleName="app")["PolicyNames"] == []
    iam.delete_role(RoleName="app")
    not_there(iam.get_role, RoleName="app")
    made = kms.schedule_key_deletion(KeyId=key, PendingWindowInDays=30)
    assert made["KeyState"] == "PendingDeletion"
    assert key_state(key) == "PendingDeletion"


the_provider()
key = a_key()
an_alias(key)
a_grant(key)
a_role()
arn, document = a_policy()
an_attachment(arn, document)
all_destroyed(key, arn)
