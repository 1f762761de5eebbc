"""The page of the logins elsewhere that sign the owner in."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from identity_bridge.account.content_security import set_policy
from identity_bridge.account.page import guarded_page, owner_of, owner_page
from identity_bridge.account.parts import Part, is_on, part_of
from identity_bridge.external import registry
from identity_bridge.external.linking import removable, unlink
from identity_bridge.users.logins import get_logins

TEMPLATE = "identity_bridge/account/external/logins.html"


@dataclass(frozen=True, kw_only=True, slots=True)
class Row:
    """One login; its key is shown since somebody may have two of one provider."""

    provider: str
    key: str
    name: str
    is_usable: bool
    can_be_removed: bool


@part_of(Part.EXTERNAL_LOGINS)
@owner_page
@require_safe
def logins(request: HttpRequest) -> HttpResponse:
    user = owner_of(request)
    offers = registry.offers()
    usable = {offer.scheme: offer.display_name for offer in offers}
    free = removable(user=user, usable=usable, with_passkeys=is_on(Part.PASSKEYS))
    rows = [
        Row(
            provider=login.login_provider,
            key=login.provider_key,
            name=usable.get(login.login_provider)
            or login.provider_display_name
            or login.login_provider,
            is_usable=login.login_provider in usable,
            can_be_removed=login in free,
        )
        for login in get_logins(user=user)
    ]
    held = {row.provider for row in rows}
    context = {"logins": rows, "offers": [one for one in offers if one.scheme not in held]}
    # The forms that add one lead to the provider in the end.
    return set_policy(render(request, TEMPLATE, context))


@part_of(Part.EXTERNAL_LOGINS)
@guarded_page("external-logins")
@require_POST
def remove(request: HttpRequest) -> HttpResponse:
    is_done = unlink(
        request=request,
        user=owner_of(request),
        login_provider=request.POST.get("provider", ""),
        provider_key=request.POST.get("key", ""),
        usable={offer.scheme for offer in registry.offers()},
        with_passkeys=is_on(Part.PASSKEYS),
    )
    if is_done:
        text = _("This login signs you in no more. You are signed out everywhere else.")
        messages.success(request, text, fail_silently=True)
    else:
        text = _(
            "The login was not removed: it is the last way to sign in to your account, or it was "
            "not there."
        )
        messages.error(request, text, fail_silently=True)
    return HttpResponseRedirect(reverse("account:external-logins"))
