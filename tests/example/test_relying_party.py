"""The demo as somebody sees it who tries it out: a client of its own signs them in over HTTP."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from html import unescape
from typing import Any

import pytest

from example_project.people import PEOPLE
from example_project.provider import API_SCOPE, DEMO_CLIENT
from tests.clients.live import held_ports
from tests.clients.person import Page, Person

from .served import serving

pytestmark = pytest.mark.slow

HAMID = PEOPLE[0]


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Run ``make demo`` without its setup; the address that it serves."""
    folder = tmp_path_factory.mktemp("demo")
    with (
        held_ports(1) as (port,),
        serving("demo", port=port, folder=folder, ports={"DEMO_PORT": port}),
    ):
        yield f"http://localhost:{port}"


@pytest.fixture
def hamid() -> Iterator[Person]:
    person = Person(HAMID.name, HAMID.password)
    yield person
    person.close()


def pressed(person: Person, page: Page, *, stop_at: str = "") -> Page:
    """Press the one button of the relying party's page."""
    form = page.form_with("csrfmiddlewaretoken")
    assert form is not None, page.text
    return person.submit(page, form, stop_at=stop_at)


def shown(page: Page) -> dict[str, Any]:
    """Return what the page shows: heading -> the JSON under it."""
    assert page.status == 200, page.text
    found = re.findall(r"<h2>(.*?)</h2>.*?<code>(.*?)</code>", page.text, re.DOTALL)
    return {heading: json.loads(unescape(text)) for heading, text in found}


def consent_page(person: Person, demo: str) -> Page:
    """Go from the relying party to the login page, and on to the question."""
    home = person.open(f"{demo}/relying-party/")
    assert shown(home) == {}
    page = person.sign_in(pressed(person, home))
    assert page.url.startswith(f"{demo}/account/consent/"), page.url
    assert "A small relying party" in page.text
    return page


def test_somebody_signs_in_and_sees_what_the_client_got(demo: str, hamid: Person) -> None:
    page = consent_page(hamid, demo)
    form = page.form_with("scope")
    assert form is not None
    asked = {"openid", "profile", "email", "offline_access", API_SCOPE}
    assert set(form.fields["scope"]) == asked
    page = hamid.submit(page, form, allow="1")
    assert page.url == f"{demo}/relying-party/"
    said = shown(page)
    assert set(said) == {
        "ID token",
        "Access token",
        "Userinfo",
        "Answer of the token endpoint",
    }
    id_token, access_token = said["ID token"], said["Access token"]
    assert (id_token["iss"], id_token["aud"]) == (demo, DEMO_CLIENT)
    assert (access_token["iss"], access_token["aud"]) == (demo, "orders")
    assert set(access_token["scope"]) == asked
    userinfo = said["Userinfo"]
    assert userinfo["sub"] == id_token["sub"] == access_token["sub"]
    assert userinfo["preferred_username"] == HAMID.name
    assert "@" in userinfo["email"]
    answer = said["Answer of the token endpoint"]
    assert answer["token_type"] == "Bearer"
    assert {"access_token", "id_token", "refresh_token"} <= set(answer)


def test_somebody_who_says_no_is_told_so_by_the_client(demo: str, hamid: Person) -> None:
    page = consent_page(hamid, demo)
    form = page.form_with("scope")
    assert form is not None
    page = hamid.submit(page, form, deny="1")
    assert page.url.startswith(f"{demo}/relying-party/callback/")
    assert page.status == 400
    assert "access_denied" in page.text


def test_signing_out_at_the_client_signs_out_at_the_provider(demo: str, hamid: Person) -> None:
    page = consent_page(hamid, demo)
    form = page.form_with("scope")
    assert form is not None
    home = hamid.submit(page, form, allow="1")
    way_out = pressed(hamid, home, stop_at=f"{demo}/connect/endsession")
    assert shown(hamid.open(home.url)) == {}
    assert hamid.open(f"{demo}/account/profile/").url == f"{demo}/account/profile/"
    assert home.url in hamid.open(way_out.url).links
    profile = hamid.open(f"{demo}/account/profile/")
    assert profile.url.startswith(f"{demo}/account/login/")


def test_a_callback_that_nobody_began_is_refused(demo: str, hamid: Person) -> None:
    page = hamid.open(f"{demo}/relying-party/callback/?code=abc&state=xyz")
    assert page.status == 400
    assert "<h2>" not in page.text
    assert "Traceback" not in page.text
