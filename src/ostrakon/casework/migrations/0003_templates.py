"""What notices say until a safety lead words them otherwise, in the three languages of the house."""

from datetime import UTC, datetime
from typing import Any

from django.db import migrations

from ostrakon.ledger.triggers import Refuse

FROM_THE_BEGINNING = datetime(2026, 1, 1, tzinfo=UTC)

STATEMENT_EN = """\
Hello,

on {{ decided_on }} we took a decision about your account {{ handle }} on {{ platform }}.

WHAT WE DID
{% if action == "warn" %}This is a warning. Your account stays as it is.{% elif action == "label" %}Your account bears a label that others can see.{% elif action == "limit" %}Fewer people see what your account posts.{% elif action == "suspend_for_a_time" or action == "suspend" %}Your account is suspended: you cannot use it at the moment.{% else %}We found that a rule was broken and left your account as it is.{% endif %}
{% if ends_at %}This ends by itself on {{ ends_at }}.{% elif action != "none" and action != "warn" %}This holds until further notice.{% endif %} {% if territory == "everywhere" %}It holds wherever {{ platform }} can be used.{% endif %}

WHY
{{ facts }}

{% if is_illegal %}The ground is a law: {% else %}The ground is our rules: {% endif %}{{ policy }}{% if policy_reference %}, {{ policy_reference }}{% endif %}.
{{ policy_text }}

HOW WE CAME TO LOOK AT IT
{% if detected == "reports" %}It was reported to us.{% elif detected == "list" %}The account stands on a published list.{% elif detected == "trusted_flagger" %}A trusted flagger told us about it.{% elif detected == "authority" %}An authority told us about it.{% else %}We came upon it ourselves.{% endif %}
{% if automated_detection %}A computer program put what we had to look at in its order.{% endif %} {% if automated_decision %}A computer program took the decision.{% else %}No computer program took the decision: a person did{% if second_person %}, and a second person agreed{% endif %}.{% endif %}

IF YOU DO NOT AGREE
Until {{ appeal_until }} you can appeal, free of charge, in your own words. Somebody who took no part in this decision will answer you. If you are right, we undo everything that followed from it. You may also ask somebody to appeal for you. Appeal here:

{{ appeal_link }}

You can also turn to an out-of-court dispute settlement body, or to a court. You need not appeal to us first.
"""
STATEMENT_FR = """\
Bonjour,

le {{ decided_on }}, nous avons pris une décision au sujet de votre compte {{ handle }} sur {{ platform }}.

CE QUE NOUS AVONS FAIT
{% if action == "warn" %}Ceci est un avertissement. Votre compte reste tel qu’il est.{% elif action == "label" %}Votre compte porte une mention que les autres peuvent voir.{% elif action == "limit" %}Moins de personnes voient ce que publie votre compte.{% elif action == "suspend_for_a_time" or action == "suspend" %}Votre compte est suspendu : vous ne pouvez pas l’utiliser pour le moment.{% else %}Nous avons constaté qu’une règle a été enfreinte et laissé votre compte tel qu’il est.{% endif %}
{% if ends_at %}Cela prend fin de soi-même le {{ ends_at }}.{% elif action != "none" and action != "warn" %}Cela vaut jusqu’à nouvel ordre.{% endif %} {% if territory == "everywhere" %}Cela vaut partout où l’on peut utiliser {{ platform }}.{% endif %}

POURQUOI
{{ facts }}

{% if is_illegal %}Le fondement est une loi : {% else %}Le fondement est dans nos règles : {% endif %}{{ policy }}{% if policy_reference %}, {{ policy_reference }}{% endif %}.
{{ policy_text }}

COMMENT NOUS EN AVONS EU CONNAISSANCE
{% if detected == "reports" %}Cela nous a été signalé.{% elif detected == "list" %}Le compte figure sur une liste publiée.{% elif detected == "trusted_flagger" %}Un signaleur de confiance nous en a informés.{% elif detected == "authority" %}Une autorité nous en a informés.{% else %}Nous l’avons constaté nous-mêmes.{% endif %}
{% if automated_detection %}Un programme informatique a classé ce que nous avions à examiner.{% endif %} {% if automated_decision %}Un programme informatique a pris la décision.{% else %}Aucun programme informatique n’a pris la décision : une personne l’a prise{% if second_person %}, et une seconde personne l’a approuvée{% endif %}.{% endif %}

SI VOUS N’ÊTES PAS D’ACCORD
Jusqu’au {{ appeal_until }}, vous pouvez faire un recours, gratuitement et avec vos propres mots. Une personne qui n’a pas participé à cette décision vous répondra. Si vous avez raison, nous annulons tout ce qui en a découlé. Vous pouvez aussi demander à quelqu’un de faire le recours pour vous. C’est ici :

{{ appeal_link }}

Vous pouvez aussi vous adresser à un organe de règlement extrajudiciaire des litiges, ou à un tribunal. Il n’est pas nécessaire de faire d’abord un recours auprès de nous.
"""
STATEMENT_AR = """\
مرحبًا،

في {{ decided_on }} اتخذنا قرارًا بشأن حسابك {{ handle }} على {{ platform }}.

ماذا فعلنا
{% if action == "warn" %}هذا تنبيه. يبقى حسابك كما هو.{% elif action == "label" %}وضعنا على حسابك علامة يراها الآخرون.{% elif action == "limit" %}صار عدد أقل من الناس يرى ما ينشره حسابك.{% elif action == "suspend_for_a_time" or action == "suspend" %}حسابك موقوف: لا يمكنك استخدامه في الوقت الحالي.{% else %}وجدنا أن قاعدة قد خولفت وتركنا حسابك كما هو.{% endif %}
{% if ends_at %}ينتهي هذا من تلقاء نفسه في {{ ends_at }}.{% elif action != "none" and action != "warn" %}يسري هذا حتى إشعار آخر.{% endif %} {% if territory == "everywhere" %}ويسري في كل مكان يمكن فيه استخدام {{ platform }}.{% endif %}

لماذا
{{ facts }}

{% if is_illegal %}السند هو قانون: {% else %}السند هو قواعدنا: {% endif %}{{ policy }}{% if policy_reference %}، {{ policy_reference }}{% endif %}.
{{ policy_text }}

كيف وصل الأمر إلينا
{% if detected == "reports" %}وصلنا بلاغ بذلك.{% elif detected == "list" %}الحساب مذكور في قائمة منشورة.{% elif detected == "trusted_flagger" %}أبلغتنا بذلك جهة تبليغ موثوقة.{% elif detected == "authority" %}أبلغتنا بذلك سلطة رسمية.{% else %}لاحظنا ذلك بأنفسنا.{% endif %}
{% if automated_detection %}رتّب برنامج حاسوبي ما كان علينا أن ننظر فيه.{% endif %} {% if automated_decision %}اتخذ القرار برنامج حاسوبي.{% else %}لم يتخذ القرار برنامج حاسوبي، بل اتخذه شخص{% if second_person %} ووافق عليه شخص ثانٍ{% endif %}.{% endif %}

إذا لم توافق على القرار
يمكنك حتى {{ appeal_until }} أن تعترض مجانًا وبكلماتك. سيجيبك شخص لم يشارك في هذا القرار. فإن كنت على حق ألغينا كل ما ترتب عليه. ويمكنك أيضًا أن تطلب من غيرك أن يعترض نيابة عنك. للاعتراض:

{{ appeal_link }}

ويمكنك أيضًا أن تلجأ إلى هيئة لتسوية النزاعات خارج المحكمة، أو إلى المحكمة، ولا يلزمك أن تعترض لدينا أولًا.
"""

REINSTATEMENT_EN = """\
Hello,

on {{ decided_on }} we took a decision about your account {{ handle }} on {{ platform }}, on the ground of: {{ policy }}. That decision was wrong, and we have reversed it. We are sorry.

Everything that followed from it is undone: {% if action == "warn" %}the warning is withdrawn{% elif action == "label" %}the label is withdrawn{% elif action == "limit" %}the limit is lifted{% elif action == "suspend_for_a_time" or action == "suspend" %}the suspension is lifted{% else %}the finding is withdrawn{% endif %}, and it no longer counts against you. If something is not as it was before, please tell us.
{% if filed_on %}
This is the answer to the appeal of {{ filed_on }}. {{ reasons }}
{% endif %}"""
REINSTATEMENT_FR = """\
Bonjour,

le {{ decided_on }}, nous avons pris une décision au sujet de votre compte {{ handle }} sur {{ platform }}, au motif suivant : {{ policy }}. Cette décision était erronée et nous l’avons annulée. Nous vous prions de nous en excuser.

Tout ce qui en a découlé est annulé : {% if action == "warn" %}l’avertissement est retiré{% elif action == "label" %}la mention est retirée{% elif action == "limit" %}la limitation est levée{% elif action == "suspend_for_a_time" or action == "suspend" %}la suspension est levée{% else %}le constat est retiré{% endif %}, et elle ne compte plus contre vous. Si quelque chose n’est pas comme avant, dites-le-nous.
{% if filed_on %}
Ceci est la réponse au recours du {{ filed_on }}. {{ reasons }}
{% endif %}"""
REINSTATEMENT_AR = """\
مرحبًا،

في {{ decided_on }} اتخذنا قرارًا بشأن حسابك {{ handle }} على {{ platform }}، استنادًا إلى: {{ policy }}. كان ذلك القرار خاطئًا وقد ألغيناه. نعتذر إليك.

ألغينا كل ما ترتب عليه: {% if action == "warn" %}سُحب التنبيه{% elif action == "label" %}أزيلت العلامة{% elif action == "limit" %}رُفع التقييد{% elif action == "suspend_for_a_time" or action == "suspend" %}رُفع الإيقاف{% else %}سُحبت المخالفة{% endif %}، ولم يعد يُحسب عليك. إذا وجدت شيئًا ليس كما كان من قبل فأخبرنا.
{% if filed_on %}
هذا هو الرد على الاعتراض المقدم في {{ filed_on }}. {{ reasons }}
{% endif %}"""

RECEIVED_EN = """\
Hello,

we have received the appeal against our decision of {{ decided_on }} about your account {{ handle }} on {{ platform }}. Somebody who took no part in that decision will look at it again and answer by {{ answer_due }}.
"""
RECEIVED_FR = """\
Bonjour,

nous avons reçu le recours contre notre décision du {{ decided_on }} au sujet de votre compte {{ handle }} sur {{ platform }}. Une personne qui n’a pas participé à cette décision l’examinera et répondra au plus tard le {{ answer_due }}.
"""
RECEIVED_AR = """\
مرحبًا،

وصلنا الاعتراض على قرارنا المتخذ في {{ decided_on }} بشأن حسابك {{ handle }} على {{ platform }}. سينظر فيه شخص لم يشارك في ذلك القرار، وسيجيب في موعد أقصاه {{ answer_due }}.
"""

DENIED_EN = """\
Hello,

somebody who took no part in our decision of {{ decided_on }} about your account {{ handle }} on {{ platform }} has read the appeal of {{ filed_on }} and looked at everything again. The decision stands. These are the reasons:

{{ reasons }}

You can also turn to an out-of-court dispute settlement body, or to a court.
"""
DENIED_FR = """\
Bonjour,

une personne qui n’a pas participé à notre décision du {{ decided_on }} au sujet de votre compte {{ handle }} sur {{ platform }} a lu le recours du {{ filed_on }} et tout examiné de nouveau. La décision est maintenue. En voici les raisons :

{{ reasons }}

Vous pouvez aussi vous adresser à un organe de règlement extrajudiciaire des litiges, ou à un tribunal.
"""
DENIED_AR = """\
مرحبًا،

قرأ شخص لم يشارك في قرارنا المتخذ في {{ decided_on }} بشأن حسابك {{ handle }} على {{ platform }} الاعتراض المقدم في {{ filed_on }} ونظر في كل شيء من جديد. يبقى القرار قائمًا، وهذه هي الأسباب:

{{ reasons }}

ويمكنك أيضًا أن تلجأ إلى هيئة لتسوية النزاعات خارج المحكمة، أو إلى المحكمة.
"""

OUTCOME_EN = """\
Hello,

you told us about the account {{ handle }} on {{ platform }}. People have looked at it. {% if is_violation %}They found that a rule was broken.{% else %}They found that no rule was broken.{% endif %}

We can tell you no more than that, because it concerns somebody else. The account is not told who reported it. If you do not agree, you can turn to an out-of-court dispute settlement body, or to a court.
"""
OUTCOME_FR = """\
Bonjour,

vous nous avez signalé le compte {{ handle }} sur {{ platform }}. Des personnes l’ont examiné. {% if is_violation %}Elles ont constaté qu’une règle a été enfreinte.{% else %}Elles ont constaté qu’aucune règle n’a été enfreinte.{% endif %}

Nous ne pouvons pas vous en dire davantage, car cela concerne quelqu’un d’autre. Le compte n’apprend pas qui l’a signalé. Si vous n’êtes pas d’accord, vous pouvez vous adresser à un organe de règlement extrajudiciaire des litiges, ou à un tribunal.
"""
OUTCOME_AR = """\
مرحبًا،

أبلغتنا عن الحساب {{ handle }} على {{ platform }}. وقد نظر فيه أشخاص. {% if is_violation %}ووجدوا أن قاعدة قد خولفت.{% else %}ولم يجدوا أن قاعدة قد خولفت.{% endif %}

لا يمكننا أن نخبرك بأكثر من ذلك لأن الأمر يخص شخصًا آخر. ولا يُبلَّغ صاحب الحساب بمن أبلغ عنه. إذا لم توافق يمكنك أن تلجأ إلى هيئة لتسوية النزاعات خارج المحكمة، أو إلى المحكمة.
"""

WORDINGS = {
    ("statement_of_reasons", "en"): ("Our decision about your account {{ handle }}", STATEMENT_EN),
    ("statement_of_reasons", "fr"): ("Notre décision au sujet de votre compte {{ handle }}", STATEMENT_FR),
    ("statement_of_reasons", "ar"): ("قرارنا بشأن حسابك {{ handle }}", STATEMENT_AR),
    ("reinstatement", "en"): ("We have reversed our decision about {{ handle }}", REINSTATEMENT_EN),
    ("reinstatement", "fr"): ("Nous avons annulé notre décision au sujet de {{ handle }}", REINSTATEMENT_FR),
    ("reinstatement", "ar"): ("ألغينا قرارنا بشأن {{ handle }}", REINSTATEMENT_AR),
    ("appeal_received", "en"): ("We have received the appeal about {{ handle }}", RECEIVED_EN),
    ("appeal_received", "fr"): ("Nous avons reçu le recours au sujet de {{ handle }}", RECEIVED_FR),
    ("appeal_received", "ar"): ("وصلنا الاعتراض بشأن {{ handle }}", RECEIVED_AR),
    ("appeal_denied", "en"): ("The answer to the appeal about {{ handle }}", DENIED_EN),
    ("appeal_denied", "fr"): ("La réponse au recours au sujet de {{ handle }}", DENIED_FR),
    ("appeal_denied", "ar"): ("الرد على الاعتراض بشأن {{ handle }}", DENIED_AR),
    ("report_outcome", "en"): ("What came of your report", OUTCOME_EN),
    ("report_outcome", "fr"): ("La suite donnée à votre signalement", OUTCOME_FR),
    ("report_outcome", "ar"): ("نتيجة بلاغك", OUTCOME_AR),
}


def add_the_wordings(apps: Any, schema_editor: Any) -> None:
    """Version 1 of each."""
    templates = apps.get_model("casework", "NoticeTemplate")
    templates.objects.bulk_create(
        templates(
            kind=kind,
            language=language,
            version=1,
            subject=subject,
            body=body,
            written_at=FROM_THE_BEGINNING,
        )
        for (kind, language), (subject, body) in WORDINGS.items()
    )


# What somebody was told stays as it was told; its words may be erased by their rule.
KEPT = (
    "kind",
    "decision_id",
    "appeal_id",
    "account_id",
    "reporter_id",
    "language",
    "template_id",
    "written_at",
)
ERASED = ("subject", "body", "statement")
SAME = " AND ".join(f"(NEW.{c} = OLD.{c} OR (NEW.{c} IS NULL AND OLD.{c} IS NULL))" for c in KEPT)
SAME_WORDS = " AND ".join(
    f"(NEW.{c} IS NULL OR (OLD.{c} IS NOT NULL AND CAST(NEW.{c} AS text) = CAST(OLD.{c} AS text)))"
    for c in ERASED
)


class Migration(migrations.Migration):
    dependencies = [("casework", "0002_rules")]

    operations = [
        Refuse(
            "notice_is_only_erased",
            "casework_notice",
            "UPDATE",
            "a notice stays as it was written; its words may be erased by their rule",
            f"NOT ({SAME} AND {SAME_WORDS})",
        ),
        Refuse(
            "template_never_changes",
            "casework_noticetemplate",
            "UPDATE OR DELETE",
            "the wording of a notice never changes: a new version follows",
        ),
        migrations.RunPython(add_the_wordings, migrations.RunPython.noop),
    ]
