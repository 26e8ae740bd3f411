"""An identity provider, with the cryptography of OpenSSL.

    identity_provider.py ISSUER

Makes a key, and writes its public half to `keys.json` and tokens to `*.jwt`: `ada.jwt` is good, and
the others are not.
"""

import base64
import json
import sys
import time

from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256

KEY_ID = "2026-01"


def new_key():
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def encoded(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def number(value):
    return encoded(value.to_bytes((value.bit_length() + 7) // 8, "big"))


def key_set(key):
    """RFC 7517, section 5."""
    public = key.public_key().public_numbers()
    known = {"kty": "RSA", "use": "sig", "alg": "RS256", "kid": KEY_ID}
    return {"keys": [{**known, "n": number(public.n), "e": number(public.e)}]}


def token(key, **changes):
    """An ID token (OpenID Connect Core 1.0, section 2), signed as RFC 7515 has it."""
    now = int(time.time())
    claims = {"iss": issuer, "sub": "ada", "aud": "app", "iat": now, "exp": now + 3600, **changes}
    header = {"alg": "RS256", "kid": KEY_ID, "typ": "JWT"}
    signed = ".".join(encoded(json.dumps(part).encode()) for part in (header, claims))
    return f"{signed}.{encoded(key.sign(signed.encode(), padding.PKCS1v15(), SHA256()))}"


(issuer,) = sys.argv[1:]
key = new_key()
tags = {"principal_tags": {"team": ["blue"]}, "transitive_tag_keys": ["team"]}
files = {
    "keys.json": json.dumps(key_set(key)),
    "ada.jwt": token(key, **{"https://aws.amazon.com/tags": tags}),
    "eve.jwt": token(key, sub="eve"),
    "late.jwt": token(key, exp=int(time.time()) - 1),
    "other.jwt": token(key, aud="other"),
    "forged.jwt": token(new_key()),
}
for name, text in files.items():
    with open(name, "w", encoding="ascii") as file:
        file.write(text)
