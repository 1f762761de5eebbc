"""Users are found through the normalised columns, in every alphabet."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from identity_bridge.aspnet.date_times import MAX_VALUE
from identity_bridge.models import Role, User, UserRole

from .pages import list_of

NAMES = ["straße", "strasse", "ışık", "Zoë", "Οδυσσεύς", "100%_real", "a+tag@contoso.example"]


@pytest.fixture
def people(admin: Client) -> Client:
    for name in NAMES:
        User.objects.create_user(name, f"{name}@Mail.Example".replace("%", ""))
    return admin


def found(client: Client, **query: Any) -> set[str | None]:
    answer = client.get(list_of(User), query)
    assert answer.status_code == 200
    return {user.username for user in answer.context["cl"].result_list}


@pytest.mark.parametrize(
    ("term", "names"),
    [
        ("STRASS", {"strasse"}),
        ("straß", {"straße"}),
        ("ΟΔΥΣΣΕΎΣ", {"Οδυσσεύς"}),
        ("zoe\u0308", {"Zoë"}),
        ("%_", {"100%_real"}),
        ("isik", set()),
        ("contoso tag", {"a+tag@contoso.example"}),
        ("mail.example", set(NAMES)),
        ("\ufffe", set()),
    ],
)
def test_a_term_finds(people: Client, term: str, names: set[str]) -> None:
    assert found(people, q=term) == names


def test_a_whole_id_finds_its_user_and_a_part_finds_nobody(people: Client) -> None:
    user = User.objects.get(username="Zoë")
    assert found(people, q=user.pk) == {"Zoë"}
    assert found(people, q=user.pk[:-1]) == set()


def test_a_row_without_normalised_names_is_found_by_its_exact_name(people: Client) -> None:
    User.objects.bulk_create([User(username="Raw.Row")])
    assert found(people, q="Raw.Row") == {"Raw.Row"}


def test_no_lower_and_no_like_on_the_typed_columns(
    people: Client, django_assert_num_queries: Any
) -> None:
    with django_assert_num_queries(5) as queries:
        found(people, q="zoë")
    searched = " ".join(query["sql"] for query in queries if "LIKE" in query["sql"])
    columns = set(re.findall(r"(\w+)[\"`](?:::text)? LIKE", searched))
    assert columns == {"NormalizedUserName", "NormalizedEmail"}
    assert "LOWER(" not in searched.upper()


def test_the_lockout_filter(admin: Client) -> None:
    now = timezone.now()
    for name, end, enabled in [
        ("past", now - timedelta(1), True),
        ("locked", now + timedelta(1), True),
        ("ever", MAX_VALUE, True),
        ("cannot", MAX_VALUE, False),
    ]:
        User.objects.create_user(name, lockout_end=end, lockout_enabled=enabled)
    assert found(admin, locked="now") == {"locked", "ever"}
    assert found(admin, locked="ever") == {"ever"}
    assert found(admin, locked="no") == {"past", "cannot", "root"}


def test_the_role_filter(people: Client) -> None:
    role = Role.objects.create(name="Editors")
    UserRole.objects.create(role=role, user=User.objects.get(username="Zoë"))
    assert found(people, roles__id__exact=role.pk) == {"Zoë"}


def test_password_columns_cannot_be_asked_about(people: Client) -> None:
    for lookup in (
        "password__startswith",
        "security_stamp__startswith",
        "tokens__value__startswith",
    ):
        answer = people.get(list_of(User), {lookup: "a"})
        assert answer.status_code == 400, lookup
