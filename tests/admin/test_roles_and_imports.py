"""The pages of roles and of import runs."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse

from identity_bridge.models import ImportIssue, ImportRun, Role, RoleClaim, User, UserRole

from .pages import list_of, submit, url_of


@pytest.fixture
def editors(db: Any) -> Role:
    role = Role.objects.create(name="Büro & Verwaltung")
    RoleClaim.objects.create(role=role, claim_type="permission", claim_value="articles.write")
    RoleClaim.objects.create(role=role, claim_type="permission", claim_value="articles.read")
    return role


def test_the_role_list_counts_members_and_claims(
    admin: Client, editors: Role, django_assert_max_num_queries: Any
) -> None:
    for number in range(30):
        user = User.objects.create_user(f"user{number}")
        other = Role.objects.create(name=f"Role {number}")
        UserRole.objects.create(user=user, role=editors)
        UserRole.objects.create(user=user, role=other)
    with django_assert_max_num_queries(6):
        page = admin.get(list_of(Role), {"q": "büro"})
    assert page.status_code == 200
    [role] = page.context["cl"].result_list
    assert (role.member_count, role.claim_count) == (30, 2)
    assert "30 users" in page.content.decode()
    assert admin.get(list_of(Role), {"q": "\ufffe"}).status_code == 200


def test_a_role_gets_permissions_and_claims(admin: Client, editors: Role) -> None:
    permission = Permission.objects.first()
    assert permission is not None
    changes = {
        "permissions": [permission.pk],
        "claims-TOTAL_FORMS": "3",
        "claims-0-DELETE": "on",
        "claims-2-claim_type": "permission",
        "claims-2-claim_value": "articles.delete",
    }
    assert submit(admin, url_of(editors), **changes).status_code == 302
    assert list(editors.permissions.all()) == [permission]
    values = editors.claims.order_by("id").values_list("claim_value", flat=True)
    assert list(values) == ["articles.read", "articles.delete"]


def test_the_role_page_takes_a_bounded_number_of_queries(
    admin: Client, editors: Role, django_assert_max_num_queries: Any
) -> None:
    with django_assert_max_num_queries(8):
        assert admin.get(url_of(editors)).status_code == 200


def test_role_names_differ_by_more_than_case(admin: Client, editors: Role) -> None:
    url = reverse("admin:identity_bridge_role_add")
    assert admin.post(url, {"name": "BÜRO & verwaltung"}).status_code == 200
    assert admin.post(url, {"name": "\ufffe"}).status_code == 200
    assert Role.objects.count() == 1
    assert submit(admin, url, name=" Other ").status_code == 302
    assert Role.objects.filter(name=" Other ", normalized_name=" OTHER ").exists()


def test_a_role_without_a_name_breaks_no_page(admin: Client) -> None:
    Role.objects.bulk_create([Role(id="nameless", name=None, normalized_name=None)])
    assert admin.get(list_of(Role)).status_code == 200
    assert admin.get(url_of(Role.objects.get())).status_code == 200


@pytest.fixture
def run(db: Any) -> ImportRun:
    report = {
        "source": "app.db",
        "users": {"read": 119, "created": 118, "skipped": 1},
        "tables": [{"table": "AspNetUsers", "rows": 119}, {"table": "AspNetRoles", "rows": 6}],
        "by_format": {"v2": {"users": 2}, "v3": {"users": 100}},
        "nested": {"a": [1, {"b": "<script>"}], "empty": [], "none": None},
        "words": ["one", "two"],
    }
    run = ImportRun.objects.create(
        source="app.db", generation="core-v3", key_type="string", outcome="attention", report=report
    )
    for number in range(40):
        code = "hash_invalid" if number % 2 else "name_null"
        ImportIssue.objects.create(
            run=run, code=code, severity="warning", table="AspNetUsers", key="k" * 99, message="m"
        )
    return run


def test_a_run_shows_its_report_as_tables(
    admin: Client, run: ImportRun, django_assert_max_num_queries: Any
) -> None:
    with django_assert_max_num_queries(5):
        page = admin.get(url_of(run)).content.decode()
    assert "<td>119</td>" in page
    assert "by format" in page
    assert "<script>" not in page.split("ib-report", 1)[1].split("</fieldset>")[0]
    assert "code=hash_invalid" in page


@pytest.mark.parametrize("report", [{}, [], None, "text", [1, 2], {"a": {}}, {"a": [[1], {}]}])
def test_no_report_breaks_the_page(admin: Client, run: ImportRun, report: Any) -> None:
    ImportRun.objects.update(report=report if report is not None else {"x": None})
    assert admin.get(url_of(run)).status_code == 200


def test_the_lists_of_runs_and_issues(
    admin: Client, run: ImportRun, django_assert_max_num_queries: Any
) -> None:
    with django_assert_max_num_queries(7):
        assert "40 issues" in admin.get(list_of(ImportRun)).content.decode()
    with django_assert_max_num_queries(9):
        page = admin.get(list_of(ImportIssue), {"code": "name_null", "severity": "warning"})
    assert page.context["cl"].result_count == 20
