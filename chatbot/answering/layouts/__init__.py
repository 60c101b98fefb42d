"""How requests for more than one fact are answered: lists, timelines, summaries and more.

Each takes a query and its hits and yields parts of an answer; where one yields nothing, the
request is answered as one for a fact. Read `candidates` first.
"""
