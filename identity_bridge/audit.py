"""Write the signals down: to the log "identity_bridge.audit", one line of ``key=value`` each, and
with ``AUDIT_TABLE`` to the table as well.

Users are named by their Id. What people typed, addresses and names appear nowhere; the client's
address does, it is what one blocks by.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from django.db import DatabaseError, router, transaction

from . import signals
from .conf import get_settings

if TYPE_CHECKING:
    from collections.abc import Mapping
    from types import ModuleType

    from django.dispatch import Signal

logger = logging.getLogger("identity_bridge.audit")

LEVELS: Mapping[str, int] = {
    "user_sign_in_failed": logging.WARNING,
    "user_locked_out": logging.WARNING,
    "rate_limited": logging.WARNING,
    "session_ended": logging.WARNING,
    "signed_out_everywhere": logging.WARNING,
    "user_signed_in": logging.INFO,
    "user_signed_out": logging.INFO,
    "sign_in_refreshed": logging.INFO,
    "second_factor_required": logging.INFO,
    "second_factor_code_sent": logging.INFO,
    "second_factor_used": logging.INFO,
    "browser_remembered": logging.INFO,
    "password_upgraded": logging.INFO,
    "user_registered": logging.INFO,
    "email_confirmed": logging.INFO,
    "email_confirmation_requested": logging.INFO,
    "email_change_requested": logging.INFO,
    "email_changed": logging.INFO,
    "phone_number_code_sent": logging.INFO,
    "phone_number_changed": logging.INFO,
    "user_name_changed": logging.INFO,
    "password_reset_requested": logging.INFO,
    "password_changed": logging.INFO,
    "second_factor_switched": logging.INFO,
    "authenticator_reset": logging.INFO,
    "recovery_codes_generated": logging.INFO,
    "browser_forgotten": logging.INFO,
    "passkey_added": logging.INFO,
    "passkey_renamed": logging.INFO,
    "passkey_removed": logging.INFO,
    "external_login_added": logging.INFO,
    "external_login_removed": logging.INFO,
    "external_sign_in_failed": logging.WARNING,
    "personal_data_downloaded": logging.INFO,
    "user_deleted": logging.WARNING,
}

_WRITTEN = (
    "result",
    "method",
    "provider",
    "client",
    "old",
    "new",
    "scope",
    "scopes",
    "retry_after",
    "reason",
    "amr",
    "enabled",
)
"""The arguments of signals that are written, in this order."""

_MAX_CHARACTERS = 450
"""Of an Id in the table, which has no longer ones."""


def connect(module: ModuleType = signals, levels: Mapping[str, int] = LEVELS) -> None:
    """Connect the receivers to the signals of a module; calling it again changes nothing."""
    for name, level in levels.items():
        signal: Signal = getattr(module, name)
        uid = f"identity_bridge.audit.{name}"
        signal.connect(_receiver(name, level), dispatch_uid=uid, weak=False)


def _receiver(name: str, level: int) -> Any:
    def write(sender: Any, **arguments: Any) -> None:
        user, request = arguments.get("user"), arguments.get("request")
        details = {key: _text(arguments[key]) for key in _WRITTEN if key in arguments}
        address = ""
        if request is not None:
            # Late: signin imports the signals, and this module belongs to all of them.
            from .signin.rate_limit import client_address

            address = client_address(request)
        key = "" if user is None else str(user.pk)
        parts = {"event": name} | ({"user": key} if user is not None else {}) | details
        parts |= {"address": address} if request is not None else {}
        line = " ".join(f"{part}={_quoted(value)}" for part, value in parts.items())
        logger.log(level, "%s", line)
        if get_settings().AUDIT_TABLE:
            _store(event=name, user_key=key[:_MAX_CHARACTERS], address=address, details=details)

    return write


def _store(**columns: Any) -> None:
    """Insert a row; a table that cannot be written stops nobody from signing in."""
    from .models import AuditEvent

    database = router.db_for_write(AuditEvent)
    try:
        with transaction.atomic(using=database):
            AuditEvent._base_manager.using(database).create(**columns)
    except (DatabaseError, ValueError) as error:  # ValueError: NUL in an Id, for psycopg
        logger.error("event=%s not stored: %s", columns["event"], type(error).__name__)


def _text(value: object) -> str:
    if isinstance(value, list | tuple | set | frozenset):
        return " ".join(sorted(map(str, value)))
    return str(value)


def _quoted(text: str) -> str:
    """Return the text in one word: an Id is any text, and a log line must stay one line."""
    return (
        text if text and text.isascii() and text.isprintable() and " " not in text else ascii(text)
    )
