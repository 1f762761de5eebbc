"""How users are listed, filtered and found."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils import formats, timezone
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from identity_bridge.aspnet.date_times import MAX_VALUE
from identity_bridge.aspnet.errors import NormalizationError
from identity_bridge.aspnet.normalization import normalize_name

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.http import HttpRequest
    from django.utils.safestring import SafeString

    from identity_bridge.models import AbstractIdentityUser

#: A name of .NET may have 256 characters; a list with one of those has no other column.
LONGEST_SHOWN = 30


class LockedFilter(admin.SimpleListFilter):
    """Locked out now, as ``is_locked_out()`` tells it."""

    title = _("locked out")
    parameter_name = "locked"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("now", _("Yes")), ("ever", _("For ever")), ("no", _("No"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        locked = Q(lockout_enabled=True, lockout_end__gte=timezone.now())
        match self.value():
            case "now":
                return queryset.filter(locked)
            case "ever":
                return queryset.filter(lockout_enabled=True, lockout_end__gte=MAX_VALUE)
            case "no":
                # Not exclude(): a NULL date would make the whole condition unknown.
                return queryset.filter(
                    Q(lockout_enabled=False)
                    | Q(lockout_end__isnull=True)
                    | Q(lockout_end__lt=timezone.now())
                )
        return queryset


def find_users(queryset: QuerySet[Any], search_term: str) -> QuerySet[Any]:
    """Narrow users to those whose names contain each word, or whose Id is the whole term.

    The words go through the normaliser that filled the normalised columns, so that every
    alphabet is found in either case and no LOWER() or ILIKE is needed.
    """
    try:
        words = [normalize_name(word) or "" for word in search_term.split()]
    except NormalizationError:
        return queryset.none()
    condition = Q()
    for word in words:
        condition &= Q(normalized_username__contains=word) | Q(normalized_email__contains=word)
    # Rows without normalised names are still found by what they are exactly called.
    condition |= Q(username=search_term) | Q(email=search_term)
    try:
        key = queryset.model._meta.pk.to_python(search_term)
    except ValidationError:
        return queryset.filter(condition)
    if isinstance(key, int) and not -(2**63) <= key < 2**63:
        return queryset.filter(condition)
    return queryset.filter(condition | Q(pk=key))


def shown_name(user: AbstractIdentityUser) -> SafeString:
    """Return a name that can be seen and clicked, whatever alphabet or gap it is made of."""
    if user.username is None or not user.username.strip():
        return format_html("<em>{}</em>", gettext("(no name)"))
    return cut(user.username)


def cut(text: str) -> SafeString:
    """Return a text that leaves room for the other columns, the whole of it in its title."""
    if len(text) <= LONGEST_SHOWN:
        return format_html("<bdi>{}</bdi>", text)
    return format_html('<bdi title="{}">{}…</bdi>', text, text[: LONGEST_SHOWN - 1])


def shown_lockout(user: AbstractIdentityUser) -> str | None:
    """Return until when the user is locked, None if not locked now."""
    if not user.is_locked_out() or user.lockout_end is None:
        return None
    if user.lockout_end >= MAX_VALUE:
        return gettext("for ever")
    return formats.date_format(timezone.localtime(user.lockout_end), "SHORT_DATETIME_FORMAT")


class UserColumns:
    """The columns of the list, narrow enough to stand side by side."""

    @admin.display(description=_("user name"), ordering="normalized_username")
    def name(self, user: AbstractIdentityUser) -> SafeString:
        return shown_name(user)

    @admin.display(description=_("locked until"), ordering="lockout_end")
    def locked_until(self, user: AbstractIdentityUser) -> str:
        return shown_lockout(user) or "–"

    @admin.display(description=_("e-mail"), ordering="normalized_email")
    def address(self, user: AbstractIdentityUser) -> SafeString:
        return cut(user.email or "–")

    @admin.display(description=_("confirmed"), ordering="email_confirmed", boolean=True)
    def confirmed(self, user: AbstractIdentityUser) -> bool:
        return bool(user.email_confirmed)

    @admin.display(description=_("2nd factor"), ordering="two_factor_enabled", boolean=True)
    def second_factor(self, user: AbstractIdentityUser) -> bool:
        return bool(user.two_factor_enabled)

    @admin.display(description=_("staff"), ordering="is_staff", boolean=True)
    def staff(self, user: AbstractIdentityUser) -> bool:
        return bool(user.is_staff)
