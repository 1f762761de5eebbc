"""The page for somebody whose account is locked, whichever step found it (Lockout of .NET's UI)."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlencode

from django.contrib.auth import REDIRECT_FIELD_NAME
from django.shortcuts import render
from django.urls import reverse

from .lockout_message import lockout_message

if TYPE_CHECKING:
    from datetime import datetime

    from django.http import HttpRequest, HttpResponse

TEMPLATE = "identity_bridge/account/locked_out.html"


def locked_out_page(
    request: HttpRequest, *, until: datetime | None = None, next: str = ""
) -> HttpResponse:
    """Say until when, if that is known, and lead back to the sign-in page.

    ``next`` is an address of this site.
    200 as every refusal of the way in: the status tells nothing to somebody who tries names.
    """
    query = f"?{urlencode({REDIRECT_FIELD_NAME: next})}" if next else ""
    context = {
        "sentence": lockout_message(until),
        "login_url": f"{reverse('account:login')}{query}",
    }
    return render(request, TEMPLATE, context)
