"""find_by_*: one statement each, through the index; what cannot exist is not looked for."""

from __future__ import annotations

from typing import Any

import pytest
from asgiref.sync import async_to_sync
from django.db import connection
from django.test.utils import CaptureQueriesContext

from identity_bridge.models import Role, User, UserLogin

LOOKUPS = {
    "find_by_id": (
        lambda user: (user.pk,),
        ("AspNetUsers_pkey", "sqlite_autoindex_AspNetUsers_1", "PRIMARY"),
    ),
    "find_by_name": (lambda user: ("aDA",), ("UserNameIndex", "sqlite_autoindex_AspNetUsers_2")),
    "find_by_email": (lambda user: ("ada@example.COM",), ("EmailIndex",)),
    "find_by_login": (
        lambda user: ("Google", "1"),
        ("AspNetUserLogins_pkey", "sqlite_autoindex_AspNetUserLogins_1", "PRIMARY"),
    ),
}


@pytest.fixture
def crowd(ada: User) -> User:
    """Ada among enough others that a planner prefers an index."""
    UserLogin.objects.create(user=ada, login_provider="Google", provider_key="1")
    others = [
        User(
            username=f"user{number}",
            normalized_username=f"USER{number}",
            email=f"user{number}@example.com",
            normalized_email=f"USER{number}@EXAMPLE.COM",
        )
        for number in range(2000)
    ]
    User.objects.bulk_create(others)
    UserLogin.objects.bulk_create(
        UserLogin(user=other, login_provider="Google", provider_key=other.username)
        for other in others
    )
    if connection.vendor == "mysql":  # its ANALYZE TABLE ends the transaction
        return ada
    with connection.cursor() as cursor:
        for table in ("AspNetUsers", "AspNetUserLogins"):
            cursor.execute(f'ANALYZE "{table}"')
    return ada


@pytest.mark.parametrize("name", LOOKUPS)
def test_a_lookup_is_one_statement_that_uses_the_index(name: str, crowd: User) -> None:
    arguments, indexes = LOOKUPS[name]
    with CaptureQueriesContext(connection) as queries:
        assert getattr(User.objects, name)(*arguments(crowd)) == crowd
    assert len(queries) == 1
    explain = {"sqlite": "EXPLAIN QUERY PLAN"}.get(connection.vendor, "EXPLAIN")
    with connection.cursor() as cursor:
        # The captured SQL has its values spelled out; %% would be taken for a parameter.
        cursor.execute(f"{explain} {queries[0]['sql']}".replace("%", "%%"), [])
        plan = "\n".join(" ".join(map(str, row)) for row in cursor.fetchall())
    assert any(index in plan for index in indexes), plan
    assert "Seq Scan" not in plan
    assert "SCAN AspNet" not in plan


@pytest.mark.parametrize("name", LOOKUPS)
def test_a_lookup_has_an_async_twin(name: str, ada: User) -> None:
    UserLogin.objects.create(user=ada, login_provider="Google", provider_key="1")
    arguments, _indexes = LOOKUPS[name]
    twin = async_to_sync(getattr(User.objects, f"a{name}"))
    assert twin(*arguments(ada)) == ada


@pytest.mark.parametrize("text", ["", "nobody", "a\x00b", "\ud800", "a" * 5000, "' OR 1=1 --", "%"])
@pytest.mark.parametrize("name", LOOKUPS)
def test_what_is_not_there_is_not_found(name: str, text: str, ada: User) -> None:
    lookup: Any = getattr(User.objects, name)
    arguments = (text, text) if name == "find_by_login" else (text,)
    assert lookup(*arguments) is None


def test_none_is_nobody(ada: User) -> None:
    User.objects.filter(pk=ada.pk).update(normalized_username=None, normalized_email=None)
    assert User.objects.find_by_name(None) is None
    assert User.objects.find_by_email(None) is None
    assert Role.objects.find_by_name(None) is None


def test_an_address_of_two_users_finds_neither(ada: User) -> None:
    User.objects.create_user("Bob", "ada@example.com")
    assert User.objects.find_by_email("ada@example.com") is None


def test_the_exact_name_comes_first(ada: User) -> None:
    other = User.objects.create_user("other")
    User.objects.filter(pk=other.pk).update(username="aDA")
    assert User.objects.find_by_name("aDA") == other
    assert User.objects.find_by_name("Ada") == ada


def test_logins_are_compared_exactly(ada: User) -> None:
    UserLogin.objects.create(user=ada, login_provider="Google", provider_key="Key")
    for provider, key in (("google", "Key"), ("Google", "key"), ("Google", "Key ")):
        assert User.objects.find_by_login(provider, key) is None


def test_the_natural_key_is_the_name(ada: User) -> None:
    assert User.objects.get_by_natural_key("ADA") == ada
    assert async_to_sync(User.objects.aget_by_natural_key)("ada") == ada
    with pytest.raises(User.DoesNotExist):
        User.objects.get_by_natural_key("bob")
    with pytest.raises(User.DoesNotExist):
        async_to_sync(User.objects.aget_by_natural_key)("bob")


def test_roles_are_found_by_name(editors: Role) -> None:
    assert Role.objects.find_by_name("eDITORS") == editors
    assert async_to_sync(Role.objects.afind_by_name)("editors") == editors
    assert Role.objects.get_by_natural_key("EDITORS") == editors
    assert Role.objects.find_by_name("a\x00") is None


def test_django_searches_in_any_case(ada: User) -> None:
    for lookup in ("email__iexact", "email__icontains", "username__istartswith"):
        value = "aDA" if "username" in lookup else "aDA@eXAMPLE.com"
        assert User.objects.filter(**{lookup: value}).get() == ada
    assert not User.objects.filter(email="ada@example.com").exists()
    assert not User.objects.filter(email__icontains="a_a@").exists()
