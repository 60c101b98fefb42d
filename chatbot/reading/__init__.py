"""Reading the hits: candidate sentences, their scores, answer spans and answerability.

What comes in is a query and its hits. What goes out are candidates in order of their score, the
probability that the archive holds the answer, and the span of a sentence that answers. Read
`scoring` first, then `answerability`.
"""
