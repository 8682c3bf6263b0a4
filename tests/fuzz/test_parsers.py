"""Any bytes at all: a parser returns what it would print, or raises one of the four families; never anything else.

The number of tries for each parser is PARLEY_FUZZ (default 300; the slow suite takes 20,000).
"""

from __future__ import annotations

import os
import random

import pytest

from parley.errors import ParleyError
from tests.fuzz.parsers import PARSERS, Parser

INTERESTING = (
    *(b"\x00", b"\xff", b"\n", b"\r\n", b" ", b'"', b"\\u0000", b"=", b"-", b"+1", b"{}", b"[", b"null", b"\x1b"),
    *("\u202e".encode(), "é".encode(), b"9" * 30, b"\x80" * 8),
)


def mutate(data: bytes, chance: random.Random) -> bytes:
    """One to four small changes, of the kinds that break parsers."""
    out = bytearray(data)
    for _ in range(chance.choice((1, 1, 1, 2, 4))):
        at = chance.randrange(len(out) + 1)
        match chance.randrange(7):
            case 0 if out:
                out[at % len(out)] ^= 1 << chance.randrange(8)
            case 1:
                out[at:at] = chance.choice(INTERESTING)
            case 2:
                del out[at : at + chance.choice((1, 1, 2, 7, 64))]
            case 3:
                out[at:at] = out[at : at + chance.choice((1, 4, 32, 100))]
            case 4:
                out = out[:at]
            case 5:
                other = chance.randrange(len(out) + 1)
                size = chance.choice((1, 8, 33))
                out[at : at + size] = out[other : other + size]
            case _:
                out[at : at + 1] = bytes((chance.randrange(256),))
    return bytes(out)


def check(parser: Parser, data: bytes) -> bool:
    """Whether the bytes were accepted; fails when they were and would be printed otherwise."""
    try:
        value = parser.parse(data)
    except ParleyError:
        return False
    if parser.write is not None:
        assert parser.write(value) == data, f"{parser.name} accepts what it would not print"
    return True


def storm(parser: Parser, tries: int, salt: str) -> None:
    chance = random.Random(f"{parser.name} {salt}")
    for _ in range(tries):
        check(parser, mutate(chance.choice(parser.seeds), chance))


@pytest.mark.parametrize("parser", PARSERS, ids=lambda parser: parser.name)
def test_the_seeds_are_accepted(parser: Parser) -> None:
    for data in parser.seeds:
        assert check(parser, data)


@pytest.mark.parametrize("parser", PARSERS, ids=lambda parser: parser.name)
def test_mutated_bytes(parser: Parser) -> None:
    storm(parser, int(os.environ.get("PARLEY_FUZZ", "300")), "fast")


@pytest.mark.parametrize("parser", PARSERS, ids=lambda parser: parser.name)
def test_every_cut_and_every_flipped_bit_of_a_short_seed(parser: Parser) -> None:
    for data in (seed[:600] for seed in parser.seeds[:2]):
        for at in range(len(data)):
            check(parser, data[:at])
            check(parser, data[:at] + bytes((data[at] ^ 0x20,)) + data[at + 1 :])


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.parametrize("parser", PARSERS, ids=lambda parser: parser.name)
def test_a_long_storm(parser: Parser) -> None:
    storm(parser, int(os.environ.get("PARLEY_FUZZ_LONG", "20000")), "slow")
