"""The form in which a policy is written: its terms, and its words in each language side by side."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from ostrakon.casework.actions.policies import LONGEST_DAYS, LONGEST_HOURS, LONGEST_TEXT, Terms, Wording
from ostrakon.casework.models import Policy, PolicyVersion
from ostrakon.web.console.settings.fields import MomentField
from ostrakon.web.public.wording import direction_of

GROUNDS = (("terms", _("our own rules")), ("law", _("a law, too")))
NEW = Terms(severity=0.5)
MOST_LANGUAGES = 50


def _hours(label: Any, help_text: Any) -> forms.IntegerField:
    return forms.IntegerField(label=label, help_text=help_text, min_value=1, max_value=LONGEST_HOURS)


class TermsForm(forms.Form):
    """How grave a policy's violations are, and how long things take under it."""

    severity = forms.FloatField(
        label=_("Harm of an average violation"),
        help_text=_("From 0, none, to 1, the worst. The graver, the earlier a case comes up."),
        min_value=0,
        max_value=1,
        widget=forms.NumberInput(attrs={"step": "any"}),
    )
    deadline_hours = _hours(_("Hours until a decision"), _("From the first report on."))
    priority_deadline_hours = _hours(
        _("Hours until a decision, with priority"), _("For authorities and trusted flaggers.")
    )
    appeal_deadline_hours = _hours(_("Hours until an appeal is answered"), "")
    strike_days = forms.IntegerField(
        label=_("Days for which a strike counts"), min_value=1, max_value=LONGEST_DAYS
    )
    ground = forms.ChoiceField(label=_("Ground"), choices=GROUNDS)

    @staticmethod
    def shown(terms: Terms) -> dict[str, Any]:
        """What stands in an empty form of these terms."""
        return {**asdict(terms), "ground": "law" if terms.is_illegal else "terms"}

    def terms(self) -> Terms:
        """Of a valid form."""
        said = self.cleaned_data
        return Terms(
            severity=said["severity"],
            deadline_hours=said["deadline_hours"],
            priority_deadline_hours=said["priority_deadline_hours"],
            appeal_deadline_hours=said["appeal_deadline_hours"],
            strike_days=said["strike_days"],
            is_illegal=said["ground"] == "law",
        )


class NewPolicyForm(TermsForm):
    """A policy that there is not yet."""

    code = forms.CharField(
        label=_("Code"),
        help_text=_("What reports name: short, and never changed."),
        max_length=100,
        widget=forms.TextInput(attrs={"dir": "auto", "autocomplete": "off"}),
    )
    field_order = ("code",)


class RevisionForm(TermsForm):
    """A new version of a policy."""

    valid_from = MomentField(label=_("The words hold from (UTC)"), help_text=_("Empty: at once."))

    def begins(self) -> datetime | None:
        """When the words of a valid form begin to hold; None: at once."""
        return self.cleaned_data["valid_from"]  # type: ignore[no-any-return]


class WordingForm(forms.Form):
    """The words in one language; left empty, there are none in it."""

    use_required_attribute = False

    language = forms.CharField(
        label=_("Language"), help_text=_("Its tag: en, fr, ar, pt-BR"), max_length=35, required=False
    )
    title = forms.CharField(label=_("Title"), max_length=200, required=False)
    text = forms.CharField(
        label=_("What is forbidden"),
        max_length=LONGEST_TEXT,
        required=False,
        widget=forms.Textarea(attrs={"rows": 10}),
    )
    reference = forms.CharField(
        label=_("Article of the law, or place in the terms"), max_length=500, required=False
    )

    def __init__(self, *args: Any, **named: Any) -> None:
        super().__init__(*args, **named)
        language = str(self["language"].value() or "")
        written = {"lang": language, "dir": direction_of(language)} if language else {"dir": "auto"}
        for name in ("title", "text", "reference"):
            self.fields[name].widget.attrs |= written

    def clean(self) -> dict[str, Any]:
        """Something was written: then all of it is needed."""
        said = self.cleaned_data
        if any(said.get(name) for name in ("title", "text", "reference")):
            for name in ("language", "title", "text"):
                if not said.get(name) and name not in self.errors:
                    self.add_error(name, _("This is needed too."))
        return said

    def wording(self) -> Wording | None:
        """Of a valid form; None: nothing was written."""
        said = self.cleaned_data
        if not said.get("title"):
            return None
        return Wording(said["language"], said["title"], said["text"], said["reference"])


WordingForms = forms.formset_factory(
    WordingForm, extra=0, max_num=MOST_LANGUAGES, absolute_max=MOST_LANGUAGES
)


def terms_of(policy: Policy) -> Terms:
    """Its terms now."""
    return Terms(**{name: getattr(policy, name) for name in asdict(NEW)})


def words_of(version: PolicyVersion | None) -> list[dict[str, str]]:
    """What stands in the forms: the words of a version, the languages of the house, and room for one more."""
    texts = (
        list(version.texts.order_by("language").values("language", "title", "text", "reference"))
        if version
        else []
    )
    there = {text["language"] for text in texts}
    missing = [{"language": language} for language, _name in settings.LANGUAGES if language not in there]
    return [*({key: str(value) for key, value in text.items()} for text in texts), *missing, {}]


def wordings_of(forms_of_words: Sequence[WordingForm]) -> list[Wording]:
    """What valid forms say."""
    return [wording for each in forms_of_words if (wording := each.wording()) is not None]
