"""What an inspection found, as values. Pure."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

MOST_KEYS = 20
"""Keys listed as examples."""
ROWS_A_SECOND = 15_000
"""What an import into PostgreSQL does on a small machine; for the estimate only."""


@dataclass(slots=True)
class Finding:
    """How often something was met, and where first."""

    count: int = 0
    keys: list[str] = field(default_factory=list)

    def add(self, key: object, count: int = 1) -> None:
        self.count += count
        if len(self.keys) < MOST_KEYS:
            self.keys.append(str(key)[:100])


@dataclass(slots=True)
class Inspection:
    """What was found; ``as_dict`` is the JSON of ``inspect_aspnet_identity``."""

    source: str
    dialect: str
    generation: str
    spelling: str
    key_type: str
    case_insensitive_keys: bool
    warnings: list[str]
    tables: list[dict[str, Any]]
    custom_columns: list[dict[str, Any]]
    password_hashes: Counter[str] = field(default_factory=Counter)
    claim_types: Counter[str] = field(default_factory=Counter)
    role_claim_types: Counter[str] = field(default_factory=Counter)
    second_factors: Counter[str] = field(default_factory=Counter)
    login_providers: Counter[str] = field(default_factory=Counter)
    token_kinds: Counter[str] = field(default_factory=Counter)
    anomalies: dict[str, Finding] = field(default_factory=dict)
    privileged_roles: Counter[str] = field(default_factory=Counter)
    privileged_accounts: Finding = field(default_factory=Finding)

    @property
    def estimated_seconds(self) -> float:
        rows: int = sum(table["rows"] for table in self.tables)
        return round(rows / ROWS_A_SECOND, 1)

    def as_dict(self) -> dict[str, Any]:
        """Return everything as JSON can hold it; the keys are stable."""
        return {
            "source": self.source,
            "dialect": self.dialect,
            "generation": self.generation,
            "spelling": self.spelling,
            "key_type": self.key_type,
            "case_insensitive_keys": self.case_insensitive_keys,
            "tables": self.tables,
            "custom_columns": self.custom_columns,
            "password_hashes": _sorted(self.password_hashes),
            "claim_types": _sorted(self.claim_types),
            "role_claim_types": _sorted(self.role_claim_types),
            "second_factors": _sorted(self.second_factors),
            "login_providers": _sorted(self.login_providers),
            "token_kinds": _sorted(self.token_kinds),
            "anomalies": {
                code: {"count": finding.count, "keys": finding.keys}
                for code, finding in sorted(self.anomalies.items())
            },
            "privileged_roles": _sorted(self.privileged_roles),
            "privileged_accounts": {
                "count": self.privileged_accounts.count,
                "keys": self.privileged_accounts.keys,
            },
            "estimated_seconds": self.estimated_seconds,
            "warnings": self.warnings,
        }


def _sorted(counter: Counter[str]) -> dict[str, int]:
    return dict(sorted(counter.items(), key=lambda item: (-item[1], item[0])))
