"""Values and spans that are read from English and Korean text, without any model.

What comes in is plain text; what goes out are dates, periods, quantities, names, synonyms and
the language. This package knows nothing of questions, hits or answers. Read `dates` and
`quantities` first.
"""
