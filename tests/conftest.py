"""Hypothesis draws the same examples in every run of the fast suite, and many more in the slow one."""

import os

from hypothesis import HealthCheck, settings

settings.register_profile("fast", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("deep", deadline=None, max_examples=1500, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile(os.environ.get("PARLEY_HYPOTHESIS", "fast"))
