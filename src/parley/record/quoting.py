"""Whether a quotation stands word for word in a provision: the rule that the pages' own script has, for the press.

Words are compared in their case; punctuation, quotation marks and spaces are not. A sign of a script that is written
without spaces is a word. Nothing is said of what was not released.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

_HAN = (
    "\u2e80-\u2e99\u2e9b-\u2ef3\u2f00-\u2fd5\u3005\u3007\u3021-\u3029\u3038-\u303b\u3400-\u4dbf\u4e00-\u9fff"
    "\uf900-\ufa6d\ufa70-\ufad9\U00020000-\U000323af"
)
_IS_HAN = re.compile(f"[{_HAN}]")


def words_of(text: str) -> list[str]:
    """The words of a text, compared in NFC with one kind of apostrophe and hyphen."""
    plain = unicodedata.normalize("NFC", text).replace("\u00ad", "").replace("\u2019", "'").replace("\u2011", "-")
    return list(_words(plain))


def _words(text: str) -> Iterator[str]:
    word = ""
    for place, sign in enumerate(text):
        if _IS_HAN.fullmatch(sign):
            yield from _whole(word)
            yield sign
            word = ""
        elif _of_a_word(sign) or (sign in "'-" and word and _of_a_word(word[-1]) and _begins(text, place + 1)):
            word += sign
        else:
            yield from _whole(word)
            word = ""
    yield from _whole(word)


def _whole(word: str) -> Iterator[str]:
    if word:
        yield word


def _of_a_word(sign: str) -> bool:
    return unicodedata.category(sign)[0] in "LNM" and not _IS_HAN.fullmatch(sign)


def _begins(text: str, place: int) -> bool:
    return place < len(text) and _of_a_word(text[place])


def stands_in(quotation: str, words: str) -> bool:
    """Whether the words of a quotation stand in a provision one after another, all of them and no other between."""
    quoted, own = words_of(quotation), words_of(words)
    return bool(quoted) and any(
        own[place : place + len(quoted)] == quoted for place in range(len(own) - len(quoted) + 1)
    )
