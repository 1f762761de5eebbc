"""Import runs and their issues in the admin: to read, not to write."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import admin
from django.db.models import Count
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from identity_bridge.models import ImportIssue, ImportRun

from .reading import OnlyToRead
from .report_tables import report_tables

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.http import HttpRequest
    from django.utils.safestring import SafeString


@admin.register(ImportRun)
class ImportRunAdmin(OnlyToRead):
    list_display = [
        "number",
        "source",
        "generation",
        "started_at",
        "finished_at",
        "outcome",
        "issues",
    ]
    list_filter = ["outcome", "generation"]
    search_fields = ["source"]
    fieldsets = [
        (None, {"fields": ["source", ("generation", "key_type"), "outcome", "exit_code"]}),
        (_("Time"), {"fields": [("started_at", "finished_at")]}),
        (_("Issues"), {"fields": ["issues_by_code"]}),
        (_("Report"), {"fields": ["report_as_tables"]}),
    ]
    readonly_fields = ["issues_by_code", "report_as_tables"]

    class Media:
        css = {"all": ["identity_bridge/admin/report.css"]}

    def get_queryset(self, request: HttpRequest) -> QuerySet[ImportRun]:
        runs: QuerySet[ImportRun] = super().get_queryset(request)
        return runs.annotate(issue_count=Count("issues"))

    @admin.display(description=_("run"), ordering="pk")
    def number(self, run: ImportRun) -> int:
        return run.pk

    @admin.display(description=_("issues"), ordering="issue_count")
    def issues(self, run: ImportRun) -> SafeString:
        count: int = run.issue_count  # type: ignore[attr-defined]
        text = ngettext("%d issue", "%d issues", count) % count
        return format_html(
            '<a href="{}?run__id__exact={}">{}</a>', self._issue_list(), run.pk, text
        )

    @admin.display(description=_("by code"))
    def issues_by_code(self, run: ImportRun) -> SafeString | str:
        counted = run.issues.values_list("severity", "code").annotate(n=Count("pk"))
        url = self._issue_list()
        rows = [
            (severity, url, run.pk, code, code, number)
            for severity, code, number in counted.order_by("severity", "code")
        ]
        if not rows:
            return gettext("None.")
        head = format_html(
            "<tr><th>{}</th><th>{}</th><th>{}</th></tr>",
            gettext("Severity"),
            gettext("Code"),
            gettext("Records"),
        )
        body = format_html_join(
            "",
            '<tr><td>{}</td><td><a href="{}?run__id__exact={}&amp;code={}">{}</a></td>'
            "<td>{}</td></tr>",
            rows,
        )
        return format_html(
            '<div class="ib-report"><table><thead>{}</thead><tbody>{}</tbody></table></div>',
            head,
            body,
        )

    @admin.display(description=_("report"))
    def report_as_tables(self, run: ImportRun) -> SafeString:
        return report_tables(run.report)

    def _issue_list(self) -> str:
        return reverse(f"{self.admin_site.name}:identity_bridge_importissue_changelist")


@admin.register(ImportIssue)
class ImportIssueAdmin(OnlyToRead):
    list_display = ["code", "severity", "table", "short_key", "message", "run"]
    list_filter = ["severity", "code", "table", "run"]
    list_select_related = ["run"]
    search_fields = ["key", "message"]
    ordering = ["-run", "pk"]
    show_full_result_count = False

    @admin.display(description=_("key"), ordering="key")
    def short_key(self, issue: ImportIssue) -> str:
        return issue.key if len(issue.key) <= 60 else f"{issue.key[:59]}…"
