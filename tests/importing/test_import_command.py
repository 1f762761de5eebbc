"""manage.py import_aspnet_identity: exit codes, the JSON report, a dry run, the options."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.contrib.auth import get_user_model

from identity_bridge.importing.report import Report
from identity_bridge.models import ImportIssue, ImportRun
from tests.fixtures_data import fixture_path
from tests.importing.small_sources import SmallSource, run_command

pytestmark = pytest.mark.django_db

User = get_user_model()

_KEYS = {
    "source",
    "generation",
    "key_type",
    "outcome",
    "exit_code",
    "duration_seconds",
    "tables",
    "issues",
    "verification",
}
_COUNTS = {"source", "created", "updated", "unchanged", "skipped", "failed"}


def all_rows() -> dict[str, list[str]]:
    """Return every row of every table of the project."""
    return {
        model._meta.db_table: sorted(map(str, model._base_manager.values()))
        for model in apps.get_models(include_auto_created=True)
    }


def test_the_exit_code_is_0_where_everything_is_in(source: SmallSource) -> None:
    source.user("u1")
    outcome = run_command(source.path)
    assert outcome.exit_code == 0
    assert "everything is in" in outcome.out
    run = ImportRun.objects.get()
    assert (run.outcome, run.exit_code) == ("complete", 0)
    assert run.finished_at is not None


def test_the_exit_code_is_1_where_records_need_attention(source: SmallSource) -> None:
    source.user("u1", PasswordHash="no hash!")
    outcome = run_command(source.path)
    assert outcome.exit_code == 1
    assert "hash_not_base64" in outcome.out
    assert ImportRun.objects.get().outcome == "attention"


def test_the_exit_code_is_2_where_the_run_failed(source: SmallSource) -> None:
    User.objects.create_user("mine", id="u1")
    source.user("u1")
    outcome = run_command(source.path, on_conflict=["user_exists=fail"])
    assert outcome.exit_code == 2
    assert "FAILED      conflict: user_exists" in outcome.out
    assert ImportRun.objects.get().outcome == "failed"


def test_the_json_report_has_its_keys(source: SmallSource, tmp_path: Path) -> None:
    source.user("u1", PasswordHash="no hash!")
    file = tmp_path / "report.json"
    outcome = run_command(source.path, format="json", report=str(file))
    data = outcome.data
    assert data.keys() >= _KEYS
    assert json.loads(file.read_text()) == data
    assert (data["generation"], data["key_type"], data["outcome"]) == (
        "core_v3",
        "string",
        "attention",
    )
    assert data["tables"]["AspNetUsers"].keys() >= _COUNTS
    assert data["tables"]["AspNetUsers"]["created"] == 1
    (issue,) = data["issues"]
    assert issue.keys() == {"code", "severity", "table", "key", "message"}
    assert data["verification"]["ok"] is True
    stored = ImportIssue.objects.values("code", "severity", "table", "key", "message")
    assert list(stored) == data["issues"]


def test_a_failure_before_the_run_is_in_the_report_too(tmp_path: Path) -> None:
    file = tmp_path / "report.json"
    outcome = run_command(tmp_path / "absent.db", format="json", report=str(file))
    assert outcome.exit_code == outcome.data["exit_code"] == 2
    assert outcome.data["error"]["code"] == "source_not_found"
    assert json.loads(file.read_text())["outcome"] == "failed"


def test_a_report_that_cannot_be_written_is_known_before_the_run(
    source: SmallSource, tmp_path: Path
) -> None:
    outcome = run_command(source.path, report=str(tmp_path / "no" / "folder" / "r.json"))
    assert (outcome.exit_code, "--report: cannot write" in outcome.err) == (2, True)
    assert not ImportRun.objects.exists()


@pytest.mark.parametrize("name", ["sqlite_v3_string", "sqlite_dirty"])
def test_a_dry_run_writes_nothing_at_all(name: str) -> None:
    User.objects.create_user("mine")
    before = all_rows()
    outcome = run_command(fixture_path(f"databases/{name}/app.db"), dry_run=True, format="json")
    assert all_rows() == before
    assert outcome.data["dry_run"] is True
    assert outcome.data["tables"]["AspNetUsers"]["created"] > 100


def test_a_dry_run_of_changes_writes_nothing_and_says_what_would_happen(
    source: SmallSource,
) -> None:
    source.user("u1")
    source.imported()
    source.change("u1", PhoneNumber="+43")
    source.user("u2")
    before = all_rows()
    data = run_command(source.path, dry_run=True, format="json").data
    assert all_rows() == before
    assert (data["tables"]["AspNetUsers"]["updated"], data["tables"]["AspNetUsers"]["created"]) == (
        1,
        1,
    )


@pytest.mark.parametrize("size", [1, 7])
def test_any_batch_size_gives_the_same(size: int) -> None:
    path = fixture_path("databases/sqlite_dirty/app.db")
    expected = run_command(path, dry_run=True, format="json").data["tables"]
    outcome = run_command(path, batch_size=size, format="json")
    assert outcome.data["verification"]["ok"] is True
    found = outcome.data["tables"]
    for table, counts in expected.items():
        assert found[table]["source"] == counts["source"]
        assert found[table]["created"] == counts["created"], table


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"batch_size": 0}, "--batch-size"),
        ({"on_conflict": ["user_exists=maybe"]}, "expected one of skip, overwrite, fail"),
        ({"on_conflict": ["nothing=skip"]}, "Known: user_exists"),
        ({"database": "absent"}, "DATABASES has no 'absent'"),
    ],
)
def test_a_wrong_option_is_told_before_anything_is_read(
    options: dict[str, Any], message: str
) -> None:
    outcome = run_command("nowhere.db", **options)
    assert outcome.exit_code == 2
    assert message in outcome.err


def test_source_must_be_given() -> None:
    outcome = run_command()
    assert (outcome.exit_code, "SOURCE is missing" in outcome.err) == (2, True)


def test_the_report_of_a_long_list_of_issues_keeps_the_numbers() -> None:
    from identity_bridge.importing import report as module
    from identity_bridge.importing.issues import issue

    report = Report(source="x")
    report.add([issue("claim_null", "AspNetUserClaims", n, "x") for n in range(3)])
    found = [issue("hash_empty", "AspNetUsers", n, "x") for n in range(module.MAX_ISSUES)]
    report.add(found)
    assert len(report.issues) == module.MAX_ISSUES
    assert report.as_dict()["issue_counts"] == {
        "claim_null": 3,
        "hash_empty": module.MAX_ISSUES,
    }
    assert report.exit_code == 1


def test_ctrl_c_is_a_failed_run_that_can_go_on(
    source: SmallSource, monkeypatch: pytest.MonkeyPatch
) -> None:
    from identity_bridge.importing.apply import Applier

    def interrupt(self: Applier, batch: object) -> None:
        raise KeyboardInterrupt

    source.user("u1")
    monkeypatch.setattr(Applier, "apply", interrupt)
    outcome = run_command(source.path)
    assert (outcome.exit_code, "interrupted: Interrupted." in outcome.out) == (2, True)
    assert ImportRun.objects.get().outcome == "failed"
    monkeypatch.undo()
    assert run_command(source.path).exit_code == 0
