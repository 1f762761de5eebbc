"""What a visitor is told when a sign-in elsewhere comes to nothing."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from identity_bridge.account.provider.login_context import asking_client, keep_opener
from identity_bridge.external import errors
from identity_bridge.signals import external_sign_in_failed

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from identity_bridge.external.errors import ExternalSignInFailed

logger = logging.getLogger("identity_bridge.external")

TEMPLATE = "identity_bridge/account/external/problem.html"


def problem_page(
    request: HttpRequest, error: ExternalSignInFailed, *, next: str = "", linking: bool = False
) -> HttpResponse:
    """Show what went wrong, and report it. ``linking``: back to the page of external logins."""
    provider = error.scheme
    external_sign_in_failed.send(
        sender=type(error), request=request, provider=provider, reason=error.code
    )
    logger.warning(
        "event=external_sign_in_failed provider=%s reason=%s detail=%s",
        ascii(provider),
        error.code,
        ascii(error.detail),
    )
    return sentence_page(
        request, _sentence(error), code=error.code, next=next, linking=linking, status=400
    )


def sentence_page(
    request: HttpRequest,
    sentence: str,
    *,
    code: str = "",
    next: str = "",
    linking: bool = False,
    status: int = 200,
) -> HttpResponse:
    """Show why nobody is signed in."""
    context = {
        "sentence": sentence,
        "code": code,
        "next": next,
        "login_url": reverse("account:login"),
        "back_url": reverse("account:external-logins") if linking else "",
        "asking": asking_client(next),
    }
    response = render(request, TEMPLATE, context, status=status)
    keep_opener(response, next)
    return response


def _sentence(error: ExternalSignInFailed) -> str:
    match error:
        case errors.AccessDenied():
            return _("You have not allowed the sign-in there, or the other site has refused it.")
        case errors.StateUnknown():
            return _(
                "This answer belongs to no sign-in of this browser. It may be too old, or it was "
                "used before. Please start again."
            )
        case errors.ProviderUnknown():
            return _("Signing in this way is not possible here, or not any more.")
        case errors.ProviderUnreachable():
            return _("The other site does not answer. Please try again in a minute.")
        case errors.NotRegistered():
            return _(
                "No account here knows this login. If you have an account, sign in with it first, "
                "then add this login on the page External logins."
            )
        case errors.RegistrationRefused():
            return refused_registration()
        case errors.LoginTaken():
            return _("This login belongs to another account here.")
        case errors.ProviderMisconfigured() | errors.LibraryMissing() | errors.ProviderRefused():
            return _(
                "The sign-in there is not set up in the right way. Tell the people who run this "
                "site."
            )
        case _:
            return _("The answer of the other site proves nothing. Nobody has been signed in.")


def refused_registration() -> str:
    """Say no more than a stranger may know."""
    return _(
        "No account could be made. If you have an account here, sign in with it first, then add "
        "this login on the page External logins."
    )
