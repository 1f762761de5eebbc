"""django-allauth's ``openid_connect`` in a Django application of its own."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from .django_party import served
from .person import Person
from .provider import Provider

pytest.importorskip("allauth", reason="NO DJANGO-ALLAUTH TEST RAN: pip install --group clients")
pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def shop(provider: Provider, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("allauth")
    port = provider.places.allauth
    with served("allauth_party", port=port, provider=provider, folder=folder) as address:
        yield address


def sign_in(person: Person, shop: str, provider_id: str) -> dict[str, Any]:
    """Go to the library's page, press its button, sign in; what the application knows then."""
    page = person.open(f"{shop}/accounts/oidc/{provider_id}/login/")
    form = page.form_with("csrfmiddlewaretoken")
    assert form is not None, page.text
    page = person.sign_in(person.submit(page, form))
    assert page.url == f"{shop}/", (page.url, page.text)
    known: dict[str, Any] = json.loads(page.text)
    return known


@pytest.mark.spec("OIDC Discovery", "4")
@pytest.mark.spec("OIDC Core", "9")
@pytest.mark.parametrize(("provider_id", "name"), [("by-form", "ada"), ("by-header", "grace")])
def test_signs_in_with_userinfo(
    shop: str, ada: Person, grace: Person, provider_id: str, name: str
) -> None:
    known = sign_in({"ada": ada, "grace": grace}[name], shop, provider_id)
    shown = known["data"][provider_id]["userinfo"]
    assert shown["preferred_username"] == name
    assert shown["sub"] == known["accounts"][provider_id]


@pytest.mark.spec("OIDC Core", "3.1.3.7")
def test_signs_in_with_the_id_token_alone(shop: str, ada: Person, provider: Provider) -> None:
    known = sign_in(ada, shop, "by-id-token")
    claims = known["data"]["by-id-token"]["id_token"]
    assert claims["iss"] == provider.issuer
    assert claims["aud"] == "allauth"
    assert claims["sub"] == known["accounts"]["by-id-token"]


@pytest.mark.spec("OIDC Core", "2")
def test_knows_somebody_again(shop: str, ada: Person) -> None:
    first = sign_in(ada, shop, "by-form")
    ada.browser.cookies.clear()
    again = sign_in(ada, shop, "by-form")
    assert (again["username"], again["accounts"]) == (first["username"], first["accounts"])
