"""Verifies Ed25519ph, which `cryptography` does not have: RFC 8032, section 5.1, word for word, and slow."""

import hashlib

P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, -1, P) % P
PREFIX = b"SigEd25519 no Ed25519 collisions" + b"\1\0"


def _add(one, other):
    (x1, y1), (x2, y2) = one, other
    product = D * x1 * x2 * y1 * y2
    x = (x1 * y2 + x2 * y1) * pow(1 + product, -1, P)
    y = (y1 * y2 + x1 * x2) * pow(1 - product, -1, P)
    return x % P, y % P


def _multiply(factor, point):
    result = (0, 1)
    while factor:
        if factor & 1:
            result = _add(result, point)
        point = _add(point, point)
        factor >>= 1
    return result


def _point(octets):
    """Section 5.1.3."""
    y = int.from_bytes(octets, "little")
    sign, y = y >> 255, y % 2**255
    square = (y * y - 1) * pow(D * y * y + 1, -1, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * pow(2, (P - 1) // 4, P) % P
    if (x * x - square) % P:
        raise ValueError("not a point")
    return (P - x if x % 2 != sign else x), y


BASE = _point((4 * pow(5, -1, P) % P).to_bytes(32, "little"))


def verify(public, message, signature):
    """Whether this is the Ed25519ph signature of a message: of SHA-512 of it, by section 5.1.7."""
    scalar = int.from_bytes(signature[32:], "little")
    if len(signature) != 64 or scalar >= L:
        return False
    hashed = hashlib.sha512(message).digest()
    challenge = hashlib.sha512(PREFIX + signature[:32] + public + hashed).digest()
    challenge = int.from_bytes(challenge, "little") % L
    try:
        expected = _add(_point(signature[:32]), _multiply(challenge, _point(public)))
    except ValueError:
        return False
    return _multiply(scalar, BASE) == expected
