"""What went wrong with a client's request, for the person in front of it."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from identity_bridge.account.page import page
from identity_bridge.oidc.configuration import store
from identity_bridge.oidc.interaction.errors import PARAMETER, shown_error


@page
def error(request: HttpRequest) -> HttpResponse:
    shown = shown_error(request.GET.get(PARAMETER, ""))
    # A name that no client has is what somebody wanted to stand on this page.
    client = store.find_client(shown.client_id) if shown is not None else None
    page = "identity_bridge/account/provider/error.html"
    return render(request, page, {"shown": shown, "client": client}, status=400)
