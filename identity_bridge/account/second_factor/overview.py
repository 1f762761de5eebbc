"""The page of the second factor: what there is of it, and the switches."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from identity_bridge.account.page import guarded_page, owner_of, owner_page
from identity_bridge.account.parts import Part, part_of
from identity_bridge.account.ways import ways_of
from identity_bridge.signin import remembered_browser, two_factor_switch
from identity_bridge.users.recovery_codes import count_recovery_codes

from .recovery_codes import FEW, NUMBER, show_new

if TYPE_CHECKING:
    pass

TEMPLATE = "identity_bridge/account/second_factor/overview.html"


@part_of(Part.SECOND_FACTOR)
@require_safe
@owner_page
def second_factor(request: HttpRequest) -> HttpResponse:
    user = owner_of(request)
    codes_left = count_recovery_codes(user=user)
    shown = {
        "is_enabled": user.two_factor_enabled,
        "ways": ways_of(user),
        "may_enable": bool(two_factor_switch.possible_providers(user=user)),
        "codes_left": codes_left,
        "has_few_codes": user.two_factor_enabled and codes_left < FEW,
        "is_remembered": remembered_browser.is_remembered(request=request, user=user),
    }
    return render(request, TEMPLATE, shown)


@part_of(Part.SECOND_FACTOR)
@require_POST
@guarded_page("second-factor")
def switch(request: HttpRequest) -> HttpResponse:
    """Switch the second step on or off; whoever switches it on gets recovery codes."""
    user = owner_of(request)
    enabled = request.POST.get("enabled") == "1"
    result = two_factor_switch.switch(request=request, user=user, enabled=enabled)
    if not result.succeeded:
        messages.error(request, _("This could not be done. Please try again."), fail_silently=True)
    elif enabled:
        if count_recovery_codes(user=user) == 0:
            return show_new(request, user, number=NUMBER)
        messages.success(request, _("The second factor is on."), fail_silently=True)
    else:
        messages.success(request, _("The second factor is off."), fail_silently=True)
    return HttpResponseRedirect(reverse("account:second-factor"))


@part_of(Part.SECOND_FACTOR)
@require_POST
@owner_page
def forget_browser(request: HttpRequest) -> HttpResponse:
    user = owner_of(request)
    two_factor_switch.forget_browser(request=request, user=user)
    text = _("This browser will be asked for a code at the next sign-in.")
    messages.success(request, text, fail_silently=True)
    return HttpResponseRedirect(reverse("account:second-factor"))
