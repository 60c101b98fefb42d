"""Question sets asked one by one, and what their results measure.

Takes questions with gold answers and a chain, gives results and figures. Read `questions` first.
"""
