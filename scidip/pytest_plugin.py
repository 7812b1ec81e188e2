"""Makes ``SCIDIP_STRICT=1 pytest --nbval-lax my_exercise.ipynb`` an honest check of a notebook.

In strict mode a check raises on anything but *correct*, so the run itself is the verdict. nbval
would also compare each tagged output with the one that was stored before the student's last edit,
and so fail a right answer in a notebook that was not run again. That comparison is switched off.
"""

from scidip.strict import is_strict


def pytest_collection_modifyitems(items):
    """Let nbval run the cells without comparing their outputs."""
    if is_strict():
        for item in items:
            if type(item).__name__ == "IPyNbCell":
                item.options["check"] = False
