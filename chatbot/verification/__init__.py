"""Nothing is shown before it is checked against the article that it cites.

Takes a claim and the archive, gives what is wrong with it, or nothing. Read `check` first.
"""
