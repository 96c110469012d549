"""The set steps for a kind of order: which are done, by whom, which were skipped and why, and which comes next.

A step is ticked by a person, or by itself when the action it names was done to the order. What is ticked is kept by the
step's id, so a file may be edited, its steps moved and reworded, without a tick getting lost.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from oms_tui.domain.vocabulary import Word

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence


class StepState(Word):
    """How a step stands."""

    OPEN = "open"
    DONE = "done"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True)
class StepRule:
    """One step: what is done, by whom (a Role, "" for anybody), and the action of the catalogue that does it.

    ``id`` names it for ever; where a file gives none it is made from the title (``step_id``).
    """

    id: str
    title: str
    role: str = ""
    action: str = ""


@dataclass(frozen=True, slots=True)
class ProcedureRule:
    """The steps for the orders that the query ``when`` finds; "" for all that are open."""

    name: str
    when: str
    steps: tuple[StepRule, ...]


@dataclass(frozen=True, slots=True)
class Mark:
    """What a person said of a step: its StepState, who, when (milliseconds since 1970 UTC), and why it was skipped."""

    state: str
    by: str
    at: int
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Done:
    """An action that was done to an order, and not taken back."""

    action: str
    by: str
    at: int


@dataclass(frozen=True, slots=True)
class Step:
    """A step of an order. ``by_itself``: it was ticked by its action, and not by hand."""

    rule: StepRule
    state: StepState = StepState.OPEN
    by: str = ""
    at: int | None = None
    reason: str = ""
    by_itself: bool = False


UNDONE: Final = "undone"
"""The kind of event that takes an action back."""


def step_id(title: str) -> str:
    """The id of a step that was given none: its title in small letters, with ``_`` for all that is no letter or digit.

    ``Write the card!`` is ``write_the_card``.
    """
    plain = "".join(char if char.isalnum() else " " for char in title.casefold())
    return "_".join(plain.split())


def actions_done(log: Iterable[tuple[str, str, str, int]]) -> dict[str, Done]:
    """The actions done to an order, by id, each as it was done last.

    Args:
        log: (kind of event, action, who, when) of the order, oldest first. What was undone is taken off again: by the
            same person the newest, as undo itself goes.
    """
    done: dict[str, list[Done]] = {}
    for kind, action, by, at in log:
        if not action:
            continue
        before = done.setdefault(action, [])
        if kind == UNDONE:
            theirs = next((each for each in reversed(before) if each.by == by), None)
            if theirs is not None:
                before.remove(theirs)
        elif not before or (before[-1].by, before[-1].at) != (by, at):  # one action may write several lines
            before.append(Done(action, by, at))
    return {action: each[-1] for action, each in done.items() if each}


def steps_of(rule: ProcedureRule, marks: Mapping[str, Mark], done: Mapping[str, Done]) -> tuple[Step, ...]:
    """How each step of a procedure stands.

    Args:
        rule: the procedure.
        marks: by step id, what people said of it last; ``open``: it is not done after all, whatever was done before.
        done: the actions done to the order, by id.
    """
    return tuple(_step(step, marks.get(step.id), done.get(step.action) if step.action else None) for step in rule.steps)


def _step(rule: StepRule, mark: Mark | None, done: Done | None) -> Step:
    if mark is not None and mark.state in {StepState.DONE, StepState.SKIPPED}:
        return Step(rule, StepState(mark.state), mark.by, mark.at, mark.reason)
    if done is not None and (mark is None or done.at > mark.at):
        return Step(rule, StepState.DONE, done.by, done.at, by_itself=True)
    return Step(rule)


def next_open(steps: Sequence[Step]) -> Step | None:
    """The step that comes next: the first that is open; None where all are done or skipped."""
    return next((step for step in steps if step.state == StepState.OPEN), None)


def settled(steps: Sequence[Step]) -> int:
    """How many are done or skipped."""
    return sum(step.state != StepState.OPEN for step in steps)
