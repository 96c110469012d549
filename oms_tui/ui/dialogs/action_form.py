"""The fields of an action: asked for in a form made from its catalogue entry, read while they are written."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final, Protocol

from textual import on
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Input, Static, TextArea

from oms_tui.actions.base import Refused
from oms_tui.actions.field_values import options, read_field
from oms_tui.ui.dialogs.form_fields import Block, Choice, FormField
from oms_tui.ui.dialogs.frame import FramedDialog
from oms_tui.ui.lines import LinesView
from oms_tui.ui.order.frame import Frame
from oms_tui.ui.rows import Part

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from textual.widget import Widget

    from oms_tui.actions.base import Field
    from oms_tui.store.session import Session

_FLAG: Final = (("no", "no"), ("yes", "yes"))
_BORDER: Final = 2
_NAME: Final = 24  # cells from which a field's name would take three lines of the narrow column


class Asks(Protocol):
    """What a form is made from: an action of the catalogue, or what else wants to be told something."""

    @property
    def title(self) -> str:
        """Two or three words."""

    @property
    def help(self) -> str:
        """One sentence."""

    @property
    def fields(self) -> tuple[Field, ...]:
        """What it wants to be told."""

    @property
    def destructive(self) -> bool:
        """Whether it is asked once more."""


class ActionForm(FramedDialog[dict[str, str]]):
    """Hands back what was written, by field, to be given to the action; None if it was left.

    Args:
        action: what shall be done.
        session: who does it; only its rules and clock are used, never its store.
        about: the order or orders, in words.
        given: values to begin with.
        mails: what a field of kind ``mail`` may be: pairs of value and words.
    """

    WIDTH: ClassVar[int] = 78
    DEFAULT_CSS: ClassVar[str] = """
    ActionForm {
        & VerticalScroll { height: auto; background: $oms-over; scrollbar-size-vertical: 1; }
        & .about { color: $oms-muted; margin-bottom: 1; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+s", "submit", "Do it", id="form.submit", show=False, priority=True),
        Binding("tab", "step(1)", "Next field", id="form.next", show=False, priority=True),
        Binding("shift+tab", "step(-1)", "Field before", id="form.previous", show=False, priority=True),
    ]

    def __init__(
        self,
        action: Asks,
        session: Session,
        about: str,
        *,
        given: Mapping[str, str] | None = None,
        mails: Sequence[tuple[str, str]] = (),
    ) -> None:
        super().__init__(action.title)
        self._action = action
        self._session = session
        self._about = about
        self._given = given or {}
        self._mails = mails
        self._wide = any(len(field.title) >= _NAME for field in action.fields)
        self.fields = {field.name: self._made(field) for field in action.fields}
        self._scroll = VerticalScroll(*self.fields.values(), can_focus=False)

    def inside(self) -> Iterable[Widget]:
        """What it is about, and the fields."""
        yield Static(Content(f"{self._about}   {self._action.help}"), classes="about", markup=False)
        yield self._scroll

    def hint(self) -> tuple[Part, ...]:
        """The keys."""
        verb = " does it" if not self._action.destructive else " goes on"
        keys = (Part("enter", "accent", bold=True), Part(verb, "text"), Part("  "))
        more = (Part("tab", "accent"), Part(" next  ", "muted")) if len(self.fields) > 1 else ()
        lines = any(isinstance(field.inside, Block) for field in self.fields.values())
        below = (Part("alt+enter", "accent"), Part(" next line  ", "muted")) if lines else ()
        return (*keys, *more, *below, *super().hint())

    def on_mount(self) -> None:
        """The first field that is empty."""
        super().on_mount()
        empty = [field for field in self.fields.values() if not self._given.get(field.field)]
        first = next(iter(empty), next(iter(self.fields.values()), None))
        if first is not None:
            first.inside.focus()

    def fit(self) -> None:
        """Never higher than the screen: then the fields scroll."""
        super().fit()
        self._scroll.styles.max_height = max(3, self.app.size.height - 4 - _BORDER)

    def _made(self, field: Field) -> FormField:
        value = self._given.get(field.name, field.default)
        inside: Widget
        if field.kind == "block":
            inside = Block(value, compact=True)
            inside.cursor_blink = False
        elif found := self._options(field):
            certain = field.required or field.kind == "flag" or bool(field.default)
            inside = Choice(found if certain else [("", "none"), *found], value)
        else:
            inside = Input(value=value, compact=True, select_on_focus=True)  # typing replaces what is proposed
            inside.cursor_blink = False
        return FormField(
            field.name, field.title, required=field.required, inside=inside, note=field.help, wide=self._wide
        )

    def _options(self, field: Field) -> Sequence[tuple[str, str]]:
        if field.kind == "flag":
            return _FLAG
        if field.kind == "mail":
            return self._mails
        return options(self._session, field)

    # ---- reading what is written

    @on(Input.Changed)
    @on(TextArea.Changed)
    def _typed(self, event: Input.Changed | TextArea.Changed) -> None:
        event.stop()
        field = next((each for each in self.fields.values() if each.inside is event.control), None)
        if field is not None and field.text.strip():
            self._read(field)
        elif field is not None:
            field.say("")

    def _read(self, field: FormField) -> bool:
        """Whether a field can be read; what a time means is shown, and what is wrong."""
        about = next(each for each in self._action.fields if each.name == field.field)
        try:
            value = read_field(self._session, about, field.text)
        except Refused as refused:
            field.say(f"{refused.message}; {refused.hint}" if refused.hint else refused.message, wrong=True)
            return False
        if about.kind == "when" and isinstance(value, int):
            frame = Frame(self._session.now(), self._session.policy.zone)
            field.say(f"{frame.exact(value)}, {frame.due(value)}")
        else:
            field.say("")
        return True

    # ---- keys

    @on(Input.Submitted)
    @on(LinesView.Opened)
    @on(Block.Submitted)
    def _entered(self, event: Input.Submitted | LinesView.Opened | Block.Submitted) -> None:
        event.stop()
        self.action_submit()

    def action_step(self, step: int) -> None:
        """The next field, round and round."""
        stops = [field.inside for field in self.fields.values()]
        here = next((at for at, stop in enumerate(stops) if stop.has_focus), -1)
        if stops:
            stops[(here + step) % len(stops)].focus()

    def action_submit(self) -> None:
        """Hand it back, if all can be read; what is destructive is asked once more, with another key."""
        wrong = [field for field in self.fields.values() if not self._read(field)]
        if wrong:
            wrong[0].inside.focus()
            return
        if not self._action.destructive:
            self.dismiss(self._values())
            return
        from oms_tui.ui.dialogs.confirm import Confirm

        said = [
            f"{field.field.replace('_', ' ')}: {field.text}" for field in self.fields.values() if field.text.strip()
        ]
        words = "\n".join([self._about, *said])
        self.app.push_screen(Confirm(f"{self._action.title}?", words, "y", self._action.title.lower()), self._sure)

    def _sure(self, yes: bool | None) -> None:
        if yes:
            self.dismiss(self._values())

    def _values(self) -> dict[str, str]:
        return {name: field.text for name, field in self.fields.items()}
