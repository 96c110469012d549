"""The screens beside the desk itself, each made when it is first gone to: a new screen is one more line here.

The command ``go_<name>`` (``keys.COMMANDS``) goes to the screen of that name.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from oms_tui.ui import keys

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.screen import Screen


def _unlinked() -> Screen[Any]:
    from oms_tui.ui.screens.unlinked import UnlinkedScreen

    return UnlinkedScreen()


def _outbox() -> Screen[Any]:
    from oms_tui.ui.screens.outbox import OutboxScreen

    return OutboxScreen()


def _sources() -> Screen[Any]:
    from oms_tui.ui.screens.sources import SourcesScreen

    return SourcesScreen()


def _tasks() -> Screen[Any]:
    from oms_tui.ui.screens.tasks import TasksScreen

    return TasksScreen()


def _unattended() -> Screen[Any]:
    from oms_tui.ui.screens.unattended import UnattendedScreen

    return UnattendedScreen()


def _notices() -> Screen[Any]:
    from oms_tui.ui.screens.notices import NoticesScreen

    return NoticesScreen()


def _rules() -> Screen[Any]:
    from oms_tui.ui.screens.rules import RulesScreen

    return RulesScreen()


def _calls() -> Screen[Any]:
    from oms_tui.ui.screens.calls import CallsScreen

    return CallsScreen()


def _reports() -> Screen[Any]:
    from oms_tui.ui.screens.reports import ReportsScreen

    return ReportsScreen()


MODES: Final[dict[str, str | Callable[[], Screen[Any]]]] = {
    keys.UNLINKED: _unlinked,
    keys.OUTBOX: _outbox,
    keys.SOURCES: _sources,
    keys.TASKS: _tasks,
    keys.CALLS: _calls,
    keys.UNATTENDED: _unattended,
    keys.NOTICES: _notices,
    keys.RULES: _rules,
    keys.REPORTS: _reports,
}
"""The name of each screen's place, and what makes it."""
