"""``session_state`` (OpenID Connect Session Management 1.0, section 3)."""

from __future__ import annotations

import secrets
from base64 import urlsafe_b64encode
from hashlib import sha256

from .redirect_uris import origin_of


def session_state(*, client_id: str, redirect_uri: str, session_id: str) -> str:
    """Return what the check-session page will compute again from the session cookie.

    ``session_id`` is empty for somebody who is not signed in.
    """
    salt = secrets.token_hex(16).upper()
    text = f"{client_id}{origin_of(redirect_uri)}{session_id}{salt}"
    digest = urlsafe_b64encode(sha256(text.encode()).digest()).rstrip(b"=").decode()
    return f"{digest}.{salt}"
