"""The passkeys of somebody who is signed in: list, add, rename, remove."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from identity_bridge.account.lockout_message import shown_moment
from identity_bridge.account.page import guarded_page, owner_of, owner_page
from identity_bridge.account.parts import Part, is_on, part_of
from identity_bridge.external import registry
from identity_bridge.passkeys.errors import PasskeyRefused, TooManyPasskeys
from identity_bridge.passkeys.reading import from_base64url, to_base64url
from identity_bridge.signin import own_passkeys, passkeys
from identity_bridge.users.passkeys import get_all_passkeys

from .forms import NameForm, NewPasskeyForm
from .messages import changed_meanwhile, last_way_in, not_added, too_many

if TYPE_CHECKING:
    from identity_bridge.aspnet.passkey_data import PasskeyData

_TEMPLATES = "identity_bridge/account/passkeys/"


@dataclass(frozen=True, kw_only=True, slots=True)
class Shown:
    """One passkey, in words."""

    key: str
    """Its id in base64url, for addresses."""
    name: str
    created: str
    """Empty if the row cannot be read."""
    is_readable: bool
    is_synced: bool
    """A provider keeps a copy, for the other devices of its owner."""


@part_of(Part.PASSKEYS)
@require_safe
@owner_page
def index(request: HttpRequest) -> HttpResponse:
    found = get_all_passkeys(user=owner_of(request))
    rows = sorted(found.items(), key=lambda one: (one[1] is None, one[1] and one[1].created))
    context = {
        "passkeys": [_shown(credential_id, data) for credential_id, data in rows],
        "may_add": sum(data is not None for data in found.values()) < passkeys.MAX_PASSKEYS,
    }
    return render(request, f"{_TEMPLATES}list.html", context)


@part_of(Part.PASSKEYS)
@require_http_methods(["GET", "HEAD", "POST"])
@guarded_page("passkeys")
def add(request: HttpRequest) -> HttpResponse:
    form = NewPasskeyForm(request.POST if request.method == "POST" else None)
    problem = None
    if request.method == "POST":
        problem = _register(request, form) if form.is_valid() else not_added()
        if problem is None:
            messages.success(request, _("The passkey is added."), fail_silently=True)
            return HttpResponseRedirect(reverse("account:passkeys"))
    return render(request, f"{_TEMPLATES}add.html", {"form": form, "problem": problem})


def _register(request: HttpRequest, form: NewPasskeyForm) -> str | None:
    """Return what prevented it, None if it is done."""
    try:
        result = passkeys.register(
            request=request,
            user=owner_of(request),
            credential_json=form.cleaned_data["credential"],
            name=form.cleaned_data["name"] or None,
        )
    except TooManyPasskeys:
        return too_many()
    except PasskeyRefused:
        return not_added()
    return None if result.succeeded else changed_meanwhile()


@part_of(Part.PASSKEYS)
@require_POST
@guarded_page("passkeys")
def creation_options(request: HttpRequest) -> HttpResponse:
    try:
        return JsonResponse(passkeys.begin_registration(request=request, user=owner_of(request)))
    except TooManyPasskeys:
        return JsonResponse({"detail": too_many()}, status=409)
    except PasskeyRefused:
        text = _("This account cannot have passkeys: its Id is too long.")
        return JsonResponse({"detail": text}, status=409)


@part_of(Part.PASSKEYS)
@require_http_methods(["GET", "HEAD", "POST"])
@owner_page
def rename(request: HttpRequest, key: str) -> HttpResponse:
    credential_id, passkey = _found(request, key)
    if passkey is None:
        raise Http404("this passkey cannot be read")
    form = NameForm(request.POST or None, initial={"name": passkey.name})
    problem = None
    if request.method == "POST" and form.is_valid():
        result = own_passkeys.rename(
            request=request,
            user=owner_of(request),
            credential_id=credential_id,
            name=form.cleaned_data["name"] or None,
        )
        if result is not None and result.succeeded:
            messages.success(request, _("The passkey has a new name."), fail_silently=True)
            return HttpResponseRedirect(reverse("account:passkeys"))
        problem = changed_meanwhile()
    context = {"form": form, "problem": problem, "passkey": _shown(credential_id, passkey)}
    return render(request, f"{_TEMPLATES}rename.html", context)


@part_of(Part.PASSKEYS)
@require_http_methods(["GET", "HEAD", "POST"])
@guarded_page("passkeys")
def remove(request: HttpRequest, key: str) -> HttpResponse:
    credential_id, passkey = _found(request, key)
    user = owner_of(request)
    usable = {offer.scheme for offer in registry.offers()} if is_on(Part.EXTERNAL_LOGINS) else set()
    is_last = own_passkeys.is_last_way_in(user=user, credential_id=credential_id, usable=usable)
    problem = last_way_in() if is_last else None
    if request.method == "POST" and not is_last:
        result = own_passkeys.remove(
            request=request, user=user, credential_id=credential_id, usable=usable
        )
        if result is not None and result.succeeded:
            messages.success(request, _("The passkey is removed."), fail_silently=True)
            return HttpResponseRedirect(reverse("account:passkeys"))
        problem = changed_meanwhile()
    context = {
        "problem": problem,
        "is_last": is_last,
        "passkey": _shown(credential_id, passkey),
    }
    return render(request, f"{_TEMPLATES}remove.html", context)


def _found(request: HttpRequest, key: str) -> tuple[bytes, PasskeyData | None]:
    try:
        credential_id = from_base64url(key)
    except PasskeyRefused:
        raise Http404("no passkey has such an id") from None
    passkeys_of_user = get_all_passkeys(user=owner_of(request))
    if credential_id not in passkeys_of_user:
        raise Http404("this user has no such passkey")
    return credential_id, passkeys_of_user[credential_id]


def _shown(credential_id: bytes, data: PasskeyData | None) -> Shown:
    return Shown(
        key=to_base64url(credential_id),
        name=_("Damaged passkey") if data is None else data.name or _("Unnamed passkey"),
        created="" if data is None else shown_moment(data.created),
        is_readable=data is not None,
        is_synced=data is not None and data.is_backed_up,
    )
