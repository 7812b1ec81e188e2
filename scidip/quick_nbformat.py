"""nbformat, without what makes its import slow.

nbformat imports jsonschema, and that a grammar of international web addresses, where there is one.
Building it takes a second, which is most of what a command needs to start; no notebook has such an
address that would have to be proven.
"""

import sys

_SLOW = "rfc3987_syntax"

if _SLOW in sys.modules:
    import nbformat
else:
    sys.modules[_SLOW] = None  # its import fails, and jsonschema goes on without it
    try:
        import nbformat
    finally:
        del sys.modules[_SLOW]

NotebookNode = nbformat.NotebookNode

__all__ = ["NotebookNode", "nbformat"]
