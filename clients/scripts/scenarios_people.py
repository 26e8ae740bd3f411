"""Who keeps a key and who uses it, and what becomes of both when people come and go."""

import datetime
import json

from people import account, allow, denied, deny, gone, policy, session, silent, user
from support import ADMIN, client, new_key, refused

iam, kms, sts = client("iam"), client("kms"), client("sts")

KEEPING = [
    "kms:CancelKeyDeletion",
    "kms:Describe*",
    "kms:Disable*",
    "kms:Enable*",
    "kms:Get*",
    "kms:List*",
    "kms:Put*",
    "kms:RevokeGrant",
    "kms:ScheduleKeyDeletion",
    "kms:TagResource",
    "kms:UntagResource",
    "kms:Update*",
]
USING = ["kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:DescribeKey"]
LOCKOUT = "The new key policy will not allow you to update the key policy in the future."
NOBODY = "Policy contains a statement with one or more invalid principals."
MALFORMED = "MalformedPolicyDocumentException"


def keepers_do_not_use_and_users_do_not_keep():
    keeper, worker = user(iam, "keeper"), user(iam, "worker")
    for_services = {"Bool": {"kms:GrantIsForAWSResource": "true"}}
    document = policy(
        allow(KEEPING, keeper.named),
        allow(USING, worker.named),
        allow("kms:CreateGrant", worker.named, condition=for_services),
    )
    key = new_key(kms, Policy=document, BypassPolicyLockoutSafetyCheck=True)
    keeping, using = keeper.client(), worker.client()
    blob = using.encrypt(KeyId=key, Plaintext=b"x")["CiphertextBlob"]
    assert using.decrypt(KeyId=key, CiphertextBlob=blob)["Plaintext"] == b"x"
    keeping.disable_key(KeyId=key)
    keeping.enable_key(KeyId=key)
    keeping.put_key_policy(KeyId=key, Policy=document)
    nothing = [
        (keeping.encrypt, "Encrypt", {"Plaintext": b"x"}),
        (keeping.decrypt, "Decrypt", {"CiphertextBlob": blob}),
        (keeping.generate_data_key, "GenerateDataKey", {"NumberOfBytes": 32}),
        (using.disable_key, "DisableKey", {}),
        (using.put_key_policy, "PutKeyPolicy", {"Policy": document}),
        (using.schedule_key_deletion, "ScheduleKeyDeletion", {}),
        # Only a service that works for the worker could make the grant.
        (using.create_grant, "CreateGrant", {"GranteePrincipal": ADMIN, "Operations": ["Decrypt"]}),
        # The administrator of the account is nobody to this key.
        (kms.decrypt, "Decrypt", {"CiphertextBlob": blob}),
        (kms.describe_key, "DescribeKey", {}),
    ]
    for call, action, parameters in nothing:
        denied(call, silent("resource-based", action), KeyId=key, **parameters)


def a_key_without_its_account():
    owner = user(iam, "owner")
    mine, delegated = allow("kms:*", owner.named), allow("kms:*", account())
    key = new_key(kms)
    refused(kms.put_key_policy, MALFORMED, LOCKOUT, KeyId=key, Policy=policy(mine))
    refused(kms.create_key, MALFORMED, LOCKOUT, Policy=policy(mine))
    kms.put_key_policy(KeyId=key, Policy=policy(mine), BypassPolicyLockoutSafetyCheck=True)
    denied(kms.put_key_policy, silent("resource-based", "PutKeyPolicy"), KeyId=key, Policy=policy(mine))
    # The owner, who has no policy in IAM at all, can let the account in again.
    owner.client().put_key_policy(KeyId=key, Policy=policy(mine, delegated))
    kms.describe_key(KeyId=key)


def nobody_may_skip_the_check():
    skipping = {"Bool": {"kms:BypassPolicyLockoutSafetyCheck": "true"}}
    careful = user(iam, "careful", allow("kms:*"), deny("kms:*", condition=skipping)).client()
    document = policy(allow("kms:*", account()))
    key = new_key(careful, Policy=document)
    why = "with an explicit deny in an identity-based policy"
    skip = {"Policy": document, "BypassPolicyLockoutSafetyCheck": True}
    denied(careful.create_key, why, **skip)
    denied(careful.put_key_policy, why, KeyId=key, **skip)
    careful.put_key_policy(KeyId=key, Policy=document)


def a_name_is_not_a_person():
    eve = user(iam, "eve")
    first_id = iam.get_user(UserName="eve")["User"]["UserId"]
    key = new_key(kms, Policy=policy(allow("kms:*", account()), allow("kms:Encrypt", eve.named)))
    eve.client().encrypt(KeyId=key, Plaintext=b"x")
    gone(iam, "eve")

    shown = kms.get_key_policy(KeyId=key)["Policy"]
    assert json.loads(shown)["Statement"][1]["Principal"] == {"AWS": first_id}
    refused(kms.put_key_policy, MALFORMED, NOBODY, KeyId=key, Policy=shown)

    second = user(iam, "eve", allow("kms:DescribeKey"))
    assert iam.get_user(UserName="eve")["User"]["UserId"] != first_id
    assert second.arn == eve.arn
    second.client().describe_key(KeyId=key)
    why = silent("identity-based", "Encrypt")
    denied(second.client().encrypt, why, KeyId=key, Plaintext=b"x")
    # Named again, the second one is meant.
    kms.put_key_policy(KeyId=key, Policy=policy(allow("kms:*", account()), allow("kms:Encrypt", second.named)))
    second.client().encrypt(KeyId=key, Plaintext=b"x")


def older_sessions_are_revoked():
    trust = policy(allow("sts:AssumeRole", account(), resource=None))
    role = iam.create_role(RoleName="worker", AssumeRolePolicyDocument=trust)["Role"]["Arn"]
    iam.put_role_policy(RoleName="worker", PolicyName="work", PolicyDocument=policy(allow("kms:*")))
    key = new_key(kms)
    stolen = session(sts, role).client()
    stolen.describe_key(KeyId=key)
    # What the console's "Revoke active sessions" writes.
    revoke("worker", datetime.timedelta(hours=1))
    denied(stolen.describe_key, "with an explicit deny in an identity-based policy", KeyId=key)
    denied(stolen.list_keys, "with an explicit deny in an identity-based policy")
    # Sessions that begin after the instant are not meant.
    revoke("worker", datetime.timedelta(hours=-1))
    session(sts, role).client().describe_key(KeyId=key)


def revoke(role, from_now):
    at = datetime.datetime.now(datetime.timezone.utc) + from_now
    older = {"DateLessThan": {"aws:TokenIssueTime": at.strftime("%Y-%m-%dT%H:%M:%SZ")}}
    document = policy(deny("*", condition=older))
    iam.put_role_policy(RoleName=role, PolicyName="AWSRevokeOlderSessions", PolicyDocument=document)


keepers_do_not_use_and_users_do_not_keep()
a_key_without_its_account()
nobody_may_skip_the_check()
a_name_is_not_a_person()
older_sessions_are_revoked()
