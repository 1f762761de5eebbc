"""A new password by a mailed link (the default UI's ForgotPassword and ResetPassword)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib.auth import get_user_model
from django.views.decorators.debug import sensitive_variables

from identity_bridge.account import mails
from identity_bridge.account.mailed_links import absolute, site_of
from identity_bridge.account.provider.owner import end_stale_sessions
from identity_bridge.signals import email_confirmed, password_changed, password_reset_requested
from identity_bridge.users.passwords import generate_password_reset_token, reset_password
from identity_bridge.users.reclaiming import generate_reclaim_token, reclaim

from .owners import owner_of

if TYPE_CHECKING:
    from django.http import HttpRequest

    from identity_bridge.models import AbstractIdentityUser
    from identity_bridge.users.results import IdentityResult

RESET, RECLAIM = "reset_password", "reclaim_account"


def ask_for_link(*, request: HttpRequest, email: str) -> None:
    """Mail a link to set a new password, if an active account has confirmed this address.

    Whether the account is locked or has a password is not asked, as in .NET. The work is the same
    for every address: one statement, one count, and the mail goes out after the answer.
    """
    user = owner_of(email, confirmed=True)
    template = mails.NONE if user is None else RESET
    may_be_sent = mails.may_be_sent(request, email, template=template)
    password_reset_requested.send(sender=get_user_model(), request=request, user=user)
    if user is not None and may_be_sent:
        send_reset_link(request, user)


def send_reset_link(
    request: HttpRequest, user: AbstractIdentityUser, *, template: str = RESET
) -> None:
    """Mail a link to set a new password to the address as it is stored, which is confirmed."""
    token = generate_password_reset_token(user=user)
    link = absolute(request, "account:reset-password", user=str(user.pk), token=token)
    mails.send(user=user, template=template, site=site_of(request), link=link)


@sensitive_variables("token", "new")
def set_new_password(
    *, request: HttpRequest, user: AbstractIdentityUser, token: str, new: str
) -> IdentityResult:
    """Set the password; all sessions of the user end, and a lockout goes on (InvalidToken)."""
    result = reset_password(user=user, token=token, new=new)
    if result.succeeded:
        password_changed.send(sender=type(user), request=request, user=user, method="reset")
        end_stale_sessions(user)
        mails.send(user=user, template="password_changed", site=site_of(request))
    return result


def send_reclaim_link(request: HttpRequest, user: AbstractIdentityUser) -> None:
    """Mail a link that makes an account the own one, to its address, which nobody has confirmed."""
    token = generate_reclaim_token(user=user)
    send_link(request, user, page="account:reclaim", token=token, template=RECLAIM)


@sensitive_variables("token", "link")
def send_link(
    request: HttpRequest, user: AbstractIdentityUser, *, page: str, token: str, template: str
) -> None:
    """Mail a link to a page to the address an account has, confirmed or not."""
    link = absolute(request, page, user=str(user.pk), token=token)
    address = user.email or ""
    mails.send(user=user, template=template, address=address, site=site_of(request), link=link)


@sensitive_variables("token", "new")
def reclaim_account(
    *, request: HttpRequest, user: AbstractIdentityUser, token: str, new: str
) -> IdentityResult:
    """Make the account that of the owner of its address: with this password and no other way in."""
    result = reclaim(user=user, token=token, new=new)
    if result.succeeded:
        email_confirmed.send(sender=type(user), request=request, user=user)
        password_changed.send(sender=type(user), request=request, user=user, method="reclaim")
        end_stale_sessions(user)
    return result
