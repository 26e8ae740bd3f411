"""Key material of one's own: made and wrapped by Python's cryptography and by OpenSSL, imported, used,
rotated to, deleted and imported again; and what is refused.
"""

import datetime
import hmac
import os
import subprocess

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.keywrap import aes_key_wrap_with_padding
from support import client, refused

kms = client()
FOR_GOOD = {"ExpirationModel": "KEY_MATERIAL_DOES_NOT_EXPIRE"}
HASHES = {"1": hashes.SHA1, "256": hashes.SHA256}
# What the refusals say that AWS's documents do not tell the words of.
INCORRECT = "The key material in the request is invalid, or is not the key material that the KMS key expects."
INVALID_TOKEN = "The import token is invalid, or is not one of the KMS key in the request."


def new_key(spec="SYMMETRIC_DEFAULT", usage="ENCRYPT_DECRYPT"):
    made = kms.create_key(Origin="EXTERNAL", KeySpec=spec, KeyUsage=usage)["KeyMetadata"]
    assert made["KeyState"] == "PendingImport" and made["Enabled"] is False
    assert "ExpirationModel" not in made and "CurrentKeyMaterialId" not in made
    return made["Arn"]


def der(private_key):
    return private_key.private_bytes(
        serialization.Encoding.DER,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )


def oaep(public_key, algorithm, plaintext):
    named = HASHES[algorithm.rsplit("_", 1)[1]]
    return public_key.encrypt(
        plaintext, padding.OAEP(padding.MGF1(named()), named(), label=None)
    )


def wrap(parameters, algorithm, material):
    public_key = serialization.load_der_public_key(parameters["PublicKey"])
    if algorithm.startswith("RSAES_OAEP"):
        return oaep(public_key, algorithm, material)
    aes = os.urandom(32)
    return oaep(public_key, algorithm, aes) + aes_key_wrap_with_padding(aes, material)


def parameters_for(key, algorithm="RSAES_OAEP_SHA_256", spec="RSA_2048"):
    given = kms.get_parameters_for_import(
        KeyId=key, WrappingAlgorithm=algorithm, WrappingKeySpec=spec
    )
    assert given["KeyId"] == key
    left = given["ParametersValidTo"] - datetime.datetime.now(datetime.timezone.utc)
    assert datetime.timedelta(hours=23) < left <= datetime.timedelta(hours=24)
    size = serialization.load_der_public_key(given["PublicKey"]).key_size
    assert spec == f"RSA_{size}"
    return given


def import_into(key, material, algorithm="RSAES_OAEP_SHA_256", spec="RSA_2048", **more):
    given = parameters_for(key, algorithm, spec)
    return kms.import_key_material(
        KeyId=key,
        ImportToken=given["ImportToken"],
        EncryptedKeyMaterial=wrap(given, algorithm, material),
        **(more or FOR_GOOD),
    )


def rsa_key(bits):
    return rsa.generate_private_key(public_exponent=65537, key_size=bits)


def of_every_kind():
    """Each kind of key, with algorithms and wrapping keys so that each of these occurs too."""
    oaep_1, oaep_256 = "RSAES_OAEP_SHA_1", "RSAES_OAEP_SHA_256"
    aes_1, aes_256 = "RSA_AES_KEY_WRAP_SHA_1", "RSA_AES_KEY_WRAP_SHA_256"
    for bits, algorithm, spec in [(224, oaep_1, "RSA_2048"), (256, oaep_256, "RSA_2048"), (384, oaep_1, "RSA_3072"), (512, oaep_256, "RSA_4096")]:
        material = os.urandom(bits // 8)
        key = new_key(f"HMAC_{bits}", "GENERATE_VERIFY_MAC")
        assert import_into(key, material, algorithm, spec) == answered(key)
        mac = kms.generate_mac(KeyId=key, MacAlgorithm=f"HMAC_SHA_{bits}", Message=b"m")["Mac"]
        assert mac == hmac.new(material, b"m", f"sha{bits}").digest()
    for bits, algorithm, spec in [(2048, aes_1, "RSA_2048"), (3072, aes_256, "RSA_3072"), (4096, aes_256, "RSA_4096")]:
        private = rsa_key(bits)
        key = new_key(f"RSA_{bits}")
        assert import_into(key, der(private), algorithm, spec) == answered(key)
        same_public(key, private)
        sent = oaep(private.public_key(), oaep_256, b"plaintext")
        opened = kms.decrypt(KeyId=key, CiphertextBlob=sent, EncryptionAlgorithm=oaep_256)
        assert opened["Plaintext"] == b"plaintext"
    for name, curve, algorithm, spec in [
        ("NIST_P256", ec.SECP256R1(), oaep_256, "RSA_2048"),
        ("NIST_P384", ec.SECP384R1(), oaep_1, "RSA_3072"),
        ("NIST_P521", ec.SECP521R1(), oaep_256, "RSA_3072"),
        ("NIST_P521", ec.SECP521R1(), aes_1, "RSA_2048"),
        ("SECG_P256K1", ec.SECP256K1(), aes_256, "RSA_2048"),
    ]:
        private = ec.generate_private_key(curve)
        key = new_key(f"ECC_{name}", "SIGN_VERIFY")
        assert import_into(key, der(private), algorithm, spec) == answered(key)
        same_public(key, private)
    private = ed25519.Ed25519PrivateKey.generate()
    key = new_key("ECC_NIST_EDWARDS25519", "SIGN_VERIFY")
    assert import_into(key, der(private)) == answered(key)
    same_public(key, private)
    signed = kms.sign(KeyId=key, Message=b"m", SigningAlgorithm="ED25519_SHA_512")["Signature"]
    private.public_key().verify(signed, b"m")


def answered(key):
    """What an import answers, but for the metadata; only symmetric keys' materials have ids."""
    return Answer({"KeyId": key})


class Answer(dict):
    def __eq__(self, other):
        return dict(self) == {k: v for k, v in other.items() if k != "ResponseMetadata"}

    __hash__ = None


def same_public(key, private):
    expected = private.public_key().public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    assert kms.get_public_key(KeyId=key)["PublicKey"] == expected


def openssl(*arguments, stdin=b""):
    return subprocess.run(["openssl", *arguments], input=stdin, check=True, capture_output=True).stdout


def by_openssl():
    """AWS's own instructions for the command line."""
    key, material = new_key(), openssl("rand", "32")
    given = parameters_for(key)
    with open("public.bin", "wb") as file:
        file.write(given["PublicKey"])
    options = ["rsa_padding_mode:oaep", "rsa_oaep_md:sha256", "rsa_mgf1_md:sha256"]
    options = [word for option in options for word in ("-pkeyopt", option)]
    wrapped = openssl(
        "pkeyutl", "-encrypt", "-pubin", "-inkey", "public.bin", "-keyform", "DER", *options,
        stdin=material,
    )
    kms.import_key_material(
        KeyId=key, ImportToken=given["ImportToken"], EncryptedKeyMaterial=wrapped, **FOR_GOOD
    )
    assert kms.describe_key(KeyId=key)["KeyMetadata"]["KeyState"] == "Enabled"
    # The same again, by the other library.
    import_into(key, material)
    private = openssl("genpkey", "-algorithm", "SM2")
    private = openssl("pkcs8", "-topk8", "-nocrypt", "-outform", "DER", stdin=private)
    key = new_key("SM2", "SIGN_VERIFY")
    assert import_into(key, private) == answered(key)


def a_life():
    key, first, second = new_key(), os.urandom(32), os.urandom(32)
    one = import_into(key, first, KeyMaterialDescription="first", **FOR_GOOD)["KeyMaterialId"]
    old = kms.encrypt(KeyId=key, Plaintext=b"old")["CiphertextBlob"]
    nothing = f"No available key material pending rotation for the key: {key}."
    refused(kms.rotate_key_on_demand, "KMSInvalidStateException", nothing, KeyId=key)
    two = import_into(key, second, ImportType="NEW_KEY_MATERIAL", **FOR_GOOD)["KeyMaterialId"]
    third = parameters_for(key)
    try:
        kms.import_key_material(
            KeyId=key,
            ImportToken=third["ImportToken"],
            EncryptedKeyMaterial=wrap(third, "RSAES_OAEP_SHA_256", os.urandom(32)),
            ImportType="NEW_KEY_MATERIAL",
            **FOR_GOOD,
        )
        raise AssertionError("a second pending material")
    except kms.exceptions.KMSInvalidStateException as error:
        message = error.response["Error"]["Message"]
        assert message.endswith(
            f"cannot be imported into KMS key {key}, because another key material (id: {two}) is pending rotation."
        )
    assert kms.rotate_key_on_demand(KeyId=key)["KeyId"] == key
    listed = kms.list_key_rotations(KeyId=key, IncludeKeyMaterial="ALL_KEY_MATERIAL")["Rotations"]
    assert [(entry["KeyMaterialId"], entry["KeyMaterialState"]) for entry in listed] == [(one, "NON_CURRENT"), (two, "CURRENT")]
    assert listed[0]["KeyMaterialDescription"] == "first" and listed[1]["RotationType"] == "ON_DEMAND"
    assert kms.describe_key(KeyId=key)["KeyMetadata"]["CurrentKeyMaterialId"] == two
    assert kms.decrypt(CiphertextBlob=old)["KeyMaterialId"] == one
    deleted = kms.delete_imported_key_material(KeyId=key, KeyMaterialId=one)
    assert (deleted["KeyId"], deleted["KeyMaterialId"]) == (key, one)
    pending = f"{key} is pending import."
    refused(kms.encrypt, "KMSInvalidStateException", pending, KeyId=key, Plaintext=b"x")
    import_into(key, first)
    assert kms.decrypt(CiphertextBlob=old)["Plaintext"] == b"old"


def what_is_refused():
    key, other = new_key(), new_key()
    made_here = kms.create_key()["KeyMetadata"]["Arn"]
    origin = f"{made_here} origin is AWS_KMS which is not valid for this operation."
    wanted = {"WrappingAlgorithm": "RSAES_OAEP_SHA_256", "WrappingKeySpec": "RSA_2048"}
    refused(kms.get_parameters_for_import, "UnsupportedOperationException", origin, KeyId=made_here, **wanted)
    refused(kms.delete_imported_key_material, "UnsupportedOperationException", origin, KeyId=made_here)
    for algorithm, spec in [("RSAES_PKCS1_V1_5", "RSA_2048"), ("RSA_AES_KEY_WRAP_SHA_1", "RSA_4096"), ("SM2PKE", "SM2")]:
        message = f"WrappingAlgorithm {algorithm} with WrappingKeySpec {spec} is not valid for key material of KeySpec SYMMETRIC_DEFAULT."
        refused(kms.get_parameters_for_import, "UnsupportedOperationException", message, KeyId=key, WrappingAlgorithm=algorithm, WrappingKeySpec=spec)
    given, material = parameters_for(key), os.urandom(32)
    wrapped = wrap(given, "RSAES_OAEP_SHA_256", material)
    good = {"KeyId": key, "ImportToken": given["ImportToken"], "EncryptedKeyMaterial": wrapped}
    now = datetime.datetime.now(datetime.timezone.utc)
    day = datetime.timedelta(days=1)
    short = wrap(given, "RSAES_OAEP_SHA_256", b"short")
    for code, message, more in [
        ("ValidationException", "A validTo date must be set if the ExpirationModel is KEY_MATERIAL_EXPIRES", {}),
        ("ValidationException", "The validTo date must be in the future.", {"ValidTo": now - day}),
        ("ValidationException", "The validTo date must be in the future.", {"ValidTo": -1}),
        ("ValidationException", "The validTo date must be within 365 days.", {"ValidTo": now + 366 * day}),
        ("ValidationException", "A validTo date must not be set if the ExpirationModel is KEY_MATERIAL_DOES_NOT_EXPIRE", {"ValidTo": now + day, **FOR_GOOD}),
        ("InvalidImportTokenException", INVALID_TOKEN, {"ImportToken": b"nonsense", **FOR_GOOD}),
        ("InvalidImportTokenException", INVALID_TOKEN, {"KeyId": other, **FOR_GOOD}),
        ("IncorrectKeyMaterialException", INCORRECT, {"EncryptedKeyMaterial": short, **FOR_GOOD}),
        ("IncorrectKeyMaterialException", INCORRECT, {"ImportType": "EXISTING_KEY_MATERIAL", **FOR_GOOD}),
    ]:
        refused(kms.import_key_material, code, message, **{**good, **more})
    valid_to = (now + day).replace(microsecond=0)
    kms.import_key_material(**good, ValidTo=valid_to)
    described = kms.describe_key(KeyId=key)["KeyMetadata"]
    assert (described["ExpirationModel"], described["ValidTo"]) == ("KEY_MATERIAL_EXPIRES", valid_to)
    refused(kms.enable_key_rotation, "UnsupportedOperationException", f"{key} origin is EXTERNAL which is not valid for this operation.", KeyId=key)
    assert kms.get_key_rotation_status(KeyId=key)["KeyRotationEnabled"] is False


of_every_kind()
by_openssl()
a_life()
what_is_refused()
