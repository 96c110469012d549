"""Writing a config: values as TOML, and tables put at a file's end, so that what people wrote there stays as it is."""

from __future__ import annotations

import json
import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

_PRIVATE = 0o600


def value(found: Any) -> str:
    """A value as TOML 1.0 writes it. JSON's strings are TOML's basic strings, but for DEL, which TOML wants escaped."""
    match found:
        case bool():
            return "true" if found else "false"
        case int() | float():
            return str(found)
        case list() | tuple():
            return f"[{', '.join(value(each) for each in found)}]"
        case dict():
            return "{ " + ", ".join(f"{_key(key)} = {value(each)}" for key, each in found.items()) + " }"
        case _:
            return json.dumps(str(found), ensure_ascii=False).replace("\x7f", "\\u007f")


def table(path: tuple[str, ...], values: Mapping[str, Any]) -> str:
    """A table with its header; tables in it get headers of their own, but for a secret's place."""
    head = f"[{'.'.join(_key(part) for part in path)}]\n"
    inner = {key: each for key, each in values.items() if isinstance(each, dict) and not _is_place(each)}
    lines = "".join(f"{_key(key)} = {value(each)}\n" for key, each in values.items() if key not in inner)
    return head + lines + "".join("\n" + table((*path, key), each) for key, each in inner.items())


def _is_place(found: Mapping[str, Any]) -> bool:
    return len(found) == 1 and next(iter(found)) in {"env", "command", "keyring"}


def _key(name: str) -> str:
    plain = name.isascii() and name.replace("-", "").replace("_", "").isalnum()
    return name if plain else value(name)


def write(path: Path, content: str) -> None:
    """Put a whole file in place at once: it is the old one or the new one, whatever happens. Only its owner reads it.

    Raises:
        OSError: it cannot be written; the old one is as it was.
    """
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    target = Path(os.path.realpath(path))  # a link into a store of dotfiles stays a link
    handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
    try:
        os.fchmod(handle, target.stat().st_mode & 0o777 if target.exists() else _PRIVATE)
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(target)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
