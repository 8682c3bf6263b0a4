"""Whom a reader trusts: logs, witnesses and a quorum by `rules`, and the parties' root keys by `trust`."""

from parley.policy.rules import NONE, Policy, QuorumView, Witness, WitnessTime
from parley.policy.trust import Trust, TrustedParty, compare_number, number, parse_number

__all__ = [
    "NONE",
    "Policy",
    "QuorumView",
    "Trust",
    "TrustedParty",
    "Witness",
    "WitnessTime",
    "compare_number",
    "number",
    "parse_number",
]
