"""What the table does not show, each with its reason. This list may only shrink: whatever is on it and
occurs fails the test.
"""

from dataclasses import dataclass

STORED_KEYS = "Keys in custom key stores are not served yet."
EXTERNAL_KEY_STORES = "Custom key stores of type EXTERNAL_KEY_STORE are not served yet."
MULTI_REGION = "Multi-Region keys are not served yet."
ML_KEM = "ML-KEM keys are not served yet."

KEY = {"KeyId": "mrk-1234567890abcdef1234567890abcdef"}
ENCAPSULATION = {**KEY, "EncapsulationAlgorithm": "ML_KEM"}

# Operations that are not served, each with a request that fits the model.
NOT_SERVED = {
    "Decapsulate": (ML_KEM, {**ENCAPSULATION, "SharedSecretCiphertextBlob": bytes(768)}),
    "Encapsulate": (ML_KEM, ENCAPSULATION),
    "ReplicateKey": (MULTI_REGION, {**KEY, "ReplicaRegion": "eu-west-1"}),
    "UpdatePrimaryRegion": (MULTI_REGION, {**KEY, "PrimaryRegion": "eu-west-1"}),
}


@dataclass(frozen=True)
class Listed:
    """Exceptions that can't occur."""

    exceptions: str
    # Everywhere that the model has them, unless operations are named.
    operations: str | None
    reason: str


CANNOT_OCCUR = [
    Listed(
        "DependencyTimeout",
        None,
        "A call waits for nothing outside the process: the store and the cryptography are in it.",
    ),
    Listed(
        "KeyUnavailable",
        None,
        "A key that is there is at hand; one whose material can't be opened is a failure of the server, KMSInternal.",
    ),
    Listed(
        "CloudHsmClusterInvalidConfiguration CustomKeyStoreInvalidState CustomKeyStoreNotFound"
        " XksKeyAlreadyInUse XksKeyInvalidConfiguration XksKeyNotFound",
        "CreateKey",
        STORED_KEYS,
    ),
    Listed(
        "UnsupportedOperation",
        "GenerateDataKeyPair GenerateDataKeyPairWithoutPlaintext",
        STORED_KEYS,
    ),
    Listed(
        "CustomKeyStoreHasCMKs",
        "DeleteCustomKeyStore",
        STORED_KEYS,
    ),
    Listed(
        "CloudHsmClusterInvalidConfiguration CloudHsmClusterNotActive",
        "ConnectCustomKeyStore CreateCustomKeyStore UpdateCustomKeyStore",
        "A token is asked when its store is being connected, and ConnectionErrorCode tells what is wrong with it.",
    ),
    Listed(
        "XksProxyIncorrectAuthenticationCredential XksProxyInvalidConfiguration XksProxyInvalidResponse"
        " XksProxyUriEndpointInUse XksProxyUriInUse XksProxyUriUnreachable XksProxyVpcEndpointServiceInUse"
        " XksProxyVpcEndpointServiceInvalidConfiguration XksProxyVpcEndpointServiceNotFound",
        "CreateCustomKeyStore UpdateCustomKeyStore",
        EXTERNAL_KEY_STORES,
    ),
    Listed(
        "KMSInvalidState",
        "DeleteAlias DeleteImportedKeyMaterial GetKeyPolicy GetKeyRotationStatus ListGrants ListKeyPolicies"
        " ListKeyRotations PutKeyPolicy RetireGrant RevokeGrant",
        "By AWS's key state table, the operation succeeds in every state that a key can have here.",
    ),
    Listed(
        "Disabled",
        "GetPublicKey",
        "By AWS's key state table, a disabled key gives its public key.",
    ),
    Listed(
        "InvalidKeyUsage",
        "GetPublicKey",
        "A public key is given whatever its usage; a key that has none is answered UnsupportedOperation.",
    ),
    Listed(
        "InvalidAliasName",
        "CreateAlias",
        "As by AWS, malformed names are answered ValidationException, and reserved ones NotAuthorizedException.",
    ),
    Listed(
        "InvalidArn",
        "CreateKey",
        "A request names principals in its policy alone, and unknown ones are MalformedPolicyDocument.",
    ),
    Listed(
        "LimitExceeded",
        "EnableKey",
        "A key counts against the quota whatever its state.",
    ),
    Listed(
        "LimitExceeded",
        "TagResource",
        "As by AWS, too many tags are answered Tag.",
    ),
    Listed(
        "NotFound",
        "ListRetirableGrants",
        "To the ARN of a principal that is not there, InvalidArn is answered, as AWS does in CreateGrant.",
    ),
]


def listed(model):
    """The reason of each exception of each operation that can't occur."""
    reasons = {}
    for entry in CANNOT_OCCUR:
        exceptions = {f"{name}Exception" for name in entry.exceptions.split()}
        operations = set(entry.operations.split() if entry.operations else model.keys() - NOT_SERVED.keys())
        pairs = {(o, e) for o in operations for e in exceptions & model.get(o, set())}
        assert not pairs & reasons.keys(), f"listed twice: {pairs & reasons.keys()}"
        # Of several operations, not each must have each exception; but none stands there for nothing.
        needless = exceptions - {e for _, e in pairs}
        if entry.operations:
            needless |= operations - {o for o, _ in pairs}
        assert not needless, f"the model has no such thing: {needless}"
        reasons.update(dict.fromkeys(pairs, entry.reason))
    return reasons
