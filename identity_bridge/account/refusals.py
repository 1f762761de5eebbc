"""What the site answers instead of a page: no permission, a form that is too old.

A project names them where Django asks: ``handler403`` in its URLs, ``CSRF_FAILURE_VIEW`` in its
settings.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.contrib.auth import REDIRECT_FIELD_NAME
from django.shortcuts import render
from django.urls import reverse

from .destinations import destination
from .page import refusal_page

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


@refusal_page
def access_denied(request: HttpRequest, exception: Any = None) -> HttpResponse:
    """Answer 403 to somebody who may not see a page (AccessDenied of IdentityServer's templates).

    What the exception says is for the log: texts of permission checks name what they protect.
    """
    query = urlencode({REDIRECT_FIELD_NAME: request.get_full_path()})
    context = {"login_url": f"{reverse('account:login')}?{query}"}
    return render(request, "identity_bridge/account/access_denied.html", context, status=403)


@refusal_page
def form_expired(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Answer 403 to a form whose token is not that of the browser (antiforgery of .NET: 400).

    Mostly a page that was open while its visitor signed in or out elsewhere: shown again, it
    works. Nothing leads back to another site. Django has logged the reason.
    """
    context = {"again_url": destination(request, request.headers.get("Referer", ""))}
    return render(request, "identity_bridge/account/form_expired.html", context, status=403)
