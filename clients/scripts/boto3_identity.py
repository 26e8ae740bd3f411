"""STS: who calls, also by a URL that somebody else follows."""

import re
import urllib.error
import urllib.request
import xml.etree.ElementTree

from botocore.exceptions import ClientError
from support import ADMIN, client, forget_last_call

sts = client("sts")
NAMESPACE = {"sts": "https://sts.amazonaws.com/doc/2011-06-15/"}


def follow(url):
    with urllib.request.urlopen(url) as answer:
        return xml.etree.ElementTree.fromstring(answer.read())


def own_identity():
    me = sts.get_caller_identity()
    assert (me["Account"], me["Arn"]) == ("000000000000", ADMIN)
    assert re.fullmatch("AIDA[A-Z2-7]{17}", me["UserId"])
    return me


def presigned(me):
    url = sts.generate_presigned_url("get_caller_identity", ExpiresIn=60, HttpMethod="GET")
    result = follow(url).find("sts:GetCallerIdentityResult", NAMESPACE)
    members = ("Account", "Arn", "UserId")
    found = {name: result.findtext(f"sts:{name}", None, NAMESPACE) for name in members}
    assert found == {name: me[name] for name in members}
    for changed in (url.replace("Expires=60", "Expires=61"), f"{url}&Extra=1"):
        assert changed != url
        not_honoured(changed)


def not_honoured(url):
    try:
        follow(url)
    except urllib.error.HTTPError as error:
        with error:
            assert error.code == 403
            root = xml.etree.ElementTree.fromstring(error.read())
        assert root.findtext("sts:Error/sts:Code", None, NAMESPACE) == "SignatureDoesNotMatch"
    else:
        raise AssertionError(f"{url} was honoured")


def strangers():
    wrong = {"aws_access_key_id": "AKIAAAAAAAAAAAAAAAAA", "aws_secret_access_key": "wrong"}
    try:
        client("sts", **wrong).get_caller_identity()
    except ClientError as error:
        assert error.response["Error"]["Code"] == "InvalidClientTokenId"
        assert error.response["ResponseMetadata"]["HTTPStatusCode"] == 403
        forget_last_call()
    else:
        raise AssertionError("a stranger was let in")


me = own_identity()
presigned(me)
strangers()
