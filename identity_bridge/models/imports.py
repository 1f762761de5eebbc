"""What the import remembers: its runs, their issues, and a fingerprint of each record."""

from __future__ import annotations

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from identity_bridge.fields import ExactCharField


class ImportRun(models.Model):
    """One run of ``import_aspnet_identity``."""

    class Outcome(models.TextChoices):
        RUNNING = "running", _("running or interrupted")
        COMPLETE = "complete", _("everything is in")
        ATTENTION = "attention", _("some records need attention")
        FAILED = "failed", _("failed")
        UNDONE = "undone", _("undone")

    source = models.TextField(_("source"), help_text=_("Where it read from, without passwords."))
    generation = models.CharField(_("generation"), max_length=40)
    key_type = models.CharField(_("key type"), max_length=10)
    started_at = models.DateTimeField(_("started"), default=timezone.now)
    finished_at = models.DateTimeField(_("finished"), null=True, blank=True)
    outcome = models.CharField(
        _("outcome"), max_length=10, choices=Outcome.choices, default=Outcome.RUNNING
    )
    exit_code = models.SmallIntegerField(_("exit code"), null=True, blank=True)
    report = models.JSONField(_("report"), default=dict)

    class Meta:
        db_table = "identity_bridge_import_run"
        verbose_name = _("import run")
        verbose_name_plural = _("import runs")
        ordering = ["-started_at"]

    def __str__(self) -> str:
        return f"{self.pk}: {self.source}"


class ImportIssue(models.Model):
    """Something about one record of a run that a person should know."""

    run = models.ForeignKey(ImportRun, models.CASCADE, related_name="issues")
    code = models.CharField(_("code"), max_length=60)
    severity = models.CharField(_("severity"), max_length=10)
    table = models.CharField(_("table"), max_length=64)
    key = models.TextField(_("key"))
    message = models.TextField(_("message"))

    class Meta:
        db_table = "identity_bridge_import_issue"
        verbose_name = _("import issue")
        verbose_name_plural = _("import issues")
        indexes = [models.Index(fields=["run", "code"], name="ib_import_issue_code")]

    def __str__(self) -> str:
        return f"{self.code}: {self.message}"


class ImportedRecord(models.Model):
    """What an import last read of one user or role, so that a re-run sees what changed where."""

    class Kind(models.TextChoices):
        USER = "user", _("user")
        ROLE = "role", _("role")

    pk = models.CompositePrimaryKey("kind", "key")
    kind = models.CharField(max_length=4, choices=Kind.choices)
    key = ExactCharField(max_length=450)
    run = models.ForeignKey(
        ImportRun,
        models.PROTECT,
        related_name="created_records",
        help_text=_("The run that created the record; empty where it existed before."),
        null=True,
    )
    fingerprint = models.BinaryField()

    class Meta:
        db_table = "identity_bridge_imported_record"
        verbose_name = _("imported record")
        verbose_name_plural = _("imported records")

    def __str__(self) -> str:
        return f"{self.kind} {self.key}"


class UndeclaredColumns(models.Model):
    """Columns of a source row that no model field takes: kept, never dropped."""

    pk = models.CompositePrimaryKey("table", "key")
    table = models.CharField(_("table"), max_length=64)
    key = ExactCharField(_("key"), max_length=450)
    columns = models.JSONField(_("columns"), default=dict)

    class Meta:
        db_table = "identity_bridge_undeclared_columns"
        verbose_name = _("undeclared columns")
        verbose_name_plural = _("undeclared columns")

    def __str__(self) -> str:
        return f"{self.table} {self.key}"
