"""Text of other people, made harmless for a screen: it can neither move the cursor nor turn the reading direction.

What is signed was refused long before if it held such characters; this is the second door, for names of files, for
text that came over the network, and for everything nobody has verified yet.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

_PLAIN = re.compile("[ -~\u00a0-\u00ac\u00ae-\u017f\u0400-\u045f\u2010-\u2015\u2018-\u201f\u2022\u2026\u2116\u2192]*")
"""What stays as it is, whatever its neighbours: Latin and Russian letters, the marks of our own sentences."""
_ENDS = re.compile("[\r\x85\u2028\u2029]")
"""What `faults` takes for a line's end, and what stands within a line here: as faulty as any other control."""


def shown(text: str, *, lines: bool = False) -> str:
    """`text` with every character that hides or controls written out, as `‹U+202E›`; LF stays where `lines` allows.

    Joiners that spelling needs (Persian, Hindi) stay. Characters too new for our tables are written out too.
    """
    if (text.isascii() and text.isprintable()) or _PLAIN.fullmatch(text):
        return text
    return "\n".join(map(_line, text.split("\n"))) if lines else _line(text.replace("\n", "‹U+000A›"))


@lru_cache(maxsize=4096)
def _line(line: str) -> str:
    """One line made harmless; the last ones are remembered, because pages say much of it again and again."""
    from parley.wording import faults  # late, because its tables are large and most of what is shown is plain

    # All by our own table, not by this Python's: what one machine writes out, every machine writes out. And what our
    # table does not have is written out before anything is composed, for a later Unicode may compose it.
    found = {place.column: place.code for place in faults(_ENDS.sub("\0", line))}
    strange = "wording.unassigned" in found.values()
    parts = []
    for column, character in enumerate(line if strange else unicodedata.normalize("NFC", line), start=1):
        if column in found:
            parts.append(f"‹U+{ord(character):04X}›")
        else:
            parts.append(" " if character == "\t" else character)
    return unicodedata.normalize("NFC", "".join(parts))
