"""The page for the password: change it, or set one (ChangePassword, SetPassword)."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_variables

from identity_bridge.account import mails
from identity_bridge.account.mailed_links import site_of
from identity_bridge.account.new_password import NewPasswordForm
from identity_bridge.signals import password_changed
from identity_bridge.users.passwords import add_password, change_password

from .forms import ChangePasswordForm
from .owner import TEMPLATES, OwnerPage, password_problem


class PasswordPage(OwnerPage):
    template_name = f"{TEMPLATES}/password.html"
    here = "account:password"

    def needs_recent_sign_in(self) -> bool:
        return not self.owner.has_password()

    def get_form_class(self) -> Any:
        return ChangePasswordForm if self.owner.has_password() else NewPasswordForm

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"user": self.owner}

    @sensitive_variables("new", "current", "form")
    def form_valid(self, form: Any) -> HttpResponse:
        new, current = form.cleaned_data["new_password"], form.cleaned_data.get("current_password")
        if current is None:
            result, method = add_password(user=self.owner, password=new), "set"
        else:
            problem = password_problem(request=self.request, user=self.owner, password=current)
            if problem is not None:
                form.add_error(None, problem)
                return self.form_invalid(form)
            result = change_password(user=self.owner, current=current, new=new)
            method = "change"
        if not result.succeeded:
            return self.refused(form, result)
        password_changed.send(
            sender=type(self.owner), request=self.request, user=self.owner, method=method
        )
        if self.owner.email and self.owner.email_confirmed:
            mails.send(user=self.owner, template="password_changed", site=site_of(self.request))
        return self.changed(_("Your password was changed. You are signed out everywhere else."))
