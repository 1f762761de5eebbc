"""A column IsActive that an application added: kept, reported, and obeyed only when told to."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth import get_user_model

from identity_bridge.importing.run import ImportOptions, run_import
from identity_bridge.importing.sources import open_source
from identity_bridge.models import UndeclaredColumns
from tests.databases import fixture_source
from tests.fixtures_data import load_json

pytestmark = pytest.mark.django_db


class Silent:
    def start(self, phase: str, total: int) -> None: ...
    def advance(self, number: int) -> None: ...
    def finish(self) -> None: ...


def imported() -> tuple[Any, set[str]]:
    people = load_json("databases/sqlite_custom_user/manifest.json")["users"]
    off = {one["id"] for one in people if not one["custom"]["is_active"]}
    with fixture_source("sqlite_custom_user") as spec, open_source(spec) as source:
        return run_import(source, ImportOptions(), Silent()), off


def inactive() -> set[str]:
    return set(get_user_model().objects.filter(is_active=False).values_list("pk", flat=True))


def test_without_the_setting_the_column_is_kept_and_reported_but_not_obeyed() -> None:
    report, off = imported()
    assert off
    assert inactive() == set()
    said = {one.key for one in report.issues if one.code == "disabled_by_custom_column"}
    assert said == off
    kept = UndeclaredColumns.objects.filter(table="AspNetUsers", key__in=off)
    assert {row.columns["IsActive"] for row in kept} == {False}


def test_with_the_setting_the_column_decides(settings: Any) -> None:
    settings.IDENTITY_BRIDGE = {"IMPORT_IS_ACTIVE_COLUMN": "IsActive"}
    report, off = imported()
    assert inactive() == off
    assert report.issue_counts.total()
