"""The form in which a published list is taken in."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.http import QueryDict
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from ostrakon.casework.models import Policy
from ostrakon.intake.lists import LONGEST
from ostrakon.web.api.lists import LIST_BYTES

NAMED_BY = (("handle", _("by handle: names that come and go")), ("id", _("by the stable id of the platform")))


class ListForm(forms.Form):
    """A list and where it comes from; ``intake.lists`` says what of it can be read."""

    use_required_attribute = False

    title = forms.CharField(label=_("Title"), max_length=LONGEST["title"])
    publisher = forms.CharField(
        label=_("Publisher"),
        help_text=_(
            "One publisher is one voice, however many lists they publish and however long these are."
        ),
        max_length=LONGEST["publisher"],
    )
    published_on = forms.DateField(
        label=_("Published on"),
        help_text=_("Leave it empty if nobody knows."),
        required=False,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
    )
    licence = forms.CharField(label=_("Licence"), max_length=LONGEST["licence"], required=False)
    url = forms.CharField(
        label=_("Where it was published"),
        max_length=LONGEST["url"],
        required=False,
        widget=forms.TextInput(attrs={"dir": "ltr", "inputmode": "url"}),
    )
    policy = forms.ChoiceField(label=_("What it says they violate"), required=False)
    platform = forms.RegexField(
        r"^[A-Za-z0-9._-]{1,40}$",
        label=_("Platform"),
        help_text=_("Where the accounts are, as our reports name it."),
        max_length=LONGEST["platform"],
    )
    named_by = forms.ChoiceField(label=_("How it names accounts"), choices=NAMED_BY)
    file = forms.FileField(
        label=_("The file"),
        help_text=_("As it was published: CSV, TSV, NDJSON or a name a line, in UTF-8."),
        required=False,
    )
    text = forms.CharField(
        label=_("Or its text"),
        required=False,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 8, "dir": "auto"}),
    )

    def __init__(self, said: QueryDict | None = None, files: MultiValueDict[str, Any] | None = None) -> None:
        super().__init__(said, files, initial={"platform": settings.CONFIGURATION.platform})
        codes = Policy.objects.filter(retired_at__isnull=True).order_by("code").values_list("code", flat=True)
        named = [(code, code) for code in codes if code != Policy.UNSPECIFIED]
        policy = self.fields["policy"]
        assert isinstance(policy, forms.ChoiceField)
        policy.choices = [("", gettext("it does not say")), *named]

    def clean(self) -> dict[str, Any]:
        """A file or a text, not both."""
        said = self.cleaned_data
        file, text = said.get("file"), said.get("text", "")
        if bool(file) == bool(text.strip()) and "file" not in self.errors:
            raise forms.ValidationError(gettext("Choose the file, or paste its text: one of the two."))
        if file and file.size > LIST_BYTES:
            raise forms.ValidationError(
                gettext("The file is too large: a list may weigh 32 MB. Send it in parts.")
            )
        return said

    def raw(self) -> bytes:
        """The list, byte for byte; of a text as it was pasted."""
        file = self.cleaned_data["file"]
        return bytes(file.read()) if file else self.cleaned_data["text"].encode("utf-8", "surrogatepass")

    def about(self) -> dict[str, Any]:
        """Where it comes from, as ``receive_list`` asks for it."""
        return {name: value for name, value in self.cleaned_data.items() if name not in ("file", "text")}
