"""The statement of reasons says whose return an account was taken for, unless a safety lead has worded it anew."""

from datetime import UTC, datetime
from typing import Any

from django.db import migrations

FROM_THE_BEGINNING = datetime(2026, 1, 1, tzinfo=UTC)
BEFORE = "{% if automated_detection %}"
SAID = {
    "en": "A person compared your account with {{ returner_of }}, which is suspended, and found that both are one person’s. If that is wrong, say so in an appeal.",
    "fr": "Une personne a comparé votre compte avec {{ returner_of }}, qui est suspendu, et a constaté que les deux sont à une seule personne. Si c’est faux, dites-le dans un recours.",
    "ar": "قارن شخص حسابك بالحساب {{ returner_of }} الموقوف ووجد أنهما لشخص واحد. إن كان ذلك خطأ فقل ذلك في اعتراض.",
}


def word_it_anew(apps: Any, schema_editor: Any) -> None:
    """The next version, in the words of the last."""
    templates = apps.get_model("casework", "NoticeTemplate")
    for language, said in SAID.items():
        last = (
            templates.objects.filter(kind="statement_of_reasons", language=language)
            .order_by("version")
            .last()
        )
        if last is None or last.written_by_id is not None or BEFORE not in last.body:
            continue
        templates.objects.create(
            kind=last.kind,
            language=language,
            version=last.version + 1,
            subject=last.subject,
            body=last.body.replace(BEFORE, f"{{% if returner_of %}}{said} {{% endif %}}{BEFORE}", 1),
            written_at=FROM_THE_BEGINNING,
        )


class Migration(migrations.Migration):
    dependencies = [("casework", "0012_link_rules")]

    operations = [migrations.RunPython(word_it_anew, migrations.RunPython.noop)]
