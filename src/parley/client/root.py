"""The root of a party: one secret of 32 bytes, kept apart from the daily keyring, and printed once on a sheet."""

from __future__ import annotations


class Root:
    """The root, opened. Keep it for one act only."""
