"""The pages of somebody who is signed in."""

from __future__ import annotations

from django.apps import apps
from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render, resolve_url
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from identity_bridge.signin import sessions

from .page import owner_of, owner_page, page
from .profile import describe


@require_safe
@owner_page
def profile(request: HttpRequest) -> HttpResponse:
    user = owner_of(request)
    shown = describe(user, now=timezone.now())
    return render(request, "identity_bridge/account/profile.html", {"profile": shown})


@require_POST
@page
def logout(request: HttpRequest) -> HttpResponse:
    if apps.is_installed("identity_bridge.oidc"):
        from .provider.logout import sign_out

        page = sign_out(request)
        if page is not None:
            return page
    sessions.sign_out(request=request)
    return HttpResponseRedirect(resolve_url(settings.LOGOUT_REDIRECT_URL or "account:login"))
