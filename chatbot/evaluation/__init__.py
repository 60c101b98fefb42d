"""Evaluation: question sets asked one by one, and retrieval metrics of their results.

What comes in are questions with gold answers and an archive; what goes out are result lines and
metrics. Read `question_sets` first.
"""
