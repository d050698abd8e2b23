"""The sentences of every page, in plain words; those about campaigns, links and measures stand in files beside it.

``wording`` takes numbers and gives text. Names that somebody else chose never pass through here: they stand beside the
sentences, in a <bdi> of their own.
"""

from __future__ import annotations

from datetime import datetime

from ostrakon.pages.rounding import NBSP, about, count, is_known, percent

LANGUAGE = "en"
DIRECTION = "ltr"

# -- names that somebody else chose --------------------------------------------------------------

EMPTY_NAME = "empty"
EMPTY_NAME_WHY = "The name is an empty text"
TEXT = "text"
TEXT_WHY = "Marks a name that a spreadsheet would run as a formula"
SHORTENED_WHY = "First digits of the sha256 of the whole name"


def shortened(characters: int) -> str:
    """Stands where the middle of a long name was left out."""
    return f"… {count(characters)} more characters …"


EMPTY_TEXT_WHY = "The text is empty"
CUT_TEXT_WHY = "The whole text stands in the file of the reports"


def shortened_end(characters: int) -> str:
    """Stands where the end of a long text was left out."""
    return f"… {things(characters, 'more character')}"


# -- the page ------------------------------------------------------------------------------------

BRAND = "Ostrakon"
TITLE = "Abuse reports, weighed"
SECTIONS = "Sections of this page"
NUMBERS = "The same as a table"

OVERVIEW, QUEUE, WHY, REPORTERS, CAMPAIGNS, CALIBRATION, ORIGIN = (
    "Overview", "Queue", "Why", "Reporters", "Campaigns", "Calibration", "Origin",
)  # fmt: skip


def skip_to(section: str) -> str:
    """The first link of a page, for who reads by keyboard."""
    return f"Skip to the {section.lower()}"


# -- overview ------------------------------------------------------------------------------------


def lead(reports: int, reporters: int, accounts: int) -> str:
    """What this page is."""
    return (
        f"This page weighs {things(reports, 'report')} by {things(reporters, 'reporter')} about "
        f"{things(accounts, 'account')}, and says how likely each account is to break the policy it was reported for. "
        "People who report together count together, and a record of being right counts for more than a number "
        "of reports."
    )


HOW_TO_READ = "How to read this"
HOW_TO = (
    (
        "A probability is never a verdict, and nothing acts on it.",
        "It says what the reports are worth as evidence. A person looks, and decides.",
    ),
    (
        "The line around a dot is its 90 % interval.",
        "In about nine of ten cases like it the truth lies within. A long line means that little is known.",
    ),
    (
        "A voice is one independent source.",
        "Five hundred reports by people who act together may be one or two voices; three strangers are three.",
    ),
    (
        "All times are UTC.",
        "A dotted mark inside a name shows a character that would otherwise be invisible.",
    ),
)
REPORTS_AND_VOICES = "Reports, and the independent voices they come to"
AMOUNT_HEAD = ("What", "How many")
ALL_REPORTS, ALL_VOICES = "Reports", "Independent voices"
COUNTED = ("Reports", "Reporters", "Accounts", "Policies", "Decisions", "Repeats", "Rows not used")


def independent(voices: float) -> str:
    """What the reports come to."""
    return f"{about(voices)} independent voice" + ("" if 0 < voices < 1.5 else "s")


# -- things and voices ---------------------------------------------------------------------------


def things(number: float, singular: str) -> str:
    """A number of things: ``1 report``, ``512 reports``."""
    return f"{count(number)} {singular}" + ("" if round(number) == 1 else "s")


def voice(voices: float) -> str:
    """An effective number of independent voices: ``about 4 voices``."""
    return f"{about(voices)} voice" + ("" if 0 < voices < 1.5 else "s")


def reports_and_voices(reports: float, voices: float) -> str:
    """``512 reports, about 4 voices``."""
    return f"{things(reports, 'report')}, {voice(voices)}"


def by_reporters(reporters: float) -> str:
    """``by 498 reporters``."""
    return f"by {things(reporters, 'reporter')}"


def record(decided: float | None, upheld: float | None) -> str:
    """What became of somebody's reports: ``19 of 21 upheld``; means over a campaign are no whole numbers."""
    if decided is None or upheld is None or not is_known(decided) or decided < 0.5:
        return "none decided yet"
    exact = float(decided).is_integer() and float(upheld).is_integer()
    return f"{'' if exact else f'about{NBSP}'}{count(upheld)} of {count(decided)} upheld"


def mean_record(decided: float, upheld: float) -> str:
    """The record of an average reporter of a campaign."""
    return record(decided, upheld) + (", each on average" if decided >= 0.5 else "")


def span(first: datetime | None, last: datetime | None) -> str:
    """How long something went on."""
    if first is None or last is None:
        return "not known"
    return lasting((last - first).total_seconds())


def lasting(seconds: float) -> str:
    """A length of time, rounded to what one would say."""
    for unit, length in (("day", 86400), ("hour", 3600), ("minute", 60)):
        if seconds >= 2 * length or (seconds >= length and unit == "minute"):
            return things(seconds / length, unit)
    return "less than a minute"


def moment(time: datetime | None) -> str:
    """A time to the minute, in UTC."""
    return "not known" if time is None else f"{time:%Y-%m-%d}{NBSP}{time:%H:%M}"


# -- queue ---------------------------------------------------------------------------------------

QUEUE_TITLE = "What to look at first"
QUEUE_NOTE = (
    "Undecided accounts first, the most probable on top. Where a decision stands, the number leaves it out and says "
    "what the reports alone say."
)
QUEUE_EMPTY = "No report could be used, so there is no queue. What happened to the rows stands under Origin."
QUEUE_HEAD = (
    "Rank",
    "Account and policy",
    "What arrived",
    "Probability, with its 90 % interval",
    "Campaigns",
    "Decided",
)
QUEUE_HISTOGRAM = "How the whole queue is spread over the probabilities"
UNDECIDED = "open"
OUTCOMES = {"upheld": "upheld", "rejected": "rejected", "overturned": "overturned"}


def queue_lead(shown: int, rows: int) -> str:
    """How much of the queue the page shows."""
    if shown >= rows:
        return f"The whole queue: {things(rows, 'row')}, one for each account and policy, as in queue.csv."
    first = f"The first {count(shown)} of {things(rows, 'row')}"
    return f"{first}, one for each account and policy. All stand in queue.csv."


def interval_description(low: float | None, high: float | None) -> str:
    """An interval bar in words."""
    return f"90 % interval from {percent(low)} to {percent(high)}"


# -- histogram, timeline, calibration ------------------------------------------------------------

HISTOGRAM_HEAD = ("Probability", "Rows")
TIMELINE_HEAD = ("From (UTC)", "Reporters", "Of them in campaigns")
CALIBRATION_HEAD = ("Said", "Came true", "90 % interval", "Rows")
TIMELINE = "When each reporter first reported"
CALIBRATION_AXES = ("said", "came true", "rows with such a number")
ALONE, TOGETHER = "on their own", "in a campaign"


def histogram_description(rows: int, tallest: int, low: float, high: float) -> str:
    """The histogram in a sentence."""
    return f"{things(rows, 'row')}; most of them, {count(tallest)}, between {low:.0%} and {high:.0%}".replace(
        "%", f"{NBSP}%"
    )


def timeline_description(reporters: int, tallest: int, unit: str, first: str, last: str) -> str:
    """The timeline in a sentence."""
    return f"{things(reporters, 'reporter')} from {first} to {last}; at most {count(tallest)} in {unit}"


def tallest(number: int, unit: str) -> str:
    """What the height of a chart stands for."""
    return f"tallest bar: {count(number)} in {unit}"


def tallest_rows(number: int) -> str:
    """What the height of the histogram stands for."""
    return f"tallest bar: {things(number, 'row')}"


def calibration_description(bins: int, rows: int) -> str:
    """The calibration plot in a sentence."""
    return (
        f"{things(rows, 'decided row')} in {things(bins, 'group')} of like probability. Where a group's line crosses "
        "the diagonal, what was said is what came true."
    )


# -- why -----------------------------------------------------------------------------------------

WHY_TITLE = "Why they stand there"
WHY_LEAD = (
    "What speaks for a violation and what speaks against one, then the number, then the voices that moved it. "
    "“Moved” is the probability minus what it would be had that voice been silent."
)
WHY_EMPTY = "No explanations were asked for."
SPEAKS_FOR, SPEAKS_AGAINST = "Speaks for a violation", "Speaks against"
NO_REASON_FOR = "Nothing beyond the reports themselves."
NO_REASON_AGAINST = "Nothing that the data show."
VOICES = "The voices that moved the number most"
VOICE_HEAD = ("Who", "Record elsewhere", "How often right", "Weight in voices", "Moved, in points")
NO_VOICES = "No single voice moved the number."
BASE_RATE_MARK = "The short upright line marks the average reported account of this policy."


IN_THE_QUEUE = "To its row in the queue."


def base_rate(share: float) -> str:
    """What the number is to be compared with."""
    return f"The average reported account of this policy: {percent(share)}."


def together(members: int) -> str:
    """A voice of several reporters."""
    return f"{things(members, 'reporter')} in"


DECIDED, DECIDED_NOTE = "A person has decided:", "The number leaves that out."


def exposure(views: float | None) -> str:
    """How many people could have reported."""
    if views is None:
        return "How many people see this account is not known."
    return f"Seen by {about(views)} (views or followers): a widely seen account draws more reports, right or wrong."


def arrived(first: datetime, last: datetime) -> tuple[str, ...]:
    """When the reports came, in phrases that are not to be broken."""
    return f"First {moment(first)},", f"last {moment(last)}", f"({span(first, last)})."


def more_names(number: int) -> str:
    """The members of a voice that are not named."""
    return f"and {count(number)} more"


def other_voices(number: int) -> str:
    """The voices that are not in the table."""
    return f"{things(number, 'further voice')} moved the number less."


def moved_description(difference: float) -> str:
    """A bar of the voices table in words."""
    return (
        "raised the probability"
        if difference > 0
        else "lowered the probability"
        if difference < 0
        else "moved nothing"
    )


# -- reporters -----------------------------------------------------------------------------------

REPORTERS_TITLE = "Who reported"
REPORTERS_EMPTY = "No reporters to show."
REPORTERS_NOTE = (
    "“How often right” is what is believed about a reporter's next report, with its 90 % interval. Somebody with few "
    "decided reports has a long line: little is known, which speaks neither for nor against them."
)
REPORTERS_HEAD = ("Reporter", "Reports", "Record", "How often right, with its 90 % interval", "Campaigns")


def reporters_lead(shown: int, rows: int) -> str:
    """How many of the reporters the page shows."""
    if shown >= rows:
        return f"{things(rows, 'reporter')} in all, those whose voice moves the queue most on top, as in reporters.csv."
    all_of_them = things(rows, "reporter")
    return (
        f"The {count(shown)} whose voice moves the queue most, of {all_of_them}. All stand in reporters.csv."
    )


# -- calibration ---------------------------------------------------------------------------------

CALIBRATION_TITLE = "Do the numbers come true?"
CALIBRATION_LEAD = (
    "Of the rows that said 30 %, about 30 % should turn out to be violations. Each dot is a group of rows of like "
    "probability; on the diagonal, what was said is what came true."
)
CALIBRATION_PLOT = "What was said, and what came true"
CALIBRATION_HIDDEN = "Not shown"


def calibration_error(error: float | None) -> str:
    """Expected calibration error in plain words."""
    if error is None or not is_known(error):
        return "The expected calibration error could not be computed."
    points_off = f"{error * 100:.1f} points"
    return f"Expected calibration error: {points_off}, the average distance between what was said and what came true."


# -- origin --------------------------------------------------------------------------------------

ORIGIN_TITLE = "Where this comes from"
ORIGIN_LEAD = "The same files, version, parameters and seed give this page again."
ORIGIN_FILES, ORIGIN_FILES_HEAD = "Files read", ("File", "Rows", "sha256")
ORIGIN_RUN, ORIGIN_RUN_HEAD = "The run", ("What", "Value")
ORIGIN_VERSION, ORIGIN_SEED = "Ostrakon version", "seed"
ORIGIN_NOTES, ORIGIN_NO_NOTES = "Worth knowing", "Nothing out of the ordinary."
ORIGIN_REJECTED, ORIGIN_REJECTED_HEAD = "Rows not used, by problem", ("Problem", "Rows")
ORIGIN_NOT_REJECTED = "Every row was used."
ORIGIN_REJECTED_FILE = "Each of them stands in rejected.csv as it was."
