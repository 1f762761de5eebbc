"""The pages of somebody who has no account yet, or no way into it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.views import RedirectURLMixin
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.views.generic import FormView, TemplateView

from identity_bridge.account import identity_errors
from identity_bridge.account.mailed_links import site_of
from identity_bridge.account.page import page
from identity_bridge.account.provider.onward import onward
from identity_bridge.account.sign_in import SignInPage, not_allowed_message, too_many_attempts
from identity_bridge.adapter import get_adapter
from identity_bridge.signin import rate_limit, sessions
from identity_bridge.signin.confirmation import can_sign_in

from . import new_accounts, recovery, waiting
from .forms import AddressForm, RegisterForm

TEMPLATES = "identity_bridge/account/registration"


class RegisterPage(SignInPage):
    """Makes an account, and signs in where nothing has to be confirmed first."""

    template_name = f"{TEMPLATES}/register.html"
    form_class = RegisterForm

    def turned_away(self) -> HttpResponse | None:
        if get_adapter().is_open_for_registration(request=self.request):
            return None
        closed = {"is_closed": True, "next": self.get_redirect_url()}
        return self.response_class(
            self.request, [self.template_name], closed, status=403, using=self.template_engine
        )

    def form_valid(self, form: Any) -> HttpResponse:
        rate_limit.count_attempt(request=self.request, account=None)
        result, user = new_accounts.register(
            request=self.request,
            email=form.cleaned_data["email"],
            password=form.cleaned_data["new_password"],
        )
        if not result.succeeded:
            identity_errors.add_errors(form, result.errors)
            return self.form_invalid(form)
        if new_accounts.is_confirmation_required() or user is None:
            waiting.keep(self.request, self.get_redirect_url())
            return HttpResponseRedirect(self.with_next("account:registration-done"))
        if not can_sign_in(user=user):
            messages.warning(self.request, not_allowed_message(), fail_silently=True)
            return HttpResponseRedirect(self.with_next("account:login"))
        sessions.sign_in(request=self.request, user=user)
        return onward(self.request, self.get_success_url())

    def form_invalid(self, form: Any) -> HttpResponse:
        return self.render_to_response(self.get_context_data(form=form))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(login_url=self.with_next("account:login"), **kwargs)


@method_decorator(page, name="dispatch")
class RegistrationDonePage(RedirectURLMixin, TemplateView):
    template_name = f"{TEMPLATES}/registration_done.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(next=self.get_redirect_url(), **kwargs)


@method_decorator(page, name="dispatch")
class _AskForMailPage(FormView):  # type: ignore[type-arg]
    """Takes an address and says the same of every one."""

    form_class = AddressForm
    counted_as = "mail"
    """Each page for itself, as the mails are: asking on one must not close another."""

    def ask(self, email: str) -> None:
        raise NotImplementedError

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        try:
            return super().dispatch(request, *args, **kwargs)
        except rate_limit.RateLimited as limit:
            return too_many_attempts(request, limit.retry_after)

    def form_valid(self, form: Any) -> HttpResponse:
        email = form.cleaned_data["email"]
        rate_limit.count_attempt(request=self.request, account=f"{self.counted_as} {email}")
        # A host that no link may lead to is refused for unknown addresses too.
        site_of(self.request)
        self.ask(email)
        return super().form_valid(form)

    def get_success_url(self) -> str:
        return reverse(str(self.success_url))


class ForgotPasswordPage(_AskForMailPage):
    template_name = f"{TEMPLATES}/forgot_password.html"
    success_url = "account:forgot-password-done"
    counted_as = "recovery"

    def ask(self, email: str) -> None:
        recovery.ask_for_link(request=self.request, email=email)


class ResendConfirmationPage(_AskForMailPage):
    template_name = f"{TEMPLATES}/resend_confirmation.html"
    success_url = "account:registration-done"
    counted_as = "confirmation"

    def ask(self, email: str) -> None:
        new_accounts.resend_confirmation(request=self.request, email=email)


@method_decorator(page, name="dispatch")
class DonePage(TemplateView):
    """Says what happens next."""
