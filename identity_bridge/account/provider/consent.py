"""The page that asks whether a client may have what it asks for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib.auth import REDIRECT_FIELD_NAME
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from identity_bridge.account.content_security import set_policy
from identity_bridge.account.page import page
from identity_bridge.oidc.headers import keep_opener
from identity_bridge.oidc.interaction import decisions
from identity_bridge.oidc.interaction.context import authorization_context
from identity_bridge.oidc.interaction.errors import error_redirect
from identity_bridge.oidc.protocol import errors

from .logos import logos_of
from .onward import onward
from .scopes import chosen_scopes, shown_scopes

if TYPE_CHECKING:
    from identity_bridge.oidc.interaction.context import AuthorizationContext

TEMPLATE = "identity_bridge/account/provider/consent.html"


@page
@login_required
def consent(request: HttpRequest) -> HttpResponse:
    """Ask, and go back to the endpoint with the answer, which is kept in the session."""
    given = request.POST if request.method == "POST" else request.GET
    back = given.get(REDIRECT_FIELD_NAME, "")
    context = authorization_context(back)
    if context is None:
        return error_redirect(errors.INVALID_REQUEST, "No request to consent to")
    if request.method != "POST":
        return _page(request, context, back)
    if "allow" not in request.POST:
        decisions.deny(request, context.request, error=errors.ACCESS_DENIED)
        return keep_opener(onward(request, back))
    scopes = chosen_scopes(request.POST.getlist("scope"), context.request.granted)
    if not scopes:
        return _page(request, context, back, problem=_("Choose at least one."))
    decisions.allow(
        request, context.request, scopes=scopes, remember=bool(request.POST.get("remember"))
    )
    return keep_opener(onward(request, back))


def _page(
    request: HttpRequest, context: AuthorizationContext, back: str, *, problem: str = ""
) -> HttpResponse:
    shown = {
        "client": context.client,
        "scopes": shown_scopes(context.request.granted),
        "next": back,
        "problem": problem,
        "may_remember": context.client.allow_remember_consent,
    }
    answer = set_policy(render(request, TEMPLATE, shown), images=logos_of(context.client))
    return keep_opener(answer)
