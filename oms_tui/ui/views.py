"""Saved views: those of the config and its files, and those every desk has."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from oms_tui.domain.standard_views import STANDARD, StandardView
from oms_tui.ui.questions import Question

if TYPE_CHECKING:
    from oms_tui.config_model import Config


class Choice(NamedTuple):
    """A view one can choose; ``help`` says what it shows, ``file`` where it stands ("" for those of every desk)."""

    question: Question
    help: str
    file: str = ""


def _question(view: StandardView) -> Question:
    return Question(view.query, view.sort, view.name, view.columns)


def choices(config: Config) -> list[Choice]:
    """Every view: the config's first, then those every desk has, but for names that the config has taken."""
    from oms_tui.domain.nobodys_view import nobodys_view

    own = [
        Choice(Question(view.query, view.sort or "priority", view.name, view.columns), "", view.file)
        for view in config.views.values()
    ]
    taken = {view.question.title.casefold() for view in own}
    queries = [view.query for view in config.views.values()]
    left = nobodys_view(queries, tiers=list(config.tiers), agents=list(config.agents))
    standard = (*STANDARD, *([left] if left is not None else ()))
    return [*own, *(Choice(_question(view), view.help) for view in standard if view.name.casefold() not in taken)]


def named(config: Config, title: str) -> Question | None:
    """The view of that name as it is defined now, None if there is none any more."""
    return next((each.question for each in choices(config) if each.question.title == title), None)
