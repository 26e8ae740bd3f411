"""Lists that are longer than a page."""

from support import PREFIX, client, new_key

kms = client()


def pages(operation, **parameters):
    return list(kms.get_paginator(operation).paginate(**parameters))


def keys():
    made = sorted(new_key(kms) for _ in range(120))
    for size, expected in ((50, [50, 50, 20]), (120, [120]), (None, [100, 20]), (119, [119, 1])):
        found = pages("list_keys", PaginationConfig={"PageSize": size})
        assert [len(page["Keys"]) for page in found] == expected
        # A next page, and a marker to it, is promised exactly where there is one.
        assert [page["Truncated"] for page in found] == [True] * (len(found) - 1) + [False]
        assert [("NextMarker" in page) for page in found] == [page["Truncated"] for page in found]
        entries = [entry for page in found for entry in page["Keys"]]
        assert [entry["KeyArn"] for entry in entries] == made
        assert all(entry["KeyArn"] == f"{PREFIX}:key/{entry['KeyId']}" for entry in entries)
    return made


def a_list_that_changes(made):
    """What is listed twice or left out is only what came or went meanwhile."""
    first = kms.list_keys(Limit=60)
    kms.schedule_key_deletion(KeyId=first["Keys"][-1]["KeyId"])
    late = new_key(kms)
    rest = kms.list_keys(Limit=1000, Marker=first["NextMarker"])
    found = [entry["KeyArn"] for entry in first["Keys"] + rest["Keys"]]
    assert [arn for arn in found if arn != late] == made


def aliases(made):
    names = [f"alias/{number:03}" for number in range(60)]
    for number, name in enumerate(names):
        kms.create_alias(AliasName=name, TargetKeyId=made[number % 2])
    found = pages("list_aliases")
    assert [len(page["Aliases"]) for page in found] == [50, 10]
    assert [alias["AliasName"] for page in found for alias in page["Aliases"]] == names
    found = pages("list_aliases", KeyId=made[1], PaginationConfig={"PageSize": 7})
    assert [len(page["Aliases"]) for page in found] == [7, 7, 7, 7, 2]
    assert [alias["AliasName"] for page in found for alias in page["Aliases"]] == names[1::2]


def tags_and_policies(key):
    tags = [{"TagKey": f"tag-{number:02}", "TagValue": str(number)} for number in range(50)]
    kms.tag_resource(KeyId=key, Tags=tags)
    for size, expected in ((20, [20, 20, 10]), (None, [50]), (49, [49, 1])):
        found = pages("list_resource_tags", KeyId=key, PaginationConfig={"PageSize": size})
        assert [len(page["Tags"]) for page in found] == expected
        assert [tag for page in found for tag in page["Tags"]] == tags
    (page,) = pages("list_key_policies", KeyId=key)
    assert page["PolicyNames"] == ["default"] and page["Truncated"] is False


made = keys()
aliases(made)
tags_and_policies(made[0])
a_list_that_changes(made)
