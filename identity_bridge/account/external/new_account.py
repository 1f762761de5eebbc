"""What comes of somebody who has just got an account by a sign-in elsewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlencode

from django.contrib.auth import REDIRECT_FIELD_NAME
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse

from identity_bridge.account import mails
from identity_bridge.account.parts import Part, is_on
from identity_bridge.account.registration import waiting
from identity_bridge.account.registration.new_accounts import (
    CONFIRM,
    is_confirmation_required,
    send_confirmation,
)
from identity_bridge.adapter import get_adapter
from identity_bridge.external.registration import Registration, mode

if TYPE_CHECKING:
    from django.http import HttpRequest

    from identity_bridge.models import AbstractIdentityUser
    from identity_bridge.signin.external_identity import ExternalIdentity


def registration_here(request: HttpRequest) -> Registration:
    """Return what happens to somebody whom nobody knows: EXTERNAL_REGISTRATION, and ``never``
    where no accounts are made for this visitor."""
    is_open = is_on(Part.REGISTRATION) and get_adapter().is_open_for_registration(request=request)
    return mode() if is_open else Registration.NEVER


def confirmation_first(
    request: HttpRequest, identity: ExternalIdentity, user: AbstractIdentityUser
) -> HttpResponse | None:
    """Mail the link that confirms the address, if nobody has; the page that says so where nobody
    signs in before."""
    if user.email_confirmed or not user.email:
        return None
    if mails.may_be_sent(request, user.email, template=CONFIRM):
        send_confirmation(request, user)
    if not is_confirmation_required():
        return None
    waiting.keep(request, identity.next)
    query = f"?{urlencode({REDIRECT_FIELD_NAME: identity.next})}" if identity.next else ""
    return HttpResponseRedirect(f"{reverse('account:registration-done')}{query}")
