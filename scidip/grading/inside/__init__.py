"""What runs beside a student's code, in the contained copy of the course.

Nothing here knows a right answer. `course.py` makes the copy, from which the questions, the model
answers and the columns with verdicts are left out; `questions.py` stands there in place of
:mod:`scidip.questions`, and its ``check`` hands out the value of an answer instead of judging it.
"""
