"""Values read from English and Korean text: dates, periods, quantities, names, other words.

Takes text, gives values or spans; knows nothing of questions, archives' hits or answers. Read
`dates` and `quantities` first.
"""
