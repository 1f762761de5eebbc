"""End sessions whose user may no longer be signed in (SecurityStampValidator)."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, cast

from asgiref.sync import sync_to_async
from django.contrib.auth import get_user_model, logout
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import ImproperlyConfigured
from django.http import HttpResponse
from django.utils.deprecation import MiddlewareMixin
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext as _

from identity_bridge.conf import get_settings
from identity_bridge.signals import session_ended

from . import clock, remembered_browser, sessions
from .rate_limit import RateLimited
from .sessions import CHECKED_AT

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest
    from django.http.response import HttpResponseBase


RESPONSE_HOOKS = "_identity_bridge_response_hooks"


def on_response(request: HttpRequest, finish: Callable[[HttpResponseBase], None]) -> None:
    """Have ``finish`` called with the response of this request, to set a cookie for one."""
    request.__dict__.setdefault(RESPONSE_HOOKS, []).append(finish)


class SecurityStampMiddleware(MiddlewareMixin):
    """Goes right after AuthenticationMiddleware.

    The session's hash holds password and security stamp, and Django compares it whenever it loads
    the user: a new stamp ends all other sessions with the next request, where .NET takes up to 30
    minutes. Left for here, every STAMP_VALIDATION_INTERVAL: a user who was locked out since. (One
    made inactive is never loaded.) And the end of the session's time. Costs no statement: it looks
    at the user when somebody asks for ``request.user``, and writes the session once an interval.

    It also sets the cookie of a remembered browser, and answers RateLimited with 429.
    """

    def process_request(self, request: HttpRequest) -> None:
        if not hasattr(request, "user"):
            raise ImproperlyConfigured(
                "SecurityStampMiddleware needs AuthenticationMiddleware before it in MIDDLEWARE."
            )
        load, aload = request.user, request.auser
        request.user = cast("Any", SimpleLazyObject(lambda: _validated(request, load)))

        async def auser() -> Any:
            user = await aload()
            checked = await sync_to_async(partial(_validated, request, user))()
            if checked is not user:
                request._acached_user = checked  # type: ignore[attr-defined]
            return checked

        request.auser = auser

    def process_response(
        self, request: HttpRequest, response: HttpResponseBase
    ) -> HttpResponseBase:
        remembered_browser.apply_to(response, request=request)
        for finish in getattr(request, RESPONSE_HOOKS, ()):
            finish(response)
        return response

    def process_exception(
        self, request: HttpRequest, exception: Exception
    ) -> HttpResponseBase | None:
        if not isinstance(exception, RateLimited):
            return None
        return HttpResponse(
            _("Too many attempts. Try again later."),
            status=429,
            content_type="text/plain; charset=utf-8",
            headers={"Retry-After": str(exception.retry_after)},
        )


def _validated(request: HttpRequest, user: Any) -> Any:
    if not user.is_authenticated or not isinstance(user, get_user_model()):
        return user
    if sessions.is_over(request=request):
        return _ended(request, user, "expired")
    now = clock.now()
    checked_at = request.session.get(CHECKED_AT)
    interval = get_settings().STAMP_VALIDATION_INTERVAL.total_seconds()
    # A session may hold what another version of the host has put there.
    if isinstance(checked_at, int | float) and 0 <= now - checked_at < interval:
        return user
    reason = _reason_to_end(user)
    if reason is None:
        request.session[CHECKED_AT] = now
        return user
    return _ended(request, user, reason)


def _ended(request: HttpRequest, user: Any, reason: str) -> AnonymousUser:
    session_ended.send(sender=type(user), request=request, user=user, reason=reason)
    request.user = user  # logout() asks for it, and must not come here again
    logout(request)
    return AnonymousUser()


def _reason_to_end(user: Any) -> str | None:
    if not user.is_active:
        return "inactive"
    return "locked_out" if user.is_locked_out() else None
