"""The form in which a decision is proposed."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from ostrakon.casework.models import Action, Case, Decision
from ostrakon.casework.models.decisions import SUSPENSIONS
from ostrakon.casework.proposal import LONGEST_FACTS, LONGEST_HOURS, MAY_END, Proposal
from ostrakon.enforcement.commands import actions_offered

OUTCOMES = ((Decision.Outcome.UPHELD, _("a violation")), (Decision.Outcome.REJECTED, _("no violation")))
ACTIONS = (
    (Action.NONE, _("no action")),
    (Action.WARN, _("warning")),
    (Action.LABEL, _("label")),
    (Action.LIMIT, _("limited reach")),
    (Action.SUSPEND_FOR_A_TIME, _("suspension for a time")),
    (Action.SUSPEND, _("suspension until further notice")),
)
ANSWERS = ((Decision.Answer.NO, _("no")), (Decision.Answer.YES, _("yes")))


def _question(label: Any, help_text: Any) -> forms.ChoiceField:
    return forms.ChoiceField(
        label=label, help_text=help_text, choices=ANSWERS, widget=forms.RadioSelect, required=False
    )


class Numbers(forms.TypedMultipleChoiceField):
    """Numbers of rows, each in a box that is ticked."""

    def valid_value(self, value: Any) -> bool:
        """Any number that a row may have."""
        return str(value).isdecimal() and len(str(value)) < 19


class ProposalForm(forms.Form):
    """What shall be decided; ``casework.proposal`` says what goes together."""

    use_required_attribute = False

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=2**31 - 1)
    key = forms.CharField(widget=forms.HiddenInput, max_length=64)
    outcome = forms.ChoiceField(label=_("Is it a violation?"), choices=OUTCOMES)
    action = forms.ChoiceField(label=_("What follows"), choices=ACTIONS, initial=Action.WARN, required=False)
    duration_hours = forms.IntegerField(
        label=_("For how many hours"), min_value=1, max_value=LONGEST_HOURS, required=False
    )
    facts = forms.CharField(
        label=_("What happened, in your words"),
        help_text=_("The person will read this. Name nobody who reported, and quote no report."),
        widget=forms.Textarea(attrs={"rows": 6, "dir": "auto"}),
        max_length=LONGEST_FACTS,
        required=False,
    )
    exempt_press = _question(
        _("Is it journalism?"), _("Somebody who shows what others did, so that it is known.")
    )
    exempt_research = _question(_("Is it research?"), _("Somebody who collects or studies such things."))
    exempt_counter_speech = _question(
        _("Is it counter-speech?"), _("Somebody who shows it in order to speak against it.")
    )

    links = Numbers(required=False, coerce=int)
    """Confirmed links that it cites; ``casework`` says which may be."""

    suspensions = " ".join(SUSPENSIONS)
    may_end = " ".join(MAY_END)

    @classmethod
    def for_case(cls, case: Case, said: QueryDict | None = None) -> ProposalForm:
        """As it was sent; None: an empty form, whose key makes two clicks one proposal.

        What the platform of the account cannot do is not offered.
        """
        begun = {"version": case.version, "key": uuid4().hex, "outcome": Decision.Outcome.UPHELD}
        form, offered = cls(said, initial=begun), actions_offered(case.account.platform)
        follows = form.fields["action"]
        assert isinstance(follows, forms.ChoiceField)
        follows.choices = [(action, label) for action, label in ACTIONS if action in offered]
        return form

    @property
    def exemptions(self) -> list[forms.BoundField]:
        """The three questions before a suspension."""
        return [self[name] for name in ("exempt_press", "exempt_research", "exempt_counter_speech")]

    def proposal(self, case_id: int) -> Proposal:
        """What a valid form proposes."""
        said = self.cleaned_data
        outcome = Decision.Outcome(said["outcome"])
        is_violation = outcome == Decision.Outcome.UPHELD
        action = Action(said["action"] or Action.NONE) if is_violation else Action.NONE
        asked = action in SUSPENSIONS
        return Proposal(
            case=case_id,
            version=said["version"],
            outcome=outcome,
            action=action,
            key=said["key"],
            facts=said["facts"] if is_violation else "",
            duration_hours=said["duration_hours"] if action in MAY_END else None,
            exempt_press=_answer(said["exempt_press"]) if asked else None,
            exempt_research=_answer(said["exempt_research"]) if asked else None,
            exempt_counter_speech=_answer(said["exempt_counter_speech"]) if asked else None,
            links=tuple(said["links"]) if is_violation else (),
        )


def _answer(said: str) -> Decision.Answer | None:
    return Decision.Answer(said) if said else None
