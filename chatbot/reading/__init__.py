"""Which sentences of the hits answer, how likely any does, and with which words.

Takes a query and its hits, gives scored sentences, the likelihood that the archive holds the
answer, and the span that answers. Read `scoring` first, then `answerability`.
"""
