"""A small application that signs its users in at the provider: what any client of yours does.

It knows the provider by its address alone and talks to it over HTTP, with Authlib: discovery, code
flow with PKCE, and the ID token checked with the keys of the JWKS. Here it lives on the provider's
host, so both keep their things in one Django session; nothing of it depends on that.
"""

from __future__ import annotations

import json
from base64 import urlsafe_b64decode
from typing import Any
from urllib.parse import urlencode

from authlib.common.errors import AuthlibBaseError
from authlib.integrations.django_client import OAuth
from django.conf import settings
from django.core.signing import BadSignature
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import path, reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe
from requests import RequestException

from .provider import API_SCOPE, DEMO_CLIENT

PAGE = "example_project/relying_party.html"
_TOKENS = "_relying_party_tokens"

oauth = OAuth()


def provider() -> Any:
    """Return the client; the provider is asked for its endpoints when it is first used."""
    address = f"http://localhost:{settings.DEMO_PORT}"
    return oauth.register(
        "provider",
        overwrite=True,
        client_id=DEMO_CLIENT,
        server_metadata_url=f"{address}/.well-known/openid-configuration",
        client_kwargs={
            "scope": f"openid profile email offline_access {API_SCOPE}",
            "code_challenge_method": "S256",
            "token_endpoint_auth_method": "none",
        },
    )


@never_cache
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Show who signed in, and what the tokens say."""
    return render(request, PAGE, {"shown": request.session.get(_TOKENS)})


@require_POST
def start(request: HttpRequest) -> HttpResponse:
    """Send the browser to the provider."""
    try:
        response: HttpResponse = provider().authorize_redirect(
            request, request.build_absolute_uri(reverse("rp-callback"))
        )
    except RequestException as error:
        return render(request, PAGE, {"problem": f"The provider does not answer: {error}"})
    return response


@never_cache
@require_safe
def callback(request: HttpRequest) -> HttpResponse:
    """Exchange the code, and keep what came."""
    try:
        tokens = provider().authorize_access_token(request)
        userinfo = provider().userinfo(token=tokens)
    except (AuthlibBaseError, BadSignature, RequestException, ValueError) as error:
        return render(request, PAGE, {"problem": str(error)}, status=400)
    request.session[_TOKENS] = {
        "id_token": tokens["id_token"],
        "claims": _shown(dict(tokens["userinfo"])),
        "access_token": _shown(_payload(tokens["access_token"])),
        "userinfo": _shown(dict(userinfo)),
        "answer": _shown({name: _short(value) for name, value in tokens.items()}),
    }
    return HttpResponseRedirect(reverse("rp-home"))


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """Forget the tokens, and sign out at the provider too."""
    shown = request.session.pop(_TOKENS, None)
    back = request.build_absolute_uri(reverse("rp-home"))
    end_session = provider().load_server_metadata()["end_session_endpoint"]
    if shown is None:
        return HttpResponseRedirect(back)
    query = urlencode({"id_token_hint": shown["id_token"], "post_logout_redirect_uri": back})
    return HttpResponseRedirect(f"{end_session}?{query}")


def _payload(token: str) -> dict[str, Any]:
    """Return what the access token says; that is the API's business, and here only for show."""
    part = token.split(".")[1]
    found: dict[str, Any] = json.loads(urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    return found


def _short(value: Any) -> Any:
    return f"{value[:40]}…" if isinstance(value, str) and len(value) > 60 else value


def _shown(members: dict[str, Any]) -> str:
    members.pop("userinfo", None)
    return json.dumps(members, indent=2, ensure_ascii=False)


urlpatterns = [
    path("", home, name="rp-home"),
    path("start/", start, name="rp-start"),
    path("callback/", callback, name="rp-callback"),
    path("sign-out/", sign_out, name="rp-sign-out"),
]
