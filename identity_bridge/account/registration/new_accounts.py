"""Making an account (the default UI's Register page), and the mail that confirms its address."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib.auth import get_user_model
from django.views.decorators.debug import sensitive_variables

from identity_bridge.account import mails
from identity_bridge.account.mailed_links import site_of
from identity_bridge.account.parts import Part, is_on
from identity_bridge.aspnet.normalization import normalize_email
from identity_bridge.conf import get_settings
from identity_bridge.signals import email_confirmation_requested, user_registered
from identity_bridge.signin import flow
from identity_bridge.users.accounts import create
from identity_bridge.users.emails import generate_email_confirmation_token
from identity_bridge.users.reclaiming import can_be_reclaimed
from identity_bridge.users.results import SUCCESS, IdentityResult

from .owners import owner_of
from .recovery import RECLAIM, send_link, send_reclaim_link, send_reset_link

if TYPE_CHECKING:
    from django.http import HttpRequest

    from identity_bridge.models import AbstractIdentityUser

CONFIRM, EXISTS = "confirm_email", "account_exists"
_TAKEN = {"DuplicateUserName", "DuplicateEmail"}


def is_confirmation_required() -> bool:
    """Tell if nobody signs in before the address is confirmed."""
    settings = get_settings()
    return settings.SIGN_IN_REQUIRE_CONFIRMED_EMAIL or settings.SIGN_IN_REQUIRE_CONFIRMED_ACCOUNT


@sensitive_variables("password")
def register(
    *, request: HttpRequest, email: str, password: str
) -> tuple[IdentityResult, AbstractIdentityUser | None]:
    """Make an account whose user name is the address, and mail the link that confirms it.

    Where a confirmation is required, an address that is taken succeeds as well, without a user:
    its owner gets a mail, and the visitor learns nothing. The password was hashed by then, so the
    time tells nothing either.
    """
    user = get_user_model()(username=email, email=email)
    result = create(user=user, password=password)
    if result.succeeded:
        user_registered.send(sender=type(user), request=request, user=user, provider=None)
        if mails.may_be_sent(request, email, template=CONFIRM):
            send_confirmation(request, user)
        return SUCCESS, user
    if is_confirmation_required() and _is_taken(result, email):
        _tell_owner(request, email)
        return SUCCESS, None
    return result, None


def _is_taken(result: IdentityResult, email: str) -> bool:
    codes = {error.code for error in result.errors}
    if codes == {"DefaultError"}:  # a row whose normalised name is not that of its name
        return flow.find_user(email, by_email=False) is not None
    return codes <= _TAKEN


def _tell_owner(request: HttpRequest, email: str) -> None:
    """Mail the owner of the address that there is an account, to no other address than it has."""
    owner = owner_of(email, confirmed=True)
    if owner is not None:
        if not mails.may_be_sent(request, email, template=EXISTS):
            return
        if is_on(Part.RECOVERY):
            send_reset_link(request, owner, template=EXISTS)
        else:
            mails.send(user=owner, template=EXISTS, site=site_of(request), link="")
        return
    owner = flow.find_user(email, by_email=False)
    is_own = owner is not None and normalize_email(owner.email) == normalize_email(email)
    if owner is None or not is_own or not owner.is_active:
        mails.may_be_sent(request, email, template=mails.NONE)
        return
    # Not the link that confirms it, if a stranger may have made the account: they would get one
    # that the owner of the address has confirmed.
    template = RECLAIM if can_be_reclaimed(user=owner) else CONFIRM
    if mails.may_be_sent(request, email, template=template):
        (send_reclaim_link if template == RECLAIM else send_confirmation)(request, owner)


def send_confirmation(request: HttpRequest, user: AbstractIdentityUser) -> None:
    """Mail the link that confirms the address an account has."""
    token = generate_email_confirmation_token(user=user)
    send_link(request, user, page="account:confirm-email", token=token, template=CONFIRM)


def resend_confirmation(*, request: HttpRequest, email: str) -> None:
    """Mail the link once more, if an account has this address and has not confirmed it."""
    user = owner_of(email, confirmed=False)
    template = mails.NONE if user is None else CONFIRM
    may_be_sent = mails.may_be_sent(request, email, template=template)
    email_confirmation_requested.send(sender=get_user_model(), request=request, user=user)
    if user is not None and may_be_sent:
        send_confirmation(request, user)
