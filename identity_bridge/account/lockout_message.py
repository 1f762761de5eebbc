"""What is said to somebody whose account is locked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils import formats, timezone
from django.utils.translation import gettext as _

from identity_bridge.aspnet.date_times import MAX_VALUE

if TYPE_CHECKING:
    from datetime import datetime


def lockout_message(end: datetime | None) -> str:
    """Say that the account is locked, and until when if that is known."""
    if end is None:
        return _("This account is locked. Try again later.")
    if end >= MAX_VALUE:
        return _("This account is locked. Only an administrator can unlock it.")
    return _("This account is locked until %(when)s.") % {"when": shown_moment(end)}


def shown_moment(when: datetime) -> str:
    """Return a moment in words, in the visitor's language and the site's time zone."""
    if when >= MAX_VALUE:
        return _("for ever")
    local = local_moment(when)
    return f"{formats.date_format(local, 'DATETIME_FORMAT')} {local.tzname() or ''}".strip()


def local_moment(when: datetime) -> datetime:
    """Return a moment in the site's time zone; as it is stored, and of no zone any more so that no
    template converts it, where it would be before year 1 or after year 9999 there."""
    try:
        return timezone.localtime(when)
    except OverflowError:
        return when.replace(tzinfo=None)
