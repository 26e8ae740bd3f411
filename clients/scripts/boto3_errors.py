"""Every error that a client can provoke: its class, its code, its message and its status.

Quotas and policies have scripts of their own.
"""

import boto3
from support import ABSENT, ADMIN, PREFIX, client, forget_last_call, new_key, refused

kms = client()

key, other, disabled, dying = (new_key(kms) for _ in range(4))
kms.disable_key(KeyId=disabled)
kms.schedule_key_deletion(KeyId=dying)
kms.create_alias(AliasName="alias/taken", TargetKeyId=key)

context = {"EncryptionContext": {"a": "1"}}
blob = kms.encrypt(KeyId=key, Plaintext=b"plaintext", **context)["CiphertextBlob"]
kms.enable_key(KeyId=disabled)
orphan = kms.encrypt(KeyId=disabled, Plaintext=b"plaintext")["CiphertextBlob"]
kms.disable_key(KeyId=disabled)

FOREIGN = f"arn:aws:kms:us-east-1:999999999999:key/{ABSENT}"
ELSEWHERE = f"arn:aws:kms:eu-central-1:000000000000:key/{ABSENT}"
NO_ACCESS = (
    "on this resource because the resource does not exist in this Region, no resource-based "
    "policies allow access, or a resource-based policy explicitly denies access"
)
INCORRECT_KEY = "The key ID in the request does not identify a CMK that can perform this operation."
ALIAS_PREFIX = (
    'Alias must start with the prefix "alias/". Please see '
    "https://docs.aws.amazon.com/kms/latest/developerguide/kms-alias.html"
)
USAGE_MISSING = (
    "You must specify a KeyUsage value for all KMS keys except for symmetric encryption keys."
)
DRY_RUN = "The request would have succeeded, but the DryRun option is set."


def constraint(item):
    return f"1 validation error detected: {item}"


def too_long(member, most):
    return constraint(
        f"Value at '{member}' failed to satisfy constraint: "
        f"Member must have length less than or equal to {most}"
    )


plain = {"Plaintext": b"x"}
tag = {"TagKey": "a", "TagValue": "1"}
algorithm = "RSAES_OAEP_SHA_256"
unfit = f"Algorithm {algorithm} is incompatible with key spec SYMMETRIC_DEFAULT."

NAMING = [
    (kms.describe_key, {"KeyId": ABSENT}, "NotFoundException", f"Key '{PREFIX}:key/{ABSENT}' does not exist"),
    (kms.encrypt, {"KeyId": f"{PREFIX}:key/{ABSENT}", **plain}, "NotFoundException", f"Key '{PREFIX}:key/{ABSENT}' does not exist"),
    (kms.describe_key, {"KeyId": "nope"}, "NotFoundException", "Invalid keyId 'nope'"),
    (kms.disable_key, {"KeyId": ABSENT.replace("-", "")}, "NotFoundException", f"Invalid keyId '{ABSENT.replace('-', '')}'"),
    (kms.describe_key, {"KeyId": ELSEWHERE}, "NotFoundException", "Invalid arn eu-central-1"),
    (kms.describe_key, {"KeyId": "alias/absent"}, "NotFoundException", f"Alias {PREFIX}:alias/absent is not found."),
    (kms.delete_alias, {"AliasName": "alias/absent"}, "NotFoundException", f"Alias {PREFIX}:alias/absent is not found."),
    (kms.describe_key, {"KeyId": "arn:aws:s3:::bucket"}, "InvalidArnException", "Invalid arn 'arn:aws:s3:::bucket'"),
    (kms.describe_key, {"KeyId": FOREIGN}, "AccessDeniedException", f"User: {ADMIN} is not authorized to perform: kms:DescribeKey {NO_ACCESS}"),
    (kms.get_key_policy, {"KeyId": key, "PolicyName": "other"}, "NotFoundException", "No such policy exists"),
]

STATES = [
    (kms.encrypt, {"KeyId": disabled, **plain}, "DisabledException", f"{disabled} is disabled."),
    (kms.decrypt, {"CiphertextBlob": orphan}, "DisabledException", f"{disabled} is disabled."),
    (kms.generate_data_key, {"KeyId": disabled, "NumberOfBytes": 1}, "DisabledException", f"{disabled} is disabled."),
    (kms.re_encrypt, {"CiphertextBlob": blob, "SourceEncryptionContext": {"a": "1"}, "DestinationKeyId": disabled}, "DisabledException", f"{disabled} is disabled."),
    (kms.encrypt, {"KeyId": dying, **plain}, "KMSInvalidStateException", f"{dying} is pending deletion."),
    (kms.enable_key, {"KeyId": dying}, "KMSInvalidStateException", f"{dying} is pending deletion."),
    (kms.create_alias, {"AliasName": "alias/x", "TargetKeyId": dying}, "KMSInvalidStateException", f"{dying} is pending deletion."),
    (kms.tag_resource, {"KeyId": dying, "Tags": [tag]}, "KMSInvalidStateException", f"{dying} is pending deletion."),
    (kms.cancel_key_deletion, {"KeyId": key}, "KMSInvalidStateException", f"{key} is not pending deletion."),
]

CIPHERTEXTS = [
    (kms.decrypt, {"CiphertextBlob": b"garbage"}, "InvalidCiphertextException", ""),
    (kms.decrypt, {"CiphertextBlob": blob}, "InvalidCiphertextException", ""),
    (kms.decrypt, {"CiphertextBlob": blob, "EncryptionContext": {"A": "1"}}, "InvalidCiphertextException", ""),
    (kms.decrypt, {"CiphertextBlob": blob[:-1] + bytes([blob[-1] ^ 1]), **context}, "InvalidCiphertextException", ""),
    (kms.re_encrypt, {"CiphertextBlob": blob, "DestinationKeyId": other}, "InvalidCiphertextException", ""),
    (kms.decrypt, {"CiphertextBlob": blob, "KeyId": other, **context}, "IncorrectKeyException", INCORRECT_KEY),
    (kms.re_encrypt, {"CiphertextBlob": blob, "SourceKeyId": other, "SourceEncryptionContext": {"a": "1"}, "DestinationKeyId": key}, "IncorrectKeyException", INCORRECT_KEY),
    (kms.encrypt, {"KeyId": key, "EncryptionAlgorithm": algorithm, **plain}, "InvalidKeyUsageException", unfit),
    (kms.decrypt, {"CiphertextBlob": blob, "EncryptionAlgorithm": algorithm, **context}, "InvalidKeyUsageException", unfit),
]

ALIASES = [
    (kms.create_alias, {"AliasName": "alias/taken", "TargetKeyId": other}, "AlreadyExistsException", f"An alias with the name {PREFIX}:alias/taken already exists"),
    (kms.create_alias, {"AliasName": "bare", "TargetKeyId": key}, "ValidationException", ALIAS_PREFIX),
    (kms.create_alias, {"AliasName": "alias/a:b", "TargetKeyId": key}, "ValidationException", "alias/a:b contains invalid characters for an alias"),
    (kms.create_alias, {"AliasName": "alias/aws/mine", "TargetKeyId": key}, "NotAuthorizedException", ""),
    (kms.create_alias, {"AliasName": "alias/x", "TargetKeyId": "alias/taken"}, "ValidationException", "Aliases must refer to keys. Not aliases"),
    (kms.update_alias, {"AliasName": "alias/absent", "TargetKeyId": key}, "NotFoundException", f"Alias {PREFIX}:alias/absent is not found."),
]

REQUESTS = [
    (kms.encrypt, {"KeyId": key, "Plaintext": bytes(4097)}, "ValidationException", too_long("plaintext", 4096)),
    (kms.decrypt, {"CiphertextBlob": bytes(6145)}, "ValidationException", too_long("ciphertextBlob", 6144)),
    (kms.generate_random, {}, "ValidationException", "NumberOfBytes is required."),
    (kms.generate_random, {"NumberOfBytes": 1025}, "ValidationException", constraint("Value '1025' at 'numberOfBytes' failed to satisfy constraint: Member must have value less than or equal to 1024")),
    (kms.generate_data_key, {"KeyId": key}, "ValidationException", "Please specify either number of bytes or key spec."),
    (kms.generate_data_key, {"KeyId": key, "KeySpec": "AES_256", "NumberOfBytes": 32}, "ValidationException", "Please specify either number of bytes or key spec."),
    (kms.create_key, {"KeySpec": "RSA_2048"}, "ValidationException", USAGE_MISSING),
    (kms.create_key, {"KeyUsage": "SIGN_VERIFY"}, "ValidationException", "KeyUsage SIGN_VERIFY is not compatible with KeySpec SYMMETRIC_DEFAULT"),
    (kms.tag_resource, {"KeyId": key, "Tags": [tag, tag]}, "TagException", "Duplicate tag keys"),
    (kms.tag_resource, {"KeyId": key, "Tags": [{"TagKey": "AWS:a", "TagValue": ""}]}, "TagException", "Tags beginning with aws: are reserved"),
    (kms.put_key_policy, {"KeyId": key, "PolicyName": "other", "Policy": "{}"}, "UnsupportedOperationException", "Only default policy is supported"),
    (kms.list_keys, {"Marker": "nonsense"}, "InvalidMarkerException", "The marker is not one that this service gave out."),
    (kms.encrypt, {"KeyId": key, "GrantTokens": ["nonsense"], **plain}, "InvalidGrantTokenException", "The grant token is not one of a grant that you may use."),
]

DRY_RUNS = [
    (kms.encrypt, {"KeyId": key, **plain}, "DryRunOperationException", DRY_RUN),
    (kms.decrypt, {"CiphertextBlob": blob, **context}, "DryRunOperationException", DRY_RUN),
    (kms.decrypt, {"KeyId": key, "DryRunModifiers": ["IGNORE_CIPHERTEXT"]}, "DryRunOperationException", DRY_RUN),
    (kms.generate_data_key, {"KeyId": key, "NumberOfBytes": 1}, "DryRunOperationException", DRY_RUN),
    (kms.generate_data_key_without_plaintext, {"KeyId": key, "NumberOfBytes": 1}, "DryRunOperationException", DRY_RUN),
    (kms.re_encrypt, {"CiphertextBlob": blob, "SourceEncryptionContext": {"a": "1"}, "DestinationKeyId": other}, "DryRunOperationException", DRY_RUN),
    (kms.encrypt, {"KeyId": disabled, **plain}, "DisabledException", f"{disabled} is disabled."),
    (kms.decrypt, {"CiphertextBlob": blob}, "InvalidCiphertextException", ""),
]


def marker_of_another_list():
    marker = kms.list_keys(Limit=1)["NextMarker"]
    message = "The marker is not one that this service gave out."
    refused(kms.list_aliases, "InvalidMarkerException", message, Marker=marker)


def strangers():
    own = boto3.Session().get_credentials().access_key
    wrong_signature = (
        "The request signature we calculated does not match the signature you provided. Check your "
        "AWS Secret Access Key and signing method. Consult the service documentation for details."
    )
    unknown_key = "The security token included in the request is invalid."
    for access_key, code, message in (
        (own, "InvalidSignatureException", wrong_signature),
        ("AKIAAAAAAAAAAAAAAAAA", "UnrecognizedClientException", unknown_key),
    ):
        stranger = client(aws_access_key_id=access_key, aws_secret_access_key="wrong")
        refused(stranger.list_keys, code, message)
        forget_last_call()


for call, parameters, code, message in NAMING + STATES + CIPHERTEXTS + ALIASES + REQUESTS:
    refused(call, code, message, **parameters)
for call, parameters, code, message in DRY_RUNS:
    refused(call, code, message, DryRun=True, **parameters)
marker_of_another_list()
strangers()

# Nothing of all this has changed anything.
assert kms.list_resource_tags(KeyId=key)["Tags"] == []
assert [alias["AliasName"] for alias in kms.list_aliases()["Aliases"]] == ["alias/taken"]
assert kms.decrypt(CiphertextBlob=blob, **context)["Plaintext"] == b"plaintext"
