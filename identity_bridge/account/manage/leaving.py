"""The pages for a copy of the own data, and for the end of the account."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.serializers.json import DjangoJSONEncoder
from django.http import HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import resolve_url
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_variables

from identity_bridge.account.forms import PageForm
from identity_bridge.signals import personal_data_downloaded

from .deletion import delete_account, is_last_superuser
from .forms import NameProofForm, PasswordProofForm
from .owner import TEMPLATES, OwnerPage, password_problem
from .personal_data import personal_data

FILE_NAME = "PersonalData.json"


class PersonalDataPage(OwnerPage):
    """Says what there is to have."""

    template_name = f"{TEMPLATES}/personal_data.html"
    here = "account:personal-data"
    http_method_names = ["get", "head", "options"]

    def get_form_class(self) -> Any:
        return PasswordProofForm if self.owner.has_password() else PageForm


class DownloadPersonalDataPage(PersonalDataPage):
    """Answers with the file. The authenticator key is in it, so the password is asked for."""

    http_method_names = ["post", "options"]

    def needs_recent_sign_in(self) -> bool:
        return not self.owner.has_password()

    @sensitive_variables("form")
    def form_valid(self, form: Any) -> HttpResponse:
        password = form.cleaned_data.get("password")
        if password is None:
            self.count_attempt()
        else:
            problem = password_problem(request=self.request, user=self.owner, password=password)
            if problem is not None:
                form.add_error(None, problem)
                return self.form_invalid(form)
        response = JsonResponse(
            personal_data(self.owner),
            encoder=DjangoJSONEncoder,
            json_dumps_params={"indent": 2, "ensure_ascii": False},
            headers={"Content-Disposition": f'attachment; filename="{FILE_NAME}"'},
        )
        personal_data_downloaded.send(
            sender=type(self.owner), request=self.request, user=self.owner
        )
        return response


class DeleteAccountPage(OwnerPage):
    template_name = f"{TEMPLATES}/delete_account.html"
    here = "account:delete-account"

    def needs_recent_sign_in(self) -> bool:
        return not self.owner.has_password()

    @property
    def name(self) -> str:
        """What somebody without a password types to be sure."""
        return self.owner.username or self.owner.email or str(self.owner.pk)

    def get_form_class(self) -> Any:
        return PasswordProofForm if self.owner.has_password() else NameProofForm

    @sensitive_variables("form")
    def form_valid(self, form: Any) -> HttpResponse:
        if problem := self.problem(form):
            form.add_error(None, problem)
            return self.form_invalid(form)
        result = delete_account(request=self.request, user=self.owner)
        if not result.succeeded:
            return self.refused(form, result)
        messages.success(self.request, _("Your account was deleted."), fail_silently=True)
        return HttpResponseRedirect(resolve_url("account:login"))

    @sensitive_variables("form")
    def problem(self, form: Any) -> str | None:
        if is_last_superuser(self.owner):
            return _("You are the only administrator. Make somebody else one first.")
        if "password" in form.cleaned_data:
            return password_problem(
                request=self.request, user=self.owner, password=form.cleaned_data["password"]
            )
        self.count_attempt()
        if form.cleaned_data["name"] != self.name:
            return _("That is not your user name.")
        return None

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(name=self.name, **kwargs)
