"""Every address of the account pages, with something in the place of what varies."""

from __future__ import annotations

from collections.abc import Iterator

from django.urls import URLPattern, URLResolver, get_resolver, reverse

#: In the place of an argument, by its name; any other gets a word.
_SAMPLES = {"scheme": "Google", "pk": "1", "credential_id": "AAAA"}


def addresses() -> dict[str, str]:
    """Return URL name -> path of the namespace ``account``."""
    found = {}
    for name, pattern in _patterns(get_resolver().url_patterns):
        arguments = {
            argument: _SAMPLES.get(argument, "word")
            for argument in pattern.pattern.regex.groupindex
        }
        found[name] = reverse(f"account:{name}", kwargs=arguments)
    return found


def _patterns(entries: object, *, inside: bool = False) -> Iterator[tuple[str, URLPattern]]:
    for entry in entries:  # type: ignore[attr-defined]
        if isinstance(entry, URLResolver):
            yield from _patterns(entry.url_patterns, inside=inside or entry.namespace == "account")
        elif inside and entry.name:
            yield entry.name, entry
