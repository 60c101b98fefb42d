"""A conversation or an answer as a file to keep: Markdown, HTML, PDF or JSON.

Takes kept turns, gives bytes. Read `formats` first.
"""
