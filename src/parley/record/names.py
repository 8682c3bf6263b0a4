"""How parties are called in public: as each named itself, in the language that is being spoken where it did."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from parley.act import DEPOSITARY, Enrol
from parley.verdict import Verdict
from parley.words import say, spoken, with_article
from parley.words.neutral import shown


@dataclass(frozen=True, slots=True)
class Names:
    """The names that enrolments give; a party that signed nothing here stands with its id, and that is said."""

    names: dict[str, str]

    @classmethod
    def of(cls, verdicts: Iterable[Verdict]) -> Names:
        """From the enrolments shown; of several of one party the last counts."""
        found: dict[str, str] = {}
        for verdict in verdicts:
            for act in verdict.acts:
                if isinstance(act.act, Enrol):
                    own = {each.language: each.text for each in reversed(act.act.names)}
                    found[act.act.by.party] = own.get(spoken(), act.act.names[0].text)
        return cls(found)

    def plain(self, party: str) -> str:
        """The name alone, for tables and lists."""
        return shown(self.names.get(party, party))

    def __call__(self, party: str) -> str:
        """The name as it stands in a sentence."""
        if party == DEPOSITARY:
            return say("verdict.depositary")
        return with_article(shown(self.names[party])) if party in self.names else say("page.unnamed", party=party)
