"""Codes sent at the second step, by e-mail or by text message.

Only to an address or a number that was confirmed: an unconfirmed one may be anybody's. Only for a
session that ``flow.password_sign_in`` left half signed in; ``second_factor.two_factor_sign_in``
takes the code. How a message travels, the adapter decides.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from django.contrib.sessions.backends.base import UpdateError
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_variables

from identity_bridge.adapter import get_adapter
from identity_bridge.signals import second_factor_code_sent
from identity_bridge.users.token_providers import EMAIL, PHONE
from identity_bridge.users.two_factor import generate_two_factor_code, valid_two_factor_providers

from . import rate_limit, two_factor_session
from .flow import pre_sign_in_check

if TYPE_CHECKING:
    from collections.abc import Collection

    from django.http import HttpRequest

    from identity_bridge.models import AbstractIdentityUser

logger = logging.getLogger(__name__)

MAX_SENDS = 3
"""Of one right password: whoever knows it must not be able to flood the other's inbox."""

MAX_SENDS_PER_USER = (10, 3600)
"""In so many seconds, however often the password is given again."""

MAIL_TEMPLATE = "identity_bridge/account/mail/second_factor_code"

_SENT = "sent"
_HIDDEN = "•••"
_MIN_SHOWN_DIGITS = 6


class Sending(StrEnum):
    """What an attempt to send a code came to."""

    SENT = "sent"
    NOT_SENT = "not_sent"
    """The mail server or the SMS service refused, or this user can have no code."""
    NO_WAY = "no_way"
    """Nothing confirmed to send to, or the adapter cannot send it."""
    TOO_MANY = "too_many"
    LOCKED_OUT = "locked_out"
    NOT_ALLOWED = "not_allowed"
    NO_SESSION = "no_session"
    """Nobody gave a right password here, or too long ago."""


@dataclass(frozen=True, kw_only=True, slots=True)
class MessageWay:
    """A way a code can reach somebody."""

    provider: str
    """``Email`` or ``Phone``."""
    masked: str
    """Enough of the address to know one's own, too little to learn another's."""


def message_ways(
    *, user: AbstractIdentityUser, providers: Collection[str]
) -> tuple[MessageWay, ...]:
    """Return the ways a code can be sent; ``providers`` are his ``valid_two_factor_providers``."""
    if not user.security_stamp:  # the key of every code
        return ()
    ways = []
    if EMAIL in providers:
        ways.append(MessageWay(provider=EMAIL, masked=mask_email(user.email or "")))
    if PHONE in providers and get_adapter().can_send_sms:
        ways.append(MessageWay(provider=PHONE, masked=mask_phone_number(user.phone_number or "")))
    return tuple(ways)


def sends_made(*, request: HttpRequest) -> int:
    """Return how many codes this half-signed session has asked for."""
    state = two_factor_session.state_of(request=request) or {}
    made = state.get(_SENT, 0)
    return made if isinstance(made, int) else 0


def send_code(request: HttpRequest, provider: str) -> Sending:
    """Send the code of the present three minutes by ``Email`` or ``Phone``.

    :raises RateLimited: too many attempts of this address or on this account.
    """
    user = two_factor_session.current_user(request=request)
    if user is None:
        return Sending.NO_SESSION
    rate_limit.count_attempt(request=request, account=f"id {user.pk}")
    refused = pre_sign_in_check(user=user)
    if refused is not None:
        return Sending.LOCKED_OUT if refused.is_locked_out else Sending.NOT_ALLOWED
    ways = message_ways(user=user, providers=valid_two_factor_providers(user=user))
    if provider not in {way.provider for way in ways}:
        return Sending.NO_WAY
    if sends_made(request=request) >= MAX_SENDS:
        return Sending.TOO_MANY
    try:
        rate_limit.count_message(request=request, account=str(user.pk), limit=MAX_SENDS_PER_USER)
    except rate_limit.RateLimited:
        return Sending.TOO_MANY
    if not _count_send(request):
        return Sending.NO_SESSION
    result = Sending.SENT if _hand_over(user, provider) else Sending.NOT_SENT
    second_factor_code_sent.send(
        sender=type(user), request=request, user=user, provider=provider, result=result
    )
    return result


def _count_send(request: HttpRequest) -> bool:
    """Count before sending, failed ones too; False if the session has ended meanwhile."""
    request.session[two_factor_session.SESSION_KEY][_SENT] = sends_made(request=request) + 1
    request.session.modified = True
    try:
        # Now, not after the seconds a mail server may take, in which others would not see it.
        request.session.save()
    except UpdateError:
        return False
    return True


@sensitive_variables("code", "message")
def _hand_over(user: AbstractIdentityUser, provider: str) -> bool:
    adapter = get_adapter()
    try:
        code = generate_two_factor_code(user=user, provider=provider)
        if provider == EMAIL:
            adapter.send_mail(user=user, template=MAIL_TEMPLATE, context={"code": code})
        else:
            message = _("%(code)s is your code to sign in. Give it to nobody.") % {"code": code}
            adapter.send_sms(user=user, message=message)
    except Exception as error:
        # Whatever an adapter raises. Only its class: the text of SMTP errors has the address.
        logger.error(
            "second factor code not sent: provider=%s user=%s error=%s",
            provider,
            ascii(str(user.pk)),
            type(error).__qualname__,
        )
        return False
    return True


def mask_email(address: str) -> str:
    """Return ``a•••@e•••.com`` for ada@example.com; of one letter nothing is shown."""
    local, _at, domain = address.strip().rpartition("@")
    host, _dot, top = domain.rpartition(".")
    if not host or not top.isalpha():  # localhost, an IP address
        return f"{_mask(local)}@{_mask(domain)}"
    return f"{_mask(local)}@{_mask(host)}.{top}"


def mask_phone_number(number: str) -> str:
    """Return the last two digits: ``•••01``."""
    digits = [character for character in number if character.isdecimal()]
    return _HIDDEN + "".join(digits[-2:] if len(digits) >= _MIN_SHOWN_DIGITS else ())


def _mask(text: str) -> str:
    return (text[0] if len(text) > 1 and text[0].isalnum() else "") + _HIDDEN
