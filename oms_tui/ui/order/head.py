"""Who the order is for and how urgent it is: the first thing read, so the most pressing stands first."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final

from oms_tui.domain.vocabulary import DecisionState, Role, Tier, words_of
from oms_tui.ui.order.frame import amount, round_amount
from oms_tui.ui.order.panel import Panel
from oms_tui.ui.order.stage_line import stage_line
from oms_tui.ui.rows import Part, Row, cells, cut, flow, spread

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from oms_tui.store.shapes import OrderView
    from oms_tui.ui.order.frame import Frame

_SOON: Final = 3_600_000  # an hour, in which it is high time
_GAP: Final = 2
_TERMS: Final = 3  # of a priority that are named beside the score
_NEXT_WORDS: Final = {
    "draft": "answer",
    "resolve_outbox": "decide",
    "log_call": "call",
    "remind": "do",
    "refund": "refund",
    "set_delay_reason": "say why",
    "resolve_conflict": "settle",
    "replace": "replace",
    "split": "split",
    "ask_customer": "ask",
    "release": "release",
    "record_receipt": "money",
    "close": "close",
    "step_done": "step",
}


def head_rows(view: OrderView, frame: Frame, width: int) -> list[Row]:
    """Customer, way, lateness, what to do, where it goes, what is out of the ordinary."""
    rows = [
        Row(_customer(view, frame, width), key=("priority",)),
        Row(stage_line(view, width), key=("stage",)),
    ]
    rows += [Row(parts) for parts in _lateness(view, frame, width)]
    rows += [Row(parts, key=("todo",)) for parts in flow(_next(view, frame), width)]
    rows += [Row(parts) for parts in flow(_contact(view), width)]
    rows += _oddities(view, frame, width)
    return rows


def tier_part(tier: str) -> Part:
    """The badge of a tier."""
    words = {Tier.PRIORITY: "PRI", Tier.STANDARD: "STD", Tier.ONE_OFF: "1st"}.get(tier, tier.upper())  # type: ignore[call-overload] # a tier of the desk's own
    return Part(f" {words} ", f"tier.{tier}", bold=tier == Tier.KEY)


def _customer(view: OrderView, frame: Frame, width: int) -> tuple[Part, ...]:
    item, customer = view.item, view.customer
    name = customer.name or item.name or "nobody named"
    left = [Part(name, "strong")]
    if item.tier:
        left += [Part("  "), tier_part(item.tier)]
    if view.claim and view.claim != frame.agent:
        left = [Part(f" {view.claim} is on it ", "badge.warn"), Part("  "), *left]
    right = _priority(view, width)
    for group in _standing(view):
        if cells(left) + cells(group) + cells(right) + _GAP * 2 <= width:
            left += [Part(" " * _GAP), *group]
    return spread(left, right, width)


def _standing(view: OrderView) -> Iterator[list[Part]]:
    """What kind of customer it is; what finds no room beside the name is left to the customer's own page."""
    item, customer = view.item, view.customer
    if item.account_manager:
        acts = f" (away: {view.manager_acting or 'nobody'})" if view.manager_away else ""
        yield [Part("account ", "muted"), Part(item.account_manager, "name"), Part(acts, "warn")]
    if customer.owed:
        yield [Part("owes ", "muted"), Part(round_amount(customer.owed, item.currency), "warn")]
    if customer.orders:
        spend = f" · {round_amount(customer.spend, item.currency)}" if customer.spend else ""
        yield [Part(f"{customer.orders} order{'s' if customer.orders != 1 else ''}{spend}", "text")]
    if customer.company and customer.company != (customer.name or item.name):
        yield [Part(customer.company, "muted")]


def _priority(view: OrderView, width: int) -> list[Part]:
    score = view.item.priority
    if not score:
        return []
    level = "alarm" if score >= 100 else "warn" if score >= 40 else "muted"  # noqa: PLR2004 - two heavy terms; one
    right = [Part(f"priority {score}", level, bold=True)]
    terms = " ".join(term.name for term in view.priority_terms[:_TERMS])
    if terms and width >= 80:  # noqa: PLR2004 - below, the name needs the room
        right.append(Part(f" {terms}", "muted"))
    return right


def _lateness(view: OrderView, frame: Frame, width: int) -> Iterator[tuple[Part, ...]]:
    delay = view.delay
    groups: list[list[Part]] = []
    if delay.late:
        days = "today" if not delay.days else f"{delay.days} day{'s' if delay.days != 1 else ''}"
        said = [Part(f"late {days}", "alarm", bold=True)]
        if delay.reason_text or delay.reason:
            said.append(Part(f": {delay.reason_text or delay.reason.replace('_', ' ')}", "alarm"))
        else:
            said.append(Part(": nobody knows why", "alarm"))
        groups.append(said)
    elif delay.will_be_late:
        by = f" by {delay.days} day{'s' if delay.days != 1 else ''}" if delay.days else ""
        reason = f": {delay.reason_text}" if delay.reason_text else ""
        groups.append([Part(f"will be late{by}", "warn", bold=True), Part(reason, "warn")])
    elif delay.promised_at is not None:
        groups.append([Part("on time", "good")])
    if (delay.late or delay.will_be_late) and delay.reason_source:
        groups[0].append(Part(f", says {delay.reason_source.replace('_', ' ')}", "muted"))
    if delay.promised_at is not None:
        groups.append(
            [Part("promised ", "muted"), Part(frame.day(delay.promised_at), "text"), *_by(delay.promised_source)]
        )
    if delay.predicted_at is not None:
        level = "warn" if delay.late or delay.will_be_late else "text"
        groups.append([Part("now ", "muted"), Part(frame.day(delay.predicted_at), level), *_by(delay.predicted_source)])
    if delay.late or delay.will_be_late:
        told = delay.customer_told_at
        groups.append(
            [Part("the customer does not know", "warn")]
            if told is None
            else [Part(f"told {frame.moment(told)}", "muted")]
        )
    yield from flow(groups, width)


def _by(source: str) -> list[Part]:
    return [Part(f" {source.replace('_', ' ')}", "faint")] if source else []


_OF_TASKS: Final = frozenset({"log_call", "remind"})
"""Next steps that are an open task."""


def _next(view: OrderView, frame: Frame) -> Iterator[list[Part]]:
    action, why, due = view.item.next_action, view.next_why, view.next_due_at
    if action:
        verb = _NEXT_WORDS.get(action, action.replace("_", " "))
        step = [Part("next ", "muted"), Part(verb, "strong"), Part(f": {why}" if why else "", "text")]
        yield step + _due(frame, due)
    elif why:
        yield [Part("next ", "muted"), Part(why, "text"), *_due(frame, due)]
    yield from _procedures(view)
    tasks = sorted((task for task in view.tasks if task.state == "open"), key=lambda task: task.due_at)
    if tasks and action in _OF_TASKS and due == tasks[0].due_at:
        del tasks[0]  # it is what is to be done next, and was said
    for at, task in enumerate(tasks[:2]):
        lead = "then " if action and not at else "and "
        yield [Part(lead, "muted"), Part(task.title, "text"), *_due(frame, task.due_at)]
    if len(tasks) > 2:  # noqa: PLR2004 - the two that are named
        yield [Part(f"and {len(tasks) - 2} more to do", "muted")]


def _procedures(view: OrderView) -> Iterator[list[Part]]:
    """How far each procedure is, and its next step with who does it."""
    for each in view.procedures:
        done = f"{each.settled}/{len(each.steps)}"
        following = each.next
        if following is None:
            yield [Part(f"{each.name} ", "muted"), Part(f"{done} all steps done", "good")]
            continue
        who = f" · {words_of(Role, following.rule.role)}" if following.rule.role else ""
        parts = [Part(f"{each.name} ", "muted"), Part(done, "warn"), Part(f" next: {following.rule.title}", "text")]
        yield [*parts, Part(who, "name")]


def _due(frame: Frame, at: int | None) -> list[Part]:
    if at is None:
        return []
    level = "alarm" if at <= frame.now else "warn" if at - frame.now < _SOON else "muted"
    return [Part(f" (due {frame.moment(at)}, {frame.due(at)})", level)]


def _contact(view: OrderView) -> Iterator[list[Part]]:
    """How to reach them and where it goes: asked for in half of all calls."""
    place = address_text(view)
    if place:
        yield [Part("to ", "muted"), Part(place, "text")]
    if view.email:
        yield [Part(view.email, "text")]
    phone = view.phone or view.ship_to.phone
    if phone:
        yield [Part(phone, "text")]
    if view.item.owner:
        why = f" ({view.owner_why})" if view.owner_why else ""
        yield [Part("owner ", "muted"), Part(view.item.owner, "name"), Part(why, "muted")]
    likely = (other for other in view.related if other.state == DecisionState.PROPOSED and other.strength != "weak")
    maybe = [other.number for other in likely]
    if maybe:
        yield [Part("maybe also ", "muted"), Part(", ".join(maybe), "info")]


def address_text(view: OrderView) -> str:
    """Where the parcels go, in one line; the name only where it is not the customer's."""
    to = view.ship_to
    name = to.name if to.name and to.name != (view.customer.name or view.item.name) else ""
    town = f"{to.postcode} {to.city}".strip()
    return ", ".join(part for part in (name, to.company, to.street, town, to.country) if part)


def _oddities(view: OrderView, frame: Frame, width: int) -> Iterator[Row]:
    """What is not as usual: notes, systems that disagree, orders that replace one another."""
    if view.instructions:
        yield Row(cut([Part("wish ", "muted"), Part(view.instructions, "warn")], width))
    if view.note:
        yield Row(cut([Part("note ", "muted"), Part(view.note, "text")], width))
    if view.replaces:
        yield Row(cut([Part("replaces ", "muted"), Part(view.replaces, "text")], width))
    for conflict in view.conflicts:
        if conflict.state != "open":
            continue
        sides = "  or  ".join(f"{value.value} ({value.called} {frame.ago(value.seen_at)})" for value in conflict.values)
        name = conflict.field.replace("_", " ")
        yield Row(
            cut([Part(f"{name} differs: ", "warn", bold=True), Part(sides, "text")], width),
            key=("conflict", conflict.field),
        )


class HeadPanel(Panel):
    """The head of the pane. Enter on the first line explains the priority."""

    LEAST: ClassVar[int] = 5

    def lay_out(self, view: OrderView, width: int) -> Sequence[Row]:
        """The rows of ``head_rows``."""
        return head_rows(view, self.frame, width)

    def title(self) -> Sequence[Part]:
        """The order's number."""
        if self.view is None:
            return ()
        item = self.view.item
        state = "" if item.is_open else f" · {item.state}"
        tags = "".join(f"  #{tag}" for tag in self.view.tags)
        return (Part(f"#{item.number}", "strong"), Part(state, "warn"), Part(tags, "muted"))

    def below(self, view: OrderView) -> tuple[Part, ...]:
        """Where it was placed, when, and how old that is."""
        placed = self.frame.day(view.item.placed_at)
        shop = f"{view.channel} · " if view.channel and view.channel != view.item.source else ""
        total = amount(view.item.total, view.item.currency)
        parts = [Part(f"{shop}{total} · placed {placed} · ", "muted")]
        return (*parts, *super().below(view)) if cells(parts) else super().below(view)

    def records(self, view: OrderView) -> tuple[tuple[str, int | None], ...]:
        """The order's own record."""
        return ((view.item.source, view.synced_at),)
