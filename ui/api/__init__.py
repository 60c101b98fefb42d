"""The ways in for programs: REST, OpenAI-compatible routes, MCP and Gradio's client.

Each takes its own requests and gives what `service` answers. Read `service` first.
"""
