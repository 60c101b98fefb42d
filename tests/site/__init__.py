"""A simulated news world on loopback: outlets, their month by script, and what it must become.

`script` says what happens when; `server` acts it out over HTTP by a clock that the test
sets, and logs every request; `expect` works out from the script alone what an archive must
hold at the end; `polite` judges the log. Dateline is used by `driver` only.
"""
