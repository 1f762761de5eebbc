"""The parts of the pages, each of which a project may switch off."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from functools import wraps
from typing import TYPE_CHECKING, Any

from django.http import Http404

from identity_bridge.conf import get_settings
from identity_bridge.passkeys import library

if TYPE_CHECKING:
    from django.http import HttpRequest
    from django.http.response import HttpResponseBase

View = Callable[..., "HttpResponseBase"]


class Part(StrEnum):
    """The names, for ACCOUNT_DISABLED_PARTS."""

    REGISTRATION = "registration"
    RECOVERY = "recovery"
    USER_NAME = "user_name"
    EMAIL = "email"
    PHONE = "phone"
    PASSWORD = "password"  # noqa: S105 - a name
    SECOND_FACTOR = "second_factor"
    PASSKEYS = "passkeys"
    EXTERNAL_LOGINS = "external_logins"
    PERSONAL_DATA = "personal_data"
    DELETION = "deletion"


def is_on(part: Part) -> bool:
    """Tell if the project has this part, and the library it needs."""
    if part is Part.PASSKEYS and not library.is_available():
        return False
    return part not in get_settings().ACCOUNT_DISABLED_PARTS


def part_of(*parts: Part) -> Callable[[View], View]:
    """Make a view one of this part, or of several: 404 where all of them are switched off."""

    def decorate(view: View) -> View:
        @wraps(view)
        def shown(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if not any(map(is_on, parts)):
                names = ", ".join(parts)
                raise Http404(f"switched off in the account pages: {names}")
            return view(request, *args, **kwargs)

        return shown

    return decorate
