"""A message and its conversation become a query.

Takes what was typed, the turns before it and the archive's words; gives a `Query`: what is
searched, in which period, which parts it has, what kind of request it is. Read `query` first.
"""
