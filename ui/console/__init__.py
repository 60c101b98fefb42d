"""What the command line shows: answers, hits, tables, progress.

Takes values of the packages below, writes to the terminal. Read `output` first.
"""
