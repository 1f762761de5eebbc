"""The pages for the telephone number: set, confirm by a code, remove.

Where the adapter sends no text messages, a number is kept unconfirmed, as .NET's default UI does.
"""

from __future__ import annotations

import logging
from typing import Any

from django.forms import Form
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import resolve_url
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_variables

from identity_bridge.adapter import get_adapter
from identity_bridge.models import AbstractIdentityUser
from identity_bridge.signals import phone_number_changed, phone_number_code_sent
from identity_bridge.signin import clock, rate_limit
from identity_bridge.users.phone_numbers import (
    change_phone_number,
    generate_change_phone_number_token,
    set_phone_number,
)

from .forms import PhoneCodeForm, PhoneForm
from .owner import TEMPLATES, OwnerPage

logger = logging.getLogger("identity_bridge.account")

REMOVE = "remove"
SESSION_KEY = "_identity_bridge_new_phone_number"
LIFETIME = 600
"""Seconds; a code lives six to nine minutes."""
_TYPES: dict[str, Any] = {"number": str, "at": int | float, "wrong": int}
MAX_WRONG_CODES = 5
MAX_TEXTS = (5, 3600)
"""In so many seconds, of one account and to one number: text messages cost money."""


class PhonePage(OwnerPage):
    template_name = f"{TEMPLATES}/phone.html"
    form_class: type[Form] = PhoneForm
    here = "account:phone"

    def needs_recent_sign_in(self) -> bool:
        return True

    def get_initial(self) -> dict[str, Any]:
        return {"number": self.owner.phone_number or ""}

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if REMOVE in request.POST:
            return self.store(self.get_form(), None)
        return super().post(request, *args, **kwargs)

    def form_valid(self, form: Any) -> HttpResponse:
        number = form.cleaned_data["number"]
        is_same, can_send = number == self.owner.phone_number, get_adapter().can_send_sms
        if is_same and (self.owner.phone_number_confirmed or not can_send):
            return self.done(_("That is your number already."))
        if not can_send:
            return self.store(form, number)
        self.count_attempt()
        try:
            _count_text(self.request, self.owner, number)
        except rate_limit.RateLimited:
            form.add_error(None, _("No more codes are sent for now. Try again later."))
            return self.form_invalid(form)
        if not _send_code(self.owner, number):
            form.add_error(None, _("The message could not be sent. Try again later."))
            return self.form_invalid(form)
        phone_number_code_sent.send(sender=type(self.owner), request=self.request, user=self.owner)
        self.request.session[SESSION_KEY] = {"number": number, "at": clock.now(), "wrong": 0}
        return HttpResponseRedirect(resolve_url("account:confirm-phone"))

    def store(self, form: Any, number: str | None) -> HttpResponse:
        result = set_phone_number(user=self.owner, phone_number=number)
        if not result.succeeded:
            return self.refused(form, result)
        return self.stored(
            _("Your number was removed. You are signed out everywhere else.")
            if number is None
            else _("Your number was changed. You are signed out everywhere else.")
        )

    def stored(self, message: str) -> HttpResponse:
        self.request.session.pop(SESSION_KEY, None)
        phone_number_changed.send(sender=type(self.owner), request=self.request, user=self.owner)
        return self.changed(message)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(can_send_sms=get_adapter().can_send_sms, **kwargs)


class ConfirmPhonePage(PhonePage):
    """Takes the code; the number is stored with it and not before."""

    template_name = f"{TEMPLATES}/confirm_phone.html"
    form_class = PhoneCodeForm
    number = ""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not self.pending():
            return self.start_again()
        return super().get(request, *args, **kwargs)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not self.pending():
            return self.start_again()
        return super().post(request, *args, **kwargs)

    def get_initial(self) -> dict[str, Any]:
        return {}

    def pending(self) -> bool:
        """Read which number waits for its code; False if none does any more."""
        state: Any = self.request.session.get(SESSION_KEY)
        # A session may hold what another version of the host has put there.
        if not isinstance(state, dict):
            return False
        if not all(isinstance(state.get(name), kind) for name, kind in _TYPES.items()):
            return False
        now = clock.now()
        if not now - LIFETIME <= state["at"] <= now:
            return False
        self.number = state["number"]
        return bool(state["wrong"] < MAX_WRONG_CODES)

    def start_again(self) -> HttpResponse:
        self.request.session.pop(SESSION_KEY, None)
        return HttpResponseRedirect(resolve_url(self.here))

    def form_valid(self, form: Any) -> HttpResponse:
        self.count_attempt()
        result = change_phone_number(
            user=self.owner, phone_number=self.number, token=form.cleaned_data["code"]
        )
        if result.succeeded:
            return self.stored(_("Your number is confirmed. You are signed out everywhere else."))
        if [error.code for error in result.errors] != ["InvalidToken"]:
            return self.refused(form, result)
        self.request.session[SESSION_KEY]["wrong"] += 1
        self.request.session.modified = True
        form.add_error(None, _("This code is not right, or it is too old."))
        return self.form_invalid(form)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(number=self.number, **kwargs)


def _count_text(request: HttpRequest, user: AbstractIdentityUser, number: str) -> None:
    digits = "".join(sign for sign in number if sign.isdigit())
    for account in (f"text {user.pk}", f"text to {digits}"):
        rate_limit.count_message(request=request, account=account, limit=MAX_TEXTS)


@sensitive_variables("code", "message")
def _send_code(user: AbstractIdentityUser, number: str) -> bool:
    try:
        code = generate_change_phone_number_token(user=user, phone_number=number)
        message = _("%(code)s is the code that confirms your number.") % {"code": code}
        get_adapter().send_sms(user=user, message=message, number=number)
    except Exception as error:
        # Whatever an adapter raises. Only its class: its text may have the number.
        logger.error(
            "event=text_not_sent user=%s error=%s", ascii(str(user.pk)), type(error).__qualname__
        )
        return False
    return True
