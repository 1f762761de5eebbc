"""What a user is shown about himself: no secrets, and nothing that only the software needs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from identity_bridge.aspnet.claim_types import short_name
from identity_bridge.models import Role, UserClaim, UserPasskey
from identity_bridge.users.logins import get_logins
from identity_bridge.users.recovery_codes import count_recovery_codes
from identity_bridge.users.token_providers import AUTHENTICATOR, EMAIL, PHONE
from identity_bridge.users.two_factor import valid_two_factor_providers

from .lockout_message import shown_moment

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from identity_bridge.models import AbstractIdentityUser


@dataclass(frozen=True, kw_only=True, slots=True)
class Row:
    """One line: a value, or a word in colour, or both."""

    label: str
    value: str | None = ""
    tag: str = ""
    tone: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Section:
    title: str
    rows: Sequence[Row]


@dataclass(frozen=True, kw_only=True, slots=True)
class Claim:
    name: str
    """The short name, as in tokens."""
    type: str
    value: str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Profile:
    name: str
    initial: str
    last_login: datetime | None
    sections: Sequence[Section]
    roles: Sequence[str]
    claims: Sequence[Claim]
    logins: Sequence[str]


def describe(user: AbstractIdentityUser, *, now: datetime) -> Profile:
    """Return what the profile page shows of a user."""
    name = user.username or user.email or str(user.pk)
    return Profile(
        name=name,
        initial=next((letter.upper() for letter in name if letter.isalnum()), "?")[:1],
        last_login=user.last_login,
        sections=[_identity(user), _contact(user), _sign_in(user, now), _second_factor(user)],
        roles=[
            str(role)
            for role in Role.objects.filter(memberships__user_id=user.pk).order_by("name", "pk")
        ],
        claims=[
            Claim(
                name=short_name(claim.claim_type or ""),
                type=claim.claim_type or "",
                value=claim.claim_value,
            )
            for claim in UserClaim.objects.filter(user_id=user.pk).order_by("id")
        ],
        logins=[
            login.provider_display_name or login.login_provider for login in get_logins(user=user)
        ],
    )


def _identity(user: AbstractIdentityUser) -> Section:
    return Section(
        title=_("Who you are"),
        rows=[
            Row(label=_("Id"), value=str(user.pk)),
            Row(label=_("User name"), value=user.username),
            Row(label=_("Member since"), value=_moment(user.date_joined) or _("not known")),
        ],
    )


def _contact(user: AbstractIdentityUser) -> Section:
    return Section(
        title=_("How to reach you"),
        rows=[
            _confirmable(_("E-mail"), user.email, user.email_confirmed),
            _confirmable(_("Telephone"), user.phone_number, user.phone_number_confirmed),
        ],
    )


def _confirmable(label: str, value: str | None, confirmed: bool) -> Row:
    if value is None:
        return Row(label=label, value=None)
    if confirmed:
        return Row(label=label, value=value, tag=_("confirmed"), tone="good")
    return Row(label=label, value=value, tag=_("not confirmed"), tone="warn")


def _sign_in(user: AbstractIdentityUser, now: datetime) -> Section:
    has_password = user.has_password()
    locked = user.is_locked_out(now=now)
    return Section(
        title=_("Signing in"),
        rows=[
            Row(
                label=_("Password"),
                tag=_("set") if has_password else _("not set"),
                tone="good" if has_password else "",
            ),
            Row(
                label=_("Lockout"),
                value=_moment(user.lockout_end) if locked else "",
                tag=_("locked") if locked else _("not locked"),
                tone="bad" if locked else "good",
            ),
        ],
    )


def _second_factor(user: AbstractIdentityUser) -> Section:
    words = {
        AUTHENTICATOR: _("authenticator app"),
        EMAIL: _("code by e-mail"),
        PHONE: _("code by text message"),
    }
    providers = valid_two_factor_providers(user=user)
    passkeys = [str(passkey) for passkey in UserPasskey.objects.filter(user_id=user.pk)]
    return Section(
        title=_("Second factor"),
        rows=[
            Row(
                label=_("Asked for"),
                tag=_("on") if user.two_factor_enabled else _("off"),
                tone="good" if user.two_factor_enabled else "",
            ),
            Row(
                label=_("Possible by"),
                value=", ".join(words[provider] for provider in providers) or None,
            ),
            Row(label=_("Recovery codes"), value=_codes_left(count_recovery_codes(user=user))),
            Row(label=_("Passkeys"), value=", ".join(passkeys) or None),
        ],
    )


def _codes_left(number: int) -> str | None:
    return ngettext("%d left", "%d left", number) % number if number else None


def _moment(when: datetime | None) -> str | None:
    return None if when is None else shown_moment(when)
