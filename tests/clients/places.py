"""Where everybody is: on ports of this machine that were free."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from .live import HOST, held_ports


@dataclass(frozen=True)
class Places:
    """Addresses that the configuration has to name before anybody listens there."""

    provider: int
    library: int
    single_page: int
    mozilla: int
    allauth: int
    apache: int
    apache_form: int
    apache_api: int

    @classmethod
    @contextmanager
    def free(cls) -> Iterator[Places]:
        with held_ports(8) as ports:
            yield cls(*ports)

    @staticmethod
    def of(port: int) -> str:
        return f"http://{HOST}:{port}"

    @property
    def issuer(self) -> str:
        return self.of(self.provider)

    @property
    def redirect_uri(self) -> str:
        """Where nobody listens: a library is handed the address that the browser was sent to."""
        return f"{self.of(self.library)}/callback"

    @property
    def post_logout_redirect_uri(self) -> str:
        return f"{self.of(self.library)}/signed-out"
