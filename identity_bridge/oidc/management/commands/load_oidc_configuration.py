"""``load_oidc_configuration``: clients, scopes and APIs from a file, so that they live in git."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.core.management.base import BaseCommand, CommandError

from identity_bridge.conf import get_settings
from identity_bridge.oidc.configuration import document, reading, writing
from identity_bridge.oidc.models import Client
from identity_bridge.oidc.protocol import configuration_warnings

if TYPE_CHECKING:
    from argparse import ArgumentParser
    from collections.abc import Sequence

    from identity_bridge.oidc.protocol.configuration import Client as ClientValue


class Command(BaseCommand):
    help = (
        "Load clients, scopes and APIs from a JSON or YAML file. What is there already is updated, "
        "so the same file can be loaded again. --dump writes the configuration as such a file."
    )
    requires_migrations_checks = True

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", nargs="?", type=Path, metavar="FILE")
        parser.add_argument(
            "--dump",
            action="store_true",
            help="write the configuration to FILE, or to the standard output",
        )
        parser.add_argument(
            "--prune",
            action="store_true",
            help="delete what the parts of the file do not have, tokens and consents included",
        )
        parser.add_argument("--format", choices=["text", "json"], default="text")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["dump"]:
            self._dump(options["file"])
            return
        if options["file"] is None:
            raise CommandError("Name the file to load, or say --dump.")
        try:
            values = document.read_file(options["file"])
        except document.ConfigurationError as error:
            raise CommandError(str(error)) from error
        if not values:
            raise CommandError(
                f"{options['file']} has none of {', '.join(document.PARTS)}: nothing to load."
            )
        try:
            counts = writing.write(values, prune=options["prune"])
        except document.ConfigurationError as error:
            raise CommandError(f"Nothing was written. {error}") from error
        self._warn(values.get("clients", ()))
        if options["format"] == "json":
            shown = {
                part: {name: getattr(count, name) for name in writing.Count.__slots__}
                for part, count in counts.items()
            }
            self.stdout.write(json.dumps(shown, indent=2))
            return
        for part, count in counts.items():
            self.stdout.write(
                f"{part.replace('_', ' ')}: {count.created} created, {count.updated} updated, "
                f"{count.unchanged} unchanged, {count.removed} removed"
            )

    def _warn(self, clients: Sequence[ClientValue]) -> None:
        grants = get_settings().OIDC_EXTENSION_GRANTS
        for client in clients:
            for text in configuration_warnings.of_client(client, extension_grants=grants):
                self.stderr.write(self.style.WARNING(f"{client.client_id}: {text}"))

    def _dump(self, path: Path | None) -> None:
        rows = Client.objects.select_related("application").prefetch_related("client_secrets")
        clients = [reading.client_of(row) for row in rows.order_by("pk")]
        found = document.dump(clients=clients, resources=reading.read_resources())
        text = json.dumps(found, indent=2, ensure_ascii=False) + "\n"
        if path is None:
            self.stdout.write(text, ending="")
            return
        try:
            path.write_text(text, encoding="utf-8")
        except OSError as error:
            raise CommandError(f"{path} cannot be written: {error}") from error
        self.stderr.write(f"Written to {path}.")
