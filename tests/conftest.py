"""Servers that several areas test against, each a plugin of its own under ``servers/``; and no skipped test in CI."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

if TYPE_CHECKING:
    from collections.abc import Generator

_HERE = str(Path(__file__).parent)
if _HERE not in sys.path:  # test folders are no packages, plugins are named from here
    sys.path.insert(0, _HERE)

# A run tells of the code and not of the dice; those are thrown in the long form, which looks for what is not known yet.
settings.register_profile("the same examples", derandomize=True)
settings.load_profile("default" if os.environ.get("OMS_TUI_FAULTS") == "long" else "the same examples")

pytest_plugins = ["servers.dovecot", "servers.smtp_loop", "servers.tryton", "servers.scripted_shop"]


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.CallInfo[None], None]:
    """In CI everything a test may need is there: what is skipped there hides something."""
    outcome = yield
    report = outcome.get_result()
    if os.environ.get("OMS_TUI_NO_SKIP") and report.skipped and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"{report.nodeid} was skipped, and in CI nothing may be: {report.longrepr}"
