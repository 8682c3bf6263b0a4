"""Write src/parley/unicode14.py: which characters words may hold, frozen at Unicode 14.

Run it with an interpreter whose `unicodedata` is at 14.0.0 (Python 3.11):
`python tools/unicode14.py > src/parley/unicode14.py`.
It refuses any other version, so that the table cannot drift with the interpreter.

Source: the Unicode Character Database 14.0.0, general categories; Default_Ignorable_Code_Point outside Cf is listed
here by hand because `unicodedata` does not carry that property (DerivedCoreProperties.txt, 14.0.0).
"""

from __future__ import annotations

import sys
import unicodedata
from collections.abc import Callable, Iterator

LAST = 0x10FFFF
# Format characters that print: they precede or enclose the digits they sign (Prepended_Concatenation_Mark).
PRINTED_FORMAT = {*range(0x600, 0x606), 0x6DD, 0x70F, 0x890, 0x891, 0x8E2, 0x110BD, 0x110CD}
# Default-ignorable marks and letters that are not of category Cf: nothing of them shows by itself.
IGNORABLE = (
    (0x34F, 0x34F),  # combining grapheme joiner
    (0x115F, 0x1160),  # Hangul fillers
    (0x17B4, 0x17B5),  # Khmer inherent vowels
    (0x180B, 0x180F),  # Mongolian variation selectors
    (0x3164, 0x3164),
    (0xFE00, 0xFE0F),  # variation selectors
    (0xFFA0, 0xFFA0),
    (0xE0100, 0xE01EF),
)


def assigned(code: int) -> bool:
    """Assigned to a character: not unassigned, not private, not a surrogate."""
    return unicodedata.category(chr(code)) not in {"Cn", "Co", "Cs"}


def hidden(code: int) -> bool:
    """Assigned, and nothing of it shows: format characters and other default ignorables, the joiners included."""
    if code in PRINTED_FORMAT:
        return False
    return unicodedata.category(chr(code)) == "Cf" or any(first <= code <= last for first, last in IGNORABLE)


def ranges(member: Callable[[int], bool]) -> Iterator[tuple[int, int]]:
    """The maximal runs of code points for which `member` holds, first and last included."""
    first = None
    for code in range(LAST + 2):
        inside = code <= LAST and member(code)
        if inside and first is None:
            first = code
        elif not inside and first is not None:
            yield first, code - 1
            first = None


def packed(runs: Iterator[tuple[int, int]]) -> str:
    """Gaps and lengths in turn, in hexadecimal: how far to the next run, how many code points beyond its first."""
    words, position = [], 0
    for first, last in runs:
        words += [f"{first - position:x}", f"{last - first:x}"]
        position = last
    return " ".join(words)


def literal(name: str, text: str, comment: str) -> str:
    """A string constant, wrapped at 112 columns."""
    lines, line = [], ""
    for word in text.split():
        if len(line) + len(word) > 108:
            lines.append(line)
            line = ""
        line += word + " "
    lines.append(line.rstrip())
    if len(lines) == 1:
        return f'# {comment}\n{name} = "{lines[0]}"\n'
    body = "\n".join(f'    "{part}"' for part in lines)
    return f"# {comment}\n{name} = (\n{body}\n)\n"


def main() -> int:
    if unicodedata.unidata_version != "14.0.0":
        sys.stderr.write(f"this interpreter carries Unicode {unicodedata.unidata_version}; the table is of 14.0.0\n")
        return 1
    spaces = packed(ranges(lambda code: unicodedata.category(chr(code)) == "Zs"))
    sys.stdout.write(
        '"""Which characters words may hold, frozen at Unicode 14.0.0. Written by tools/unicode14.py; do not edit.\n\n'
        "Each table is gaps and lengths in turn, in hexadecimal: how far from the last run's end to the next run's\n"
        'first code point, and how many code points follow that one.\n"""\n\n'
        + literal("ASSIGNED", packed(ranges(assigned)), "Assigned to a character: categories other than Cn, Co, Cs.")
        + "\n"
        + literal(
            "HIDDEN", packed(ranges(hidden)), "Format characters and other default ignorables, of which nothing shows."
        )
        + "\n"
        + literal("SPACES", spaces, "Space separators (Zs): all are folded into U+0020.")
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
