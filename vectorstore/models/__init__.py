"""Models: texts become vectors (`embedder`), and a question is read with a passage (`reader`)."""
