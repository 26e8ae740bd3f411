"""What the calls of the table are about: keys of every kind in every state, and what hangs on them."""

import itertools
import os
import time

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding
from support import ADMIN, new_key

KINDS = {
    "symmetric": {},
    "mac": {"KeySpec": "HMAC_256", "KeyUsage": "GENERATE_VERIFY_MAC"},
    "signing": {"KeySpec": "ECC_NIST_P256", "KeyUsage": "SIGN_VERIFY"},
    "agreement": {"KeySpec": "ECC_NIST_P256", "KeyUsage": "KEY_AGREEMENT"},
    # Of symmetric encryption, and without the material that is to be imported.
    "waiting": {"Origin": "EXTERNAL"},
}
WRAPPING = {"WrappingAlgorithm": "RSAES_OAEP_SHA_256", "WrappingKeySpec": "RSA_2048"}
# The server's, for this test.
ALIASES_PER_KEY = GRANTS_PER_KEY = 2
CUSTOM_KEY_STORES = 8
# Tokens of the server's, without a library, so that no store of them can be connected; and one with a trust anchor.
CLUSTERS = [f"cluster-{letter}2345672345" for letter in "abcdefgh"]
DISTRUSTFUL = "cluster-z2345672345"
ON_DEMAND_ROTATIONS = 25


class World:
    """Makes things as they are asked for. All of it is the admin's."""

    def __init__(self, kms, nearly_rotated):
        self.kms = kms
        # A key of symmetric encryption that is to be rotated automatically within 20 minutes.
        self.nearly_rotated = nearly_rotated
        self._keys = {}
        self._numbers = itertools.count()

    def key(self, kind="symmetric", state="enabled"):
        """The key of this kind and state that calls may share, since they leave it as it is."""
        if (kind, state) not in self._keys:
            self._keys[kind, state] = self.new(kind, state)
        return self._keys[kind, state]

    def new(self, kind="symmetric", state="enabled"):
        """A key that one call may have for itself."""
        key = new_key(self.kms, **KINDS[kind])
        if state == "disabled":
            self.kms.disable_key(KeyId=key)
        if state == "dying":
            self.doom(key)
        return key

    def doom(self, key):
        """Schedules a key's deletion."""
        self.kms.schedule_key_deletion(KeyId=key)

    def name(self):
        """A name that no alias has."""
        return f"alias/{next(self._numbers)}"

    def alias(self, state="enabled"):
        """The name of an alias whose key is in this state."""
        name, key = self.name(), self.new()
        self.kms.create_alias(AliasName=name, TargetKeyId=key)
        if state == "dying":
            self.doom(key)
        return name

    def full_of_aliases(self):
        """A key that can have no more aliases."""
        key = self.new()
        for _ in range(ALIASES_PER_KEY):
            self.kms.create_alias(AliasName=self.name(), TargetKeyId=key)
        return key

    def wanted_grant(self, key):
        """A request for a grant that the admin may retire."""
        return {
            "KeyId": key,
            "GranteePrincipal": ADMIN,
            "RetiringPrincipal": ADMIN,
            "Operations": ["Encrypt"],
        }

    def grant(self, state="enabled"):
        """A grant, named by its key and its id, on a key in this state."""
        key = self.new()
        made = self.kms.create_grant(**self.wanted_grant(key))
        if state == "dying":
            self.doom(key)
        return {"KeyId": key, "GrantId": made["GrantId"]}

    def full_of_grants(self):
        """A key that can have no more grants."""
        key = self.new()
        for _ in range(GRANTS_PER_KEY):
            self.kms.create_grant(**self.wanted_grant(key))
        return key

    def tired_of_rotation(self):
        """A key that can't be rotated on demand any more."""
        key = self.new()
        for _ in range(ON_DEMAND_ROTATIONS):
            self.kms.rotate_key_on_demand(KeyId=key)
        return key

    def policy(self, length=0):
        """A key policy of at least so many bytes."""
        return self.kms.get_key_policy(KeyId=self.key())["Policy"].ljust(length)

    def ciphertext(self):
        """A ciphertext of the key of symmetric encryption."""
        return self.kms.encrypt(KeyId=self.key(), Plaintext=b"plaintext")["CiphertextBlob"]

    def public_key(self, kind):
        """The public half of a key."""
        return self.kms.get_public_key(KeyId=self.key(kind))["PublicKey"]

    def signature(self, request):
        """What the key that signs answers to a request."""
        return self.kms.sign(KeyId=self.key("signing"), **request)["Signature"]

    def mac(self, request):
        """What the key that authenticates answers to a request."""
        return self.kms.generate_mac(KeyId=self.key("mac"), **request)["Mac"]

    def material_for(self, key, length=32):
        """A request to import material into a key."""
        given = self.kms.get_parameters_for_import(KeyId=key, **WRAPPING)
        public_key = serialization.load_der_public_key(given["PublicKey"])
        sha256 = hashes.SHA256()
        wrapped = public_key.encrypt(
            os.urandom(length), padding.OAEP(padding.MGF1(sha256), sha256, label=None)
        )
        return {
            "KeyId": key,
            "ImportToken": given["ImportToken"],
            "EncryptedKeyMaterial": wrapped,
            "ExpirationModel": "KEY_MATERIAL_DOES_NOT_EXPIRE",
        }

    def imported(self, state="enabled"):
        """A key with imported material, in this state."""
        key = self.new("waiting")
        self.kms.import_key_material(**self.material_for(key))
        if state == "dying":
            self.doom(key)
        return key

    def token_of_yesterday(self):
        """An import token whose wrapping key has been cleared away: form 1, the wrapping key's id,
        and when it expired, in milliseconds."""
        return b"\x01" + os.urandom(16) + (1).to_bytes(8, "big")

    def wanted_store(self):
        """A request for a custom key store that there is room for."""
        stores = self._stores()
        if len(stores) > CUSTOM_KEY_STORES - 2:
            self._remove(stores.pop(min(stores)))
        return self._store_in(next(cluster for cluster in CLUSTERS if cluster not in stores))

    def made_store(self):
        """A request that a custom key store has been made by."""
        request = self.wanted_store()
        self.kms.create_custom_key_store(**request)
        return request

    def store(self):
        """A custom key store that was never connected."""
        made = self.kms.create_custom_key_store(**self.wanted_store())
        return {"CustomKeyStoreId": made["CustomKeyStoreId"]}

    def failed_store(self):
        """A custom key store that could not be connected."""
        store = self.store()
        self.kms.connect_custom_key_store(**store)
        self._wait_for("FAILED", store)
        return store

    def full_of_stores(self):
        """Has as many custom key stores made as there can be; nothing is different in a request for one more."""
        stores = self._stores()
        for cluster in CLUSTERS:
            if cluster not in stores:
                self.kms.create_custom_key_store(**self._store_in(cluster))
        return {}

    def without_stores(self):
        """Removes all custom key stores; nothing is different in a request."""
        for store in self._stores().values():
            self._remove(store)
        return {}

    def _store_in(self, cluster):
        return {
            "CustomKeyStoreName": self.name(),
            "CloudHsmClusterId": cluster,
            "TrustAnchorCertificate": "certificate",
            "KeyStorePassword": "password",
        }

    def _stores(self):
        """The custom key stores that there are, by their clusters."""
        described = self.kms.describe_custom_key_stores()["CustomKeyStores"]
        return {store["CloudHsmClusterId"]: {"CustomKeyStoreId": store["CustomKeyStoreId"]} for store in described}

    def _remove(self, store):
        if self._state(store) != "DISCONNECTED":
            self.kms.disconnect_custom_key_store(**store)
            self._wait_for("DISCONNECTED", store)
        self.kms.delete_custom_key_store(**store)

    def _wait_for(self, state, store):
        while self._state(store) != state:
            time.sleep(0.01)

    def _state(self, store):
        described = self.kms.describe_custom_key_stores(**store)["CustomKeyStores"]
        return described[0]["ConnectionState"]
