"""The ledger: the database that is the one truth about articles, their versions, passages and runs.

Takes articles and records of runs, gives them back as they are now or were. Read `ledger` first,
then `schema`.
"""
