"""Search over both indexes, and browsing without a question.

Takes queries and filters, gives hits with their articles, best first, copies of a story once.
Read `search` first.
"""
