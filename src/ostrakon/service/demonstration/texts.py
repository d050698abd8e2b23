"""What people write in the demonstration, in three languages: flat, invented sentences."""

from __future__ import annotations

from collections.abc import Mapping

Texts = Mapping[str, tuple[str, ...]]
"""By language."""

NAMES: Texts = {
    "en": ("Amber Harbour", "North Window", "Paper Atlas", "Quiet River", "Silver Lantern"),
    "fr": ("Été doré", "Forêt du nord", "Café tranquille", "Étoile cachée", "Marée d'hiver"),
    "ar": ("نجمة الصباح", "نهر الشمال", "قهوة المدينة", "ضوء قديم", "حديقة البيت"),
}
BIOS: Texts = {
    "en": ("Bicycles, kettles, long letters.", "Opinions are my own.", "Here since the beginning.", ""),
    "fr": ("Vélos, théières, longues lettres.", "Mes propos n'engagent que moi.", "Ici depuis le début.", ""),
    "ar": ("دراجات وشاي ورسائل طويلة.", "الآراء تخصني وحدي.", "هنا منذ البداية.", ""),
}
EVERYDAY: Texts = {
    "en": (
        "The bridge is closed again. I walked, and it was the best hour of the week.",
        "Whoever wrote this article has never stood in that queue. I have, and I am angry.",
        "Our choir looks for two altos. Tuesdays, seven o'clock, the old school.",
        "I do not agree with a word of what he said, and here is why.",
    ),
    "fr": (
        "Le pont est encore fermé. J'ai marché, et c'était la meilleure heure de la semaine.",
        "L'auteur de cet article n'a jamais fait cette queue. Moi si, et je suis en colère.",
        "Notre chorale cherche deux altos. Le mardi à sept heures, à l'ancienne école.",
        "Je ne suis pas d'accord avec un seul mot de ce qu'il a dit, et voici pourquoi.",
    ),
    "ar": (
        "الجسر مغلق مرة أخرى. مشيت وكانت أجمل ساعة في الأسبوع.",
        "من كتب هذا المقال لم يقف في ذلك الطابور يوما. أنا وقفت وأنا غاضب.",
        "تبحث فرقتنا عن صوتين. الثلاثاء في السابعة في المدرسة القديمة.",
        "لا أتفق مع كلمة مما قال، وهذا هو السبب.",
    ),
}
AGAINST: Texts = {
    "en": (
        "This poster comes from their channel. Here is, line by line, why each claim in it is false.",
        "They wrote to my cousin too. If they write to you: you owe them no answer, and there is help.",
    ),
    "fr": (
        "Cette affiche vient de leur chaîne. Voici, ligne par ligne, pourquoi chaque affirmation est fausse.",
        "Ils ont aussi écrit à mon cousin. S'ils vous écrivent : vous ne leur devez rien, et il y a de l'aide.",
    ),
    "ar": (
        "هذا الملصق من قناتهم. إليكم سطرا سطرا لماذا كل ما فيه كاذب.",
        "كتبوا إلى ابن عمي أيضا. إن كتبوا إليكم فلا تدينون لهم بجواب، وهناك من يساعد.",
    ),
}
BREAKING: Mapping[str, Texts] = {
    "spam": {
        "en": (
            "Only today: 10,000 real followers for the price of a coffee. Write to me now.",
            "You have been chosen for our prize. We only need the number on your card.",
        ),
        "fr": (
            "Aujourd'hui seulement : 10 000 vrais abonnés pour le prix d'un café. Écrivez-moi.",
            "Vous avez été tiré au sort. Il ne nous manque que le numéro de votre carte.",
        ),
        "ar": (
            "اليوم فقط: عشرة آلاف متابع حقيقي بثمن فنجان قهوة. راسلني الآن.",
            "تم اختيارك للجائزة. نحتاج فقط إلى رقم بطاقتك.",
        ),
    },
    "harassment": {
        "en": (
            "I know which bus she takes. You all know what to do when you see her.",
            "Everybody write to him tonight. Do not stop before he is gone.",
        ),
        "fr": (
            "Je sais quel bus elle prend. Vous savez tous quoi faire quand vous la verrez.",
            "Écrivez-lui tous ce soir. N'arrêtez pas avant qu'il soit parti.",
        ),
        "ar": (
            "أعرف أي حافلة تستقل. كلكم تعرفون ماذا تفعلون حين ترونها.",
            "اكتبوا له جميعا الليلة ولا تتوقفوا حتى يرحل.",
        ),
    },
    "violent-extremism": {
        "en": (
            "[Invented for this demonstration] Join us. The channel is in the profile, ask for the guide.",
            "[Invented for this demonstration] What was done there was right, and there will be more of it.",
        ),
        "fr": (
            "[Inventé pour cette démonstration] Rejoignez-nous. La chaîne est dans le profil.",
            "[Inventé pour cette démonstration] Ce qui a été fait là-bas était juste.",
        ),
        "ar": (
            "[مختلق لهذا العرض] انضموا إلينا. القناة في الملف الشخصي.",
            "[مختلق لهذا العرض] ما حدث هناك كان صوابا وسيتكرر.",
        ),
    },
}
"""What breaks each rule."""

FACTS: Mapping[str, Texts] = {
    "spam": {
        "en": ("In two days the account sent one advert to forty people who had not written to it.",),
        "fr": (
            "En deux jours, le compte a envoyé une publicité à quarante personnes qui ne lui écrivaient pas.",
        ),
        "ar": ("أرسل الحساب خلال يومين إعلانا واحدا إلى أربعين شخصا لم يكتبوا إليه.",),
    },
    "harassment": {
        "en": ("The account named the way that one person takes home and asked others to wait there.",),
        "fr": ("Le compte a indiqué le trajet d'une personne et a demandé à d'autres de l'y attendre.",),
        "ar": ("ذكر الحساب طريق عودة شخص إلى بيته وطلب من آخرين انتظاره هناك.",),
    },
    "violent-extremism": {
        "en": ("The post invites readers into the channel of a group that uses violence.",),
        "fr": ("Le message invite à rejoindre la chaîne d'un groupe qui recourt à la violence.",),
        "ar": ("يدعو المنشور القراء إلى قناة جماعة تستخدم العنف.",),
    },
}
"""For the statement of reasons: in the reviewer's words, never in those of a report."""

NOTES: tuple[str, ...] = (
    "The picture is a screenshot of somebody else's post: read the caption before you decide.",
    "Seconde lecture faite avec le contexte du fil ; le ton est dur, la règle n'est pas enfreinte.",
    "راجعت السياق كاملا: الاقتباس طويل والتعليق عليه نقدي.",
    "Same words as in a case from Tuesday. I compared the dates: this one came first.",
)
APPEALS: Texts = {
    "en": (
        "I quoted that post to show what is wrong with it. Please read the whole thread.",
        "This was a joke between friends who know each other. Nobody was meant to come to harm.",
    ),
    "fr": (
        "J'ai cité ce message pour montrer ce qui n'y va pas. Lisez toute la discussion, s'il vous plaît.",
        "C'était une plaisanterie entre amis. Personne ne devait en souffrir.",
    ),
    "ar": (
        "اقتبست ذلك المنشور لأبين ما فيه من خطأ. أرجو قراءة النقاش كله.",
        "كانت مزحة بين أصدقاء ولم يقصد بها أذى أحد.",
    ),
}
GRANTED: Texts = {
    "en": ("You are right: the post argues against what it shows. The decision is undone.",),
    "fr": ("Vous avez raison : le message contredit ce qu'il montre. La décision est annulée.",),
    "ar": ("أنت على حق: المنشور يعارض ما يعرضه. ألغي القرار.",),
}
DENIED: Texts = {
    "en": ("We read the whole thread. The post breaks the rule also in its context.",),
    "fr": ("Nous avons lu toute la discussion. Le message enfreint la règle dans son contexte aussi.",),
    "ar": ("قرأنا النقاش كله. المنشور يخالف القاعدة في سياقه أيضا.",),
}
ON_BEHALF: Mapping[str, str] = {
    "lawyer": "I write for my client, who has lost access and cannot write. Quoting is lawful here.",
    "friend": "C'est le compte de ma sœur. Elle documente ces affiches pour son travail à l'école.",
    "crowd": "نحن قراء هذا الحساب منذ سنوات ونعرف أنه يكتب ضد هذه الجماعات.",
}
"""By who asks."""
