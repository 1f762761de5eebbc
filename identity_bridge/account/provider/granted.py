"""The page of what somebody has allowed, and where they are signed in."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from identity_bridge.account.page import owner_page
from identity_bridge.oidc.interaction import granted

from .scopes import titles_of

TEMPLATE = "identity_bridge/account/provider/granted.html"
MAX_CHARACTERS = 255


@owner_page
def applications(request: HttpRequest) -> HttpResponse:
    """Show both lists; a POST takes one thing back."""
    if request.method != "POST":
        shown = {
            "granted": [
                {"client": one.client, "may_use": titles_of(one.scopes), "since": one.since}
                for one in granted.granted_to_clients(request.user)
            ],
            "sessions": granted.sessions_of(request),
        }
        return render(request, TEMPLATE, shown)
    client_id = request.POST.get("client_id", "")[:MAX_CHARACTERS].replace("\0", "")
    session_id = request.POST.get("session_id", "")[:MAX_CHARACTERS].replace("\0", "")
    if client_id:
        granted.take_back(request, client_id=client_id)
        messages.success(request, _("The application has no access any more."))
    elif session_id and granted.end_session(request, session_id=session_id):
        messages.success(request, _("The session was ended."))
    return HttpResponseRedirect(reverse("account:applications"))
