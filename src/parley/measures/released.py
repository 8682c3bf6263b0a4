"""What a paper says of which nothing is at hand but what was released: its whole text, with its title, and no file.

The form is the one of the agreement whose items, in a language of it, stand over the provisions. What was understood is
made into a document again, and must be what was released, to the letter: title, language, every provision. So nothing
is guessed, and a test is known by its title. Of a part of a paper nothing is read: whether it is a test, nobody sees.

Pure. Verifies nothing about who released it, nor that the words are those of the deposit. Source: spec/measures.md.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date

from parley.canonical import Time, encode
from parley.disclosure import Leaf, Manifest, contents
from parley.errors import Malformed
from parley.measures.agreement import Agreement
from parley.measures.content import Content, Value, of_items
from parley.measures.entry import in_language
from parley.measures.form import Form, Item
from parley.measures.paper_text import REMARKS, document_of
from parley.wording import canonical_line, canonical_words

TEST = "TEST: "
_COUNT = re.compile(r"0|[1-9][0-9]{0,15}")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def read_whole(agreement: Agreement, manifest: Manifest, leaves: Sequence[Leaf]) -> Content | None:
    """The content of a filled form of this agreement; None for whatever is none, or could be two, to the letter."""
    if manifest.original is None or len(manifest.languages) != 1:
        return None
    language = manifest.languages[0]
    if language.language not in agreement.languages:
        return None
    released = (encode(manifest), *(encode(leaf) for leaf in leaves))
    test = manifest.title.startswith(TEST)
    found = [
        content
        for form in agreement.forms
        if (content := _as_form(agreement, form, leaves, language.language, test=test)) is not None
        and contents(
            document_of(content, agreement, manifest.original, language=language.language, status=language.status)
        )
        == released
    ]
    return found[0] if len(found) == 1 else None


def _as_form(agreement: Agreement, form: Form, leaves: Sequence[Leaf], language: str, *, test: bool) -> Content | None:
    """The content that these provisions are as answers to a form; None where they are not, or break its bounds."""
    items: dict[str, Value] = {}
    remarks = ""
    named = {f"{item.number} — {canonical_line(in_language(item.title, language))}": item for item in form.items}
    for leaf in leaves:
        item = named.get(leaf.path[-1]) if len(leaf.path) == 1 else None
        if item is None and leaf.path == (REMARKS.get(language, REMARKS["en"]),):
            remarks = leaf.words
            continue
        if item is None or item.id in items:
            return None
        values = list(_values(item, leaf.words, language))
        if len(values) != 1:
            return None
        items[item.id] = values[0]
    try:
        return of_items(agreement, form, items, remarks=remarks, test=test)
    except Malformed:
        return None


def _values(item: Item, words: str, language: str) -> Iterator[Value]:
    """What an answer can be that has these words: of choices with one title, several."""
    match item.type:
        case "choice":
            titled = {choice.id: canonical_words(in_language(choice.title, language)) for choice in item.choices}
            yield from (name for name, title in titled.items() if title == words)
        case "count":
            unit = f" {in_language(item.unit, language)}" if item.unit else ""
            number = words.removesuffix(canonical_words(f"0{unit}")[1:]) if unit else words
            if _COUNT.fullmatch(number):
                yield int(number)
        case "yes_no":
            if words in ("YES", "NO"):
                yield words == "YES"
        case "date":
            if _DAY.fullmatch(words):
                yield from _day(words)
        case "time":
            yield from _instant(words)
        case _:
            yield words


def _day(words: str) -> Iterator[Value]:
    try:
        yield date.fromisoformat(words)
    except ValueError:
        return


def _instant(words: str) -> Iterator[Value]:
    try:
        yield Time.from_text(words)
    except Malformed:
        return
