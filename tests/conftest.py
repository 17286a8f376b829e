"""Settings for every test: how many cases hypothesis tries, whether skipping is allowed, what is said of skipped tests.

HYPOTHESIS_PROFILE=ci tries a thousand cases for each law, HYPOTHESIS_PROFILE=landing the same hundred every time. With
GATEWISE_NOTHING_SKIPPED=1 a skipped test fails the run, so that a missing extra can't hide the tests that need it.
"""

import os

from hypothesis import HealthCheck, settings
from support.extras import told

quiet = [HealthCheck.too_slow, HealthCheck.data_too_large]
settings.register_profile("default", max_examples=100, deadline=None, suppress_health_check=quiet)
settings.register_profile("landing", max_examples=100, deadline=None, derandomize=True, suppress_health_check=quiet)
settings.register_profile("ci", max_examples=1000, deadline=None, derandomize=True, suppress_health_check=quiet)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "default"))


def pytest_terminal_summary(terminalreporter):
    skipped = terminalreporter.stats.get("skipped", [])
    reasons = [report.longrepr[2].removeprefix("Skipped: ") for report in skipped]
    for line in told(reasons):
        terminalreporter.write_line(line)
    if os.environ.get("GATEWISE_NOTHING_SKIPPED") and skipped:
        terminalreporter.write_line("skipped tests count as failures here (GATEWISE_NOTHING_SKIPPED)")


def pytest_sessionfinish(session):
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if os.environ.get("GATEWISE_NOTHING_SKIPPED") and reporter and reporter.stats.get("skipped"):
        session.exitstatus = 1
