"""The page for somebody who signed in elsewhere and has no account here."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from identity_bridge.account.fields import address_field, checked_address
from identity_bridge.account.forms import PageForm
from identity_bridge.account.identity_errors import shown
from identity_bridge.account.page import page
from identity_bridge.account.parts import Part, part_of
from identity_bridge.account.provider.login_context import keep_opener
from identity_bridge.account.sign_in import too_many_attempts
from identity_bridge.external.errors import ExternalSignInFailed
from identity_bridge.external.registration import Registration, has_proven, register
from identity_bridge.signin import external_identity
from identity_bridge.signin.external_identity import ExternalIdentity
from identity_bridge.signin.rate_limit import RateLimited, count_attempt

from .callback import sign_in
from .new_account import confirmation_first, registration_here
from .problems import problem_page, refused_registration

TEMPLATE = "identity_bridge/account/external/register.html"
_TAKEN = {"DuplicateUserName", "DuplicateEmail"}


class RegisterForm(PageForm):
    email = address_field(autofocus=True)

    def clean_email(self) -> str:
        return checked_address(self.cleaned_data["email"])


@part_of(Part.EXTERNAL_LOGINS)
@page
@require_http_methods(["GET", "HEAD", "POST"])
def register_page(request: HttpRequest) -> HttpResponse:
    if registration_here(request) is not Registration.ASK:
        raise Http404("no accounts are made here after a question")
    identity = external_identity.current(request=request)
    if identity is None:
        text = _("Please sign in again: the time for this step is over.")
        messages.warning(request, text, fail_silently=True)
        return HttpResponseRedirect(reverse("account:login"))
    form = RegisterForm(request.POST or None, initial={"email": identity.email})
    try:
        if request.method == "POST" and (response := _answer(request, identity, form)):
            return response
    except RateLimited as limit:
        return too_many_attempts(request, limit.retry_after)
    except ExternalSignInFailed as error:
        return problem_page(request, error, next=identity.next)
    page = render(request, TEMPLATE, {"form": form, "identity": identity, "next": identity.next})
    keep_opener(page, identity.next)
    return page


def _answer(request: HttpRequest, identity: ExternalIdentity, form: Any) -> HttpResponse | None:
    """Make the account; None to show the form again."""
    # Each answer tells a little about which addresses have an account.
    count_attempt(request=request, account=f"external {identity.provider} {identity.key}")
    if not form.is_valid():
        return None
    email = form.cleaned_data["email"]
    result, user = register(request=request, identity=identity, email=email)
    if result.succeeded:
        external_identity.forget(request=request)
        return confirmation_first(request, identity, user) or sign_in(request, identity)
    codes = {error.code for error in result.errors}
    if not codes & _TAKEN:
        for error in result.errors:
            form.add_error("email", shown(error))
    elif has_proven(identity, email):
        form.add_error(
            None,
            _(
                "There is an account with this address: sign in with it first, then add this "
                "login on the page External logins."
            ),
        )
    else:
        form.add_error(None, refused_registration())
    return None
