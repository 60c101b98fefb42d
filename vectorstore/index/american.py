"""British spellings as the American ones, so that both are one term of the index.

Wrong ones do no harm, since index and question are treated alike.
"""

from __future__ import annotations

import re

OUR = (
    "lab|fav|flav|col|hon|harb|behavi|neighb|endeav|rum|vap|arm|hum|rig|vig|val|od|parl|splend"
    "|tum|sav|ard|cand|clam|demean|glam|ferv|ranc|mis?demean"
)
DOUBLED = "travel|cancel|label|model|fuel|signal|level|total|counsel|marshal|channel|dial|shovel"
RULES = tuple(
    (re.compile(pattern), american)
    for pattern, american in (
        (rf"^(?P<stem>(?:un|dis)?(?:{OUR}))our", r"\g<stem>or"),
        (r"^(?P<stem>defen|offen|licen|preten)c(?P<end>e|es|ed|ing)$", r"\g<stem>s\g<end>"),
        (
            r"^(?P<stem>cent|theat|(?:[a-z]*)met|lit|fib|calib|spect|lust|sab)re(?P<end>s?)$",
            r"\g<stem>er\g<end>",
        ),
        (
            r"^(?P<stem>[a-z]{2,}[^aeiouws])is(?P<end>e|es|ed|ing|ation|ations|er|ers)$",
            r"\g<stem>iz\g<end>",
        ),
        (r"^(?P<stem>[a-z]+)ys(?P<end>e|es|ed|ing)$", r"\g<stem>yz\g<end>"),
        (
            rf"^(?P<stem>{DOUBLED})l(?P<end>ed|ing|er|ers|ation)$",
            r"\g<stem>\g<end>",
        ),
        (r"^alumini", "alumin"),
        (r"^programme(?P<end>s?)$", r"program\g<end>"),
        (r"^(?P<stem>catal|dial|anal)ogue(?P<end>s?)$", r"\g<stem>og\g<end>"),
        (r"^(?P<stem>judg|acknowledg)ement", r"\g<stem>ment"),
        (r"^cheque(?P<end>s?)$", r"check\g<end>"),
        (r"^grey$", "gray"),
        (r"^tyre(?P<end>s?)$", r"tire\g<end>"),
        (r"^sceptic", "skeptic"),
        (r"^manoeuv(?:re|er)", "maneuver"),
        (r"^plough", "plow"),
        (r"^mould", "mold"),
        (r"^(?P<stem>fulfil|enrol|instal)(?P<end>s?|ment|ments)$", r"\g<stem>l\g<end>"),
    )
)


def american(word: str) -> str:
    """A lower-case word in its American spelling."""
    for pattern, spelling in RULES:
        if pattern.match(word):
            return pattern.sub(spelling, word)
    return word
