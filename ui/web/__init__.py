"""The page: Gradio's blocks and the server's own views, in one ASGI app behind a guard.

Takes what a browser sends, gives HTML made harmless. Read `app` first, then `page` and `chat`.
"""
