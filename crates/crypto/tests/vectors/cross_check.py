"""Checks the frozen vectors with an implementation that shares nothing with the crate.

Written from docs/ciphertext-format.md on top of the Python package `cryptography` (OpenSSL). Run it by hand after
adding a vector file; it prints one line a file and fails on the first case that differs.
"""

import base64
import hashlib
import json
import pathlib
import struct

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id
from cryptography.hazmat.primitives.kdf.kbkdf import KBKDFHMAC, CounterLocation, Mode

SPECS = [
    "RSA_2048", "RSA_3072", "RSA_4096", "ECC_NIST_P256", "ECC_NIST_P384", "ECC_NIST_P521", "ECC_SECG_P256K1",
    "ECC_NIST_EDWARDS25519", "HMAC_224", "HMAC_256", "HMAC_384", "HMAC_512", "ML_DSA_44", "ML_DSA_65", "ML_DSA_87", "SM2",
]
PURPOSES = {"symmetric-256 material": b"\1\1", "access key secret": b"\2\0"}
PURPOSES |= {f"{spec} material": bytes([1, code]) for code, spec in enumerate(SPECS, 2)}
PURPOSES |= {f"{spec} wrapping key": bytes([3, code]) for code, spec in enumerate(SPECS, 2)}


class Refused(Exception):
    """The input must not open."""


def derive(secret, label, context, length=32):
    kdf = KBKDFHMAC(
        algorithm=SHA256(), mode=Mode.CounterMode, length=length, rlen=4, llen=4,
        location=CounterLocation.BeforeFixed, label=label, context=context, fixed=None,
    )
    return kdf.derive(secret)


def decrypt(secret, label, header, salt_at, absent, body):
    salt, iv = header[salt_at:salt_at + 16], header[salt_at + 16:]
    try:
        return AESGCM(derive(secret, label, salt)).decrypt(iv, body, header + absent)
    except InvalidTag as error:
        raise Refused("tag") from error


def prefixed(data):
    return struct.pack(">Q", len(data)) + data


def context_aad(context):
    pairs = sorted((key.encode(), value.encode()) for key, value in context.items())
    return struct.pack(">Q", len(pairs)) + b"".join(prefixed(key) + prefixed(value) for key, value in pairs)


def open_blob(case):
    blob = bytes.fromhex(case["blob"])
    if not 94 <= len(blob) <= 6144 or blob[0] != 1 or blob[1] & ~1:
        raise Refused("frame")
    material = bytes.fromhex(case["material"])
    return decrypt(material, b"keystead blob v1", blob[:78], 50, context_aad(case["context"]), blob[78:])


def fingerprint(secret):
    return derive(secret, b"keystead name v1", bytes(16), 16)


def open_sealed(secret, sealed, place):
    if len(sealed) < 61 or sealed[0] != 1 or sealed[1:17] != fingerprint(secret):
        raise Refused("frame")
    return decrypt(secret, b"keystead seal v1", sealed[:45], 17, place, sealed[45:])


def open_stored(case):
    place = case["place"]
    fields = [place[field].encode() for field in ("region", "account", "key_id", "material_id")]
    binding = PURPOSES[place["purpose"]] + b"".join(map(prefixed, fields))
    return open_sealed(bytes.fromhex(case["root"]), bytes.fromhex(case["sealed"]), binding)


def open_record(case):
    record, seal = case["record"], case["record"]["seal"]
    public = prefixed(b"keystead seal record v1") + prefixed(bytes.fromhex(record["root_key"]))
    public += prefixed(seal["kind"].encode())
    if seal["kind"] == "key-file":
        content = base64.b64decode(case["secret"]["key-file"].split("\n")[1])
        wrapper = content[:32]
        assert content[32:] == hashlib.sha256(wrapper).digest()[:8]
    else:
        cost, salt = seal["cost"], base64.b64decode(seal["salt"])
        for name in ("memory_kib", "iterations", "parallelism"):
            public += prefixed(struct.pack(">I", cost[name]))
        public += prefixed(salt)
        argon2 = Argon2id(
            salt=salt, length=32, iterations=cost["iterations"], lanes=cost["parallelism"],
            memory_cost=cost["memory_kib"],
        )
        wrapper = argon2.derive(case["secret"]["passphrase"].encode())
    wrapped = base64.b64decode(record["wrapped_root"])
    assert hashlib.sha256(public + wrapped).digest() == base64.b64decode(record["checksum"])
    root = open_sealed(wrapper, wrapped, public)
    assert fingerprint(root).hex() == record["root_key"]
    return root


def check(name, open_case, result_field):
    cases = json.loads((pathlib.Path(__file__).parent / f"{name}.json").read_text())["cases"]
    for case in cases:
        try:
            result = open_case(case).hex()
        except Refused:
            result = None
        assert result == case[result_field], f"{name}: {case['name']}: {result}"
    refused = sum(case[result_field] is None for case in cases)
    print(f"{name}: {len(cases)} cases, {refused} of them refused")


check("ciphertext-v1", open_blob, "plaintext")
check("sealed-v1", open_stored, "plaintext")
check("seal-record-v1", open_record, "root")
