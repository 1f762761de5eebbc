"""A key that is missing is made, once, and not by a transaction that may be taken back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from identity_bridge.oidc import clock
from identity_bridge.oidc.configuration import store
from identity_bridge.oidc.keys import ring
from identity_bridge.oidc.models import SigningKey
from identity_bridge.oidc.tokens import issuing

from .parties import Party


@pytest.mark.django_db
def test_a_key_that_somebody_else_has_made_meanwhile_is_taken() -> None:
    """This process has looked a moment ago, and there was none."""
    assert ring.all_keys() == []
    other = ring.create("RS256", now=clock.moment(), number=1)
    assert other is not None
    store._current().parts["keys"] = []
    assert ring.signing_key().key_id == other.key_id
    assert SigningKey.objects.count() == 1


@pytest.mark.django_db
def test_each_algorithm_counts_its_own_keys() -> None:
    now = clock.moment()
    assert ring.create("ES256", now=now, number=1) is not None
    assert ring.create("EdDSA", now=now, number=1) is not None
    assert ring.create("ES256", now=now, number=1) is None
    assert ring.create("ES256", now=now, number=2) is not None


def test_keys_stay_in_memory_however_many_names_the_server_has(
    web: Party, django_assert_num_queries: Callable[..., Any]
) -> None:
    """A document is kept for each Host, and any port will do in one."""
    store.forget()
    for port in range(2000, 2060):
        headers = {"host": f"id.example.org:{port}"}
        web.browser.get("/.well-known/openid-configuration", secure=True, headers=headers)
    assert ring.signing_key().key_id
    with django_assert_num_queries(0):
        ring.all_keys()


def test_tokens_that_are_taken_back_leave_the_key(
    web: Party, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Or other processes could not verify what this one signs with it from then on."""
    code = web.code()
    SigningKey.objects.all().delete()
    store.forget()

    def fail(**given: object) -> str:
        raise RuntimeError

    monkeypatch.setattr(issuing, "id_token", fail)
    with pytest.raises(RuntimeError):
        web.exchange(code)
    assert ring.signing_key().key_id == SigningKey.objects.get().key_id
