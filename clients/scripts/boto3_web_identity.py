"""A program in a pod: a token in a file, and no access key. `identity_provider.py` made the tokens.

Argument: the ARN of the identity provider.
"""

import sys

import boto3
from botocore import UNSIGNED
from botocore.config import Config
from botocore.exceptions import ClientError

from people import Person, allow, policy
from support import client, new_key

(provider,) = sys.argv[1:]
ROLE = "arn:aws:iam::000000000000:role/pod"


def read(name):
    with open(name, encoding="ascii") as file:
        return file.read()


def by_the_environment():
    kms, sts = client("kms"), client("sts")
    me = sts.get_caller_identity()
    assert me["Arn"] == "arn:aws:sts::000000000000:assumed-role/pod/shop", me
    key = new_key(kms)
    blob = kms.encrypt(KeyId=key, Plaintext=b"x")["CiphertextBlob"]
    assert kms.decrypt(KeyId=key, CiphertextBlob=blob)["Plaintext"] == b"x"


def by_hand():
    assumed = assume("ada.jwt", DurationSeconds=900, Policy=policy(allow("kms:ListKeys")))
    assert assumed["SubjectFromWebIdentityToken"] == "ada"
    assert (assumed["Provider"], assumed["Audience"]) == (provider, "app")
    assert assumed["AssumedRoleUser"]["Arn"].endswith(":assumed-role/pod/hand")
    assert assumed["PackedPolicySize"] > 0
    person = Person(assumed["AssumedRoleUser"]["Arn"], assumed["Credentials"])
    person.client().list_keys()
    try:
        person.client().list_aliases()
    except ClientError as error:
        assert str(error).endswith("no session policy allows the kms:ListAliases action"), error
    else:
        raise AssertionError("a session did more than its policy allows")


def tokens_that_do_not_count():
    exceptions = unsigned.exceptions
    for token, expected in [
        ("late.jwt", exceptions.ExpiredTokenException),
        ("other.jwt", exceptions.InvalidIdentityTokenException),
        ("forged.jwt", exceptions.InvalidIdentityTokenException),
        ("keys.json", exceptions.InvalidIdentityTokenException),
    ]:
        try:
            assume(token)
        except expected as error:
            assert error.response["ResponseMetadata"]["HTTPStatusCode"] == 400
        else:
            raise AssertionError(f"{token} counted")


def assume(token, **parameters):
    return unsigned.assume_role_with_web_identity(
        RoleArn=ROLE, RoleSessionName="hand", WebIdentityToken=read(token), **parameters
    )


# Not of `support`: a token that does not count has no caller, and its call no record.
unsigned = boto3.client(
    "sts", config=Config(signature_version=UNSIGNED, retries={"total_max_attempts": 1})
)
by_the_environment()
by_hand()
tokens_that_do_not_count()
