"""The page that starts applications."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from identity_bridge.account.content_security import set_policy
from identity_bridge.account.page import owner_page
from identity_bridge.oidc.interaction.portal import starts

from .logos import logos_of

TEMPLATE = "identity_bridge/account/provider/portal.html"


@require_safe
@owner_page
def portal(request: HttpRequest) -> HttpResponse:
    """List the clients with an ``initiate_login_uri``."""
    found = starts(request)
    answer = render(request, TEMPLATE, {"starts": found})
    logos = logos_of(*(one.client for one in found))
    return set_policy(answer, images=logos, stays_here=True)
