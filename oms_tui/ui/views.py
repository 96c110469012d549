"""Saved views: those of the config and its files, and those every desk has."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from oms_tui.domain.standard_views import STANDARD, StandardView
from oms_tui.ui.questions import Question

if TYPE_CHECKING:
    from collections.abc import Mapping

    from oms_tui.config_model import View


class Choice(NamedTuple):
    """A view one can choose; ``help`` says what it shows, ``file`` where it stands ("" for those of every desk)."""

    question: Question
    help: str
    file: str = ""


def _question(view: StandardView) -> Question:
    return Question(view.query, view.sort, view.name, view.columns)


def choices(configured: Mapping[str, View]) -> list[Choice]:
    """Every view: the config's first, then those every desk has, but for names that the config has taken."""
    own = [
        Choice(Question(view.query, view.sort or "priority", view.name, view.columns), "", view.file)
        for view in configured.values()
    ]
    taken = {view.question.title.casefold() for view in own}
    return [*own, *(Choice(_question(view), view.help) for view in STANDARD if view.name.casefold() not in taken)]


def named(configured: Mapping[str, View], title: str) -> Question | None:
    """The view of that name as it is defined now, None if there is none any more."""
    return next((each.question for each in choices(configured) if each.question.title == title), None)
