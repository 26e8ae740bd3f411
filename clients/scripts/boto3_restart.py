"""What one server was told, and another one knows that was started in its place.

    boto3_restart.py write STATE     makes keys, and writes down what to expect of them
    boto3_restart.py read STATE      expects it
"""

import base64
import json
import sys

from support import client, refused

kms = client()


def write():
    key = kms.create_key(Description="lasting", Tags=[{"TagKey": "a", "TagValue": "1"}])["KeyMetadata"]
    arn = key["Arn"]
    kms.create_alias(AliasName="alias/first", TargetKeyId=arn)
    kms.create_alias(AliasName="alias/second", TargetKeyId=arn)
    kms.delete_alias(AliasName="alias/first")
    blob = kms.encrypt(KeyId=arn, Plaintext=b"kept", EncryptionContext={"a": "1"})["CiphertextBlob"]
    data_key = kms.generate_data_key(KeyId=arn, KeySpec="AES_256")
    text = kms.get_key_policy(KeyId=arn)["Policy"].replace("{", "{ ", 1)
    kms.put_key_policy(KeyId=arn, Policy=text)
    disabled, dying = (kms.create_key()["KeyMetadata"]["Arn"] for _ in range(2))
    kms.disable_key(KeyId=disabled)
    kms.schedule_key_deletion(KeyId=dying, PendingWindowInDays=7)
    return {
        "arn": arn,
        "disabled": disabled,
        "dying": dying,
        "blob": encoded(blob),
        "data_key": [encoded(data_key[name]) for name in ("CiphertextBlob", "Plaintext")],
        "view": view(arn),
        "dying_view": view(dying),
    }


def read(state):
    arn = state["arn"]
    assert view(arn) == state["view"]
    assert view(state["dying"]) == state["dying_view"]
    opened = kms.decrypt(CiphertextBlob=decoded(state["blob"]), EncryptionContext={"a": "1"})
    assert (opened["Plaintext"], opened["KeyId"]) == (b"kept", arn)
    blob, plaintext = map(decoded, state["data_key"])
    assert kms.decrypt(CiphertextBlob=blob)["Plaintext"] == plaintext
    disabled = state["disabled"]
    message = f"{disabled} is disabled."
    refused(kms.encrypt, "DisabledException", message, KeyId=disabled, Plaintext=b"x")
    # And it goes on from there.
    kms.cancel_key_deletion(KeyId=state["dying"])
    kms.enable_key(KeyId=state["dying"])
    assert kms.encrypt(KeyId="alias/second", Plaintext=b"x")["KeyId"] == arn


def view(arn):
    """All that can be seen of a key, as JSON has it."""
    seen = {
        "metadata": kms.describe_key(KeyId=arn)["KeyMetadata"],
        "tags": kms.list_resource_tags(KeyId=arn)["Tags"],
        "aliases": kms.list_aliases(KeyId=arn)["Aliases"],
        "policy": kms.get_key_policy(KeyId=arn)["Policy"],
        "keys": kms.list_keys()["Keys"],
    }
    return json.loads(json.dumps(seen, default=str))


def encoded(blob):
    return base64.b64encode(blob).decode()


def decoded(text):
    return base64.b64decode(text)


phase, path = sys.argv[1:]
if phase == "write":
    with open(path, "w", encoding="utf-8") as file:
        json.dump(write(), file)
else:
    with open(path, encoding="utf-8") as file:
        read(json.load(file))
