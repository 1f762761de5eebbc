"""The links in the mails that a journey is waiting for."""

from __future__ import annotations

import re
import time
from urllib.parse import urlsplit

from django.core import mail

_SECONDS = 20


def link_mailed_to(address: str, *, number: int = 1) -> str:
    """Return path and query of the link in the mail of this number to an address; mails are sent
    beside the request."""
    until = time.monotonic() + _SECONDS
    while time.monotonic() < until:
        mails = [one for one in mail.outbox if address in one.to]
        if len(mails) >= number:
            found = re.search(r"^https?://\S+$", str(mails[number - 1].body), re.MULTILINE)
            assert found, mails[number - 1].body
            parts = urlsplit(found.group())
            return f"{parts.path}?{parts.query}"
        time.sleep(0.05)
    raise TimeoutError(f"no mail number {number} to {address}: {[one.to for one in mail.outbox]}")
