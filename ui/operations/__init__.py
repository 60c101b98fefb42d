"""What an operator counts, limits and keeps: metrics, limits on asking, retention.

Takes answers and settings, gives counters for Prometheus and refusals that say when to come
again. Read `metrics` first.
"""
