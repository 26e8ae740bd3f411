"""Signs varied requests with botocore's SigV4 signers, for tests/sigv4.rs.

Usage: python3 botocore_sigv4.py > botocore_sigv4.json
"""

import base64
import datetime
import json
from urllib.parse import urlsplit

import botocore.auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

NOW = datetime.datetime(2026, 1, 2, 3, 4, 5)
UNIX_NOW = 1767323045
ACCESS_KEY = "AKIAIOSFODNN7EXAMPLE"
SECRET = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"
TOKEN = "FwoGZXIvYXdzEBYaDH+/=" + "aB3+/" * 120 + "=="
KMS = {"Content-Type": "application/x-amz-json-1.1", "X-Amz-Target": "TrentService.Encrypt"}
FORM = {"Content-Type": "application/x-www-form-urlencoded; charset=utf-8"}
CALLER = "Action=GetCallerIdentity&Version=2011-06-15"

botocore.auth.get_current_datetime = lambda: NOW


def header(name, method="POST", url="https://kms.eu-west-1.amazonaws.com/", headers=(), body=b"",
           service="kms", region="eu-west-1", token=None, secret=SECRET):
    return name, botocore.auth.SigV4Auth, {}, method, url, headers, body, service, region, token, secret


def query(name, url, headers=(), service="sts", region="us-east-1", token=None, expires=60,
          method="GET", body=b""):
    keywords = {"expires": expires}
    return (name, botocore.auth.SigV4QueryAuth, keywords, method, url, headers, body, service, region,
            token, SECRET)


def cases():
    kms = list(KMS.items())
    yield header("kms encrypt", headers=kms, body=b'{"KeyId":"alias/demo","Plaintext":"aGk="}')
    yield header("kms with token", headers=kms, body=b"{}", token=TOKEN)
    yield header("kms empty body", headers=kms)
    yield header("kms binary body", headers=kms, body=bytes(range(256)) * 9)
    yield header("kms other region", headers=kms, body=b"{}", region="cn-north-1",
                 url="https://kms.cn-north-1.amazonaws.com.cn/")
    yield header("kms port", headers=kms, body=b"{}", url="https://localhost:8443/")
    yield header("kms ipv6 host", headers=kms, body=b"{}", url="https://[::1]:8443/")
    yield header("kms upper-case host", headers=kms + [("Host", "KMS.Example.COM")], body=b"{}")
    yield header("kms sdk extras", headers=kms + [
        ("User-Agent", "Boto3/1.43 md/Botocore#1.43"), ("amz-sdk-invocation-id", "0f-1"),
        ("amz-sdk-request", "attempt=1"), ("Accept-Encoding", "identity"), ("Content-Length", "2"),
        ("X-Amzn-Trace-Id", "Root=1-2"), ("Expect", "100-continue"), ("Connection", "keep-alive"),
    ], body=b"{}")
    yield header("kms charset", body=b"{}", headers=[
        ("Content-Type", "application/x-amz-json-1.1; charset=utf-8"), kms[1]])
    yield header("kms declared payload", body=b"{}", headers=kms + [
        ("X-Amz-Content-SHA256", "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a")])
    yield header("date header", headers=kms + [("Date", "now")], body=b"{}")
    yield header("short secret", headers=kms, body=b"{}", secret="s")
    yield header("long secret", headers=kms, body=b"{}", secret="0123456789" * 13)
    yield header("sts form", url="https://sts.amazonaws.com/", headers=list(FORM.items()),
                 body=CALLER.encode(), service="sts", region="us-east-1")
    yield header("sts get", "GET", f"https://sts.eu-west-1.amazonaws.com/?{CALLER}", service="sts")
    yield header("iam form", url="https://iam.amazonaws.com/", headers=list(FORM.items()), token=TOKEN,
                 body=b"Action=GetUser&Version=2010-05-08", service="iam", region="us-east-1")
    for index, (label, value) in enumerate([
        ("leading and trailing", "   padded   "), ("inner runs", "a   b  c"), ("tab", "a\t \tb"),
        ("empty", ""), ("spaces only", "     "), ("quoted", '"a   b"   "c"'), ("commas", "a,b,  c"),
        ("semicolon and equals", "a=b; c=d"), ("utf-8", "sm\u00f8rrebr\u00f8d \u2603"), ("long", "x" * 4000),
    ]):
        yield header(f"header value: {label}", headers=kms + [(f"X-Amz-Meta-{index}", value)], body=b"{}")
    yield header("header repeated", headers=kms + [("My-Header", "value2"), ("My-Header", " value1 "),
                                                   ("My-Header", "value3")], body=b"{}")
    yield header("header names sort", headers=kms + [
        ("Zebra", "z"), ("a-b", "1"), ("ab", "2"), ("a1", "3"), ("a_b", "4"), ("a.b", "5")], body=b"{}")
    for label, path in [
        ("space", "/a%20b"), ("unicode", "/%E1%88%B4/%C3%A9"), ("dots", "/a/./b/../c"),
        ("slashes", "//a///b//"), ("above root", "/../../x"), ("trailing slash", "/a/b/"),
        ("unreserved", "/-._~/AZaz09"), ("sub-delims", "/a:b@c;d=e,f+g!h$i&j'k(l)m*n"),
        ("encoded slash", "/a%2Fb"), ("encoded percent", "/100%25"), ("arn", "/key/arn%3Aaws%3Akms"),
    ]:
        yield header(f"path: {label}", "GET", f"https://example.amazonaws.com{path}", service="service",
                     region="us-east-1")
    for label, text in [
        ("order", "b=2&a=1"), ("same name", "a=2&a=1&a=10"), ("no value", "b=&a="), ("utf-8", "%E1%88%B4=%C3%A9"),
        ("space", "a%20b=c%20d"), ("prefix names", "a-=1&a=2&aa=3"), ("case", "b=1&B=2&a=3&A=4"),
        ("encoded specials", "q=%2B%26%3D%2F%3A%3F%23"), ("unreserved", "-._~=-._~"),
    ]:
        yield header(f"query: {label}", "GET", f"https://example.amazonaws.com/?{text}", service="service",
                     region="us-east-1")
    for method in ["PUT", "DELETE", "HEAD", "PATCH", "OPTIONS"]:
        yield header(f"method {method}", method, service="service", body=b"x")
    yield query("presigned sts", f"https://sts.amazonaws.com/?{CALLER}")
    yield query("presigned with token", f"https://sts.amazonaws.com/?{CALLER}", token=TOKEN)
    yield query("presigned for a cluster", f"https://sts.us-east-1.amazonaws.com/?{CALLER}",
                headers=[("x-k8s-aws-id", "my  cluster")], token=TOKEN)
    yield query("presigned longest", f"https://sts.amazonaws.com/?{CALLER}", expires=604800)
    yield query("presigned without other parameters", "https://kms.us-east-1.amazonaws.com/", service="kms")
    yield query("presigned odd parameters", "https://example.amazonaws.com/p%20q?z=%2B%20&a=%E1%88%B4&empty=")
    yield query("presigned post", f"https://sts.amazonaws.com/?{CALLER}", method="POST")


def sign(name, signer, keywords, method, url, headers, body, service, region, token, secret):
    request = AWSRequest(method=method, url=url, data=body)
    for header_name, value in headers:
        request.headers.add_header(header_name, value)
    signer(Credentials(ACCESS_KEY, secret, token), service, region, **keywords).add_auth(request)
    parts = urlsplit(request.url)
    sent = [[key, value] for key, value in request.headers.items()]
    if "Host" not in request.headers:
        sent.append(["Host", parts.netloc])
    return {
        "name": name,
        "method": method,
        "uri": parts.path + (f"?{parts.query}" if parts.query else ""),
        "headers": sent,
        "body": base64.b64encode(body).decode(),
        "secret": secret,
        "token": token,
        "service": service,
        "region": region,
    }


def main():
    vectors = ",\n".join(json.dumps(sign(*case)) for case in cases())
    print(f'{{"access_key_id": "{ACCESS_KEY}", "unix_seconds": {UNIX_NOW}, "vectors": [\n{vectors}\n]}}')


main()
