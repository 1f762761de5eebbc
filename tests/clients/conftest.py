"""One live provider for all clients of a test run, and people who have an account there."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from jwcrypto.jwk import JWK

from . import single_page_server
from .browser import Window
from .live import HOST, running
from .parties import configuration
from .person import Person
from .places import Places
from .provider import Provider


@pytest.fixture(scope="session", autouse=True)
def no_proxy() -> Iterator[None]:
    """Clients, and the provider that tells them of sign-outs, reach this machine by themselves."""
    with pytest.MonkeyPatch.context() as patch:
        for name in ("NO_PROXY", "no_proxy"):
            patch.setenv(name, HOST)
        yield


@pytest.fixture(scope="session")
def provider(no_proxy: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Provider]:
    """Run the provider, with all clients and people of ``parties``."""
    folder = tmp_path_factory.mktemp("provider")
    loaded, database = folder / "configuration.json", folder / "provider.sqlite3"
    key = JWK.generate(kty="EC", crv="P-256", alg="ES256", use="sig")
    with Places.free() as places:
        loaded.write_text(json.dumps(configuration(places, key)))
        command = [sys.executable, "-m", "tests.projects.clients.serve"]
        arguments = [str(places.provider), str(database), str(loaded)]
        with running([*command, *arguments], port=places.provider, log=folder / "log"):
            yield Provider(places, key)


@pytest.fixture
def ada() -> Iterator[Person]:
    person = Person("ada")
    yield person
    person.close()


@pytest.fixture
def grace() -> Iterator[Person]:
    person = Person("grace")
    yield person
    person.close()


@pytest.fixture(scope="session")
def single_page(provider: Provider, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Serve the single-page applications; their address."""
    with single_page_server.served(provider, tmp_path_factory.mktemp("single_page")) as home:
        yield home


@pytest.fixture
def window(tmp_path: Path, single_page: str) -> Iterator[Window]:
    """A browser at the first page of an application."""
    started = Window(tmp_path / "profile")
    started.open(f"{single_page}/index.html")
    yield started
    started.close()
