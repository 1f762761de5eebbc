"""Signing in with a passkey: alone on the sign-in page, or at the second step.

The script asks for options as JSON, and sends the browser's answer as a form, so that what follows
is what follows after a password: a redirect within this site, or a page that says what was wrong.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from identity_bridge.account.locked_out import locked_out_page
from identity_bridge.account.page import page
from identity_bridge.account.parts import Part, part_of
from identity_bridge.account.provider.onward import onward
from identity_bridge.account.sign_in import REMEMBER_ME, LoginPage, TwoFactorPage
from identity_bridge.signin import passkeys, two_factor_session
from identity_bridge.signin.rate_limit import RateLimited, count_challenge

from .forms import CredentialForm
from .messages import refusal

if TYPE_CHECKING:
    from identity_bridge.signin.results import SignInResult


@part_of(Part.PASSKEYS)
@page
@require_POST
def sign_in_options(request: HttpRequest) -> HttpResponse:
    try:
        count_challenge(request=request)
    except RateLimited as limit:
        return too_many_requests(limit)
    return JsonResponse(passkeys.begin_sign_in(request=request))


@part_of(Part.PASSKEYS)
@page
@require_POST
def second_step_options(request: HttpRequest) -> HttpResponse:
    try:
        count_challenge(request=request)
    except RateLimited as limit:
        return too_many_requests(limit)
    options = passkeys.begin_second_factor(request=request)
    if options is None:
        text = _("Please sign in again: the time for the second step is over.")
        return JsonResponse({"detail": text}, status=403)
    return JsonResponse(options)


def too_many_requests(limit: RateLimited) -> HttpResponse:
    """Answer 429 to the script."""
    text = _("Too many attempts. Please wait a minute, and try again.")
    headers = {"Retry-After": str(limit.retry_after)}
    return JsonResponse({"detail": text}, status=429, headers=headers)


@method_decorator(part_of(Part.PASSKEYS), name="dispatch")
class PasskeySignInPage(LoginPage):
    """Takes the answer of the sign-in page; what is wrong is said there."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return HttpResponseRedirect(self.with_next("account:login"))

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        form = CredentialForm(request.POST)
        # A client that takes no sign-in by this site's own means takes none by passkey either.
        if not self.allows_password() or not form.is_valid():
            return self.get(request)
        result = passkeys.passkey_sign_in(
            request=request,
            credential_json=form.cleaned_data["credential"],
            persistent=form.cleaned_data[REMEMBER_ME],
        )
        if result.succeeded:
            return onward(request, self.get_success_url())
        if result.is_locked_out:
            return locked_out_page(request, next=self.get_redirect_url())
        messages.error(request, refusal(result), fail_silently=True)
        return self.get(request)


@method_decorator(part_of(Part.PASSKEYS), name="dispatch")
class PasskeyStepPage(TwoFactorPage):
    """Takes the answer of the second step; what is wrong is said on the page of all ways."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return HttpResponseRedirect(self.step("account:two-factor"))

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        form = CredentialForm(request.POST)
        if not form.is_valid():
            return self.get(request)
        result = self.attempt(form)
        if result.succeeded:
            return onward(request, self.get_success_url())
        user = two_factor_session.current_user(request=request)
        if user is None:  # that was one wrong answer too many
            return self.start_again()
        if result.is_locked_out:
            return locked_out_page(request, until=user.lockout_end, next=self.get_redirect_url())
        problem = refusal(result)
        context = self.get_context_data(form=self.get_form_class()(), problem=problem)
        return self.render_to_response(context)

    def attempt(self, form: Any) -> SignInResult:
        return passkeys.passkey_second_factor(
            request=self.request,
            credential_json=form.cleaned_data["credential"],
            persistent=self.persistent,
            remember_client=form.cleaned_data["remember_browser"],
        )
