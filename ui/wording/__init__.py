"""The interface's words in each language, and text made harmless for a page.

Takes keys or text of strangers, gives words to show. Read `words` first.
"""
