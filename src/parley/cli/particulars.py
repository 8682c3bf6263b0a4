"""What is said of a paper beside its file: by options, else asked for once all that was named has been checked."""

from __future__ import annotations

import unicodedata
from pathlib import Path
from typing import TYPE_CHECKING, Any

from parley.cli.command import Word
from parley.cli.session import Session, given
from parley.errors import Malformed, Refused
from parley.words import say, term
from parley.words.table import aligned

DEFAULT_LANGUAGE = "en"

if TYPE_CHECKING:
    from parley.act import Opening, OpeningKind
    from parley.canonical import Time
    from parley.client import Delegation
    from parley.terms import Terms


def split(values: tuple[str, ...]) -> list[str]:
    """Options that may be repeated or hold several values with commas."""
    return [part.strip() for value in values for part in value.split(",") if part.strip()]


def recipients(session: Session, delegation: Delegation, to: tuple[str, ...], options: dict[str, Any]) -> list[str]:
    """The recipients' short names, by option or asked for; all that is named is checked, before anything else is asked.

    Raises: as `delegation.check_wish`.
    """

    def read(text: str) -> list[str]:
        found = [delegation.partner(party) for party in split((text,))]
        session.learn(found)
        if not found:
            raise Refused("deposit.no-recipient")
        return [partner.party for partner in found]

    delegation.sync()
    if options["in_reply_to"] is None:
        delegation.negotiation(options["negotiation"])
    missing = "--to PARTY"
    found = read(",".join(to)) if to else session.asked_until(say("ask.to"), read, missing=missing)
    named = given({"in_reply_to": options["in_reply_to"], "replaces": options["replaces"]})
    named |= {"info": split(options["info"]), "accept_by": limit_of(options["accept_by"])}
    delegation.check_wish(found, options["negotiation"], unconfirmed=options["unconfirmed"], **named)
    return found


def addressed(
    session: Session,
    delegation: Delegation,
    options: dict[str, Any],
    *,
    everybody: bool = False,
    terms: str = "confidential",
) -> dict[str, Any]:
    """To whom, and under which terms, a paper goes whose text a program writes.

    The recipients are those of --to, else the other party where there is one only, else `everybody` in the
    negotiation, or who is then asked for.
    The terms are those of --terms, else the negotiation's, else the preset `terms`.
    Raises: as `recipients` and `known_terms`.
    """
    from parley.terms import preset

    named = {"info": (), "in_reply_to": None, "accept_by": None} | options | {"replaces": None, "required": False}
    delegation.sync()
    to = options["to"]
    if not to:
        parties = delegation.negotiation(options["negotiation"]).parties
        others = tuple(party for party in parties if party != session.ours)
        to = others if everybody or len(others) == 1 else ()
    found = recipients(session, delegation, to, named)
    chosen = known_terms(session, delegation, named, found) or preset(terms, parties=(session.ours, *found))
    return {"to": found, "terms": chosen} | stated(options)


def stated(options: dict[str, Any]) -> dict[str, Any]:
    """What was said, by options, of a paper whose text a program writes, beside to whom and under which terms."""
    found = {"language": options["language"], "unconfirmed": options["unconfirmed"]}
    return given(found | {"info": split(options["info"])} if "info" in options else found)


def asked(session: Session, option: str, choices: tuple[str, ...]) -> str:
    """A choice nobody gave as an option: asked for, or exit 2 where nobody can be asked."""
    word = Word(choices)
    prompt = say("ask.choice", option=option, choices=", ".join(word.written()))
    return session.asked_until(prompt, word.typed, missing=f"--{option}")


def known_terms(session: Session, delegation: Delegation, options: dict[str, Any], to: list[str]) -> Terms | None:
    """The terms: by option, else the negotiation's own; None where they have to be asked for."""
    if options["terms"] is None:
        return delegation.negotiation(options.get("negotiation")).rules.terms
    return terms_of(options["terms"], delegation, (session.ours, *to), required=options["required"])


def asked_terms(session: Session, delegation: Delegation, options: dict[str, Any], recipients: list[str]) -> Terms:
    """The terms that somebody chooses, who is told what each preset means."""
    from parley.terms import PRESETS

    if session.terminal:
        session.tell(aligned([[term("presets", name), say(f"terms-meaning.{name}")] for name in PRESETS], indent="  "))
    parties = (session.ours, *recipients)
    return session.asked_until(
        say("ask.choice", option="terms", choices=", ".join(PRESETS)),
        lambda typed: terms_of(typed, delegation, parties, required=options["required"]),
        missing="--terms",
    )


def asked_of_file(session: Session, source: Path, options: dict[str, Any]) -> dict[str, Any]:
    """Subject and language of a file that goes in whole, which cannot be read out of it; asked for unless given.

    Of a text, the language is asked for where it is plainly not the one that is taken when nothing is said.
    Raises: Malformed("use.language-unsaid") for such a text where nobody can be asked.
    """
    from parley.articulate import is_read

    if is_read(source.name):
        return _language_of_text(session, source, options)
    if not session.terminal or session.yes:
        return {}
    found: dict[str, Any] = {}
    if options["subject"] is None and options["title"] is None:
        subject = session.question(say("ask.subject", file=source.name), missing="--subject").strip()
        found |= {"subject": subject} if subject else {}
    if options["language"] is None:
        prompt = say("ask.language", file=source.name)
        found["language"] = session.asked_until(prompt, _language, missing="--language")
    return found


def _language_of_text(session: Session, source: Path, options: dict[str, Any]) -> dict[str, Any]:
    from parley.cli.files import beginning

    if options["language"] is not None or not in_other_letters(beginning(source)):
        return {}
    if not session.terminal or session.yes:
        raise Malformed("use.language-unsaid", file=source.name)
    prompt = say("ask.language-of-text", file=source.name)
    return {"language": session.asked_until(prompt, _language_said, missing="--language")}


def in_other_letters(text: str) -> bool:
    """Whether most letters of a text are not Latin ones."""
    letters = [sign for sign in text if sign.isalpha()]
    return sum(unicodedata.name(sign, "").startswith("LATIN ") for sign in letters) * 2 < len(letters)


def _language_said(typed: str) -> str:
    from parley.client.wish import check_language

    return check_language(typed.strip())


def _language(typed: str) -> str:
    from parley.client.wish import check_language

    return check_language(typed.strip() or DEFAULT_LANGUAGE)


def terms_of(text: str, delegation: Delegation, parties: tuple[str, ...], *, required: bool = False) -> Terms:
    """Terms by the name of a preset, or from a TOML file. Raises: Malformed for neither."""
    from parley.cli.terms_file import read_terms
    from parley.terms import PRESETS, preset

    name = text.strip().casefold()
    if not name:
        raise Malformed("terms.preset")
    if name in PRESETS or not text.endswith(".toml"):
        return preset(name, parties=parties, force="required" if required else "asked")
    return read_terms(Path(text), parties, lambda party: delegation.partner(party).party)


def limit_of(text: str | None) -> Time | str | None:
    """The limit as typed: a bare date stays one, and means the end of that day in the recipient's capital."""
    from parley.words.clock import end_of_day, is_day, read_instant

    if text is None:
        return None
    if is_day(text):
        end_of_day(text, "UTC")
        return text
    return read_instant(text)


def opening_of(session: Session, kind: OpeningKind, at: str | None) -> Opening:
    """When a paper opens, as typed. Raises: Malformed("use.opening"), Malformed("use.opens-at"), Refused."""
    from parley.act import Opening
    from parley.words.clock import read_instant

    if kind in ("together", "held"):
        raise Malformed("use.opening", opening=kind)
    if (kind == "not_before") != (at is not None):
        raise Malformed("use.opens-at")
    time = read_instant(at) if at is not None else None
    if time is not None and time <= session.now():
        raise Refused("deposit.opens-passed", time=time.to_text())
    return Opening(kind=kind, round=None, time=time)
