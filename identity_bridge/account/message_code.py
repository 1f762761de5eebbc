"""The pages of a code that is sent: the button that sends it, and the form to type it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _

from identity_bridge.signin import second_factor
from identity_bridge.signin.message_codes import Sending, send_code

from .forms import MessageCodeForm
from .sign_in import SecondStepPage, TwoFactorPage, not_allowed_message
from .ways import ways_of

if TYPE_CHECKING:
    from identity_bridge.signin.message_codes import MessageWay
    from identity_bridge.signin.results import SignInResult

WAY = "way"


class SendCodePage(TwoFactorPage):
    """Sends a code and leads on; what prevents it is said on the page of all ways."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return HttpResponseRedirect(self.step("account:two-factor"))

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        provider = request.POST.get(WAY, "")
        outcome = send_code(request, provider)
        if outcome is Sending.SENT:
            messages.success(request, _("A code is on its way to you."), fail_silently=True)
            return HttpResponseRedirect(self.step("account:message-code", **{WAY: provider}))
        if outcome is Sending.NO_SESSION:
            return self.start_again()
        if outcome is Sending.LOCKED_OUT:
            return self.locked_out(self.user)
        # 200 as for every refusal here: proxies like to replace the text of a 5xx by their own.
        problem = _problem(outcome)
        context = self.get_context_data(form=self.get_form_class()(), problem=problem)
        return self.render_to_response(context)


class MessageCodePage(SecondStepPage):
    """Takes the code of a message."""

    template_name = "identity_bridge/account/message_code.html"
    form_class = MessageCodeForm
    way: MessageWay | None = None

    def turned_away(self) -> HttpResponse | None:
        if response := super().turned_away():
            return response
        self.way = ways_of(self.user).message(self.request.GET.get(WAY, "")) if self.user else None
        return None if self.way else HttpResponseRedirect(self.step("account:two-factor"))

    def attempt(self, form: Any) -> SignInResult:
        return second_factor.two_factor_sign_in(
            request=self.request,
            provider=self.way.provider if self.way else "",
            code=form.cleaned_data["code"],
            persistent=self.persistent,
            remember_client=form.cleaned_data["remember_browser"],
        )

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(way=self.way, **kwargs)


def _problem(outcome: Sending) -> str:
    match outcome:
        case Sending.NOT_ALLOWED:
            return not_allowed_message()
        case Sending.TOO_MANY:
            return _(
                "No more codes are sent for this sign-in. If none has arrived, look into your "
                "spam folder, or start again."
            )
        case Sending.NO_WAY:
            return _("A code cannot be sent this way.")
        case _:
            return _(
                "The code could not be sent. Nothing is wrong with your account: try again in a "
                "minute, or tell the people who run this site."
            )
