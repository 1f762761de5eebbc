"""IdentityResult: what every change of a user or a role answers."""

from __future__ import annotations

from dataclasses import dataclass

from identity_bridge.aspnet.errors import IdentityError, identity_error
from identity_bridge.exceptions import IdentityResultError


@dataclass(frozen=True, slots=True)
class IdentityResult:
    """IdentityResult of .NET: either done, or refused for these reasons in this order."""

    errors: tuple[IdentityError, ...] = ()
    """Empty if the change was made."""

    @property
    def succeeded(self) -> bool:
        return not self.errors

    @classmethod
    def failed(cls, code: str, argument: str | int | None = None) -> IdentityResult:
        """Return a refusal for one of .NET's reasons, ``argument`` filling the gap in its text."""
        return cls((identity_error(code, argument),))

    def raise_for_errors(self) -> None:
        """Turn a refusal into an exception, for callers that cannot go on.

        :raises IdentityResultError: the change was refused.
        """
        if self.errors:
            raise IdentityResultError(self.errors)


SUCCESS = IdentityResult()
