"""The page for the user name (the default UI's Manage/Index)."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext as _

from identity_bridge.signals import user_name_changed
from identity_bridge.users.accounts import set_user_name

from .forms import UserNameForm
from .owner import TEMPLATES, OwnerPage


class UserNamePage(OwnerPage):
    template_name = f"{TEMPLATES}/user_name.html"
    form_class = UserNameForm
    here = "account:user-name"

    def needs_recent_sign_in(self) -> bool:
        return True

    def get_initial(self) -> dict[str, Any]:
        return {"user_name": self.owner.username or ""}

    def form_valid(self, form: Any) -> HttpResponse:
        name = form.cleaned_data["user_name"]
        if name == self.owner.username:
            return self.done(_("That is your user name already."))
        self.count_attempt()  # the answer tells which names are taken
        result = set_user_name(user=self.owner, username=name)
        if not result.succeeded:
            return self.refused(form, result)
        user_name_changed.send(sender=type(self.owner), request=self.request, user=self.owner)
        return self.changed(_("Your user name was changed. You are signed out everywhere else."))
