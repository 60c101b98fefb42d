"""Answers from exact sentences, no model writing.

Takes a query, its hits and their scored sentences; gives claims with their citations, or an
answer that abstains. Read `extractive` first; requests for more than a fact are laid out by
`layouts`.
"""
