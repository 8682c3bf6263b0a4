"""Curve arithmetic for test vectors only: slow, not constant in time, written from RFC 8032 section 5.1."""

from __future__ import annotations

import hashlib

P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, -1, P) % P
_ROOT = pow(2, (P - 1) // 4, P)

Point = tuple[int, int]
IDENTITY: Point = (0, 1)


def add(one: Point, two: Point) -> Point:
    (x1, y1), (x2, y2) = one, two
    t = D * x1 * x2 * y1 * y2 % P
    return (
        (x1 * y2 + x2 * y1) * pow(1 + t, -1, P) % P,
        (y1 * y2 + x1 * x2) * pow(1 - t, -1, P) % P,
    )


def negate(point: Point) -> Point:
    return (-point[0] % P, point[1])


def multiply(scalar: int, point: Point) -> Point:
    result = IDENTITY
    while scalar:
        if scalar & 1:
            result = add(result, point)
        point = add(point, point)
        scalar >>= 1
    return result


def recover(y: int, sign: int) -> Point | None:
    """The point with this y and the parity `sign` of x, or None off the curve."""
    square = (y * y - 1) * pow(D * y * y + 1, -1, P) % P
    x = pow(square, (P + 3) // 8, P)
    if x * x % P != square:
        x = x * _ROOT % P
    if x * x % P != square:
        return None
    return (P - x if x % 2 != sign and x else x, y)


def encode(point: Point) -> bytes:
    return (point[1] | (point[0] & 1) << 255).to_bytes(32, "little")


_BASE = recover(4 * pow(5, -1, P) % P, 0)
assert _BASE is not None
BASE: Point = _BASE


def torsion() -> Point:
    """A point of order 8: any point times L, of which most have all of the cofactor."""
    y = 2
    while True:
        point = recover(y, 0)
        if point is not None:
            found = multiply(L, point)
            if multiply(4, found) != IDENTITY:
                return found
        y += 1


def challenge(r: bytes, public: bytes, message: bytes) -> int:
    """k = SHA-512(R || A || M) mod L."""
    return int.from_bytes(hashlib.sha512(r + public + message).digest(), "little") % L


def holds(public: Point, r: bytes, s: int, encoded_public: bytes, message: bytes, *, cofactor: int) -> bool:
    """With cofactor 1 this project's one equation, encode([S]B - [k]A) = R; with 8 the lenient one, for contrast."""
    k = challenge(r, encoded_public, message)
    left = add(multiply(s, BASE), negate(multiply(k, public)))
    if cofactor == 1:
        return encode(left) == r
    point = recover(int.from_bytes(r, "little") % 2**255 % P, r[31] >> 7)
    return point is not None and multiply(8, left) == multiply(8, point)
