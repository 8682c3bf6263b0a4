"""Provisions as lawyers name them: "art 5(2)", "Article 4, paragraph 2", "annex I, 2", "second recital", "#7".

A name goes from the outside in ("annex I, art 2(a)") or from the inside out ("paragraph 2 of Article 4"); what it names
is named with everything below it. A comma both descends and lists: what that leaves open is refused, never guessed.
Plain running numbers ("3,5,7-9") name exactly these provisions and nothing below them, as a release states them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from difflib import get_close_matches

from parley.document import Document, Language, Provision
from parley.errors import Malformed
from parley.identifiers import Kind
from parley.naming import (
    LAST,
    RANKS,
    SHORT,
    WORDS,
    Step,
    key_of,
    languages_of,
    ordinal,
    printed,
    rank,
    same_value,
    steps,
)

MAX_TEXT = 2_000
_APART = (Kind.ANNEX, Kind.PROTOCOL)
_BRACKETED = (Kind.PARAGRAPH, Kind.POINT)
_PREFIX = re.compile(r"([a-z]{2,3}(?:-[a-z0-9]{1,8}){0,4}):\s*(.+)", re.DOTALL | re.IGNORECASE)


@dataclass(kw_only=True, slots=True)
class _Found:
    """What a step names and where it was looked for; `inner` when it only led on to something inside it."""

    step: Step
    base: int
    numbers: list[int]
    inner: bool = False
    exactly: bool = False


def cite(document: Document, text: str) -> tuple[int, ...]:
    """The running numbers of what `text` names, each with everything below it, in order.

    Raises: Malformed("citing.unknown") with the part that names nothing and the nearest name there is,
    Malformed("citing.unclear") with the names between which to choose.
    """
    return Places(document).cite(text)


def name(document: Document, number: int) -> str:
    """The lawyers' name of a provision, "art 5(2)": one that `cite` takes for it and what is below it, no more.

    Raises: Malformed when there is no such provision.
    """
    return Places(document).name(number)


class Places:
    """The provisions of one document by their numbers and kinds: for naming and finding many of them."""

    def __init__(self, document: Document) -> None:
        self._document = document
        self._all = document.provisions
        self._children: dict[int, list[int]] = {}
        self._numbered: dict[tuple[int, str], list[int]] = {}
        self._sorted: dict[tuple[int, Kind], list[int]] = {}
        self._anywhere: dict[Kind, dict[str, list[int]]] = {}
        self._depth, self._apart = [0], [False]
        self._end = list(range(len(self._all) + 1))
        self._naming = False
        for place, version in enumerate(document.languages):
            for number in range(version.first, version.last + 1):
                self._enter(self._all[number - 1], -1 - place)
        for number in range(len(self._all), 0, -1):
            parent = self._all[number - 1].parent
            self._end[parent] = max(self._end[parent], self._end[number])

    def _enter(self, provision: Provision, top: int) -> None:
        """`top` stands for what holds the outermost provisions of a language: -1 for the first language, -2 …"""
        number, parent, kind = provision.number, provision.parent, provision.kind
        self._depth.append(self._depth[parent] + 1)
        self._apart.append(kind in _APART or self._apart[parent])
        self._children.setdefault(parent or top, []).append(number)
        self._sorted.setdefault((parent or top, kind), []).append(number)
        key = key_of(provision.label)
        self._anywhere.setdefault(kind, {}).setdefault(key, []).append(number)
        if key:
            self._numbered.setdefault((parent or top, key), []).append(number)

    # --- what others ask --------------------------------------------------------------------------------------------

    def cite(self, text: str) -> tuple[int, ...]:
        """As the function `cite`."""
        found: set[int] = set()
        for number, whole in self._resolve(text):
            found.update(self.subtree(number) if whole else (number,))
        return tuple(sorted(found))

    def roots(self, text: str, *, within: int | None = None) -> tuple[int, ...]:
        """The provisions that `text` names, without what is below them, in order; `within` one of them, or anywhere.

        Raises: as `cite`.
        """
        return tuple(sorted({number for number, _ in self._resolve(text, within)}))

    def subtree(self, number: int) -> tuple[int, ...]:
        """A provision and everything below it. Raises: Malformed when there is none of that number."""
        return tuple(range(self._document.provision(number).number, self._end[number] + 1))

    def name(self, number: int) -> str:
        """As the function `name`."""
        lineage = self._document.lineage(number)
        prefix = self._prefix(lineage[0])
        inner = next((place for place, each in enumerate(lineage) if RANKS[each.kind] >= RANKS[Kind.ARTICLE]), 0)
        wanted = self.subtree(number)
        recital = len(lineage) - 1 if lineage[-1].kind is Kind.RECITAL else inner
        for start in dict.fromkeys((recital, inner, 0)):
            pieces = [self._piece(each, first=place == 0) for place, each in enumerate(lineage[start:])]
            if all(pieces):
                written = prefix + "".join(pieces)
                if self._names(written, wanted):
                    return written
        return f"#{number}"

    def _names(self, text: str, wanted: tuple[int, ...]) -> bool:
        self._naming = True
        try:
            return self.cite(text) == wanted
        except Malformed:
            return False
        finally:
            self._naming = False

    def _prefix(self, outermost: Provision) -> str:
        """Names in the document's first language need no prefix; in another they say which: "ru: art 4"."""
        first = self._document.languages[0]
        return "" if outermost.number <= first.last else f"{outermost.language}: "

    def _piece(self, provision: Provision, *, first: bool) -> str:
        """A provision's part of its name, with what joins it to the part before."""
        kind, number = provision.kind, printed(provision.label)
        holder = self._all[provision.parent - 1].kind if provision.parent else None
        if number and kind in _BRACKETED and not first and holder in (Kind.ARTICLE, *_BRACKETED):
            return f"({number})"
        join = "" if first else ", "
        word = SHORT[kind]
        if provision.label and kind is Kind.ANNEX:
            own = provision.label.split()[0].casefold()
            word = own if own in WORDS and WORDS[own].kinds == (kind,) and WORDS[own].language == "en" else word
        if number and kind in _BRACKETED and not re.fullmatch("[0-9].*", number):
            return f"{join}{word} ({number})"
        if number:
            return f"{join}{word} {number}"
        top = -1 - next(
            place for place, each in enumerate(self._document.languages) if each.first <= provision.number <= each.last
        )
        alike = self._sorted[provision.parent or top, kind]
        if len(alike) == 1 and kind not in (Kind.PARAGRAPH, Kind.POINT, Kind.RECITAL):
            return join + word
        if provision.heading and not set(provision.heading) & set('"“”«»'):
            return f"{join}{word} “{provision.heading}”"
        place = alike.index(provision.number) + 1
        return f"{join}recital {place}" if kind is Kind.RECITAL else f"{join}{ordinal(place)} {word}"

    # --- reading a name ---------------------------------------------------------------------------------------------

    def _resolve(self, text: str, within: int | None = None) -> list[tuple[int, bool]]:
        """What `text` names, and whether with everything below it."""
        text = text.strip()
        if not text or len(text) > MAX_TEXT:
            raise Malformed("citing.unknown", text=text[:60])
        top, text = self._version(text) if within is None else (within, text)
        whole = self._called(text, top) if top < 0 else 0
        if whole:
            return [(whole, True)]
        all_: list[_Found] = []
        found = steps(text)
        for step, following in zip(found, [*found[1:], None], strict=True):
            opens = following is not None and following.bracket and not following.joined
            all_.append(self._take(step, all_, top, opens=opens))
        return [(number, not each.exactly) for each in all_ if not each.inner for number in each.numbers]

    def _version(self, text: str) -> tuple[int, str]:
        """The language version that a name is about: as it says ("ru: …"), or by the language of its words."""
        versions = [version.language.casefold() for version in self._document.languages]
        said = _PREFIX.fullmatch(text)
        if said and said[1].casefold() in versions:
            return -1 - versions.index(said[1].casefold()), said[2]
        for language in languages_of(text):
            for place, version in enumerate(versions):
                if version.split("-")[0] == language:
                    return -1 - place, text
        return -1, text

    def _called(self, text: str, top: int) -> int:
        """The one provision whose heading or identifier is the whole text, or 0."""
        version, wanted = self._range(top), text.casefold()
        found = [
            each.number
            for each in self._all[version.first - 1 : version.last]
            if wanted == each.e_id or (not each.label and wanted == each.heading.casefold())
        ]
        return found[0] if len(found) == 1 else 0

    def _take(self, step: Step, all_: list[_Found], top: int, *, opens: bool) -> _Found:
        """What the next step names. `opens` when brackets follow it directly, as in "5(2)"."""
        last = all_[-1] if all_ else None
        if step.running:
            self._document.provision(step.running)
            return _Found(step=step, base=top, numbers=[step.running])
        if step.word is not None or step.heading:
            holder = self._holder(step, all_)
            if holder is not None:
                holder.inner = True
            return self._only(step, holder.numbers[0] if holder else top)
        if last is None and opens and not step.bracket:
            return self._only(replace(step, word=WORDS["art"]), top)
        if last is None and step.bracket:
            return self._only(step, top)
        if last is None or last.exactly:
            return _Found(step=step, base=top, numbers=self._exactly(step, opens=opens), exactly=True)
        return self._more(step, last, all_, opens=opens)

    def _exactly(self, step: Step, *, opens: bool) -> list[int]:
        first, last = step.number, step.upto or step.number
        if opens or step.bracket or not (re.fullmatch("[0-9]{1,5}", first) and re.fullmatch("[0-9]{1,5}", last)):
            raise Malformed("citing.unknown", text=step.text)
        if not 1 <= int(first) <= int(last) <= len(self._all):
            raise Malformed("citing.unknown", text=step.text, nearest=f"1-{len(self._all)}")
        return list(range(int(first), int(last) + 1))

    def _holder(self, step: Step, all_: list[_Found]) -> _Found | None:
        """What came before and is outside this step; None where the step begins anew."""
        if step.joined == ";" or not all_ or (step.joined == "and" and self._rank(all_[-1]) < rank(step)):
            return None
        limit = rank(step)
        for found in reversed(all_):
            if len(found.numbers) == 1 and not found.exactly and not found.step.running and self._rank(found) < limit:
                return found
            limit = min(limit, self._rank(found))
            if found.step.joined == ";":
                break
        return None

    def _rank(self, found: _Found) -> int:
        return RANKS[self._all[found.numbers[0] - 1].kind]

    def _more(self, step: Step, last: _Found, all_: list[_Found], *, opens: bool) -> _Found:
        """A number without a kind: inside what came last ("annex I, 2"), or one more of its like ("arts 1, 3")."""
        single = len(last.numbers) == 1
        if step.bracket and step.joined and last.step.word is not None and last.step.word.kinds[0] in _BRACKETED:
            step = replace(step, bracket=False)  # "points (a) and (b)": brackets as the numbers of a list
        if not step.joined or step.joined == "of" or (step.bracket and not last.step.bracket):
            last.inner = True
            return self._only(step, last.numbers[0]) if single else self._nothing(step, last.base)
        if step.bracket:
            for earlier in reversed(all_):
                found = self._bearing(step, earlier.base) if earlier.step.bracket else []
                if found or not earlier.step.bracket:
                    return self._one(step, earlier.base, found) if found else self._nothing(step, last.base)
        like = next((each for each in reversed(all_) if not each.step.bracket), last)
        alike = replace(step, word=like.step.word)
        plural = like.step.word is None or like.step.word.plural
        also = self._bearing(alike, like.base, strictly=step.joined == "," and not plural)
        if also and (opens or (last is like and (step.joined != "," or plural))):
            return self._one(alike, like.base, also)
        inside = self._bearing(step, last.base if last.step.bracket else last.numbers[0]) if single else []
        if also and inside:
            raise self._unclear(step, [*inside, *also])
        if inside:
            last.inner = not last.step.bracket
            return self._one(step, last.numbers[0], inside)
        return self._one(alike, like.base, also) if also else self._nothing(alike, like.base)

    # --- one step ---------------------------------------------------------------------------------------------------

    def _only(self, step: Step, base: int) -> _Found:
        if step.heading:
            found = self._headed(step, base)
        elif step.place:
            found = self._placed(step, base)
        elif step.number:
            found = self._bearing(step, base)
        else:
            found = self._of_kind(step, base)
        return self._one(step, base, found) if found else self._nothing(step, base)

    def _one(self, step: Step, base: int, found: list[int]) -> _Found:
        """One provision, or all of its kind up to another beside it."""
        if len(found) > 1:
            raise self._unclear(step, found)
        if not step.upto:
            return _Found(step=step, base=base, numbers=found)
        ends = self._bearing(replace(step, number=step.upto, upto=""), base)
        if len(ends) > 1:
            raise self._unclear(step, ends)
        if not ends or ends[0] < found[0]:
            return self._nothing(step, base)
        first, last = self._document.provision(found[0]), self._document.provision(ends[0])
        between = [
            number
            for number in range(first.number, last.number + 1)
            if self._kind(number) is first.kind
            and (first.parent != last.parent or self._all[number - 1].parent == first.parent)
        ]
        return _Found(step=step, base=base, numbers=between)

    def _bearing(self, step: Step, base: int, *, strictly: bool = False) -> list[int]:
        """Those that bear this number, as written before in value, near before deep."""
        key = key_of(step.number)
        outer = step.word is not None and rank(step) <= RANKS[Kind.ARTICLE] and not strictly
        wanted = [each for each in ((key, same_value(key)) if outer else (key,)) if each]
        all_ = [found for each in wanted if (found := self._with_key(step, base, each))]
        # Seen from the top, "art 1" is Article I of the treaty itself before it is article 1 of an annex.
        own = [found for found in all_ if base > 0 or not self._apart[found[0]] or self._kind(found[0]) in _APART]
        for found in own or all_:
            return found
        if step.word is not None and Kind.RECITAL in step.word.kinds and re.fullmatch("[0-9]{1,5}", key):
            return self._placed(replace(step, place=int(key)), base)
        return []

    def _with_key(self, step: Step, base: int, key: str) -> list[int]:
        here = self._numbered.get((base, key), [])
        if step.word is None:
            # Points may stand below words that have no number of their own.
            bare = [each for each in self._children.get(base, []) if not self._all[each - 1].label]
            return here or [number for each in bare for number in self._numbered.get((each, key), [])]
        kinds = step.word.kinds
        for kind in kinds:
            near = [number for number in here if self._kind(number) is kind]
            if near:
                return self._as_worded(step, near)
        for kind in kinds:
            deep = self._nearest(self._anywhere.get(kind, {}).get(key, []), base)
            if deep:
                return self._as_worded(step, deep)
        return here if kinds[0] in _BRACKETED else []

    def _as_worded(self, step: Step, found: list[int]) -> list[int]:
        """Of annexes and appendices of one number, those that bear the word itself."""
        word = step.word.text if step.word else ""
        named = [each for each in found if self._all[each - 1].label.casefold().startswith(word)]
        return named if len(found) > 1 and named else found

    def _placed(self, step: Step, base: int) -> list[int]:
        """The n-th of its kind in the base, or in the nearest thing below that holds such."""
        for kind in step.word.kinds if step.word else ():
            found = self._sorted.get((base, kind), [])
            if not found:
                near = self._nearest((n for all_ in self._anywhere.get(kind, {}).values() for n in all_), base)
                holders = {self._all[number - 1].parent for number in near}
                found = sorted(near) if len(holders) == 1 else []
            if step.place == LAST and found:
                return found[-1:]
            if 1 <= step.place <= len(found):
                return [found[step.place - 1]]
        return []

    def _of_kind(self, step: Step, base: int) -> list[int]:
        kinds = step.word.kinds[:1] if step.word else ()
        found = [number for kind in kinds for number in self._sorted.get((base, kind), [])]
        deep = (n for kind in kinds for all_ in self._anywhere.get(kind, {}).values() for n in all_)
        return self._as_worded(step, found or self._nearest(deep, base))

    def _headed(self, step: Step, base: int) -> list[int]:
        kinds = step.word.kinds if step.word else tuple(Kind)
        alike = (n for kind in kinds for all_ in self._anywhere.get(kind, {}).values() for n in all_)
        return self._nearest((n for n in alike if self._all[n - 1].heading.casefold() == step.heading), base)

    def _nearest(self, numbers: Iterable[int], base: int) -> list[int]:
        """Those inside the base that are least deep; from the top, those in an annex only where no others are."""
        inside = [number for number in numbers if self._inside(number, base)]
        if base < 0:
            inside = [n for n in inside if not self._apart[n] or self._kind(n) in _APART] or inside
        least = min((self._depth[number] for number in inside), default=0)
        return sorted(number for number in inside if self._depth[number] == least)

    def _inside(self, number: int, base: int) -> bool:
        first, last = (base + 1, self._end[base]) if base > 0 else (self._range(base).first, self._range(base).last)
        return first <= number <= last

    def _range(self, top: int) -> Language:
        return self._document.languages[-1 - top]

    def _kind(self, number: int) -> Kind:
        return self._all[number - 1].kind

    # --- what cannot be found ---------------------------------------------------------------------------------------

    def _nothing(self, step: Step, base: int) -> _Found:
        """Raises: Malformed with the nearest name, of the same kind and inside the same thing where there is one."""
        if self._naming:
            raise Malformed("citing.unknown", text=step.text)
        kinds = step.word.kinds if step.word else tuple(Kind)
        pool = {
            key: found
            for kind in kinds
            for key, all_ in self._anywhere.get(kind, {}).items()
            if key and (found := self._nearest(all_, base))
        }
        beside = {key: all_ for key, all_ in pool.items() if base > 0 and self._all[all_[0] - 1].parent == base}
        pool = beside or pool
        near = get_close_matches(key_of(step.number), list(pool)[:2_000], n=1, cutoff=0.0)
        if not near or not step.number:
            raise Malformed("citing.unknown", text=step.text)
        raise Malformed("citing.unknown", text=step.text, nearest=self._called_safely(pool[near[0]][0]))

    def _unclear(self, step: Step, found: list[int]) -> Malformed:
        if self._naming:
            return Malformed("citing.unclear", text=step.text, candidates="")
        names = [self._called_safely(number) for number in sorted(set(found))[:5]]
        return Malformed("citing.unclear", text=step.text, candidates="; ".join(names))

    def _called_safely(self, number: int) -> str:
        """A name for an error, which never holds the words of a text: a heading is such."""
        called = self.name(number)
        return f"#{number}" if "“" in called else f"{called} (#{number})" if not called.startswith("#") else called
