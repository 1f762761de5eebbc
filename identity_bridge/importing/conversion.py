"""Turn what a driver or an export file gives into values, and notice what is odd. Pure."""

from __future__ import annotations

import re
import uuid
from typing import TYPE_CHECKING, Any

from identity_bridge.aspnet import date_times
from identity_bridge.aspnet.errors import DateTimeError

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    Note = Callable[[str, str], None]
    """Takes the code and the message of an issue with the record at hand."""

_TRUE = {"1", "t", "true", "y", "yes"}
_FALSE = {"0", "f", "false", "n", "no", ""}
_WRITTEN_BY_EXPORT = {"t", "f", "0", "1"}

_ISO = re.compile(r"^\d{4}-\d\d-\d\dT")
_OFFSET = re.compile(r"(Z|[+-]\d\d(:?\d\d)?)$")
_ZERO_OFFSET = re.compile(r"(Z|[+-]00(:?00)?)$")


def to_bool(value: Any, *, column: str, default: bool, note: Note) -> bool:
    """Return a boolean; text other than an export's own t and f is noticed."""
    if value is None:
        return default
    if value is True or value is False:
        return value
    if isinstance(value, int):
        return value != 0
    if isinstance(value, bytes):
        return any(value)
    text = str(value).strip().lower()
    if text not in _WRITTEN_BY_EXPORT:
        if text in _TRUE | _FALSE:
            note("boolean_as_text", f"{column} holds the text {str(value)[:20]!r}.")
        else:
            note("boolean_unreadable", f"{column} is neither true nor false; {default} is used.")
            return default
    return text in _TRUE


def to_int(value: Any, *, column: str, default: int, note: Note) -> int:
    """Return a 32-bit integer; what is none becomes the default, and is noticed."""
    if value is None:
        return default
    if type(value) is int and -(2**31) <= value < 2**31:
        return value
    try:
        number = int(str(value).strip())
    except ValueError:
        note("integer_as_text", f"{column} is not a number; {default} is used.")
        return default
    if not -(2**31) <= number < 2**31:
        note("integer_as_text", f"{column} is no 32-bit number; {default} is used.")
        return default
    return number


def to_lockout_end(
    value: Any, *, has_offsets: bool, note: Note, column: str = "LockoutEnd"
) -> datetime | None:
    """Return the end of a lockout; what cannot be read locks for ever.

    ``has_offsets``: the source's column holds an offset, so a value without one is odd.
    """
    if value is None:
        return None
    text = str(value).strip()
    try:
        moment = date_times.parse(text)
    except DateTimeError:
        note("lockout_end_unreadable", f"{column} is no date; the account comes in locked.")
        return date_times.MAX_VALUE
    if has_offsets and "infinity" not in text:
        if _ISO.match(text):
            note("lockout_end_iso_format", f"{column} is written with a T; read as it stands.")
        elif not _OFFSET.search(text[10:]):
            note("lockout_end_without_offset", f"{column} has no offset; read as UTC.")
        elif not _ZERO_OFFSET.search(text[10:]):
            note("lockout_end_other_offset", f"{column} is not in UTC; converted.")
    return moment


def to_text(value: Any) -> Any:
    """Return the text that a database without types holds as bytes or as a number."""
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bytes | memoryview):
        return bytes(value).decode("utf-8", "replace")
    return str(value)


class KeyDoesNotFit(ValueError):
    """A key of the source that the target's key type cannot hold."""


def to_key(value: Any, key_type: str) -> Any:
    """Return a source's key in the target's key type; into a string key as .NET prints it.

    :raises KeyDoesNotFit: the target cannot hold it.
    """
    if key_type == "string":
        return value if isinstance(value, str) else str(value)
    if key_type == "guid":
        try:
            return str(uuid.UUID(str(value)))
        except ValueError:
            raise KeyDoesNotFit(f"{str(value)[:60]!r} is no GUID") from None
    bound = 2**31 if key_type == "int" else 2**63
    try:
        number = int(str(value))
    except ValueError:
        raise KeyDoesNotFit(f"{str(value)[:60]!r} is no whole number") from None
    if not -bound <= number < bound or str(number) != str(value):
        raise KeyDoesNotFit(f"{str(value)[:60]!r} does not fit into {key_type}")
    return number
