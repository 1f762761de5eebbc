"""The page where people type the code that a device shows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from identity_bridge.account.content_security import set_policy
from identity_bridge.account.page import page
from identity_bridge.account.sign_in import too_many_attempts
from identity_bridge.conf import get_settings
from identity_bridge.oidc.interaction import device as devices
from identity_bridge.signin.rate_limit import RateLimited

from .logos import logos_of
from .scopes import chosen_scopes, shown_scopes

if TYPE_CHECKING:
    from identity_bridge.oidc.interaction.device import DeviceContext

TEMPLATE = "identity_bridge/account/provider/device.html"
DONE = "identity_bridge/account/provider/device_done.html"
USER_CODE = "userCode"


@page
def device(request: HttpRequest) -> HttpResponse:
    """Ask for the code, then whether that device may have what it asks for.

    :raises Http404: ``device_authorization`` is switched off, so no device has a code
    """
    if "device_authorization" in get_settings().OIDC_DISABLED_ENDPOINTS:
        raise Http404
    return _device(request)


@login_required
def _device(request: HttpRequest) -> HttpResponse:
    code = (request.POST if request.method == "POST" else request.GET).get(USER_CODE, "")
    try:
        context = devices.find_device(request, code) if code else None
    except RateLimited as limit:
        return too_many_attempts(request, limit.retry_after)
    if context is None:
        problem = _("No device waits with this code. Codes are good for a few minutes.")
        return _page(request, None, code, problem=problem if code else "")
    if request.method != "POST" or not {"allow", "deny"} & set(request.POST):
        return _page(request, context, code)
    if "allow" not in request.POST:
        devices.deny(request, context)
        return render(request, DONE, {"client": context.client, "is_allowed": False})
    scopes = chosen_scopes(request.POST.getlist("scope"), context.granted)
    if not scopes or not devices.allow(request, context, scopes=scopes):
        return _page(request, None, "", problem=_("That did not work. Start again at the device."))
    return render(request, DONE, {"client": context.client, "is_allowed": True})


def _page(
    request: HttpRequest, context: DeviceContext | None, code: str, *, problem: str = ""
) -> HttpResponse:
    shown = {
        "client": context.client if context is not None else None,
        "scopes": shown_scopes(context.granted) if context is not None else None,
        "code": code,
        "problem": problem,
    }
    logos = logos_of(context.client) if context is not None else ()
    return set_policy(render(request, TEMPLATE, shown), images=logos)
