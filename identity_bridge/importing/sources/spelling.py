"""How the name of an EF property may be written in a database.

The conventions are those of EFCore.NamingConventions (NameRewriter.cs); the plain ones come
first, so that a column written exactly as EF writes it is never taken for another.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping


def snake_case(name: str) -> str:
    """Rewrite ``NormalizedUserName`` as ``normalized_user_name``, as the package does it.

    An underscore goes before an upper-case letter that follows a lower-case one, and before the
    last letter of a run of capitals when a lower-case one comes next: ``LockoutEndDateUTCNow``.
    """
    words: list[str] = []
    for index, letter in enumerate(name):
        if letter.isupper() and index > 0:
            previous, following = name[index - 1], name[index + 1 : index + 2]
            starts_word = previous.islower() or previous == " "
            ends_capitals = not previous.isdigit() and following.islower()
            if previous != "_" and (starts_word or ends_capitals):
                words.append("_")
        words.append(letter.lower())
    return "".join(words)


def camel_case(name: str) -> str:
    return name[:1].lower() + name[1:]


CONVENTIONS: Mapping[str, Callable[[str], str]] = {
    "exact": lambda name: name,
    "snake_case": snake_case,
    "camelCase": camel_case,
    "lower case": str.lower,
    "UPPER CASE": str.upper,
    "UPPER_SNAKE_CASE": lambda name: snake_case(name).upper(),
}
"""Name of the convention -> rewriting of a PascalCase name."""


def find(candidates: tuple[str, ...], present: set[str]) -> tuple[str, str] | None:
    """Return the physical column for a logical one, and the name it is a spelling of."""
    for rewrite in CONVENTIONS.values():
        for name in candidates:
            if (written := rewrite(name)) in present:
                return written, name
    return None


def common(spelled: Iterable[tuple[str, str]]) -> frozenset[str]:
    """Return the conventions that explain every pair of a written name and the maker's own."""
    pairs = list(spelled)
    return frozenset(
        convention
        for convention, rewrite in CONVENTIONS.items()
        if all(rewrite(name) == written for written, name in pairs)
    )


def squash(name: str) -> str:
    """Reduce a table name to what all conventions have in common."""
    return name.replace("_", "").replace(" ", "").lower()
