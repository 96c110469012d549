"""The keys inside panels, forms, the reply and the filter line: found where they are declared, remapped like all.

In [keys] of the config they are called as they are here, in quotes: ``"composer.review" = "ctrl+g"``.
"""

from __future__ import annotations

from functools import cache
from importlib import import_module
from pkgutil import walk_packages
from typing import TYPE_CHECKING, NamedTuple

from textual.binding import Binding

import oms_tui.ui

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping


class WidgetKey(NamedTuple):
    """A binding that a widget declares with an id. ``keys`` are written as Textual names them."""

    id: str
    keys: tuple[str, ...]
    title: str


@cache
def widget_keys() -> dict[str, WidgetKey]:
    """Every such binding of the desk's widgets, by id."""
    return {each.id: each for each in _declared()}


def _declared() -> Iterator[WidgetKey]:
    for module in walk_packages(oms_tui.ui.__path__, f"{oms_tui.ui.__name__}."):
        for found in vars(import_module(module.name)).values():
            if isinstance(found, type) and found.__module__ == module.name:
                for binding in vars(found).get("BINDINGS", ()):
                    if isinstance(binding, Binding) and binding.id:
                        keys = tuple(key.strip() for key in binding.key.split(","))
                        yield WidgetKey(binding.id, keys, binding.tooltip or binding.description)


def keymap(chosen: Mapping[str, tuple[str, ...]]) -> dict[str, str]:
    """The config's keys for widgets, as Textual's keymap wants them."""
    from oms_tui.ui.keys import textual_name

    return {name: ",".join(map(textual_name, keys)) for name, keys in chosen.items() if keys}
