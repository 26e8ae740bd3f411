"""Keys, ciphertexts, data keys, tags and aliases: what goes in comes out."""

import datetime

from support import PREFIX, client, is_now, new_key

# The members that the metadata of an enabled symmetric key has: these, and no others.
METADATA = {
    "AWSAccountId": "000000000000",
    "Enabled": True,
    "Description": "of the round trips",
    "KeyUsage": "ENCRYPT_DECRYPT",
    "KeyState": "Enabled",
    "Origin": "AWS_KMS",
    "KeyManager": "CUSTOMER",
    "CustomerMasterKeySpec": "SYMMETRIC_DEFAULT",
    "KeySpec": "SYMMETRIC_DEFAULT",
    "EncryptionAlgorithms": ["SYMMETRIC_DEFAULT"],
    "MultiRegion": False,
}
OWN = {"KeyId", "Arn", "CreationDate", "CurrentKeyMaterialId"}

kms = client()


def without_metadata(answer):
    return {name: value for name, value in answer.items() if name != "ResponseMetadata"}


def metadata():
    made = kms.create_key(Description="of the round trips")["KeyMetadata"]
    assert {name: made[name] for name in made.keys() - OWN} == METADATA
    assert made["Arn"] == f"{PREFIX}:key/{made['KeyId']}"
    assert is_now(made["CreationDate"])
    material = made["CurrentKeyMaterialId"]
    assert len(material) == 64 and set(material) <= set("0123456789abcdef")
    assert kms.describe_key(KeyId=made["KeyId"])["KeyMetadata"] == made
    bare = kms.create_key()["KeyMetadata"]
    assert bare["Description"] == ""

    scheduled = kms.schedule_key_deletion(KeyId=made["Arn"])
    assert scheduled["KeyState"] == "PendingDeletion"
    assert scheduled["PendingWindowInDays"] == 30
    assert is_now(scheduled["DeletionDate"] - datetime.timedelta(days=30))
    doomed = kms.describe_key(KeyId=made["KeyId"])["KeyMetadata"]
    state = {"KeyState": "PendingDeletion", "Enabled": False}
    assert doomed == made | state | {"DeletionDate": scheduled["DeletionDate"]}


def ciphertexts():
    key, other = new_key(kms), new_key(kms)
    material = kms.describe_key(KeyId=key)["KeyMetadata"]["CurrentKeyMaterialId"]
    algorithm = "SYMMETRIC_DEFAULT"
    for plaintext in (b"\0", b"text", bytes(range(256)) * 16):
        for context in ({}, {"a": "1"}, {"ключ": "значение", "empty": "", "z": "a" * 1000}):
            encrypted = kms.encrypt(KeyId=key, Plaintext=plaintext, EncryptionContext=context)
            blob = encrypted["CiphertextBlob"]
            assert encrypted["KeyId"] == key and encrypted["EncryptionAlgorithm"] == algorithm
            assert plaintext not in blob or len(plaintext) < 2
            assert len(blob) <= 6144
            backwards = dict(reversed(context.items()))
            decrypted = kms.decrypt(CiphertextBlob=blob, EncryptionContext=backwards)
            assert without_metadata(decrypted) == {
                "KeyId": key,
                "Plaintext": plaintext,
                "EncryptionAlgorithm": algorithm,
                "KeyMaterialId": material,
            }
    once, twice = (kms.encrypt(KeyId=key, Plaintext=b"same")["CiphertextBlob"] for _ in "12")
    assert once != twice

    moved = kms.re_encrypt(
        CiphertextBlob=once,
        SourceKeyId=key,
        DestinationKeyId=other,
        DestinationEncryptionContext={"moved": "yes"},
    )
    assert (moved["SourceKeyId"], moved["KeyId"]) == (key, other)
    assert moved["SourceKeyMaterialId"] == material != moved["DestinationKeyMaterialId"]
    opened = kms.decrypt(
        CiphertextBlob=moved["CiphertextBlob"], EncryptionContext={"moved": "yes"}, KeyId=other
    )
    assert opened["Plaintext"] == b"same"


def data_keys():
    key = new_key(kms)
    kms.create_alias(AliasName="alias/data", TargetKeyId=key)
    sizes = [({"KeySpec": "AES_128"}, 16), ({"KeySpec": "AES_256"}, 32)]
    sizes += [({"NumberOfBytes": size}, size) for size in (1, 64, 1024)]
    for parameters, size in sizes:
        made = kms.generate_data_key(KeyId="alias/data", EncryptionContext={"s": "1"}, **parameters)
        assert made["KeyId"] == key, "an alias is answered with the key's ARN"
        assert len(made["Plaintext"]) == size
        opened = kms.decrypt(CiphertextBlob=made["CiphertextBlob"], EncryptionContext={"s": "1"})
        assert opened["Plaintext"] == made["Plaintext"]
        assert opened["KeyMaterialId"] == made["KeyMaterialId"]
        hidden = kms.generate_data_key_without_plaintext(KeyId=key, **parameters)
        assert "Plaintext" not in hidden
        assert len(kms.decrypt(CiphertextBlob=hidden["CiphertextBlob"])["Plaintext"]) == size
    random = [kms.generate_random(NumberOfBytes=32)["Plaintext"] for _ in range(2)]
    assert len(random[0]) == len(random[1]) == 32 and random[0] != random[1]


def tags_and_aliases():
    key = new_key(kms, Tags=[{"TagKey": "a", "TagValue": "1"}, {"TagKey": "b", "TagValue": ""}])
    kms.tag_resource(KeyId=key, Tags=[{"TagKey": "a", "TagValue": "2"}])
    kms.untag_resource(KeyId=key, TagKeys=["b", "never there"])
    tags = kms.list_resource_tags(KeyId=key)
    assert tags["Tags"] == [{"TagKey": "a", "TagValue": "2"}] and tags["Truncated"] is False

    kms.create_alias(AliasName="alias/app/v1", TargetKeyId=key)
    (alias,) = kms.list_aliases(KeyId=key)["Aliases"]
    assert is_now(alias.pop("CreationDate")) and is_now(alias.pop("LastUpdatedDate"))
    assert alias == {
        "AliasName": "alias/app/v1",
        "AliasArn": f"{PREFIX}:alias/app/v1",
        "TargetKeyId": key.rpartition("/")[2],
    }
    for name in ("alias/app/v1", f"{PREFIX}:alias/app/v1"):
        assert kms.encrypt(KeyId=name, Plaintext=b"x")["KeyId"] == key
    kms.delete_alias(AliasName="alias/app/v1")
    assert kms.list_aliases(KeyId=key)["Aliases"] == []


metadata()
ciphertexts()
data_keys()
tags_and_aliases()
