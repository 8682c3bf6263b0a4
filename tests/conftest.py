"""What holds for every test: the same examples in every run, and nothing computed twice that comes out the same."""

from __future__ import annotations

import functools
import os

from hypothesis import HealthCheck, settings

from parley.client import locked

# Hypothesis draws the same examples in every run of the fast suite, and many more in the slow one.
settings.register_profile("fast", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("deep", deadline=None, max_examples=1500, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile(os.environ.get("PARLEY_HYPOTHESIS", "fast"))

# A home opens with one passphrase and one salt in hundreds of tests. The stretching is the real one, at its real
# cost, and takes a tenth of a second each time: the key it gives for the same two is kept for the next who asks.
locked.stretch_passphrase = functools.cache(locked.stretch_passphrase)
