"""Layouts of answers to requests for more than one fact: lists, timelines, summaries and more.

What comes in is a query with its hits; what goes out are parts of an answer, in order. A layout
that yields nothing leaves the request to be answered as one for a fact. Read `candidates`
first.
"""
