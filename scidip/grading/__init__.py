"""Marks for a class: collect submissions, put them together, run them with nbval, report.

The rooms, in the order in which a submission passes through them: `collect` finds the notebooks,
`assemble` puts a student's answers into the trusted notebook, `run` has nbval run it in a contained
kernel, `judge` compares the values that came out, `report` writes what people read.
"""
