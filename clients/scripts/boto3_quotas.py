"""What there is only so much of: aliases and tags of a key, and the length of its policy."""

from support import client, new_key, refused

kms = client()
key, other = new_key(kms), new_key(kms)


def aliases():
    for number in range(50):
        kms.create_alias(AliasName=f"alias/{number:02}", TargetKeyId=key)
    full = f"{key} has 50 aliases, the most that a key can have."
    refused(kms.create_alias, "LimitExceededException", full, AliasName="alias/50", TargetKeyId=key)
    kms.create_alias(AliasName="alias/50", TargetKeyId=other)
    refused(kms.update_alias, "LimitExceededException", full, AliasName="alias/50", TargetKeyId=key)
    # One that the key has already needs no room.
    kms.update_alias(AliasName="alias/49", TargetKeyId=key)
    kms.delete_alias(AliasName="alias/00")
    kms.update_alias(AliasName="alias/50", TargetKeyId=key)


def tags():
    def numbered(numbers):
        return [{"TagKey": f"tag-{number}", "TagValue": "x"} for number in numbers]

    kms.tag_resource(KeyId=key, Tags=numbered(range(50)))
    refused(kms.tag_resource, "TagException", "Too many tags", KeyId=key, Tags=numbered([50]))
    refused(kms.create_key, "TagException", "Too many tags", Tags=numbered(range(51)))
    kms.tag_resource(KeyId=key, Tags=numbered([49]))


def policy_length():
    policy = kms.get_key_policy(KeyId=key)["Policy"]
    room = 32 * 1024
    kms.put_key_policy(KeyId=key, Policy=policy.ljust(room))
    message = "the policy has 32769 bytes, and at most 32768 are allowed"
    long = policy.ljust(room + 1)
    refused(kms.put_key_policy, "LimitExceededException", message, KeyId=key, Policy=long)
    refused(kms.create_key, "LimitExceededException", message, Policy=long)
    assert kms.get_key_policy(KeyId=key)["Policy"] == policy.ljust(room)


aliases()
tags()
policy_length()
