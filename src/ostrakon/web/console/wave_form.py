"""The form in which a wrongful wave is described."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from django import forms
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from ostrakon.casework.actions.reinstate import LONGEST_REASON
from ostrakon.casework.models import Decision, Person, Policy
from ostrakon.casework.waves import Wave
from ostrakon.errors import Unfit
from ostrakon.web.saying import why_refused

LARGEST = 2**63 - 1
MOST_NAMED = 10_000
MINUTE = "%Y-%m-%dT%H:%M"


def _number(label: Any, help_text: Any = "") -> forms.IntegerField:
    return forms.IntegerField(
        label=label, help_text=help_text, min_value=1, max_value=LARGEST, required=False
    )


def _time(label: Any) -> forms.DateTimeField:
    widget = forms.DateTimeInput(format=MINUTE, attrs={"type": "datetime-local"})
    return forms.DateTimeField(label=label, required=False, widget=widget, input_formats=[MINUTE])


class WaveForm(forms.Form):
    """Which decisions were wrong, and why; ``casework.waves`` says which that are."""

    use_required_attribute = False

    campaign = _number(_("Campaign"), _("Its number: decisions on cases that its members had reported."))
    list = _number(_("List"), _("Its number: decisions on cases that it had reported."))
    in_force_from = _time(_("In force since, at the earliest (UTC)"))
    in_force_to = _time(_("In force before (UTC)"))
    policy = forms.ModelChoiceField(
        label=_("Policy"), queryset=Policy.objects.order_by("code"), required=False, empty_label=_("all")
    )
    proposed_by = forms.ModelChoiceField(
        label=_("Proposed by"), queryset=Person.objects.none(), required=False, empty_label=_("anybody")
    )
    decisions = forms.CharField(
        label=_("Or the numbers of the decisions"),
        help_text=_("As they were pasted: with blanks, commas or a line each."),
        required=False,
        widget=forms.Textarea(attrs={"rows": 4, "dir": "ltr"}),
    )
    reason = forms.CharField(
        label=_("Why they were wrong"),
        help_text=_("For colleagues and auditors. The people concerned are told that they are reinstated."),
        max_length=LONGEST_REASON,
        widget=forms.Textarea(attrs={"rows": 4, "dir": "auto"}),
    )

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        proposers = Person.objects.filter(Exists(Decision.objects.filter(proposed_by=OuterRef("pk"))))
        proposed_by = self.fields["proposed_by"]
        assert isinstance(proposed_by, forms.ModelChoiceField)
        proposed_by.queryset = proposers.order_by("username")
        for name in self.initial:  # comes with the link: what was written here before does not replace it
            self.fields[name].widget.attrs["data-given"] = "yes"

    def clean_decisions(self) -> Sequence[int] | None:
        """The numbers, each once; None: none are named."""
        words = [word for word in re.split(r"[\s,;]+", self.cleaned_data["decisions"]) if word]
        if not words:
            return None
        if not all(word.isascii() and word.isdecimal() and len(word) < 19 for word in words):
            raise forms.ValidationError(gettext("Something among them is no number of a decision."))
        if len(words) > MOST_NAMED:
            told = ngettext("Name %(n)s decision at most.", "Name %(n)s decisions at most.", MOST_NAMED)
            raise forms.ValidationError(told % {"n": MOST_NAMED})
        return list(dict.fromkeys(map(int, words)))

    def clean(self) -> dict[str, Any]:
        """What is described must be less than everything."""
        if not self.errors:
            try:
                self.wave().chosen()
            except Unfit as refused:
                raise forms.ValidationError(why_refused(refused)) from refused
        return self.cleaned_data

    def wave(self) -> Wave:
        """What a valid form describes."""
        said = self.cleaned_data
        return Wave(
            decisions=said["decisions"],
            campaign=said["campaign"],
            published_list=said["list"],
            policy=said["policy"].pk if said["policy"] else None,
            proposed_by=said["proposed_by"].pk if said["proposed_by"] else None,
            in_force_from=said["in_force_from"],
            in_force_to=said["in_force_to"],
        )
