"""mozilla-django-oidc in a Django application of its own."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest

from .django_party import served
from .person import Page, Person
from .provider import Provider

pytest.importorskip(
    "mozilla_django_oidc", reason="NO MOZILLA-DJANGO-OIDC TEST RAN: pip install --group clients"
)
pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def shop(provider: Provider, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("mozilla")
    port = provider.places.mozilla
    with served("mozilla_party", port=port, provider=provider, folder=folder) as address:
        yield address


def orders_of(person: Person, shop: str) -> Page:
    return person.sign_in(person.open(f"{shop}/orders/"))


@pytest.mark.spec("OIDC Core", "3.1")
@pytest.mark.spec("OIDC Core", "5.3")
def test_a_page_of_the_application_asks_for_a_sign_in(shop: str, ada: Person) -> None:
    page = orders_of(ada, shop)
    assert page.url == f"{shop}/orders/"
    assert "Orders of ada@example.org" in page.text


@pytest.mark.spec("OIDC Core", "3.1.2.1")
def test_renews_its_session_without_a_question(shop: str, ada: Person) -> None:
    orders_of(ada, shop)
    time.sleep(1.2)
    page = ada.open(f"{shop}/orders/")
    assert page.url == f"{shop}/orders/"
    assert "Orders of ada@example.org" in page.text


@pytest.mark.spec("OIDC Core", "3.1.2.6")
def test_a_session_ends_with_that_of_the_provider(
    shop: str, ada: Person, provider: Provider
) -> None:
    orders_of(ada, shop)
    ada.sign_out(f"{provider.issuer}/connect/endsession")
    time.sleep(1.2)
    page = ada.open(f"{shop}/orders/")  # prompt=none, login_required, signed out here as well
    assert page.text == '{"email": null}'


@pytest.mark.spec("OIDC RP-Initiated Logout", "2")
@pytest.mark.spec("OIDC RP-Initiated Logout", "3")
def test_signs_out_at_the_provider(shop: str, ada: Person, provider: Provider) -> None:
    page = orders_of(ada, shop)
    form = page.form_with("csrfmiddlewaretoken")
    assert form is not None
    signed_out = ada.submit(page, form)
    assert signed_out.url.startswith(provider.issuer)
    assert f"{shop}/" in signed_out.links
    again = ada.open(f"{shop}/orders/")
    assert again.form_with("password") is not None
