"""Parsers that misbehave, for the tests of the sandbox."""

PARSERS = ("polite", "rude", "real", "absent")
