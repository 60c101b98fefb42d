"""The values that pass between the steps: `Query`, `Answer`, `Claim`, `Citation`.

`understanding` makes a `Query` of a question; the answerers make an `Answer` of a query and its
hits. An answer is a list of claims, and each claim cites exact spans of articles. Read `query`
first, then `answer`.
"""

from chatbot.values.answer import GAP, Answer
from chatbot.values.claims import Citation, Claim
from chatbot.values.intents import SHORT, Kind, Length, Request
from chatbot.values.messages import History, Inputs, Message
from chatbot.values.query import DAYS, LIST_DAYS, Query
from chatbot.values.usage import Usage

__all__ = [
    "DAYS",
    "GAP",
    "LIST_DAYS",
    "SHORT",
    "Answer",
    "Citation",
    "Claim",
    "History",
    "Inputs",
    "Kind",
    "Length",
    "Message",
    "Query",
    "Request",
    "Usage",
]
