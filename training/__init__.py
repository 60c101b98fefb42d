"""How the embedding model and the reader that ship with Dateline were trained; see README.md."""
