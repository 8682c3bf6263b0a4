"""When an agreement ends by a party's own word, and whether that word can be taken back."""

from __future__ import annotations

from parley.client.underway import Text
from parley.crypto import Digest
from parley.errors import Refused
from parley.measures.standing import StandingAt


def check_resumption(at: StandingAt, text: Text, *, by: str, cites: Digest | None) -> None:
    """Whether a party may resume, before it signs: what it denounced it takes back by name, and before the end.

    Raises: Refused("step.ended") after the end, Refused("step.which") where the denunciation is not named.
    """
    end = at.denounced.get(by)
    if end is None or end.step is None:
        return
    if at.now > end.at:
        raise Refused("step.ended", reference=end.step.reference, time=end.at.to_text())
    if cites is None:
        raise Refused("step.which", name=text.agreement.id, reference=end.step.reference)
