"""Recovery codes: shown once, right after they were made."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from identity_bridge.account.page import guarded_page, owner_of
from identity_bridge.account.parts import Part, part_of
from identity_bridge.exceptions import IdentityResultError
from identity_bridge.signin import two_factor_switch
from identity_bridge.users.recovery_codes import count_recovery_codes

if TYPE_CHECKING:
    from identity_bridge.models import AbstractIdentityUser

NUMBER = 10
FEW = 3
"""With fewer left, the owner is told to make new ones, as by .NET's page."""

_ASK = "identity_bridge/account/second_factor/new_recovery_codes.html"
_SHOW = "identity_bridge/account/second_factor/recovery_codes.html"


@part_of(Part.SECOND_FACTOR)
@require_http_methods(["GET", "HEAD", "POST"])
@guarded_page("second-factor")
def recovery_codes(request: HttpRequest) -> HttpResponse:
    """Ask first: new codes void the old ones. Only where the second step is on, as .NET."""
    user = owner_of(request)
    if not user.two_factor_enabled:
        text = _("Switch the second factor on first: recovery codes stand in for it.")
        messages.warning(request, text, fail_silently=True)
        return HttpResponseRedirect(reverse("account:second-factor"))
    if request.method != "POST":
        return render(request, _ASK, {"codes_left": count_recovery_codes(user=user)})
    return show_new(request, user, number=NUMBER)


def show_new(request: HttpRequest, user: AbstractIdentityUser, *, number: int) -> HttpResponse:
    """Make codes and show them; they stand nowhere else, and never again."""
    try:
        codes = two_factor_switch.new_recovery_codes(request=request, user=user, number=number)
    except IdentityResultError:
        messages.error(request, _("This could not be done. Please try again."), fail_silently=True)
        return HttpResponseRedirect(reverse("account:second-factor"))
    title = _("Recovery codes for %(site)s") % {"site": request.get_host()}
    text = "\r\n".join([title, "", *codes, ""])
    file = f"data:text/plain;charset=utf-8,{quote(text)}"
    return render(request, _SHOW, {"codes": codes, "file": file})
