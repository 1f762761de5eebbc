"""The page that shows a key to an authenticator app and takes the first code of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from identity_bridge.account.forms import AuthenticatorForm
from identity_bridge.account.page import guarded_page, owner_of
from identity_bridge.account.parts import Part, part_of
from identity_bridge.account.sign_in import too_many_attempts
from identity_bridge.aspnet.one_time_codes import authenticator_uri, display_key
from identity_bridge.conf import get_settings
from identity_bridge.signin import authenticator_setup
from identity_bridge.signin.rate_limit import RateLimited
from identity_bridge.users.recovery_codes import count_recovery_codes

from .qr_code import qr_code
from .recovery_codes import NUMBER, show_new

if TYPE_CHECKING:
    from identity_bridge.models import AbstractIdentityUser

TEMPLATE = "identity_bridge/account/second_factor/authenticator.html"


@part_of(Part.SECOND_FACTOR)
@require_http_methods(["GET", "HEAD", "POST"])
@guarded_page("second-factor")
def authenticator(request: HttpRequest) -> HttpResponse:
    user = owner_of(request)
    if request.method != "POST":
        return _page(request, user, AuthenticatorForm())
    if "renew" in request.POST:
        authenticator_setup.begin(request=request, user=user, renew=True)
        return HttpResponseRedirect(reverse("account:authenticator"))
    form = AuthenticatorForm(request.POST)
    if not form.is_valid():
        form.refuse()
        return _page(request, user, form)
    try:
        result = authenticator_setup.finish(
            request=request, user=user, code=form.cleaned_data["code"]
        )
    except RateLimited as limit:
        return too_many_attempts(request, limit.retry_after)
    if not result.succeeded:
        form.refuse()
        return _page(request, user, form)
    if count_recovery_codes(user=user) == 0:
        return show_new(request, user, number=NUMBER)
    text = _("Your authenticator app is set up.")
    messages.success(request, text, fail_silently=True)
    return HttpResponseRedirect(reverse("account:second-factor"))


def _page(
    request: HttpRequest, user: AbstractIdentityUser, form: AuthenticatorForm
) -> HttpResponse:
    key = authenticator_setup.begin(request=request, user=user)
    uri = authenticator_uri(
        key,
        account=user.email or user.username or str(user.pk),
        issuer=get_settings().AUTHENTICATOR_ISSUER or request.get_host(),
    )
    shown = {"form": form, "key": display_key(key), "uri": uri, "qr_code": qr_code(uri)}
    return render(request, TEMPLATE, shown)
