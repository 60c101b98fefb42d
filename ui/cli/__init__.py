"""The command line, `dateline`.

Takes arguments, calls the packages below, gives text and exit codes. Read `main` first.
"""
