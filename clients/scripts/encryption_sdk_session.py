"""The AWS Encryption SDK: one megabyte in an envelope, by keyrings and by master keys."""

import logging
import os

import aws_encryption_sdk
import boto3
from aws_cryptographic_material_providers.mpl import AwsCryptographicMaterialProviders
from aws_cryptographic_material_providers.mpl.config import MaterialProvidersConfig
from aws_cryptographic_material_providers.mpl.models import (
    CreateAwsKmsDiscoveryKeyringInput,
    CreateAwsKmsKeyringInput,
    CreateAwsKmsMultiKeyringInput,
    DiscoveryFilter,
)
from aws_encryption_sdk import CommitmentPolicy
from aws_encryption_sdk.exceptions import AWSEncryptionSDKClientError, DecryptKeyError

# The SDK logs every exception that it raises.
logging.disable()

kms = boto3.client("kms")
sdk = aws_encryption_sdk.EncryptionSDKClient(
    commitment_policy=CommitmentPolicy.REQUIRE_ENCRYPT_REQUIRE_DECRYPT
)
providers = AwsCryptographicMaterialProviders(config=MaterialProvidersConfig())

PLAINTEXT = os.urandom(1024 * 1024)
CONTEXT = {"app": "shop", "stage": "test"}
ACCOUNT = "000000000000"

NO_MATCH = "No Encrypted Data Keys found to match"
NO_KEY = "Unable to decrypt any data key"


def new_key():
    return kms.create_key()["KeyMetadata"]["Arn"]


def keyring(key):
    parameters = CreateAwsKmsKeyringInput(kms_key_id=key, kms_client=kms)
    return providers.create_aws_kms_keyring(input=parameters)


def shared_keyring(*keys):
    parameters = CreateAwsKmsMultiKeyringInput(generator=keys[0], kms_key_ids=list(keys[1:]))
    return providers.create_aws_kms_multi_keyring(input=parameters)


def discovery_keyring(account):
    parameters = CreateAwsKmsDiscoveryKeyringInput(
        kms_client=kms, discovery_filter=DiscoveryFilter(account_ids=[account], partition="aws")
    )
    return providers.create_aws_kms_discovery_keyring(input=parameters)


def master_key(key):
    return {"key_provider": aws_encryption_sdk.StrictAwsKmsMasterKeyProvider(key_ids=[key])}


def encrypt(plaintext=PLAINTEXT, **materials):
    message, header = sdk.encrypt(source=plaintext, encryption_context=CONTEXT, **materials)
    assert plaintext[:64] not in message
    return message, header


def opens(message, **materials):
    plaintext, header = sdk.decrypt(source=message, **materials)
    assert plaintext == PLAINTEXT
    assert CONTEXT.items() <= header.encryption_context.items()


def fails(message, exception, text, **materials):
    """Decrypting must fail with this exception, which, or what is in it, says this text."""
    try:
        sdk.decrypt(source=message, **materials)
    except exception as error:
        assert text in repr(error), repr(error)
    else:
        raise AssertionError("it was decrypted")


def keyrings(key, other):
    message, header = encrypt(keyring=keyring(key))
    (data_key,) = header.encrypted_data_keys
    assert data_key.key_provider.key_info.decode() == key
    opens(message, keyring=keyring(key))
    opens(message, keyring=discovery_keyring(ACCOUNT))
    for wrong in (keyring(other), discovery_keyring("999999999999")):
        fails(message, AWSEncryptionSDKClientError, NO_MATCH, keyring=wrong)
    # Both kinds of materials make the same messages.
    opens(message, **master_key(key))


def master_keys(key, other):
    message, _ = encrypt(**master_key(key))
    opens(message, **master_key(key))
    opens(message, keyring=keyring(key))
    discovery = aws_encryption_sdk.DiscoveryAwsKmsMasterKeyProvider()
    opens(message, key_provider=discovery)
    fails(message, DecryptKeyError, NO_KEY, **master_key(other))


def either_of_two_keys(key, other):
    message, header = encrypt(keyring=shared_keyring(key, other))
    assert len(header.encrypted_data_keys) == 2
    kms.disable_key(KeyId=key)
    opens(message, keyring=keyring(other))
    fails(message, AWSEncryptionSDKClientError, f"{key} is disabled.", keyring=keyring(key))
    fails(message, DecryptKeyError, NO_KEY, **master_key(key))
    kms.enable_key(KeyId=key)
    opens(message, keyring=keyring(key))


key, other = new_key(), new_key()
keyrings(key, other)
master_keys(key, other)
either_of_two_keys(key, other)
