"""The pages for the e-mail address (the default UI's Manage/Email and ConfirmEmailChange)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _

from identity_bridge.account import identity_errors, mails
from identity_bridge.account.mailed_links import (
    EMAIL,
    TOKEN,
    USER,
    MailedLink,
    MailedLinkPage,
    absolute,
    site_of,
)
from identity_bridge.account.provider.owner import end_stale_sessions
from identity_bridge.account.registration.new_accounts import CONFIRM, send_confirmation
from identity_bridge.signals import email_change_requested, email_changed
from identity_bridge.signin import sessions
from identity_bridge.users.emails import (
    change_email,
    generate_change_email_token,
    is_change_email_token,
)

from .forms import EmailForm
from .owner import TEMPLATES, OwnerPage

if TYPE_CHECKING:
    from identity_bridge.models import AbstractIdentityUser

RESEND = "resend"
DONE = "done"
CHANGE, NOTICE = "change_email", "change_email_notice"


class EmailPage(OwnerPage):
    """Mails a link to the new address; until it is opened the old one stays."""

    template_name = f"{TEMPLATES}/email.html"
    form_class = EmailForm
    here = "account:email"

    def needs_recent_sign_in(self) -> bool:
        return True

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if RESEND in request.POST:
            return self.resend()
        return super().post(request, *args, **kwargs)

    def resend(self) -> HttpResponse:
        self.count_attempt()
        address = self.owner.email
        is_wanted = bool(address) and not self.owner.email_confirmed
        if is_wanted and mails.may_be_sent(self.request, address or "", template=CONFIRM):
            send_confirmation(self.request, self.owner)
        return self.done(_("A link is on its way to your address. Open it to confirm."))

    def form_valid(self, form: Any) -> HttpResponse:
        email = form.cleaned_data["email"]
        if email == self.owner.email:
            return self.done(_("That is your address already."))
        self.count_attempt()
        ask_for_change(self.request, self.owner, email)
        return self.done(
            _("A link is on its way to the new address. The old one stays until you open it.")
        )


def ask_for_change(request: HttpRequest, user: AbstractIdentityUser, email: str) -> None:
    """Mail a link to the new address, and to the old one that somebody wants another.

    Whether the new one is taken only its owner learns, by the link.
    """
    if not mails.may_be_sent(request, email, template=CHANGE):
        return
    email_change_requested.send(sender=type(user), request=request, user=user)
    site = site_of(request)
    token = generate_change_email_token(user=user, new_email=email)
    query = {USER: str(user.pk), EMAIL: email, TOKEN: token}
    link = absolute(request, "account:confirm-email-change", **query)
    mails.send(user=user, template=CHANGE, address=email, site=site, link=link)
    if not user.email or not user.email_confirmed:
        return
    if mails.may_be_sent(request, user.email, template=NOTICE):
        mails.send(user=user, template=NOTICE, site=site)


class ConfirmEmailChangePage(MailedLinkPage):
    """Makes the address of the link the one of the account, whoever is signed in here."""

    template_name = f"{TEMPLATES}/confirm_email_change.html"
    session_key = "_identity_bridge_change_email"
    members = (USER, EMAIL, TOKEN)

    def is_good(self, link: MailedLink) -> bool:
        return is_change_email_token(user=link.user, new_email=link.email, token=link.token)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        link = self.link
        if link is None:
            return self.shown()
        result = change_email(
            user=link.user, new_email=link.email, token=link.token, and_user_name=True
        )
        if not result.succeeded:
            return self.shown(problem=" ".join(map(identity_errors.shown, result.errors)))
        request.session[self.session_key] = DONE
        email_changed.send(sender=type(link.user), request=request, user=link.user)
        sessions.refresh_sign_in(request=request, user=link.user)
        end_stale_sessions(link.user)
        return HttpResponseRedirect(request.path)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        is_done = self.request.session.get(self.session_key) == DONE
        return super().get_context_data(is_done=is_done, **kwargs)
