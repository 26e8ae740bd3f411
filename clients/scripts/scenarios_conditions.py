"""Keys that look at how they are used: by which service, for which tenant, from which network, under
which name.

Arguments: the access keys of two services (id and secret each), and the URLs of two VPC endpoints.
"""

import datetime
import sys

from people import Person, account, allow, denied, policy, session, silent, user
from support import client, new_key

iam, kms, sts = client("iam"), client("kms"), client("sts")

S3 = "s3.us-east-1.amazonaws.com"
USING = ["kms:Encrypt", "kms:Decrypt", "kms:GenerateDataKey"]
OWN = allow("kms:*", account())


def on_behalf(service, person):
    """KMS as a service calls it for somebody."""
    made = service.client()

    def say(request, **_):
        request.headers["x-keystead-on-behalf-of"] = person.arn

    made.meta.events.register("before-sign.kms", say)
    return made


def only_by_a_service(s3, sqs):
    owner = user(iam, "owner")
    condition = {"StringEquals": {"kms:ViaService": S3, "kms:CallerAccount": "000000000000"}}
    keeping = allow(["kms:Put*", "kms:Describe*"], account())
    key = new_key(kms, Policy=policy(keeping, allow(USING, owner.named, condition=condition)))
    by_s3 = on_behalf(s3, owner)
    made = by_s3.generate_data_key(KeyId=key, KeySpec="AES_256")
    assert by_s3.decrypt(CiphertextBlob=made["CiphertextBlob"])["Plaintext"] == made["Plaintext"]
    why = silent("resource-based", "Decrypt")
    opened = {"KeyId": key, "CiphertextBlob": made["CiphertextBlob"]}
    denied(owner.client().decrypt, why, **opened)
    denied(on_behalf(sqs, owner).decrypt, why, **opened)
    # By itself the service is nobody's.
    try:
        s3.client().decrypt(**opened)
    except kms.exceptions.ClientError as error:
        assert error.response["Error"]["Code"] == "AccessDeniedException"
    else:
        raise AssertionError("a service decrypted for itself")
    # A grant needs no service.
    kms.put_key_policy(KeyId=key, Policy=policy(OWN))
    kms.create_grant(KeyId=key, GranteePrincipal=owner.arn, Operations=["Decrypt"])
    owner.client().decrypt(**opened)


def each_tenant_its_own():
    its_own = {"StringEquals": {"kms:EncryptionContext:tenant": "${aws:PrincipalTag/tenant}"}}
    account_only = {"StringEquals": {**its_own["StringEquals"], "kms:CallerAccount": "000000000000"}}
    tenants = allow(USING, {"AWS": "*"}, condition=account_only)
    key = new_key(kms, Policy=policy(allow("kms:Put*", account()), tenants))
    blue = user(iam, "blue", tenant="blue").client()
    red = user(iam, "red", tenant="red").client()
    untagged = user(iam, "untagged").client()
    context = {"tenant": "blue", "table": "orders"}
    blob = blue.encrypt(KeyId=key, Plaintext=b"x", EncryptionContext=context)["CiphertextBlob"]
    opened = {"KeyId": key, "CiphertextBlob": blob}
    assert blue.decrypt(**opened, EncryptionContext=context)["Plaintext"] == b"x"
    why = silent("resource-based", "Decrypt")
    for other in (red, untagged):
        denied(other.decrypt, why, **opened, EncryptionContext=context)
        denied(other.decrypt, why, **opened)
    denied(blue.decrypt, why, **opened)
    denied(untagged.decrypt, why, **opened, EncryptionContext={"tenant": ""})
    # A session says whom it works for, and its tag goes before the role's.
    trust = policy(allow(["sts:AssumeRole", "sts:TagSession"], account(), resource=None))
    tags = [{"Key": "tenant", "Value": "red"}]
    role = iam.create_role(RoleName="worker", AssumeRolePolicyDocument=trust, Tags=tags)["Role"]["Arn"]
    denied(session(sts, role).client().decrypt, why, **opened, EncryptionContext=context)
    for_blue = session(sts, role, Tags=[{"Key": "tenant", "Value": "blue"}]).client()
    assert for_blue.decrypt(**opened, EncryptionContext=context)["Plaintext"] == b"x"


def nothing_by_itself(inside, elsewhere):
    """Endpoint, identity, key policy, context and time: all of them, and none of them left out."""
    now = datetime.datetime.now(datetime.timezone.utc)
    day = datetime.timedelta(days=1)

    def key_for(start, end):
        condition = {
            "StringEquals": {"aws:SourceVpce": "vpce-app", "kms:EncryptionContext:app": "billing"},
            "DateGreaterThan": {"aws:CurrentTime": start.isoformat()},
            "DateLessThan": {"aws:CurrentTime": end.isoformat()},
        }
        keeping = allow(["kms:Put*", "kms:TagResource"], account())
        return new_key(kms, Policy=policy(keeping, allow(USING, account(), condition=condition)))

    key, expired = key_for(now - day, now + day), key_for(now - 2 * day, now - day)
    unconditional = new_key(kms, Policy=policy(allow("kms:Put*", account())))
    app = user(iam, "app", allow(USING))
    stranger = user(iam, "stranger")
    call = {"KeyId": key, "Plaintext": b"x", "EncryptionContext": {"app": "billing"}}
    by = {name: app.client(endpoint_url=url) for name, url in (("in", inside), ("else", elsewhere))}

    by["in"].encrypt(**call)
    by_policy, by_identity = silent("resource-based", "Encrypt"), silent("identity-based", "Encrypt")
    denied(app.client().encrypt, by_policy, **call)
    denied(by["else"].encrypt, silent("VPC endpoint", "Encrypt"), **call)
    denied(stranger.client(endpoint_url=inside).encrypt, by_identity, **call)
    denied(by["in"].encrypt, by_policy, **{**call, "KeyId": unconditional})
    denied(by["in"].encrypt, by_policy, **{**call, "EncryptionContext": {"app": "payroll"}})
    denied(by["in"].encrypt, by_policy, KeyId=key, Plaintext=b"x")
    denied(by["in"].encrypt, by_policy, **{**call, "KeyId": expired})
    # The endpoint lets nothing through but what the application needs.
    denied(by["in"].describe_key, silent("VPC endpoint", "DescribeKey"), KeyId=key)


def a_lake_by_tags():
    keys = {}
    for level in ("public", "internal", "secret"):
        tags = [{"TagKey": "classification", "TagValue": level}]
        keys[level] = new_key(kms, Tags=tags)
    cleared = {"StringEquals": {"aws:ResourceTag/classification": ["public", "internal"]}}
    analyst = user(iam, "analyst", allow(USING, condition=cleared)).client()
    own_level = {"StringEquals": {"aws:ResourceTag/classification": "${aws:PrincipalTag/clearance}"}}
    officer = user(iam, "officer", allow(USING, condition=own_level), clearance="secret").client()
    why = silent("identity-based", "Encrypt")
    for who, levels in ((analyst, ("public", "internal")), (officer, ("secret",))):
        for level, key in keys.items():
            if level in levels:
                who.encrypt(KeyId=key, Plaintext=b"x")
            else:
                denied(who.encrypt, why, KeyId=key, Plaintext=b"x")
    # What a key is tagged with now is what counts.
    kms.tag_resource(KeyId=keys["public"], Tags=[{"TagKey": "classification", "TagValue": "secret"}])
    denied(analyst.encrypt, why, KeyId=keys["public"], Plaintext=b"x")
    officer.encrypt(KeyId=keys["public"], Plaintext=b"x")


def a_lake_by_aliases():
    names = ("alias/lake/public", "alias/lake/secret")
    keys = {name: new_key(kms) for name in names}
    for name, key in keys.items():
        kms.create_alias(AliasName=name, TargetKeyId=key)
    has_it = {"ForAnyValue:StringLike": {"kms:ResourceAliases": "alias/lake/p*"}}
    by_it = {"StringEquals": {"kms:RequestAlias": "alias/lake/secret"}}
    reader = user(iam, "reader", allow(USING, condition=has_it)).client()
    caller = user(iam, "caller", allow(USING, condition=by_it)).client()
    public, secret = names
    why = silent("identity-based", "Encrypt")
    # The alias that a key has, however the key is named.
    reader.encrypt(KeyId=keys[public], Plaintext=b"x")
    reader.encrypt(KeyId=public, Plaintext=b"x")
    denied(reader.encrypt, why, KeyId=secret, Plaintext=b"x")
    # The alias by which it is named, and no other name.
    caller.encrypt(KeyId=secret, Plaintext=b"x")
    denied(caller.encrypt, why, KeyId=keys[secret], Plaintext=b"x")
    denied(caller.encrypt, why, KeyId=public, Plaintext=b"x")
    # An alias that moves takes the permission along.
    kms.update_alias(AliasName=public, TargetKeyId=keys[secret])
    reader.encrypt(KeyId=keys[secret], Plaintext=b"x")
    denied(reader.encrypt, why, KeyId=keys[public], Plaintext=b"x")


def service(identity, secret):
    return Person("", {"AccessKeyId": identity, "SecretAccessKey": secret})


s3_id, s3_secret, sqs_id, sqs_secret, inside, elsewhere = sys.argv[1:]
only_by_a_service(service(s3_id, s3_secret), service(sqs_id, sqs_secret))
each_tenant_its_own()
nothing_by_itself(inside, elsewhere)
a_lake_by_tags()
a_lake_by_aliases()
