"""The feed of a record: what happened last, as Atom (RFC 4287), for readers who follow a negotiation.

An entry is named after its act, so the same act is the same entry in every record. Without an address the feed has
links that lead from where it lies.
"""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import quote
from xml.sax.saxutils import escape, quoteattr

from parley.canonical import Time
from parley.record.events import Event
from parley.words import spoken
from parley.words.neutral import shown

MOST = 100


def atom(
    found: Sequence[Event],
    *,
    log: str,
    title: str,
    author: str,
    as_of: Time,
    address: str | None,
    name: str,
    page: str,
    suffix: str,
) -> bytes:
    """The feed of the last acts, newest first; quotations from elsewhere are not in it, since nothing proves them."""
    acts = [event for event in found if event.digest is not None][-MOST:][::-1]
    base = f" xml:base={quoteattr(address)}" if address else ""
    here = f"{address or ''}{name}"
    lines = [
        '<?xml version="1.0" encoding="utf-8"?>',
        f'<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="{spoken()}"{base}>',
        f"<id>{escape(address + name) if address else _tag(log, as_of, 'record')}</id>",
        f"<title>{_text(title)}</title>",
        f"<updated>{max((event.time for event in acts), default=as_of).to_text()}</updated>",
        f"<author><name>{_text(author)}</name></author>",
        f'<link rel="self" href={quoteattr(here)}/>',
        f"<link href={quoteattr((address or '') + page)}/>",
        *(line for event in acts for line in _entry(event, log, address or "", suffix)),
        "</feed>",
    ]
    return ("\n".join(lines) + "\n").encode("utf-8")


def _entry(event: Event, log: str, address: str, suffix: str) -> list[str]:
    assert event.digest is not None  # noqa: S101 - atom takes no others
    what = f"{event.reference} · {event.what}"
    link = f"{address}{event.stem}{suffix}"
    return [
        "<entry>",
        f"<id>{_tag(log, event.time, event.digest.hex())}</id>",
        f"<title>{_text(what)}</title>",
        f"<updated>{event.time.to_text()}</updated>",
        f"<author><name>{_text(event.speaker)}</name></author>",
        f"<link href={quoteattr(link)}/>",
        f"<summary>{_text(': '.join(piece for piece in (what, event.more, event.quoted) if piece))}</summary>",
        "</entry>",
    ]


def _tag(log: str, time: Time, what: str) -> str:
    """A name that stays (RFC 4151), under the depositary's name and the day of the entry."""
    host, _, rest = log.partition("/")
    return f"tag:{escape(quote(host, safe='.-'))},{time.to_text()[:10]}:{escape(quote(rest, safe='/'))}:{what}"


def _text(text: str) -> str:
    """Text of others: escaped, and without characters that XML cannot hold or a reader cannot see."""
    return escape(shown(text))


__all__ = ["MOST", "atom"]
