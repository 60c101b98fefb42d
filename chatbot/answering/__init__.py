"""Extractive answering: claims made of exact sentences, without a model that writes.

What comes in is a query with its hits; what goes out are claims with their citations, or an
answer that abstains. Read `answerer` first; requests for more than one fact are laid out by the
modules of `layouts`.
"""
