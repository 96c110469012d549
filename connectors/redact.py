"""Outside text made fit for an error message: no secret, no control character, not long."""

from __future__ import annotations

import base64
import json
import re
from urllib.parse import quote

_MASK = "•••"
_SHORTEST_SECRET = 4  # masking shorter ones would eat ordinary words and still hide nothing
_TAGS = re.compile(r"<(script|style)\b.*?</\1\s*>|<[^>]*>", re.IGNORECASE | re.DOTALL)
_LONGEST_LOOKED_AT = 4_000


class Redactor:
    """Knows an account's secrets and takes them out of texts. Its repr shows how many there are, never which."""

    def __init__(self, *secrets: str) -> None:
        self._forms: set[str] = set()
        for secret in secrets:
            self.add(secret)

    def __repr__(self) -> str:
        return f"Redactor({len(self._forms)} forms)"

    def add(self, secret: str) -> None:
        """Hide ``secret`` from now on, also as a URL, as JSON and in base64."""
        if len(secret) < _SHORTEST_SECRET:
            return
        plain = base64.b64encode(secret.encode()).decode()
        self._forms.update((secret, quote(secret, safe=""), json.dumps(secret)[1:-1], plain, plain.rstrip("=")))

    def add_basic(self, user: str, password: str) -> None:
        """Hide the password of HTTP Basic and the header made of it."""
        self.add(password)
        self.add(f"{user}:{password}")

    def clean(self, text: str) -> str:
        """``text`` without any secret, the longest form first so that no tail of one is left."""
        for form in sorted(self._forms, key=len, reverse=True):
            text = text.replace(form, _MASK)
        return text

    def excerpt(self, raw: bytes | str, *, limit: int = 160) -> str:
        """The start of an outside text in one line: tags, control characters and secrets gone, cut at ``limit``."""
        text = raw.decode("utf-8", "replace") if isinstance(raw, bytes) else raw
        text = self.clean(text[: _LONGEST_LOOKED_AT * 2])[:_LONGEST_LOOKED_AT]
        if text.lstrip()[:1] == "<":
            text = _TAGS.sub(" ", text)
        text = " ".join("".join(char if char.isprintable() else " " for char in text).split())
        return text if len(text) <= limit else text[: limit - 1] + "…"
