"""What an operator counts, limits and keeps: metrics, limits on asking, retention.

Takes answers and settings, gives counters for Prometheus and refusals that say when to come
again. `local` lets a server answer its own user's commands. Read `metrics` first.
"""
