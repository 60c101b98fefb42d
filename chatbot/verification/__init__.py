"""Verification: every claim is checked against the articles that it cites before it is shown.

What comes in is a claim and the archive; what goes out is a `Verdict`, the reasons in words why
the claim fails, or none. Read `claims` first.
"""
