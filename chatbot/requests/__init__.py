"""What kind of request a text is, and how each kind is answered.

`kinds` decides the kind of a request. A request that needs no search (a greeting, a question
about the archive or about Dateline) is answered by `manners` and `holdings`; the others gather
passages (`gathering`, `topics`) and lay sentences out in their own way: `lists`, `course`
(timelines, changes, news), `overview` (summaries) and `voices` (positions, reactions, opinions);
a comparison is answered by its `sides`. What none of them answers is answered as a question for a
fact.
"""
