"""The rules of the demonstration, in three languages."""

from __future__ import annotations

from datetime import datetime

from ostrakon.casework.actions.policies import Terms, Wording, add_policy, retire, revise
from ostrakon.casework.actions.retention import set_retention
from ostrakon.casework.models import Person, Policy, RetentionRule

SPAM = Terms(0.3, deadline_hours=336, priority_deadline_hours=72, strike_days=90)
HARASSMENT = Terms(0.6, deadline_hours=240, priority_deadline_hours=48)
EXTREMISM = Terms(0.9, deadline_hours=192, priority_deadline_hours=24, strike_days=365, is_illegal=True)

SPAM_TEXT = (
    Wording("en", "Spam", "Do not send the same advert to people who did not ask for it.", "Terms, 3.1"),
    Wording(
        "fr",
        "Spam",
        "N'envoyez pas la même publicité à des personnes qui ne l'ont pas demandée.",
        "Conditions, 3.1",
    ),
    Wording("ar", "الرسائل المزعجة", "لا ترسل الإعلان نفسه إلى من لم يطلبه.", "الشروط، 3.1"),
)
HARASSMENT_TEXT = (
    Wording("en", "Harassment", "Do not threaten people, and do not send others after them.", "Terms, 4.2"),
    Wording(
        "fr",
        "Harcèlement",
        "Ne menacez personne et n'envoyez pas d'autres comptes à ses trousses.",
        "Conditions, 4.2",
    ),
    Wording("ar", "المضايقة", "لا تهدد أحدا ولا تحرض الآخرين عليه.", "الشروط، 4.2"),
)
HARASSMENT_REVISED = (
    Wording(
        "en",
        "Harassment",
        "Do not threaten people, do not publish where they live, and do not send others after them.",
        "Terms, 4.2",
    ),
    Wording(
        "fr",
        "Harcèlement",
        "Ne menacez personne, ne publiez pas son adresse et n'envoyez pas d'autres comptes à ses trousses.",
        "Conditions, 4.2",
    ),
    Wording("ar", "المضايقة", "لا تهدد أحدا ولا تنشر مكان سكنه ولا تحرض الآخرين عليه.", "الشروط، 4.2"),
)
EXTREMISM_TEXT = (
    Wording(
        "en",
        "Violent extremism",
        "Do not recruit for groups that use violence and do not praise what they do. Reporting on them, research "
        "and speaking against them are welcome.",
        "Regulation (EU) 2021/784, Article 2(7)",
    ),
    Wording(
        "fr",
        "Extrémisme violent",
        "Ne recrutez pas pour des groupes violents et ne faites pas l'éloge de leurs actes. Le journalisme, la "
        "recherche et la contre-parole sont les bienvenus.",
        "Règlement (UE) 2021/784, article 2, point 7",
    ),
    Wording(
        "ar",
        "التطرف العنيف",
        "لا تجند لجماعات تستخدم العنف ولا تمجد أفعالها. الصحافة والبحث والخطاب المضاد موضع ترحيب.",
        "اللائحة (الاتحاد الأوروبي) 2021/784، المادة 2 (7)",
    ),
)
OFF_TOPIC_TEXT = (Wording("en", "Off topic", "Stay on the subject of the room.", "Terms, 2.4"),)


def write_rules(lead: Person, at: datetime) -> None:
    """Three rules that hold, one that was given up, and how long is kept who looked at what."""
    add_policy(lead, "spam", SPAM, SPAM_TEXT, at)
    add_policy(lead, "harassment", HARASSMENT, HARASSMENT_TEXT, at)
    add_policy(lead, "violent-extremism", EXTREMISM, EXTREMISM_TEXT, at)
    retire(lead, add_policy(lead, "off-topic", Terms(0.1), OFF_TOPIC_TEXT, at).pk, at)
    set_retention(lead, RetentionRule.Kind.EXPOSURES, 60, at)


def reword_harassment(lead: Person, at: datetime) -> None:
    """A second version: what was decided before keeps the first."""
    revise(lead, Policy.objects.get(code="harassment").pk, HARASSMENT, HARASSMENT_REVISED, at)
