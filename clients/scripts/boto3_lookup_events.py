"""CloudTrail's LookupEvents: every attribute, pages, times, refusals."""

import datetime
import json

from support import ABSENT, client, new_key, refused

kms = client()
iam = client("iam")
trail = client("cloudtrail")

key = new_key(kms)
arn = kms.describe_key(KeyId=key)["KeyMetadata"]["Arn"]
sealed = kms.encrypt(KeyId=key, Plaintext=b"hi", EncryptionContext={"tenant": "blue"})
request_id = sealed["ResponseMetadata"]["RequestId"]
iam.create_user(UserName="eve")


def lookup(key, value, **more):
    attributes = [{"AttributeKey": key, "AttributeValue": value}]
    return trail.lookup_events(LookupAttributes=attributes, **more)["Events"]


def names(events):
    return [event["EventName"] for event in events]


def every_attribute():
    [event] = lookup("EventName", "Encrypt")
    record = json.loads(event["CloudTrailEvent"])
    assert record["requestID"] == request_id, record
    assert record["requestParameters"]["encryptionContext"] == {"tenant": "blue"}
    assert event["EventId"] == record["eventID"]
    assert (event["ReadOnly"], event["Username"]) == ("true", "admin"), event
    assert event["EventSource"] == "kms.amazonaws.com"
    assert event["Resources"] == [{"ResourceType": "AWS::KMS::Key", "ResourceName": arn}], event
    assert event["EventTime"].strftime("%Y-%m-%dT%H:%M:%SZ") == record["eventTime"]
    about_key = ["Encrypt", "DescribeKey", "CreateKey"]
    for attribute, value, expected in (
        ("EventId", event["EventId"], ["Encrypt"]),
        ("EventId", ABSENT, []),
        ("ReadOnly", "false", ["CreateUser", "CreateKey"]),
        ("Username", "eve", []),
        ("ResourceName", arn, about_key),
        ("ResourceName", "eve", ["CreateUser"]),
        ("ResourceType", "AWS::KMS::Key", about_key),
        ("ResourceType", "AWS::IAM::User", ["CreateUser"]),
        ("EventSource", "iam.amazonaws.com", ["CreateUser"]),
        ("AccessKeyId", "AKIAIOSFODNN7EXAMPLE", []),
    ):
        found = lookup(attribute, value)
        assert names(found) == expected, (attribute, value, names(found))
    for attribute, value in (("Username", "admin"), ("AccessKeyId", event["AccessKeyId"])):
        assert names(lookup(attribute, value))[-4:] == ["CreateUser"] + about_key, attribute


def pages():
    paginator = trail.get_paginator("lookup_events")
    attributes = [{"AttributeKey": "EventSource", "AttributeValue": "kms.amazonaws.com"}]
    for _ in range(3):
        kms.generate_random(NumberOfBytes=1)
    whole = trail.lookup_events(LookupAttributes=attributes)["Events"]
    assert len(whole) == 6, names(whole)
    times = [event["EventTime"] for event in whole]
    assert times == sorted(times, reverse=True), times
    for size in (1, 4, 5, 6):
        config = {"PageSize": size}
        pages = list(paginator.paginate(LookupAttributes=attributes, PaginationConfig=config))
        assert len(pages) == -(-6 // size), (size, len(pages))
        assert [event for page in pages for event in page["Events"]] == whole


def times():
    now = datetime.datetime.now(datetime.timezone.utc)
    hour = datetime.timedelta(hours=1)
    year = datetime.timedelta(days=365)
    for start, end, some in (
        (now - hour, now + hour, True),
        (now - year, now + year, True),
        (now - 2 * hour, now - hour, False),
        (now + hour, now + 2 * hour, False),
        (now - 2 * year, now - year, False),
    ):
        found = lookup("EventName", "Encrypt", StartTime=start, EndTime=end)
        assert bool(found) == some, (start, end)


def refusals():
    one = {"AttributeKey": "EventName", "AttributeValue": "Encrypt"}
    only_one = "You can specify only one lookup attribute."
    refused(
        trail.lookup_events,
        "InvalidLookupAttributesException",
        only_one,
        LookupAttributes=[one, one],
    )
    token = trail.lookup_events(MaxResults=1)["NextToken"]
    bad_token = (
        "The token is not valid, or was previously used in a request with different parameters."
    )
    for more in ({"NextToken": "aGk="}, {"NextToken": token, "LookupAttributes": [one]}):
        refused(trail.lookup_events, "InvalidNextTokenException", bad_token, **more)
    start = datetime.datetime(2026, 1, 2, tzinfo=datetime.timezone.utc)
    refused(
        trail.lookup_events,
        "InvalidTimeRangeException",
        "The start time must not be after the end time.",
        StartTime=start,
        EndTime=start - datetime.timedelta(seconds=1),
    )
    too_many = (
        "1 validation error detected: Value '51' at 'maxResults' failed to satisfy constraint: "
        "Member must have value less than or equal to 50"
    )
    refused(trail.lookup_events, "InvalidMaxResultsException", too_many, MaxResults=51)
    category = (
        "1 validation error detected: Value 'data' at 'eventCategory' failed to satisfy "
        "constraint: Member must satisfy enum value set: [insight]"
    )
    refused(trail.lookup_events, "InvalidEventCategoryException", category, EventCategory="data")
    assert trail.lookup_events(EventCategory="insight")["Events"] == []


every_attribute()
pages()
times()
refusals()
