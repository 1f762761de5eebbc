"""The errors of identity_bridge.

Each class has a stable ``code``: the same word in the import report, in the checks and in
docs/reference/errors.md. A message says what was found and what was expected, and holds no
password, hash, token or key::

    IdentityBridgeError
    +-- ConcurrencyFailure      a row changed between reading and writing it
    +-- IdentityResultError     a rule of UserManager or RoleManager refused the change
    +-- ImportFailed            an import cannot go on
        +-- ImportSourceError   the source cannot be read or understood
        +-- ImportTargetError   the target database cannot take the source's data
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .aspnet.errors import IdentityError


class IdentityBridgeError(Exception):
    """Base of all errors raised by this package."""

    code: ClassVar[str] = "identity_bridge_error"


class ConcurrencyFailure(IdentityBridgeError):
    """The row was changed or deleted since it was read (.NET: DbUpdateConcurrencyException).

    Read the object again and repeat the change.
    """

    code = "concurrency_failure"


class IdentityResultError(IdentityBridgeError):
    """A change that UserManager or RoleManager answers with a failed IdentityResult."""

    code = "identity_result"

    def __init__(self, errors: Sequence[IdentityError]) -> None:
        self.errors = tuple(errors)
        super().__init__(" ".join(error.description for error in self.errors))


class ImportFailed(IdentityBridgeError):
    """An import that cannot go on; what was committed before stays."""

    code = "import_failed"


class ImportSourceError(ImportFailed):
    """The import source cannot be opened, read or understood."""

    code = "import_source"


class ImportTargetError(ImportFailed):
    """The database of the Django project cannot take what the source holds."""

    code = "import_target"
