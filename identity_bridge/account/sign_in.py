"""The pages on the way in: name and password, the second step, the recovery code.

They parse, call one function of ``identity_bridge.signin`` and say what it answered. Where to go
next travels in ``?next=``, which is followed only within this site.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.views import RedirectURLMixin
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render, resolve_url
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.views.generic import FormView

from identity_bridge.signin import (
    decoy_lockout,
    flow,
    message_codes,
    second_factor,
    two_factor_session,
)
from identity_bridge.signin.rate_limit import RateLimited

from .content_security import set_policy
from .external import offers
from .forms import LoginForm, RecoveryCodeForm, TwoFactorForm
from .locked_out import locked_out_page
from .page import page
from .provider.login_context import asking_client, cancel, keep_opener
from .provider.logos import logos_of
from .provider.onward import onward
from .ways import ways_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.http.response import HttpResponseBase

    from identity_bridge.external.registry import Offer
    from identity_bridge.models import AbstractIdentityUser
    from identity_bridge.signin.results import SignInResult

REMEMBER_ME = "remember_me"


@method_decorator(page, name="dispatch")
class SignInPage(RedirectURLMixin, FormView):  # type: ignore[type-arg]
    """One step of the way in."""

    def turned_away(self) -> HttpResponse | None:
        """Return where to send somebody who has no business here."""
        return None

    def attempt(self, form: Any) -> SignInResult:
        raise NotImplementedError

    def who(self, form: Any) -> AbstractIdentityUser | None:
        """Return whom a lockout is about."""
        raise NotImplementedError

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            response = self.turned_away() or super().dispatch(request, *args, **kwargs)
            return keep_opener(response, self.get_redirect_url())
        except RateLimited as limit:
            return too_many_attempts(request, limit.retry_after)

    def form_valid(self, form: Any) -> HttpResponse:
        result = self.attempt(form)
        if result.succeeded:
            return onward(self.request, self.get_success_url())
        if result.requires_two_factor:
            keep = {REMEMBER_ME: "1"} if form.cleaned_data[REMEMBER_ME] else {}
            return HttpResponseRedirect(self.with_next("account:two-factor", **keep))
        return self.refused(form, result)

    def refused(self, form: Any, result: SignInResult) -> HttpResponse:
        if result.is_locked_out:
            return self.locked_out(self.who(form))
        if result.is_not_allowed:
            form.add_error(None, not_allowed_message())
        else:
            form.refuse()
        return self.render_to_response(self.get_context_data(form=form))

    def locked_out(self, user: AbstractIdentityUser | None) -> HttpResponse:
        until = user.lockout_end if user is not None else None
        return locked_out_page(self.request, until=until, next=self.get_redirect_url())

    def form_invalid(self, form: Any) -> HttpResponse:
        form.refuse()
        return super().form_invalid(form)

    def get_default_redirect_url(self) -> str:
        return resolve_url(settings.LOGIN_REDIRECT_URL)

    def with_next(self, page: str, **query: str) -> str:
        """Return the address of another step, with where to go in the end."""
        if target := self.get_redirect_url():
            query[self.redirect_field_name] = target
        return f"{reverse(page)}?{urlencode(query)}" if query else reverse(page)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(next=self.get_redirect_url(), **kwargs)


class LoginPage(SignInPage):
    template_name = "identity_bridge/account/login.html"
    form_class = LoginForm

    def attempt(self, form: Any) -> SignInResult:
        return flow.password_sign_in(
            request=self.request,
            username=form.cleaned_data["username"],
            password=form.cleaned_data["password"],
            persistent=form.cleaned_data[REMEMBER_ME],
        )

    def who(self, form: Any) -> AbstractIdentityUser | None:
        return flow.find_user(form.cleaned_data["username"])

    def refused(self, form: Any, result: SignInResult) -> HttpResponse:
        """Tell nobody which names have an account: neither by NotAllowed, which .NET decides before
        it looks at the password, nor by a lockout, which only a real account can have."""
        user = self.who(form)
        if result.is_locked_out:
            return self.locked_out(user)
        if user is None or result.is_not_allowed or not user.lockout_enabled:
            until = decoy_lockout.count(name=form.cleaned_data["username"])
            if until is not None:
                return locked_out_page(self.request, until=until, next=self.get_redirect_url())
        return self.form_invalid(form)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if "cancel" in request.POST:
            target = self.get_redirect_url()
            asking = asking_client(target)
            if asking is not None:
                cancel(request, asking)
                return onward(request, target)
        if not self.allows_password():
            return self.get(request, *args, **kwargs)
        return super().post(request, *args, **kwargs)

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        target = self.get_redirect_url()
        only = offers.only_way(request, asking_client(target), self.external_providers, target)
        if only is not None and request.method == "GET":
            from .external.challenge import go  # which needs this module

            return go(request, only.scheme, next=target)
        return super().get(request, *args, **kwargs)

    @cached_property
    def external_providers(self) -> Sequence[Offer]:
        return offers.for_login(asking_client(self.get_redirect_url()))

    def allows_password(self) -> bool:
        """Tell if the client that sent somebody here takes a sign-in by password.

        One without EnableLocalLogin would send them back for ever.
        """
        asking = asking_client(self.get_redirect_url())
        return offers.takes_password(asking, self.external_providers)

    def get_initial(self) -> dict[str, Any]:
        asking = asking_client(self.get_redirect_url())
        hint = asking.login_hint if asking else ""
        if not hint and self.request.user.is_authenticated:  # asked to sign in again
            hint = self.request.user.get_username() or ""
        return super().get_initial() | {"username": hint}

    def render_to_response(self, context: dict[str, Any], **kwargs: Any) -> HttpResponse:
        asking = context["asking"]
        logos = logos_of(asking.client) if asking is not None else ()
        return set_policy(super().render_to_response(context, **kwargs), images=logos)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            asking=asking_client(self.get_redirect_url()),
            allows_password=self.allows_password(),
            external_providers=self.external_providers,
            **kwargs,
        )


class SecondStepPage(SignInPage):
    """A page for somebody whose password was right; everybody else starts at the beginning."""

    user: AbstractIdentityUser | None = None

    def turned_away(self) -> HttpResponse | None:
        self.user = two_factor_session.current_user(request=self.request)
        return self.start_again() if self.user is None else None

    def who(self, form: Any) -> AbstractIdentityUser | None:
        return two_factor_session.current_user(request=self.request)

    def refused(self, form: Any, result: SignInResult) -> HttpResponse:
        response = super().refused(form, result)
        # Too many wrong codes end the state.
        return response if result.is_locked_out else self.turned_away() or response

    def start_again(self) -> HttpResponse:
        text = _("Please sign in again: the time for the second step is over.")
        messages.warning(self.request, text, fail_silently=True)
        return HttpResponseRedirect(self.with_next("account:login"))

    @property
    def persistent(self) -> bool:
        return self.request.GET.get(REMEMBER_ME) == "1"

    def step(self, page: str, **query: str) -> str:
        """Return the address of another page of this step, with the choice to stay signed in."""
        keep = {REMEMBER_ME: "1"} if self.persistent else {}
        return self.with_next(page, **query | keep)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            login_url=self.with_next("account:login"),
            recovery_url=self.step("account:recovery-code"),
            two_factor_url=self.step("account:two-factor"),
            send_url=self.step("account:send-code"),
            passkey_url=self.step("account:passkey-step"),
            sends_left=message_codes.MAX_SENDS - message_codes.sends_made(request=self.request),
            **kwargs,
        )


class TwoFactorPage(SecondStepPage):
    template_name = "identity_bridge/account/two_factor.html"
    form_class = TwoFactorForm

    def attempt(self, form: Any) -> SignInResult:
        return second_factor.authenticator_sign_in(
            request=self.request,
            code=form.cleaned_data["code"],
            persistent=self.persistent,
            remember_client=form.cleaned_data["remember_browser"],
        )

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        ways = ways_of(self.user) if self.user else None
        # Whoever asked for a code and came back here must find the way to type it.
        typing_urls = [
            (way, self.step("account:message-code", way=way.provider))
            for way in (ways.messages if ways else ())
        ]
        return super().get_context_data(
            ways=ways,
            message_ways=typing_urls,
            has_asked=message_codes.sends_made(request=self.request) > 0,
            **kwargs,
        )


class RecoveryCodePage(SecondStepPage):
    template_name = "identity_bridge/account/recovery_code.html"
    form_class = RecoveryCodeForm

    def attempt(self, form: Any) -> SignInResult:
        return second_factor.recovery_code_sign_in(
            request=self.request, recovery_code=form.cleaned_data["code"]
        )


def not_allowed_message() -> str:
    """Say that the password is not the problem."""
    return _(
        "You may not sign in. The account may be switched off, or its e-mail address "
        "or telephone number is still to be confirmed."
    )


def too_many_attempts(request: HttpRequest, retry_after: int) -> HttpResponse:
    """Answer 429: come back after so many seconds."""
    context = {"retry_after": retry_after, "login_url": reverse("account:login")}
    page = "identity_bridge/account/too_many_attempts.html"
    response = render(request, page, context, status=429)
    response["Retry-After"] = str(retry_after)
    return response
