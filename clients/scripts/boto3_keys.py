"""Keys of every kind: what they sign, encrypt and agree on is what `cryptography` and OpenSSL do.

Its argument names the part to play.
"""

import hashlib
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, mldsa, padding, rsa, utils
from cryptography.hazmat.primitives.keywrap import aes_key_wrap_with_padding
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_der_private_key,
    load_der_public_key,
)
from ed25519ph import verify as verify_prehashed
from support import client, new_key, refused

kms = client()

MESSAGE = b"attack at dawn" * 20
HASHES = {"256": hashes.SHA256(), "384": hashes.SHA384(), "512": hashes.SHA512()}
CURVES = {
    "ECC_NIST_P256": ec.SECP256R1,
    "ECC_NIST_P384": ec.SECP384R1,
    "ECC_NIST_P521": ec.SECP521R1,
    "ECC_SECG_P256K1": ec.SECP256K1,
}
ML_DSA = {
    "ML_DSA_44": (mldsa.MLDSA44PublicKey, 2420),
    "ML_DSA_65": (mldsa.MLDSA65PublicKey, 3309),
    "ML_DSA_87": (mldsa.MLDSA87PublicKey, 4627),
}
RSA = ["RSA_2048", "RSA_3072", "RSA_4096"]
SIGNING = [*RSA, *CURVES, "ECC_NIST_EDWARDS25519", *ML_DSA, "SM2"]
DRY_RUN = "The request would have succeeded, but the DryRun option is set."


def hash_of(algorithm):
    return HASHES[algorithm.rsplit("_", 1)[1]]


def digest_of(algorithm, message=MESSAGE):
    name = hash_of(algorithm).name
    return hashlib.new(name, message).digest()


def public_der(key):
    return kms.get_public_key(KeyId=key)["PublicKey"]


def openssl(*arguments, **files):
    """Runs OpenSSL in a folder with these files; returns what it wrote into `out`."""
    with tempfile.TemporaryDirectory() as folder:
        for name, content in files.items():
            (Path(folder) / name).write_bytes(content)
        done = subprocess.run(["openssl", *arguments], cwd=folder, capture_output=True, check=False)
        out = Path(folder) / "out"
        return done.returncode == 0, out.read_bytes() if out.exists() else b""


# How OpenSSL verifies, by the beginning of an algorithm's name. The command line of 3.0 has no
# ML-DSA, no Ed25519ph, and for SM2 no more than a message with the default distinguishing id.


def openssl_verifies(spec, algorithm, der, signature):
    files = {"key": der, "sig": signature, "msg": MESSAGE}
    key = ["-keyform", "DER"]
    if spec == "ECC_NIST_EDWARDS25519":
        ok, _ = openssl(
            "pkeyutl", "-verify", "-pubin", "-inkey", "key", *key, "-rawin", "-in", "msg", "-sigfile", "sig", **files
        )
    elif spec == "SM2":
        ok, _ = openssl(
            "pkeyutl", "-verify", "-pubin", "-inkey", "key", *key, "-rawin", "-digest", "sm3",
            "-pkeyopt", "distid:1234567812345678", "-in", "msg", "-sigfile", "sig", **files,
        )
    else:
        options = []
        if "_PSS_" in algorithm:
            options = ["-sigopt", "rsa_padding_mode:pss", "-sigopt", "rsa_pss_saltlen:digest"]
        name = f"-{hash_of(algorithm).name}"
        ok, _ = openssl("dgst", name, *options, "-verify", "key", *key, "-signature", "sig", "msg", **files)
    return ok


def rsa_scheme(algorithm):
    digest = hash_of(algorithm)
    if "_PSS_" in algorithm:
        return padding.PSS(padding.MGF1(digest), digest.digest_size)
    return padding.PKCS1v15()


def cryptography_verifies(public, spec, algorithm, signature, message=MESSAGE):
    if spec in CURVES:
        assert isinstance(public.curve, CURVES[spec])
        public.verify(signature, message, ec.ECDSA(hash_of(algorithm)))
    elif spec in RSA:
        assert public.key_size == int(spec[4:]) and public.public_numbers().e == 65537
        public.verify(signature, message, rsa_scheme(algorithm), hash_of(algorithm))
    else:
        public.verify(signature, message)


def check_signature(key, spec, algorithm, signature, der):
    """By this service, by `cryptography` and by OpenSSL; one that is altered by none of them."""
    common = {"KeyId": key, "SigningAlgorithm": algorithm, "Message": MESSAGE}
    verified = kms.verify(Signature=signature, **common)
    assert verified["SignatureValid"] is True and verified["KeyId"] == key
    altered = signature[:-1] + bytes([signature[-1] ^ 1])
    refused(kms.verify, "KMSInvalidSignatureException", "", Signature=altered, **common)
    if spec != "SM2":
        public = load_der_public_key(der)
        cryptography_verifies(public, spec, algorithm, signature)
        try:
            cryptography_verifies(public, spec, algorithm, altered)
        except InvalidSignature:
            pass
        else:
            raise AssertionError(f"{spec} {algorithm}: an altered signature is valid")
    if spec not in ML_DSA:
        assert openssl_verifies(spec, algorithm, der, signature), f"{spec} {algorithm}: OpenSSL"
        assert not openssl_verifies(spec, algorithm, der, altered), f"{spec} {algorithm}: OpenSSL"


def check_digests(key, spec, algorithm, der):
    """A signature of a digest is one of its message."""
    if spec in ML_DSA or spec == "ECC_NIST_EDWARDS25519" or spec == "SM2":
        return
    digest = digest_of(algorithm)
    signed = kms.sign(KeyId=key, SigningAlgorithm=algorithm, MessageType="DIGEST", Message=digest)
    check_signature(key, spec, algorithm, signed["Signature"], der)
    message = f"Digest is invalid length for algorithm {algorithm}."
    for call, more in [(kms.sign, {}), (kms.verify, {"Signature": b"x"})]:
        parameters = {"SigningAlgorithm": algorithm, "MessageType": "DIGEST", "Message": digest[1:], **more}
        refused(call, "ValidationException", message, KeyId=key, **parameters)


def signatures():
    for spec in SIGNING:
        made = kms.create_key(KeySpec=spec, KeyUsage="SIGN_VERIFY")["KeyMetadata"]
        key, der = made["Arn"], public_der(made["Arn"])
        for algorithm in made["SigningAlgorithms"]:
            if algorithm == "ED25519_PH_SHA_512":
                prehashed_signatures(key, der)
                continue
            signed = kms.sign(KeyId=key, SigningAlgorithm=algorithm, Message=MESSAGE)
            assert signed["KeyId"] == key and signed["SigningAlgorithm"] == algorithm
            if spec in ML_DSA:
                assert len(signed["Signature"]) == ML_DSA[spec][1]
            check_signature(key, spec, algorithm, signed["Signature"], der)
            check_digests(key, spec, algorithm, der)
        if spec in ML_DSA:
            external_mu(key, spec, der)


def prehashed_signatures(key, der):
    """Ed25519ph of what is given as the digest (RFC 8032, section 5.1)."""
    public = load_der_public_key(der).public_bytes_raw()
    digest = hashlib.sha512(MESSAGE).digest()
    common = {"KeyId": key, "SigningAlgorithm": "ED25519_PH_SHA_512"}
    signature = kms.sign(MessageType="DIGEST", Message=digest, **common)["Signature"]
    assert verify_prehashed(public, digest, signature)
    assert not verify_prehashed(public, digest, signature[:-1] + b"\0")
    assert kms.verify(MessageType="DIGEST", Message=digest, Signature=signature, **common)["SignatureValid"]
    message = "Algorithm ED25519_PH_SHA_512 does not support message type RAW."
    refused(kms.sign, "ValidationException", message, Message=MESSAGE, **common)
    message = "Algorithm ED25519_SHA_512 does not support message type DIGEST."
    parameters = {**common, "SigningAlgorithm": "ED25519_SHA_512", "MessageType": "DIGEST"}
    refused(kms.sign, "ValidationException", message, Message=digest, **parameters)


def external_mu(key, spec, der):
    """The digest μ of FIPS 204 is made outside; its signature is one of the message."""
    public = load_der_public_key(der)
    assert isinstance(public, ML_DSA[spec][0])
    made_of = hashlib.shake_256(public.public_bytes_raw()).digest(64)
    mu = hashlib.shake_256(made_of + b"\0\0" + MESSAGE).digest(64)
    common = {"KeyId": key, "SigningAlgorithm": "ML_DSA_SHAKE_256"}
    signature = kms.sign(MessageType="EXTERNAL_MU", Message=mu, **common)["Signature"]
    public.verify(signature, MESSAGE)
    public.verify_mu(signature, mu)
    check_signature(key, spec, "ML_DSA_SHAKE_256", signature, der)
    message = "Digest is invalid length for algorithm ML_DSA_SHAKE_256."
    refused(kms.sign, "ValidationException", message, MessageType="EXTERNAL_MU", Message=mu[1:], **common)


def misfits():
    key = new_key(kms, KeySpec="ECC_NIST_P256", KeyUsage="SIGN_VERIFY")
    other = new_key(kms, KeySpec="ECC_NIST_P256", KeyUsage="SIGN_VERIFY")
    symmetric = new_key(kms)
    algorithm = {"SigningAlgorithm": "ECDSA_SHA_256"}
    signature = kms.sign(KeyId=key, Message=MESSAGE, **algorithm)["Signature"]
    usage = "InvalidKeyUsageException"
    unfit = "Algorithm ECDSA_SHA_384 is incompatible with key spec ECC_NIST_P256."
    misused = f"{symmetric} key usage is ENCRYPT_DECRYPT which is not valid for Sign."
    too_long = (
        "1 validation error detected: Value at 'message' failed to satisfy constraint: "
        "Member must have length less than or equal to 4096"
    )
    for call, parameters, code, message in [
        (kms.verify, {"KeyId": other, "Message": MESSAGE, "Signature": signature, **algorithm}, "KMSInvalidSignatureException", ""),
        (kms.verify, {"KeyId": key, "Message": b"x", "Signature": signature, **algorithm}, "KMSInvalidSignatureException", ""),
        (kms.sign, {"KeyId": key, "Message": MESSAGE, "SigningAlgorithm": "ECDSA_SHA_384"}, usage, unfit),
        (kms.sign, {"KeyId": symmetric, "Message": MESSAGE, **algorithm}, usage, misused),
        (kms.sign, {"KeyId": key, "Message": bytes(4097), **algorithm}, "ValidationException", too_long),
        (kms.sign, {"KeyId": key, "Message": MESSAGE, "DryRun": True, **algorithm}, "DryRunOperationException", DRY_RUN),
        (kms.verify, {"KeyId": key, "Message": MESSAGE, "Signature": b"x", "DryRun": True, **algorithm}, "KMSInvalidSignatureException", ""),
        (kms.get_public_key, {"KeyId": symmetric}, "UnsupportedOperationException", ""),
        (kms.create_key, {"KeySpec": "RSA_2048", "KeyUsage": "KEY_AGREEMENT"}, "ValidationException", "KeyUsage KEY_AGREEMENT is not compatible with KeySpec RSA_2048"),
    ]:
        refused(call, code, message, **parameters)


def macs():
    for bits, digest in [(224, hashes.SHA224()), *((int(name), value) for name, value in HASHES.items())]:
        key = new_key(kms, KeySpec=f"HMAC_{bits}", KeyUsage="GENERATE_VERIFY_MAC")
        common = {"KeyId": key, "MacAlgorithm": f"HMAC_SHA_{bits}", "Message": MESSAGE}
        mac = kms.generate_mac(**common)["Mac"]
        assert len(mac) == digest.digest_size
        assert kms.verify_mac(Mac=mac, **common)["MacValid"] is True
        assert kms.generate_mac(**common)["Mac"] == mac
        for bad in [mac[:-1], mac[:-1] + bytes([mac[-1] ^ 1]), mac + b"\0"]:
            refused(kms.verify_mac, "KMSInvalidMacException", "", Mac=bad, **common)
        other = "HMAC_SHA_256" if bits != 256 else "HMAC_SHA_224"
        message = f"Algorithm {other} is incompatible with key spec HMAC_{bits}."
        parameters = {**common, "MacAlgorithm": other}
        refused(kms.generate_mac, "InvalidKeyUsageException", message, **parameters)
        refused(kms.verify_mac, "InvalidKeyUsageException", message, Mac=mac, **parameters)
        refused(kms.generate_mac, "DryRunOperationException", DRY_RUN, DryRun=True, **common)
        refused(kms.get_public_key, "UnsupportedOperationException", "", KeyId=key)


# How much RSA-OAEP encrypts: the modulus less two digests and two bytes.
OAEP = {"RSAES_OAEP_SHA_1": hashes.SHA1(), "RSAES_OAEP_SHA_256": hashes.SHA256()}


def rsa_encryption():
    for spec in RSA:
        key = new_key(kms, KeySpec=spec, KeyUsage="ENCRYPT_DECRYPT")
        shown = kms.get_public_key(KeyId=key)
        assert shown["EncryptionAlgorithms"] == list(OAEP) and "SigningAlgorithms" not in shown
        public = load_der_public_key(shown["PublicKey"])
        for algorithm, digest in OAEP.items():
            longest = int(spec[4:]) // 8 - 2 * digest.digest_size - 2
            plaintext = bytes(range(256)) * 2
            plaintext = plaintext[:longest]
            common = {"KeyId": key, "EncryptionAlgorithm": algorithm}
            encrypted = kms.encrypt(Plaintext=plaintext, **common)["CiphertextBlob"]
            assert len(encrypted) == int(spec[4:]) // 8
            scheme = padding.OAEP(padding.MGF1(digest), digest, None)
            name = digest.name
            ok, by_openssl = openssl(
                "pkeyutl", "-encrypt", "-pubin", "-inkey", "key", "-keyform", "DER", "-in", "msg", "-out", "out",
                "-pkeyopt", "rsa_padding_mode:oaep", "-pkeyopt", f"rsa_oaep_md:{name}", "-pkeyopt", f"rsa_mgf1_md:{name}",
                key=shown["PublicKey"], msg=plaintext,
            )
            assert ok
            for blob in [encrypted, public.encrypt(plaintext, scheme), by_openssl]:
                opened = kms.decrypt(CiphertextBlob=blob, **common)
                assert opened["Plaintext"] == plaintext and "KeyMaterialId" not in opened
            message = f"Algorithm {algorithm} and key spec {spec} cannot encrypt data larger than {longest} bytes."
            refused(kms.encrypt, "ValidationException", message, Plaintext=bytes(longest + 1), **common)
            altered = encrypted[:-1] + bytes([encrypted[-1] ^ 1])
            refused(kms.decrypt, "InvalidCiphertextException", "", CiphertextBlob=altered, **common)
            message = f"Algorithm {algorithm} does not support encryption context."
            context = {"EncryptionContext": {"a": "b"}}
            refused(kms.encrypt, "ValidationException", message, Plaintext=b"x", **context, **common)
        message = f"Algorithm SYMMETRIC_DEFAULT is incompatible with key spec {spec}."
        refused(kms.encrypt, "InvalidKeyUsageException", message, KeyId=key, Plaintext=b"x")
        refused(kms.decrypt, "InvalidCiphertextException", "", CiphertextBlob=encrypted)


def shared_secrets():
    for spec in ["ECC_NIST_P256", "ECC_NIST_P384", "ECC_NIST_P521"]:
        key = new_key(kms, KeySpec=spec, KeyUsage="KEY_AGREEMENT")
        ours = load_der_public_key(public_der(key))
        private = ec.generate_private_key(CURVES[spec]())
        spki = private.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        common = {"KeyId": key, "KeyAgreementAlgorithm": "ECDH"}
        derived = kms.derive_shared_secret(PublicKey=spki, **common)
        assert derived["SharedSecret"] == private.exchange(ec.ECDH(), ours)
        assert derived["KeyOrigin"] == "AWS_KMS"
        other = ec.generate_private_key(ec.SECP256K1()).public_key()
        other = other.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        for bad in [other, b"x", spki[:-1], public_der(new_key(kms, KeySpec="RSA_2048", KeyUsage="SIGN_VERIFY"))]:
            refused(kms.derive_shared_secret, "ValidationException", "", PublicKey=bad, **common)
        refused(kms.derive_shared_secret, "DryRunOperationException", DRY_RUN, PublicKey=spki, DryRun=True, **common)


PAIRS = [*RSA, *CURVES, "ECC_NIST_EDWARDS25519", "SM2"]


def data_key_pairs():
    key = new_key(kms)
    context = {"EncryptionContext": {"tenant": "blue"}}
    for spec in PAIRS:
        made = kms.generate_data_key_pair(KeyId=key, KeyPairSpec=spec, **context)
        assert made["KeyId"] == key and made["KeyPairSpec"] == spec
        opened = kms.decrypt(CiphertextBlob=made["PrivateKeyCiphertextBlob"], **context)
        assert opened["Plaintext"] == made["PrivateKeyPlaintext"]
        assert opened["KeyMaterialId"] == made["KeyMaterialId"]
        check_pair(spec, made["PrivateKeyPlaintext"], made["PublicKey"])

        if spec in RSA[1:]:
            continue  # They take long to make, and differ in nothing else.
        hidden = kms.generate_data_key_pair_without_plaintext(KeyId=key, KeyPairSpec=spec, **context)
        assert "PrivateKeyPlaintext" not in hidden
        opened = kms.decrypt(CiphertextBlob=hidden["PrivateKeyCiphertextBlob"], **context)
        check_pair(spec, opened["Plaintext"], hidden["PublicKey"])
        blob = hidden["PrivateKeyCiphertextBlob"]
        refused(kms.decrypt, "InvalidCiphertextException", "", CiphertextBlob=blob)
    refused(kms.generate_data_key_pair, "DryRunOperationException", DRY_RUN, KeyId=key, KeyPairSpec=spec, DryRun=True)
    signing = new_key(kms, KeySpec="ECC_NIST_P256", KeyUsage="SIGN_VERIFY")
    message = f"{signing} key usage is SIGN_VERIFY which is not valid for GenerateDataKeyPair."
    refused(kms.generate_data_key_pair, "InvalidKeyUsageException", message, KeyId=signing, KeyPairSpec=spec)


def check_pair(spec, private, public):
    """Both halves load, are of the kind asked for, and belong together."""
    ok, shown = openssl("pkey", "-inform", "DER", "-in", "key", "-pubout", "-outform", "DER", "-out", "out", key=private)
    assert ok and shown == public, f"{spec}: OpenSSL"
    if spec == "SM2":
        return
    loaded = load_der_private_key(private, None)
    spki = loaded.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    assert spki == public, spec
    if spec in CURVES:
        assert isinstance(loaded.curve, CURVES[spec])
        signature = loaded.sign(digest_of("SHA_256"), ec.ECDSA(utils.Prehashed(hashes.SHA256())))
        load_der_public_key(public).verify(signature, MESSAGE, ec.ECDSA(hashes.SHA256()))
    elif spec in RSA:
        assert isinstance(loaded, rsa.RSAPrivateKey) and loaded.key_size == int(spec[4:])
    else:
        assert isinstance(loaded, ed25519.Ed25519PrivateKey)


def imported(spec, usage, private):
    """A key with this private key, in PKCS #8."""
    made = kms.create_key(Origin="EXTERNAL", KeySpec=spec, KeyUsage=usage)["KeyMetadata"]
    key = made["Arn"]
    # RSA's private keys are too long for OAEP alone, and SM2's may not be wrapped with AES.
    algorithm = "RSA_AES_KEY_WRAP_SHA_256" if spec in RSA else "RSAES_OAEP_SHA_256"
    given = kms.get_parameters_for_import(KeyId=key, WrappingAlgorithm=algorithm, WrappingKeySpec="RSA_3072")
    scheme = padding.OAEP(padding.MGF1(hashes.SHA256()), hashes.SHA256(), None)
    wrapping = load_der_public_key(given["PublicKey"])
    if spec in RSA:
        aes = os.urandom(32)
        wrapped = wrapping.encrypt(aes, scheme) + aes_key_wrap_with_padding(aes, private)
    else:
        wrapped = wrapping.encrypt(private, scheme)
    kms.import_key_material(
        KeyId=key, ImportToken=given["ImportToken"], EncryptedKeyMaterial=wrapped,
        ExpirationModel="KEY_MATERIAL_DOES_NOT_EXPIRE",
    )
    return key, made.get("SigningAlgorithms")


def der(private):
    return private.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())


def signed_elsewhere():
    """What others sign with a private key that is also here is valid here."""
    privates = {spec: ec.generate_private_key(curve()) for spec, curve in CURVES.items()}
    privates["RSA_2048"] = rsa.generate_private_key(65537, 2048)
    privates["ECC_NIST_EDWARDS25519"] = ed25519.Ed25519PrivateKey.generate()
    for spec, private in privates.items():
        key, algorithms = imported(spec, "SIGN_VERIFY", der(private))
        spki = private.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        assert public_der(key) == spki, spec
        for algorithm in algorithms:
            if algorithm != "ED25519_PH_SHA_512":
                check_signature(key, spec, algorithm, cryptography_signs(private, spec, algorithm), spki)
    ok, private = openssl("genpkey", "-algorithm", "SM2", "-outform", "DER", "-out", "out")
    assert ok
    key, _ = imported("SM2", "SIGN_VERIFY", private)
    ok, signature = openssl(
        "pkeyutl", "-sign", "-inkey", "key", "-keyform", "DER", "-rawin", "-digest", "sm3",
        "-pkeyopt", "distid:1234567812345678", "-in", "msg", "-out", "out", key=private, msg=MESSAGE,
    )
    assert ok
    check_signature(key, "SM2", "SM2DSA", signature, public_der(key))


def cryptography_signs(private, spec, algorithm):
    if spec in CURVES:
        return private.sign(MESSAGE, ec.ECDSA(hash_of(algorithm)))
    if spec not in RSA:
        return private.sign(MESSAGE)
    return private.sign(MESSAGE, rsa_scheme(algorithm), hash_of(algorithm))


PARTS = {
    "elsewhere": [signed_elsewhere],
    "signatures": [signatures, misfits],
    "macs": [macs],
    "encryption": [rsa_encryption],
    "secrets": [shared_secrets],
    "pairs": [data_key_pairs],
}
for part in PARTS[sys.argv[1]]:
    part()
