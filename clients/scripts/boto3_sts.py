"""Temporary credentials: their tags, policies, chains and ends, and URLs signed with them."""

import urllib.error
import urllib.request

from people import Person, account, allow, denied, policy, session, silent, user
from support import client, is_now, new_key, refused

iam, kms, sts = client("iam"), client("kms"), client("sts")

BECOMING = ["sts:AssumeRole", "sts:TagSession", "sts:SetSourceIdentity"]
TOO_LONG = "The requested DurationSeconds exceeds the MaxSessionDuration set for this role."
CHAINED = (
    "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role "
    "chaining."
)
UNCHANGED = "SourceIdentity can't be changed once it is set."


def role(name, *statements):
    """A role that everybody of the account may become whose own policies let them; its ARN."""
    trust = policy(allow(BECOMING, account(), resource=None))
    made = iam.create_role(RoleName=name, AssumeRolePolicyDocument=trust, MaxSessionDuration=7200)
    iam.put_role_policy(RoleName=name, PolicyName="inline", PolicyDocument=policy(*statements))
    return made["Role"]["Arn"]


def tags_and_who_stands_behind_go_along():
    first, second = role("first", allow(["kms:*", "sts:*"])), role("second", allow("kms:*"))
    conditions = {"aws:PrincipalTag/team": "blue", "aws:SourceIdentity": "ada"}
    blue = allow("kms:Encrypt", account(), condition={"StringEquals": conditions})
    key = new_key(kms, Policy=policy(allow(["kms:Put*", "kms:Describe*"], account()), blue))
    tags = [{"Key": "team", "Value": "blue"}, {"Key": "stage", "Value": "test"}]
    answer = sts.assume_role(
        RoleArn=first,
        RoleSessionName="one",
        SourceIdentity="ada",
        Tags=tags,
        TransitiveTagKeys=["team"],
    )
    assert answer["SourceIdentity"] == "ada" and 0 < answer["PackedPolicySize"] < 100
    assert not is_now(answer["Credentials"]["Expiration"])
    one = Person(answer["AssumedRoleUser"]["Arn"], answer["Credentials"])
    one.client().encrypt(KeyId=key, Plaintext=b"x")
    two = session(one.client("sts"), second)
    two.client().encrypt(KeyId=key, Plaintext=b"x")
    why = silent("resource-based", "Encrypt")
    denied(session(sts, second).client().encrypt, why, KeyId=key, Plaintext=b"x")
    again = {"RoleArn": second, "RoleSessionName": "two"}
    becoming = one.client("sts").assume_role
    refused(becoming, "AccessDenied", UNCHANGED, 403, SourceIdentity="eve", **again)
    refused(becoming, "ValidationError", CHAINED, DurationSeconds=3601, **again)
    session(sts, second, DurationSeconds=7200)
    refused(sts.assume_role, "ValidationError", TOO_LONG, DurationSeconds=7201, **again)


def policies_of_a_session():
    keeper = role("keeper", allow("kms:*"))
    key = new_key(kms)
    limit = policy(allow("kms:DescribeKey"))
    describing = session(sts, keeper, Policy=limit).client()
    describing.describe_key(KeyId=key)
    denied(describing.list_keys, silent("session", "ListKeys"))
    managed = iam.create_policy(PolicyName="listing", PolicyDocument=policy(allow("kms:ListKeys")))
    arns = [{"arn": managed["Policy"]["Arn"]}]
    both = session(sts, keeper, Policy=limit, PolicyArns=arns).client()
    both.describe_key(KeyId=key)
    both.list_keys()
    denied(both.list_aliases, silent("session", "ListAliases"))
    exceptions = sts.exceptions
    too_large = [{"Key": f"tag-{n}", "Value": "x" * 250} for n in range(20)]
    for expected, parameters in [
        (exceptions.MalformedPolicyDocumentException, {"Policy": "{"}),
        (exceptions.PackedPolicyTooLargeException, {"Tags": too_large}),
    ]:
        try:
            session(sts, keeper, **parameters)
        except expected as error:
            assert error.response["ResponseMetadata"]["HTTPStatusCode"] == 400
        else:
            raise AssertionError(f"{parameters} made a session")


def not_by_everybody():
    keeper = "arn:aws:iam::000000000000:role/keeper"
    ada = user(iam, "ada")
    message = f"User: {ada.arn} is not authorized to perform: sts:AssumeRole on resource: "
    for arn, kind in (
        (keeper, "identity-based"),
        (f"{keeper}-that-is-not-there", "role trust"),
    ):
        becoming = {"RoleArn": arn, "RoleSessionName": "work"}
        why = f"{message}{arn} because no {kind} policy allows the sts:AssumeRole action"
        refused(ada.client("sts").assume_role, "AccessDenied", why, 403, **becoming)
    document = policy(allow("sts:AssumeRole", resource=keeper))
    iam.put_user_policy(UserName="ada", PolicyName="becoming", PolicyDocument=document)
    session(ada.client("sts"), keeper).client().list_keys()


def a_url_instead_of_a_password():
    """How a cluster finds out who calls: `aws eks get-token` makes such URLs."""
    person = session(sts, role("pod", allow("kms:*")))
    signing = person.client("sts")
    signing.meta.events.register("before-sign.sts.GetCallerIdentity", name_the_cluster)
    url = signing.generate_presigned_url("get_caller_identity", ExpiresIn=60, HttpMethod="GET")
    assert "X-Amz-Security-Token=" in url
    assert asked(url, "one") == (200, person.arn)
    assert asked(url, "two") == (403, "SignatureDoesNotMatch")


def name_the_cluster(request, **_):
    request.headers["x-k8s-aws-id"] = "one"


def asked(url, cluster):
    request = urllib.request.Request(url, headers={"x-k8s-aws-id": cluster})
    try:
        with urllib.request.urlopen(request) as answer:
            return answer.status, between(answer.read().decode(), "<Arn>", "</Arn>")
    except urllib.error.HTTPError as error:
        with error:
            return error.code, between(error.read().decode(), "<Code>", "</Code>")


def between(text, start, end):
    return text.partition(start)[2].partition(end)[0]


tags_and_who_stands_behind_go_along()
policies_of_a_session()
not_by_everybody()
a_url_instead_of_a_password()
