"""One browser: its cookies live on from step to step, each step is a request of its own."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.auth.middleware import AuthenticationMiddleware
from django.contrib.sessions.middleware import SessionMiddleware
from django.contrib.sessions.models import Session
from django.db.models import F
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory

from identity_bridge.signin import passkey_ceremonies, remembered_browser, two_factor_session
from identity_bridge.signin.middleware import SecurityStampMiddleware


class Browser:
    def __init__(self) -> None:
        self.cookies: dict[str, str] = {}
        self.offset = 0.0

    def request(self, work: Callable[[HttpRequest], Any], **meta: Any) -> Any:
        """Run ``work`` as the view of a POST request and return what it returns."""
        outcome: list[Any] = []

        def view(request: HttpRequest) -> HttpResponse:
            outcome.append(work(request))
            return HttpResponse()

        request = RequestFactory().post("/", **meta)
        request.COOKIES = dict(self.cookies)
        stack = SessionMiddleware(AuthenticationMiddleware(SecurityStampMiddleware(view)))
        response = stack(request)
        for name, morsel in response.cookies.items():
            if morsel["max-age"] == 0:
                self.cookies.pop(name, None)
            else:
                self.cookies[name] = morsel.value
        return outcome[0]

    def forget_session(self) -> None:
        self.cookies.pop(settings.SESSION_COOKIE_NAME, None)

    def advance(self, seconds: float) -> None:
        self.offset += seconds
        Session.objects.update(expire_date=F("expire_date") - timedelta(seconds=seconds))

    def state(self) -> dict[str, bool]:
        """Return which of .NET's cookies this browser's Django cookies stand for."""
        state: dict[str, bool] = {}

        def look(request: HttpRequest) -> None:
            # Not request.user: loading the user is what ends a session, a cookie request does it.
            state["application"] = SESSION_KEY in request.session
            # .NET keeps passkey ceremonies in the same cookie.
            state["two_factor"] = bool(
                {two_factor_session.SESSION_KEY, passkey_ceremonies.SESSION_KEY}
                & set(request.session.keys())
            )

        self.request(look)
        state["remembered"] = remembered_browser.COOKIE_NAME in self.cookies
        return state


_STANDS_FOR = {
    ".AspNetCore.Identity.Application": "application",
    "Identity.TwoFactorUserId": "two_factor",
    "Identity.TwoFactorRememberMe": "remembered",
}


def expected_state(state: dict[str, bool], step: dict[str, Any]) -> dict[str, bool]:
    """Return the state after a step and its recorded Set-Cookie headers."""
    state = dict(state)
    if step["op"] == "forget_cookie":  # one session stands for both
        state["application"] = state["two_factor"] = False
    if step["op"] == "cookie_request":
        state["application"] = step["result"]["value"]["authenticated"]
    for cookie in step.get("cookies", []):
        name = _STANDS_FOR.get(cookie["cookie"])
        if name is not None:
            state[name] = cookie["action"] == "set"
    return state
