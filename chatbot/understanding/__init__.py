"""Query understanding: a message and its conversation become a `Query`.

What comes in is what was typed, the turns before it, and the archive's vocabulary and outlets.
What goes out is a `Query` (what to search, in which period, in which parts, for which kind of
request) and the searches that it stands for. Read `query` first.
"""
