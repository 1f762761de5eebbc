"""Links in mails: where they lead, and how their token leaves the address bar.

The first request moves the token into the session and leads to the same page without it, so that
it stands in no history, no referrer and no log but that of the first request. What the link is for
happens by POST: mail scanners and previews open links.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar
from urllib.parse import urlencode, urlsplit

from django.contrib.auth import get_user_model
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.views.decorators.debug import sensitive_variables
from django.views.generic.base import ContextMixin, TemplateResponseMixin, View

from identity_bridge.conf import get_settings
from identity_bridge.signin import rate_limit
from identity_bridge.users.token_providers import MAX_TOKEN_CHARACTERS

from .page import page
from .sign_in import too_many_attempts

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.http.response import HttpResponseBase

    from identity_bridge.models import AbstractIdentityUser

USER, TOKEN, EMAIL = "user", "token", "email"
MAX_CHARACTERS = {USER: 450, TOKEN: MAX_TOKEN_CHARACTERS, EMAIL: 256}


def absolute(request: HttpRequest, name: str, **query: str) -> str:
    """Return the whole address of a page, for a mail: ACCOUNT_BASE_URL, or the request's host.

    :raises DisallowedHost: the request names a host that ALLOWED_HOSTS does not have.
    """
    path = f"{reverse(name)}?{urlencode(query)}" if query else reverse(name)
    base = get_settings().ACCOUNT_BASE_URL
    return request.build_absolute_uri(path) if base is None else base.rstrip("/") + path


def site_of(request: HttpRequest) -> str:
    """Return the name of this site as mails call it: its host."""
    base = get_settings().ACCOUNT_BASE_URL
    return request.get_host() if base is None else urlsplit(base).netloc


@dataclass(frozen=True, kw_only=True, slots=True)
class MailedLink:
    """What a link says: about whom, and the proof that it was mailed."""

    user: AbstractIdentityUser
    token: str
    email: str = ""


@method_decorator(page, name="dispatch")
class MailedLinkPage(TemplateResponseMixin, ContextMixin, View):
    """A page that a mailed link leads to; ``link`` is None where there is no good one."""

    session_key: ClassVar[str]
    members: ClassVar[tuple[str, ...]] = (USER, TOKEN)
    link: MailedLink | None = None

    def is_good(self, link: MailedLink) -> bool:
        """Tell if the token is for this page and this user."""
        raise NotImplementedError

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            rate_limit.count_attempt(request=request, account=None)
        except rate_limit.RateLimited as limit:
            return too_many_attempts(request, limit.retry_after)
        if request.method == "GET" and TOKEN in request.GET:
            self._keep(request)
            return HttpResponseRedirect(request.path)
        kept = request.session.get(self.session_key)
        self.link = self._read(kept) if isinstance(kept, dict) else None
        return super().dispatch(request, *args, **kwargs)

    @sensitive_variables("given")
    def _keep(self, request: HttpRequest) -> None:
        given = {name: request.GET.get(name, "") for name in self.members}
        # Only a good one: nobody shall fill the table of sessions with bad ones.
        if self._read(given) is not None:
            # Whoever has planted the cookie of this session must not have the link with it.
            request.session.cycle_key()
            request.session[self.session_key] = given
        else:
            request.session.pop(self.session_key, None)

    @sensitive_variables("given", "texts", "link")
    def _read(self, given: Mapping[str, Any]) -> MailedLink | None:
        texts = {name: given.get(name) for name in self.members}
        for name, text in texts.items():
            if not isinstance(text, str) or len(text) > MAX_CHARACTERS[name]:
                return None
        users: Any = get_user_model()._default_manager
        user: AbstractIdentityUser | None = users.find_by_id(texts[USER])
        if user is None or not user.is_active:
            return None
        link = MailedLink(user=user, token=str(texts[TOKEN]), email=str(texts.get(EMAIL, "")))
        return link if self.is_good(link) else None

    def forget(self) -> None:
        """Leave nothing of the link in the session."""
        self.request.session.pop(self.session_key, None)

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return self.shown()

    def shown(self, **context: Any) -> HttpResponse:
        """Return the page as it is now."""
        return self.render_to_response(self.get_context_data(link=self.link, **context))
