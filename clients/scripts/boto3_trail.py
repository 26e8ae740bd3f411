"""The audit trail by boto3: what the trail is, and its files by S3's calls."""

import gzip
import json
import sys
import urllib.request

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

TRAIL_ARN = sys.argv[1]

trails = boto3.client("cloudtrail")
# Signed URLs are signed in AWS's present way, as in all Regions that are newer than 2014.
s3 = boto3.client("s3", config=Config(signature_version="s3v4"))


def refused(call, **arguments):
    """The code of the error that a call ends with."""
    try:
        call(**arguments)
    except ClientError as error:
        return error.response["Error"]["Code"]
    raise AssertionError(f"{arguments} was not refused")


trail = trails.get_trail(Name=TRAIL_ARN)["Trail"]
bucket = trail["S3BucketName"]
assert trails.describe_trails()["trailList"] == [trail]
status = trails.get_trail_status(Name=TRAIL_ARN)
assert status["IsLogging"] and status["LatestDigestDeliveryTime"], status

s3.head_bucket(Bucket=bucket)
assert s3.get_bucket_location(Bucket=bucket)["LocationConstraint"] is None

keys = [item["Key"] for item in s3.list_objects_v2(Bucket=bucket)["Contents"]]
for name in ["list_objects", "list_objects_v2"]:
    pages = s3.get_paginator(name).paginate(Bucket=bucket, PaginationConfig={"PageSize": 2})
    paged = [item for page in pages for item in page["Contents"]]
    assert [item["Key"] for item in paged] == keys, name

account = trail["TrailARN"].split(":")[4]
folder = f"AWSLogs/{account}/"
listed = s3.list_objects_v2(Bucket=bucket, Prefix=folder, Delimiter="/")
folders = [item["Prefix"] for item in listed["CommonPrefixes"]]
assert folders == [f"{folder}CloudTrail-Digest/", f"{folder}CloudTrail/"], folders
assert "Contents" not in listed

newest = [key for key in keys if "Digest" in key][-1]
digest = s3.get_object(Bucket=bucket, Key=newest)
body = digest["Body"].read()
content = json.loads(gzip.decompress(body))
assert content["digestS3Object"] == newest
assert digest["Metadata"]["signature-algorithm"] == "SHA256withRSA"
head = s3.head_object(Bucket=bucket, Key=newest)
for name in ["ETag", "ContentLength", "LastModified", "Metadata", "ContentType"]:
    assert head[name] == digest[name], name
assert head["ContentLength"] == len(body)

log = content["logFiles"][0]["s3Object"]
part = s3.get_object(Bucket=bucket, Key=log, Range="bytes=0-1")["Body"].read()
assert part == b"\x1f\x8b"
s3.download_file(bucket, log, "log.json.gz")
with gzip.open("log.json.gz") as file:
    records = json.load(file)["Records"]
assert all(record["recipientAccountId"] == account for record in records)
url = s3.generate_presigned_url("get_object", Params={"Bucket": bucket, "Key": log})
with urllib.request.urlopen(url) as answer:
    assert json.loads(gzip.decompress(answer.read()))["Records"] == records

assert refused(s3.get_object, Bucket=bucket, Key="none") == "NoSuchKey"
assert refused(s3.head_object, Bucket=bucket, Key="none") == "404"
assert refused(s3.list_objects, Bucket="none") == "NoSuchBucket"
assert refused(s3.put_object, Bucket=bucket, Key="k", Body=b"x") == "MethodNotAllowed"
assert refused(s3.delete_object, Bucket=bucket, Key=newest) == "MethodNotAllowed"
assert refused(trails.get_trail, Name="none") == "TrailNotFoundException"
