"""The chatbot: a question over a news archive becomes a cited and verified answer.

What comes in is a question with its conversation and an open archive; what goes out is an
`Answer`, a list of claims with exact quotes. `build_chain` puts the steps together (understand,
retrieve, read, answer, verify). Read `chain` first, then `values`.
"""

from chatbot.answering.answerer import Extractive
from chatbot.chain import UNSEARCHED, Answerer, build_chain
from chatbot.understanding.answer_types import kinds_of
from chatbot.values import Answer, Citation, Claim, History, Inputs, Kind, Message, Query, Request
from chatbot.verification.claims import Verdict, check, failures, holds

__all__ = [
    "UNSEARCHED",
    "Answer",
    "Answerer",
    "Citation",
    "Claim",
    "Extractive",
    "History",
    "Inputs",
    "Kind",
    "Message",
    "Query",
    "Request",
    "Verdict",
    "build_chain",
    "check",
    "failures",
    "holds",
    "kinds_of",
]
