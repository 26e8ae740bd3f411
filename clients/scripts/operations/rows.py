"""The rows of the table: for each operation a request that succeeds, and how to have it refused.

Most exceptions are provoked alike everywhere (`BY_RULE`): the request names another key, or has one
member more. What is special to an operation stands in its row, by the exception: members that the
request has instead, of which `None` stands for a member that it has not. Of an exception that can't
occur, such a change is the best try.
"""

from dataclasses import dataclass, field
from typing import Callable

from support import ABSENT, ADMIN, PREFIX

from .world import DISTRUSTFUL, WRAPPING

NO_ARN = "arn:aws:s3:::bucket"
NO_STORE = "cks-1234567890abcdef0"
NO_CLUSTER = "cluster-77777777777"
RECIPIENT = {"KeyEncryptionAlgorithm": "RSAES_OAEP_SHA_256", "AttestationDocument": b"document"}
NONSENSE = "nonsense"
MESSAGE = {"Message": b"message"}
ECDSA = {**MESSAGE, "SigningAlgorithm": "ECDSA_SHA_256"}
HMAC = {**MESSAGE, "MacAlgorithm": "HMAC_SHA_256"}
TAG = {"TagKey": "a", "TagValue": "1"}
TOO_LONG = 32 * 1024 + 1
TOO_MANY = [{"TagKey": str(number), "TagValue": ""} for number in range(51)]


@dataclass(frozen=True)
class Row:
    """An operation."""

    operation: str
    # From the world to a request that succeeds.
    request: Callable
    # The kind of key that it is about; None if it names no key.
    kind: str | None = "symmetric"
    # Where it names the key.
    member: str = "KeyId"
    # From the world to what is different in a request that is refused with an exception.
    refused: dict = field(default_factory=dict)

    def change(self, exception, world):
        """What is different in a request that is refused so; None if nobody knows."""
        own = self.refused.get(exception)
        if own:
            return own(world)
        rule = BY_RULE.get(exception) or (self.kind and BY_RULE_OF_KEYS.get(exception))
        return rule and rule(world, self)


BY_RULE = {
    "DryRunOperationException": lambda w, row: {"DryRun": True},
    "InvalidGrantTokenException": lambda w, row: {"GrantTokens": [NONSENSE]},
    "InvalidMarkerException": lambda w, row: {"Marker": NONSENSE},
}

BY_RULE_OF_KEYS = {
    "DisabledException": lambda w, row: {row.member: w.key(row.kind, "disabled")},
    "InvalidArnException": lambda w, row: {row.member: NO_ARN},
    "InvalidKeyUsageException": lambda w, row: {row.member: w.key(OF_ANOTHER_USAGE[row.kind])},
    "KMSInvalidStateException": lambda w, row: {row.member: w.key(row.kind, "dying")},
    "NotFoundException": lambda w, row: {row.member: f"{PREFIX}:key/{ABSENT}"},
}
OF_ANOTHER_USAGE = {"symmetric": "mac", "mac": "symmetric", "signing": "mac", "agreement": "mac"}


def of_the_key(world):
    """A request that names a key of symmetric encryption, and nothing else."""
    return {"KeyId": world.key()}


def of_a_new_key(world):
    """As `of_the_key`, of a key that the request changes."""
    return {"KeyId": world.new()}


def of_no_store(_):
    """A custom key store that is not there."""
    return {"CustomKeyStoreId": NO_STORE}


def another(kind):
    """A key of another kind."""
    return lambda w: {"KeyId": w.key(kind)}


KEYS = [
    Row("CancelKeyDeletion", lambda w: {"KeyId": w.new(state="dying")}, refused={
        "KMSInvalidStateException": of_the_key,
    }),
    Row("CreateKey", lambda w: {"Description": "a key"}, kind=None, refused={
        "CustomKeyStoreNotFoundException": lambda w: {"Origin": "AWS_CLOUDHSM", "CustomKeyStoreId": NO_STORE},
        "InvalidArnException": lambda w: {"Policy": w.policy().replace(":root", ":nobody")},
        "LimitExceededException": lambda w: {"Policy": w.policy(TOO_LONG)},
        "MalformedPolicyDocumentException": lambda w: {"Policy": "{}"},
        "TagException": lambda w: {"Tags": [TAG, TAG]},
        "UnsupportedOperationException": lambda w: {"KeySpec": "ML_DSA_44", "KeyUsage": "SIGN_VERIFY", "Origin": "EXTERNAL"},
    }),
    Row("DescribeKey", of_the_key),
    Row("DisableKey", of_a_new_key),
    Row("EnableKey", lambda w: {"KeyId": w.new(state="disabled")}),
    Row("GetKeyLastUsage", of_the_key),
    Row("ListKeys", lambda w: {}, kind=None),
    Row("ScheduleKeyDeletion", of_a_new_key),
    Row("UpdateKeyDescription", lambda w: {"KeyId": w.key(), "Description": "the key"}),
]

ROTATION = [
    Row("DisableKeyRotation", of_the_key, refused={
        "UnsupportedOperationException": another("mac"),
    }),
    Row("EnableKeyRotation", of_a_new_key, refused={
        "UnsupportedOperationException": another("waiting"),
    }),
    Row("GetKeyRotationStatus", of_the_key, refused={
        "UnsupportedOperationException": another("waiting"),
    }),
    Row("ListKeyRotations", of_the_key, refused={
        "UnsupportedOperationException": another("mac"),
    }),
    Row("RotateKeyOnDemand", of_the_key, refused={
        "ConflictException": lambda w: {"KeyId": w.nearly_rotated},
        "LimitExceededException": lambda w: {"KeyId": w.tired_of_rotation()},
        "UnsupportedOperationException": another("mac"),
    }),
]

IMPORT = [
    Row("DeleteImportedKeyMaterial", lambda w: {"KeyId": w.imported()}, kind="waiting", refused={
        "KMSInvalidStateException": lambda w: {"KeyId": w.imported("dying")},
        "UnsupportedOperationException": another("symmetric"),
    }),
    Row("GetParametersForImport", lambda w: {"KeyId": w.key("waiting"), **WRAPPING}, kind="waiting", refused={
        "UnsupportedOperationException": another("symmetric"),
    }),
    Row("ImportKeyMaterial", lambda w: w.material_for(w.new("waiting")), kind="waiting", refused={
        "ExpiredImportTokenException": lambda w: {"ImportToken": w.token_of_yesterday()},
        "IncorrectKeyMaterialException": lambda w: w.material_for(w.key("waiting"), length=31),
        "InvalidCiphertextException": lambda w: {"EncryptedKeyMaterial": bytes(256)},
        "InvalidImportTokenException": lambda w: {"ImportToken": b"nonsense"},
        "UnsupportedOperationException": another("symmetric"),
    }),
]

NAMES_AND_TAGS = [
    Row("CreateAlias", lambda w: {"AliasName": w.name(), "TargetKeyId": w.new()}, member="TargetKeyId", refused={
        "AlreadyExistsException": lambda w: {"AliasName": w.alias()},
        "InvalidAliasNameException": lambda w: {"AliasName": "alias/"},
        "LimitExceededException": lambda w: {"TargetKeyId": w.full_of_aliases()},
    }),
    Row("DeleteAlias", lambda w: {"AliasName": w.alias()}, kind=None, refused={
        "KMSInvalidStateException": lambda w: {"AliasName": w.alias("dying")},
        "NotFoundException": lambda w: {"AliasName": w.name()},
    }),
    Row("ListAliases", of_the_key),
    Row("UpdateAlias", lambda w: {"AliasName": w.alias(), "TargetKeyId": w.new()}, member="TargetKeyId", refused={
        "LimitExceededException": lambda w: {"TargetKeyId": w.full_of_aliases()},
    }),
    Row("ListResourceTags", of_the_key),
    Row("TagResource", lambda w: {"KeyId": w.key(), "Tags": [TAG]}, refused={
        "LimitExceededException": lambda w: {"Tags": TOO_MANY},
        "TagException": lambda w: {"Tags": [TAG, TAG]},
    }),
    Row("UntagResource", lambda w: {"KeyId": w.key(), "TagKeys": ["a"]}, refused={
        "TagException": lambda w: {"TagKeys": ["aws:a"]},
    }),
]

PERMISSIONS = [
    Row("CreateGrant", lambda w: w.wanted_grant(w.new()), refused={
        "LimitExceededException": lambda w: {"KeyId": w.full_of_grants()},
    }),
    Row("ListGrants", of_the_key, refused={
        "InvalidGrantIdException": lambda w: {"GrantId": NONSENSE},
    }),
    Row("ListRetirableGrants", lambda w: {"RetiringPrincipal": ADMIN}, kind=None, refused={
        "InvalidArnException": lambda w: {"RetiringPrincipal": NO_ARN},
        "NotFoundException": lambda w: {"RetiringPrincipal": f"{ADMIN}-of-yesterday"},
    }),
    Row("RetireGrant", lambda w: w.grant(), refused={
        "InvalidGrantIdException": lambda w: {"GrantId": NONSENSE},
        "InvalidGrantTokenException": lambda w: {"GrantToken": NONSENSE, "KeyId": None, "GrantId": None},
        "KMSInvalidStateException": lambda w: w.grant("dying"),
    }),
    Row("RevokeGrant", lambda w: w.grant(), refused={
        "InvalidGrantIdException": lambda w: {"GrantId": NONSENSE},
        "KMSInvalidStateException": lambda w: w.grant("dying"),
    }),
    Row("GetKeyPolicy", of_the_key),
    Row("ListKeyPolicies", of_the_key),
    Row("PutKeyPolicy", lambda w: {"KeyId": w.key(), "Policy": w.policy()}, refused={
        "LimitExceededException": lambda w: {"Policy": w.policy(TOO_LONG)},
        "MalformedPolicyDocumentException": lambda w: {"Policy": "{}"},
        "UnsupportedOperationException": lambda w: {"PolicyName": "other"},
    }),
]

ENCRYPTION = [
    Row("Decrypt", lambda w: {"KeyId": w.key(), "CiphertextBlob": w.ciphertext()}, refused={
        "IncorrectKeyException": lambda w: {"KeyId": w.new()},
        "InvalidCiphertextException": lambda w: {"CiphertextBlob": b"nonsense"},
    }),
    Row("Encrypt", lambda w: {"KeyId": w.key(), "Plaintext": b"plaintext"}),
    Row("GenerateDataKey", lambda w: {"KeyId": w.key(), "KeySpec": "AES_256"}),
    Row("GenerateDataKeyPair", lambda w: {"KeyId": w.key(), "KeyPairSpec": "ECC_NIST_P256"}),
    Row("GenerateDataKeyPairWithoutPlaintext", lambda w: {"KeyId": w.key(), "KeyPairSpec": "ECC_NIST_P256"}),
    Row("GenerateDataKeyWithoutPlaintext", lambda w: {"KeyId": w.key(), "NumberOfBytes": 16}),
    Row("GenerateRandom", lambda w: {"NumberOfBytes": 16}, kind=None, refused={
        "CustomKeyStoreInvalidStateException": lambda w: w.store(),
        "CustomKeyStoreNotFoundException": of_no_store,
        "UnsupportedOperationException": lambda w: {"Recipient": RECIPIENT},
    }),
    Row("ReEncrypt", lambda w: {"SourceKeyId": w.key(), "CiphertextBlob": w.ciphertext(), "DestinationKeyId": w.key()}, member="DestinationKeyId", refused={
        "IncorrectKeyException": lambda w: {"SourceKeyId": w.new()},
        "InvalidCiphertextException": lambda w: {"CiphertextBlob": b"nonsense"},
    }),
]

PROOFS = [
    Row("DeriveSharedSecret", lambda w: {"KeyId": w.key("agreement"), "KeyAgreementAlgorithm": "ECDH", "PublicKey": w.public_key("agreement")}, kind="agreement"),
    Row("GenerateMac", lambda w: {"KeyId": w.key("mac"), **HMAC}, kind="mac"),
    Row("GetPublicKey", another("signing"), kind="signing", refused={
        "UnsupportedOperationException": another("symmetric"),
    }),
    Row("Sign", lambda w: {"KeyId": w.key("signing"), **ECDSA}, kind="signing"),
    Row("Verify", lambda w: {"KeyId": w.key("signing"), "Signature": w.signature(ECDSA), **ECDSA}, kind="signing", refused={
        "KMSInvalidSignatureException": lambda w: {"Message": b"another message"},
    }),
    Row("VerifyMac", lambda w: {"KeyId": w.key("mac"), "Mac": w.mac(HMAC), **HMAC}, kind="mac", refused={
        "KMSInvalidMacException": lambda w: {"Message": b"another message"},
    }),
]

STORES = [
    Row("ConnectCustomKeyStore", lambda w: w.store(), kind=None, refused={
        "CustomKeyStoreInvalidStateException": lambda w: w.failed_store(),
        "CustomKeyStoreNotFoundException": of_no_store,
    }),
    Row("CreateCustomKeyStore", lambda w: w.wanted_store(), kind=None, refused={
        "CloudHsmClusterInUseException": lambda w: {"CloudHsmClusterId": w.made_store()["CloudHsmClusterId"]},
        "CloudHsmClusterNotFoundException": lambda w: {"CloudHsmClusterId": NO_CLUSTER},
        "CustomKeyStoreNameInUseException": lambda w: {
            "CustomKeyStoreName": w.made_store()["CustomKeyStoreName"],
            "CloudHsmClusterId": w.wanted_store()["CloudHsmClusterId"],
        },
        "IncorrectTrustAnchorException": lambda w: {"CloudHsmClusterId": DISTRUSTFUL},
        "LimitExceededException": lambda w: w.full_of_stores(),
        # The first one after that: there must be room again for the request that succeeds.
        "XksProxyIncorrectAuthenticationCredentialException": lambda w: {**w.without_stores(), "CustomKeyStoreType": "EXTERNAL_KEY_STORE"},
    }),
    Row("DeleteCustomKeyStore", lambda w: w.store(), kind=None, refused={
        "CustomKeyStoreInvalidStateException": lambda w: w.failed_store(),
        "CustomKeyStoreNotFoundException": of_no_store,
    }),
    Row("DescribeCustomKeyStores", lambda w: {}, kind=None, refused={
        "CustomKeyStoreNotFoundException": of_no_store,
    }),
    Row("DisconnectCustomKeyStore", lambda w: w.failed_store(), kind=None, refused={
        "CustomKeyStoreInvalidStateException": lambda w: w.store(),
        "CustomKeyStoreNotFoundException": of_no_store,
    }),
    Row("UpdateCustomKeyStore", lambda w: {**w.store(), "NewCustomKeyStoreName": w.name()}, kind=None, refused={
        "CloudHsmClusterNotFoundException": lambda w: {"CloudHsmClusterId": NO_CLUSTER},
        "CloudHsmClusterNotRelatedException": lambda w: {"CloudHsmClusterId": DISTRUSTFUL},
        "CustomKeyStoreInvalidStateException": lambda w: {**w.failed_store(), "KeyStorePassword": "password"},
        "CustomKeyStoreNameInUseException": lambda w: {"NewCustomKeyStoreName": w.made_store()["CustomKeyStoreName"]},
        "CustomKeyStoreNotFoundException": of_no_store,
    }),
]

ROWS = [*KEYS, *ROTATION, *IMPORT, *NAMES_AND_TAGS, *PERMISSIONS, *ENCRYPTION, *PROOFS, *STORES]
