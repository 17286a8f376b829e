"""Settings for every test: how many cases hypothesis tries. CI asks for thousands with HYPOTHESIS_PROFILE=ci."""

import os

from hypothesis import HealthCheck, settings

quiet = [HealthCheck.too_slow, HealthCheck.data_too_large]
settings.register_profile("default", max_examples=100, deadline=None, suppress_health_check=quiet)
settings.register_profile("ci", max_examples=1500, deadline=None, derandomize=True, suppress_health_check=quiet)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "default"))
