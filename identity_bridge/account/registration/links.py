"""The pages that mailed links lead to: an address is confirmed, a new password set."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.debug import sensitive_variables

from identity_bridge.account import identity_errors
from identity_bridge.account.mailed_links import MailedLink, MailedLinkPage
from identity_bridge.account.new_password import NewPasswordForm
from identity_bridge.signals import email_confirmed
from identity_bridge.users.emails import confirm_email, is_email_confirmation_token
from identity_bridge.users.passwords import is_password_reset_token
from identity_bridge.users.reclaiming import is_reclaim_token

from . import recovery, waiting

if TYPE_CHECKING:
    from identity_bridge.users.results import IdentityResult

TEMPLATES = "identity_bridge/account/registration"


class ConfirmEmailPage(MailedLinkPage):
    """Confirms by a button; a second time there is nothing left to do."""

    template_name = f"{TEMPLATES}/confirm_email.html"
    session_key = "_identity_bridge_confirm_email"

    def is_good(self, link: MailedLink) -> bool:
        return is_email_confirmation_token(user=link.user, token=link.token)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        link = self.link
        if link is not None and not link.user.email_confirmed:
            result = confirm_email(user=link.user, token=link.token)
            if not result.succeeded:
                return self.shown(problem=identity_errors.shown(result.errors[0]))
            email_confirmed.send(sender=type(link.user), request=request, user=link.user)
        return HttpResponseRedirect(request.path)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        target = waiting.kept(self.request)
        query = f"?{urlencode({'next': target})}" if target else ""
        is_done = self.link is not None and self.link.user.email_confirmed
        if is_done:
            waiting.forget(self.request)
        return super().get_context_data(
            is_done=is_done, login_url=reverse("account:login") + query, **kwargs
        )


class ResetPasswordPage(MailedLinkPage):
    template_name = f"{TEMPLATES}/reset_password.html"
    session_key = "_identity_bridge_reset_password"

    def is_good(self, link: MailedLink) -> bool:
        return is_password_reset_token(user=link.user, token=link.token)

    @sensitive_variables("new")
    def set_password(self, link: MailedLink, new: str) -> IdentityResult:
        return recovery.set_new_password(
            request=self.request, user=link.user, token=link.token, new=new
        )

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return self.shown(form=NewPasswordForm())

    @sensitive_variables("form")
    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        link = self.link
        if link is None:
            return self.shown()
        form = NewPasswordForm(request.POST, user=link.user)
        if not form.is_valid():
            return self.shown(form=form)
        result = self.set_password(link, form.cleaned_data["new_password"])
        if not result.succeeded:
            identity_errors.add_errors(form, result.errors)
            return self.shown(form=form)
        self.forget()
        return HttpResponseRedirect(reverse("account:reset-password-done"))


class ReclaimPage(ResetPasswordPage):
    """For whoever registers an address that an account has and nobody has confirmed."""

    template_name = f"{TEMPLATES}/reclaim.html"
    session_key = "_identity_bridge_reclaim"

    def is_good(self, link: MailedLink) -> bool:
        return is_reclaim_token(user=link.user, token=link.token)

    @sensitive_variables("new")
    def set_password(self, link: MailedLink, new: str) -> IdentityResult:
        return recovery.reclaim_account(
            request=self.request, user=link.user, token=link.token, new=new
        )
