"""Show where a source is without showing how to get in."""

from __future__ import annotations

import re

PASSWORD_IN_URL = re.compile(r"(://[^:/@\s]*):.*@")
PASSWORD_IN_TEXT = re.compile(r"(?i)\b(password|pwd|passwd|secret|token)\s*=\s*[^;&\s]*")


def mask(text: str) -> str:
    """Return the text with every password in it replaced by ``***``.

    Up to the last ``@`` belongs to the password: an unescaped one in it must not leak its tail.
    """
    return PASSWORD_IN_TEXT.sub(r"\1=***", PASSWORD_IN_URL.sub(r"\1:***@", text))
