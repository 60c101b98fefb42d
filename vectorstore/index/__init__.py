"""Two indexes that follow the ledger: a dense one of vectors and a lexical one of terms.

Take passages by their sequence numbers, give the ids and scores that a search asks for; both can
be made anew from the ledger. Read `indexer` first; `form` says what the dense index does, of which
`dense` is the embedded form and `served` the one on a Chroma server.
"""
