"""The page for somebody whose account is locked, whichever step found it (Lockout of .NET's UI)."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlencode

from django.contrib.auth import REDIRECT_FIELD_NAME
from django.shortcuts import render
from django.urls import reverse

from .lockout_message import lockout_message

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from identity_bridge.models import AbstractIdentityUser

TEMPLATE = "identity_bridge/account/locked_out.html"


def locked_out_page(
    request: HttpRequest, user: AbstractIdentityUser | None, *, next: str = ""
) -> HttpResponse:
    """Say until when, and lead back to the sign-in page; ``next`` is an address of this site.

    200 as every refusal of the way in: the status tells nothing to somebody who tries names.
    """
    query = f"?{urlencode({REDIRECT_FIELD_NAME: next})}" if next else ""
    context = {
        "sentence": lockout_message(user),
        "login_url": f"{reverse('account:login')}{query}",
    }
    return render(request, TEMPLATE, context)
