"""Apache with mod_auth_openidc, as Debian has it: a site behind a sign-in, and two APIs."""

from __future__ import annotations

import time
from base64 import b64encode
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
import requests

from .apache.server import IS_INSTALLED, apache
from .browser import Window, needs_chromium
from .parties import SECRET
from .person import Person
from .provider import Provider

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        not IS_INSTALLED,
        reason="NO APACHE TEST RAN: apache2 or libapache2-mod-auth-openidc is absent",
    ),
]


@pytest.fixture(scope="module", autouse=True)
def running_apache(provider: Provider) -> Iterator[Path]:
    with apache(provider) as folder:
        yield folder


@pytest.fixture
def site(provider: Provider) -> str:
    return provider.places.of(provider.places.apache)


def sign_in(person: Person, site: str) -> requests.structures.CaseInsensitiveDict[str]:
    """Open a page of the site; its headers, which say what Apache knows."""
    page = person.sign_in(person.open(f"{site}/orders/"))
    assert page.status == 200, (page.url, page.text)
    assert page.url == f"{site}/orders/"
    headers: requests.structures.CaseInsensitiveDict[str] = page.headers
    return headers


def token_of(provider: Provider, client_id: str) -> str:
    """Return an access token for the API, given to a machine."""
    answer = requests.post(
        f"{provider.issuer}/connect/token",
        data={"grant_type": "client_credentials", "scope": "orders.read"},
        headers={"Authorization": f"Basic {b64encode(f'{client_id}:{SECRET}'.encode()).decode()}"},
        timeout=60,
    )
    return str(answer.json()["access_token"])


@pytest.mark.spec("OIDC Core", "3.1")
@pytest.mark.spec("OIDC Discovery", "4")
def test_a_page_of_the_site_asks_for_a_sign_in(site: str, ada: Person, provider: Provider) -> None:
    known = sign_in(ada, site)
    assert known["X-User"].startswith("ada")
    assert known["X-Email"] == "ada@example.org"
    assert known["X-Issuer"] == provider.issuer


@pytest.mark.spec("OAuth 2.0 Form Post Response Mode", "2")
@pytest.mark.spec("OIDC Core", "3.3")
@needs_chromium
def test_a_browser_posts_the_answer_of_the_hybrid_flow(provider: Provider, tmp_path: Path) -> None:
    page = f"{provider.places.of(provider.places.apache_form)}/orders/"
    with closing(Window(tmp_path / "profile")) as window:
        window.open(page)
        window.sign_in("ada")
        window.eventually(f"location.href === '{page}'")
        window.eventually("document.querySelector('h1')?.textContent === 'orders/index.html'")


@pytest.mark.spec("OIDC Core", "12")
def test_refreshes_the_access_token(site: str, ada: Person) -> None:
    before = sign_in(ada, site)["X-Access-Token"]
    hook = f"{site}/orders/callback?refresh={site}/orders/&access_token={before}"
    page = ada.open(hook)
    assert page.url == f"{site}/orders/"
    assert page.headers["X-Access-Token"] not in {"", before}


@pytest.mark.spec("OIDC RP-Initiated Logout", "2")
@pytest.mark.spec("OIDC RP-Initiated Logout", "3")
def test_signs_out_at_the_provider(site: str, ada: Person, provider: Provider) -> None:
    sign_in(ada, site)
    signed_out = ada.open(f"{site}/orders/callback?logout={site}/")
    assert signed_out.url.startswith(provider.issuer)
    assert f"{site}/" in signed_out.links
    assert ada.open(f"{site}/orders/").form_with("password") is not None


@pytest.mark.spec("OIDC Back-Channel Logout", "2.4")
@pytest.mark.spec("OIDC Back-Channel Logout", "2.5")
def test_is_told_that_somebody_signed_out(site: str, ada: Person, provider: Provider) -> None:
    sign_in(ada, site)
    session = ada.browser.cookies.get("mod_auth_openidc_session")

    def status_with_the_cookie() -> int:
        cookies = {"mod_auth_openidc_session": session}
        page = f"{site}/orders/"
        return requests.get(page, cookies=cookies, allow_redirects=False, timeout=60).status_code

    assert status_with_the_cookie() == 200
    ada.sign_out(f"{provider.issuer}/connect/endsession")
    deadline = time.monotonic() + 30
    while status_with_the_cookie() == 200 and time.monotonic() < deadline:
        time.sleep(0.1)  # the provider tells it after its answer to the browser
    assert status_with_the_cookie() == 302


@pytest.mark.spec("RFC 7662", "2")
@pytest.mark.parametrize("client_id", ["machine", "reference-machine"])
def test_an_api_asks_the_provider(site: str, provider: Provider, client_id: str) -> None:
    answer = requests.get(
        f"{site}/api/",
        headers={"Authorization": f"Bearer {token_of(provider, client_id)}"},
        timeout=60,
    )
    assert answer.status_code == 200
    assert answer.headers["X-User"].startswith(client_id)


@pytest.mark.spec("RFC 9068", "4")
def test_an_api_checks_the_token_itself(provider: Provider) -> None:
    address = f"{provider.places.of(provider.places.apache_api)}/api/"
    token = token_of(provider, "machine")
    good = requests.get(address, headers={"Authorization": f"Bearer {token}"}, timeout=60)
    bad = requests.get(address, headers={"Authorization": f"Bearer {token[:-8]}"}, timeout=60)
    assert good.status_code == 200
    assert good.headers["X-User"].startswith("machine")
    assert bad.status_code == 401
