"""What the scenarios share: statements, people who sign for themselves, and the proof of a denial."""

import json

from botocore.exceptions import ClientError

from support import client

ACCOUNT = "000000000000"


def statement(effect, actions, principal=None, resource="*", condition=None):
    """A statement; of an identity policy, if nobody is named."""
    made = {"Effect": effect, "Action": actions}
    if principal is not None:
        made["Principal"] = principal
    if resource is not None:
        made["Resource"] = resource
    if condition is not None:
        made["Condition"] = condition
    return made


def allow(actions, principal=None, **more):
    return statement("Allow", actions, principal, **more)


def deny(actions, principal=None, **more):
    return statement("Deny", actions, principal, **more)


def policy(*statements):
    return json.dumps({"Version": "2012-10-17", "Statement": statements})


def account(number=ACCOUNT):
    """The account as a principal: its own policies decide."""
    return {"AWS": f"arn:aws:iam::{number}:root"}


class Person:
    """Somebody with credentials."""

    def __init__(self, arn, credentials):
        self.arn = arn
        self.named = {"AWS": arn}
        self._signs = {
            "aws_access_key_id": credentials["AccessKeyId"],
            "aws_secret_access_key": credentials["SecretAccessKey"],
            "aws_session_token": credentials.get("SessionToken"),
        }

    def client(self, service="kms", **options):
        return client(service, **self._signs, **options)


def user(iam, name, *statements, **tags):
    """A new user with an access key, and an inline policy if there is a statement for it."""
    tags = [{"Key": key, "Value": value} for key, value in tags.items()]
    arn = iam.create_user(UserName=name, Tags=tags)["User"]["Arn"]
    if statements:
        document = policy(*statements)
        iam.put_user_policy(UserName=name, PolicyName="inline", PolicyDocument=document)
    return Person(arn, iam.create_access_key(UserName=name)["AccessKey"])


def gone(iam, name):
    """Deletes a user, with all that has to go before."""
    for key in iam.list_access_keys(UserName=name)["AccessKeyMetadata"]:
        iam.delete_access_key(UserName=name, AccessKeyId=key["AccessKeyId"])
    for inline in iam.list_user_policies(UserName=name)["PolicyNames"]:
        iam.delete_user_policy(UserName=name, PolicyName=inline)
    iam.delete_user(UserName=name)


def session(sts, role, **parameters):
    """A session of a role."""
    answer = sts.assume_role(RoleArn=role, RoleSessionName="work", **parameters)
    return Person(answer["AssumedRoleUser"]["Arn"], answer["Credentials"])


def member(organizations, sts, name):
    """A new member account, by a session of its administrator; its number comes with it."""
    made = organizations.create_account(AccountName=name, Email=f"{name}@example.com")
    number = made["CreateAccountStatus"]["AccountId"]
    role = f"arn:aws:iam::{number}:role/OrganizationAccountAccessRole"
    return number, session(sts, role)


def denied(call, why, **parameters):
    """Makes a call that must be denied, with a message that ends in this."""
    try:
        call(**parameters)
    except ClientError as error:
        code, message = error.response["Error"]["Code"], error.response["Error"]["Message"]
        assert code == "AccessDeniedException", f"{call.__name__}: {code}: {message}"
        assert message.endswith(why), f"{call.__name__}: {message}"
        return
    raise AssertionError(f"{call.__name__} {parameters} succeeded")


def silent(kind, action):
    return f"because no {kind} policy allows the kms:{action} action"


# Whoever has nothing to do with another account's key does not learn whether it is there.
HIDDEN = (
    "on this resource because the resource does not exist in this Region, no resource-based "
    "policies allow access, or a resource-based policy explicitly denies access"
)
