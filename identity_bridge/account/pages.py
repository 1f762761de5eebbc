"""The pages of somebody who is signed in."""

from __future__ import annotations

from typing import cast

from django.apps import apps
from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render, resolve_url
from django.urls import reverse_lazy
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_protect
from django.views.decorators.http import require_POST, require_safe

from identity_bridge.models import AbstractIdentityUser
from identity_bridge.signin import sessions

from .profile import describe


@never_cache
@require_safe
@login_required(login_url=reverse_lazy("account:login"))
def profile(request: HttpRequest) -> HttpResponse:
    user = cast("AbstractIdentityUser", request.user)
    shown = describe(user, now=timezone.now())
    context = {"profile": shown, "has_provider": apps.is_installed("identity_bridge.oidc")}
    return render(request, "identity_bridge/account/profile.html", context)


@never_cache
@csrf_protect
@require_POST
def logout(request: HttpRequest) -> HttpResponse:
    if apps.is_installed("identity_bridge.oidc"):
        from .provider.logout import sign_out

        page = sign_out(request)
        if page is not None:
            return page
    sessions.sign_out(request=request)
    return HttpResponseRedirect(resolve_url(settings.LOGOUT_REDIRECT_URL or "account:login"))
