"""Write the signals to the log "identity_bridge.audit", one line of ``key=value`` each.

Users are named by their Id. What people typed, addresses and names appear nowhere; the client's
address does, it is what one blocks by.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from . import signals

if TYPE_CHECKING:
    from django.dispatch import Signal

logger = logging.getLogger("identity_bridge.audit")

_LEVELS: dict[str, int] = {
    "user_sign_in_failed": logging.WARNING,
    "user_locked_out": logging.WARNING,
    "rate_limited": logging.WARNING,
    "session_ended": logging.WARNING,
    "signed_out_everywhere": logging.WARNING,
    "user_signed_in": logging.INFO,
    "sign_in_refreshed": logging.INFO,
    "second_factor_required": logging.INFO,
    "second_factor_used": logging.INFO,
    "browser_remembered": logging.INFO,
    "password_upgraded": logging.INFO,
}

_WRITTEN = ("result", "method", "provider", "old", "new", "scope", "retry_after", "reason", "amr")


def connect() -> None:
    """Connect the receivers; calling it again changes nothing."""
    for name in _LEVELS:
        signal: Signal = getattr(signals, name)
        signal.connect(_RECEIVERS[name], dispatch_uid=f"identity_bridge.audit.{name}", weak=False)


def _receiver(name: str) -> Any:
    def write(sender: Any, **arguments: Any) -> None:
        user, request = arguments.get("user"), arguments.get("request")
        parts = [f"event={name}"]
        if user is not None:
            parts.append(f"user={_quoted(user.pk)}")
        parts += [f"{key}={_quoted(arguments[key])}" for key in _WRITTEN if key in arguments]
        if request is not None:
            # Late: signin imports the signals, and this module belongs to all of them.
            from .signin.rate_limit import client_address

            parts.append(f"address={_quoted(client_address(request))}")
        logger.log(_LEVELS[name], "%s", " ".join(parts))

    return write


def _quoted(value: object) -> str:
    """Return the text in one word: an Id is any text, and a log line must stay one line."""
    text = str(value)
    return (
        text if text and text.isascii() and text.isprintable() and " " not in text else ascii(text)
    )


_RECEIVERS = {name: _receiver(name) for name in _LEVELS}
