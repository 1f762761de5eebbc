"""Form fields for lists and pairs: one a line, as people paste them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from collections.abc import Iterable

    from identity_bridge.oidc.protocol.configuration_rules import Problem


def add_problems(form: forms.BaseForm, problems: Iterable[Problem]) -> None:
    """Show what the rules of the configuration say beside the fields; of each field the first."""
    for problem in list(problems):  # an error takes its field out of what they look at
        if problem.member in form.fields and not form.has_error(problem.member):
            text = gettext("%(found)s: expected %(expected)s.")
            params = {"found": problem.found, "expected": problem.expected}
            form.add_error(problem.member, text % params)


class LinesField(forms.CharField):
    """A list of texts without spaces, one a line."""

    widget = forms.Textarea(attrs={"rows": 4, "class": "vLargeTextField", "spellcheck": "false"})

    def __init__(self, **kwargs: Any) -> None:
        defaults: dict[str, Any] = {"required": False, "help_text": _("One a line.")}
        super().__init__(**defaults | kwargs)

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(map(str, value)) if isinstance(value, list | tuple) else value

    def to_python(self, value: Any) -> Any:
        lines = [line.strip() for line in str(value or "").splitlines()]
        found = list(dict.fromkeys(line for line in lines if line))
        if broken := [line for line in found if any(letter.isspace() for letter in line)]:
            raise ValidationError(_("“%(line)s” has a space."), params={"line": broken[0]})
        return found

    def has_changed(self, initial: Any, data: Any) -> bool:
        return bool(self.to_python(self.prepare_value(initial)) != self.to_python(data))


class PairsField(forms.CharField):
    """Pairs, ``name = value`` a line."""

    widget = forms.Textarea(attrs={"rows": 3, "class": "vLargeTextField", "spellcheck": "false"})

    def __init__(self, **kwargs: Any) -> None:
        defaults: dict[str, Any] = {
            "required": False,
            "help_text": _("“name = value”, one a line."),
        }
        super().__init__(**defaults | kwargs)

    def prepare_value(self, value: Any) -> Any:
        if isinstance(value, dict):
            return "\n".join(f"{name} = {text}" for name, text in value.items())
        return value

    def to_python(self, value: Any) -> Any:
        return dict(self._pairs(value))

    def _pairs(self, value: Any) -> list[tuple[str, str]]:
        pairs = []
        for line in str(value or "").splitlines():
            if not line.strip():
                continue
            name, equals, text = line.partition("=")
            if not equals or not name.strip():
                raise ValidationError(_("“%(line)s” is no “name = value”."), params={"line": line})
            pairs.append((name.strip(), text.strip()))
        return pairs

    def has_changed(self, initial: Any, data: Any) -> bool:
        return bool(self.to_python(self.prepare_value(initial)) != self.to_python(data))


class ClaimsField(PairsField):
    """Claims: pairs of which a name may come more than once."""

    def prepare_value(self, value: Any) -> Any:
        if isinstance(value, list):
            return "\n".join(f"{claim['type']} = {claim['value']}" for claim in value)
        return value

    def to_python(self, value: Any) -> Any:
        return [{"type": name, "value": text} for name, text in self._pairs(value)]
