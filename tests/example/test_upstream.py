"""A second example project signs people in at the first, as Google would."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from example_project.people import PEOPLE
from example_project.upstream import SCHEME
from tests.clients.live import held_ports
from tests.clients.person import Page, Person

from .served import serving

pytestmark = pytest.mark.slow

LOGIN, PROFILE, LOGINS = "/account/login/", "/account/profile/", "/account/external/logins/"
PASSWORDS = {one.name: one.password for one in PEOPLE}


@pytest.fixture(scope="module")
def sites(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, str]]:
    """Run what ``make demo`` runs; the addresses of the demo and of the site it believes."""
    folder = tmp_path_factory.mktemp("sites")
    with held_ports(2) as (here, there):
        ports = {"DEMO_PORT": here, "UPSTREAM_PORT": there}
        with (
            serving("upstream", port=there, folder=folder, ports=ports),
            serving("demo", port=here, folder=folder, ports=ports),
        ):
            yield f"http://localhost:{here}", f"http://127.0.0.1:{there}"


@pytest.fixture
def person() -> Iterator[Callable[[str], Person]]:
    """Open a browser of somebody who has an account at both sites."""
    people: list[Person] = []

    def make(name: str) -> Person:
        people.append(Person(name, PASSWORDS[name]))
        return people[-1]

    yield make
    for one in people:
        one.close()


def go_there(person: Person, page: Page, form_address: str, **fields: str) -> Page:
    """Press the button that leads to the other site, and sign in there if it asks."""
    form = page.form_to(form_address)
    assert form is not None, page.text
    return person.sign_in(person.submit(page, form, **fields))


def is_signed_in(person: Person, demo: str, name: str) -> bool:
    page = person.open(f"{demo}{PROFILE}")
    return page.url == f"{demo}{PROFILE}" and name in page.text


def test_who_is_known_only_there_gets_an_account_here(
    sites: tuple[str, str], person: Callable[[str], Person]
) -> None:
    demo, upstream = sites
    hamid = person("hamid.keller")
    page = hamid.open(f"{demo}{LOGIN}")
    page = go_there(hamid, page, f"/external/{SCHEME}/")
    assert page.url == f"{demo}/account/external/register/", (page.url, page.text)
    question = page.form_with("email")
    assert question is not None
    page = hamid.submit(page, question, email="hamid@elsewhere.example")
    assert is_signed_in(hamid, demo, "hamid@elsewhere.example")
    assert is_signed_in(hamid, upstream, "hamid.keller")


def test_a_login_that_is_added_signs_in(
    sites: tuple[str, str], person: Callable[[str], Person]
) -> None:
    demo, _upstream = sites
    tilda, nils = person("tilda.keller"), person("nils.novak")
    tilda.sign_in(tilda.open(f"{demo}{LOGIN}"))
    assert is_signed_in(tilda, demo, "tilda.keller")
    # The same browser is tilda here and nils there.
    tilda.username, tilda.password = nils.username, nils.password
    page = go_there(tilda, tilda.open(f"{demo}{LOGINS}"), LOGINS, provider=SCHEME)
    assert page.url == f"{demo}{LOGINS}", (page.url, page.text)
    assert "From now on you can sign in with Contoso." in page.text
    page = go_there(nils, nils.open(f"{demo}{LOGIN}"), f"/external/{SCHEME}/")
    assert page.status == 200
    assert is_signed_in(nils, demo, "tilda.keller")
