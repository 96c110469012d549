"""What a macro sees of a record: values by name, and what is missing under the name it was asked for.

A value that is not there (unknown name, None, empty text) becomes a ``Missing``: shown, it is a marker such as
``⟨customer.first_name?⟩`` in the text; a condition takes it for false. A name that the record does not have at all is a
mistake of the macro's author: shown it is a marker too, anywhere else it is an error.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final, Self

from jinja2 import Undefined
from jinja2.exceptions import TemplateRuntimeError, UndefinedError
from jinja2.utils import missing as _nothing

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

MARKER: Final = "⟨{}?⟩"


class Values:
    """A table of the record, whose parts are reached by name."""

    __slots__ = ("path", "table")

    def __init__(self, table: Mapping[str, Any], path: str) -> None:
        self.table = table
        self.path = path

    def find(self, name: str) -> Any:
        """The value called ``name``, wrapped; Missing if there is none."""
        path = f"{self.path}.{name}"
        if name not in self.table:
            return Missing(path=path, known=tuple(map(str, self.table)))
        return wrap(self.table[name], path)

    def __bool__(self) -> bool:
        return bool(self.table)


class Rows(tuple[Any, ...]):  # noqa: SLOT001 - a tuple's subclass cannot have a slot of its own
    """A list of the record."""

    path: str

    def __new__(cls, items: Iterable[Any], path: str) -> Self:
        """Make a list that was found under ``path``."""
        rows = super().__new__(cls, items)
        rows.path = path
        return rows


class Missing(Undefined):
    """A value that is not there. ``known`` are the names there would have been; None where the name itself is right."""

    __slots__ = ("known", "path")

    def __init__(
        self,
        hint: str | None = None,
        obj: Any = _nothing,
        name: str | None = None,
        exc: type[TemplateRuntimeError] = UndefinedError,
        *,
        path: str = "",
        known: tuple[str, ...] | None = (),
    ) -> None:
        super().__init__(hint, obj, name, exc)
        self.path = path or str(name or "value")
        self.known = known

    def within(self, name: object) -> Missing:
        """A part of what is not there."""
        path = f"{self.path}[{name}]" if isinstance(name, int) else f"{self.path}.{name}"
        return Missing(path=path, known=self.known)

    def _required(self) -> None:
        if self.known is not None:
            raise UnknownName(self.path, self.known)

    def __str__(self) -> str:
        return MARKER.format(self.path)

    def __bool__(self) -> bool:
        self._required()
        return False

    def __len__(self) -> int:
        self._required()
        return 0

    def __iter__(self) -> Iterator[Any]:
        self._required()
        return iter(())

    def __contains__(self, _: object) -> bool:
        self._required()
        return False

    def __eq__(self, other: object) -> bool:
        self._required()
        return other is None or other == "" or isinstance(other, Missing)

    def __ne__(self, other: object) -> bool:
        return not self == other

    def __hash__(self) -> int:
        return hash(self.path)

    def _not_compared(self, _: object) -> bool:
        self._required()
        return False

    def _stays_missing(self, *_: object) -> Missing:
        return self

    # Jinja's own raise always, and their types say so.
    __lt__ = __le__ = __gt__ = __ge__ = _not_compared  # type: ignore[assignment]
    __add__ = __radd__ = __sub__ = __rsub__ = __mul__ = __rmul__ = _stays_missing  # type: ignore[assignment]
    __truediv__ = __rtruediv__ = __floordiv__ = __rfloordiv__ = __mod__ = _stays_missing  # type: ignore[assignment]
    __rmod__ = __pow__ = __rpow__ = __neg__ = __pos__ = _stays_missing  # type: ignore[assignment]


class UnknownName(Exception):
    """A macro decides by a name that the record does not have."""

    def __init__(self, path: str, known: tuple[str, ...]) -> None:
        super().__init__(path)
        self.path = path
        self.known = known


def wrap(value: Any, path: str) -> Any:
    """A value of the record as a macro sees it."""
    if value is None or (isinstance(value, str) and not value.strip()):
        return Missing(path=path, known=None)
    if isinstance(value, Mapping):
        return Values(value, path)
    if isinstance(value, list | tuple):
        return Rows((wrap(item, f"{path}[{place}]") for place, item in enumerate(value)), path)
    return value
