"""The conversation: question → query → hits → cited, verified answer."""

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
