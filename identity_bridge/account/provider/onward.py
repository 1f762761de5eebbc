"""The way on after a sign-in or a consent."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import HttpResponseRedirect
from django.shortcuts import render

from .login_context import asking_client

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

TEMPLATE = "identity_bridge/account/provider/returning.html"


def onward(request: HttpRequest, target: str) -> HttpResponse:
    """Lead to an address of this site; to an app by a page that stays (Redirect of the templates).

    An app takes the answer and leaves the browser where it is: without that page, in front of a
    form that is filled in already.
    """
    asking = asking_client(target)
    if asking is None or not asking.is_app:
        return HttpResponseRedirect(target)
    return render(request, TEMPLATE, {"target": target, "client": asking.client})
