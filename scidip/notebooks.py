"""Read, run and write notebooks so that the same notebook always gives the same file."""

from __future__ import annotations

import json
import os
from pathlib import Path

from scidip.files import write
from scidip.quick_nbformat import NotebookNode, nbformat

CELL_TIMEOUT = 120  # seconds
KERNEL = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}


class AuthoringError(Exception):
    """A notebook can't be built or run. The message names the file, the cell and what to do."""


def without_noise(notebook: NotebookNode) -> NotebookNode:
    """Remove what differs between two runs or two machines.

    Parameters
    ----------
    notebook : NotebookNode
        It is changed in place.

    Returns
    -------
    NotebookNode
        The same notebook, without timings, widget state and language version.

    Examples
    --------
    >>> without_noise(nbformat.v4.new_notebook()).metadata["language_info"]
    {'name': 'python'}
    """
    notebook.metadata = nbformat.from_dict(
        {"kernelspec": KERNEL, "language_info": {"name": "python"}}
    )
    notebook.nbformat, notebook.nbformat_minor = 4, 5
    for cell in notebook.cells:
        for noise in ("execution", "collapsed", "jupyter", "ExecuteTime"):
            cell.metadata.pop(noise, None)
        for output in cell.get("outputs", []):
            # A widget's number is drawn by lot, and means nothing in a saved notebook. What stands
            # beside it, a picture and words, is shown instead.
            if len(output.get("data", {})) > 1:
                output.data.pop("application/vnd.jupyter.widget-view+json", None)
    return notebook


def execute(notebook: NotebookNode, folder: Path) -> NotebookNode:
    """Run all cells in a fresh kernel and store their outputs.

    Parameters
    ----------
    notebook : NotebookNode
        It is changed in place.
    folder : Path
        The folder that the kernel works in.

    Returns
    -------
    NotebookNode
        The same notebook, executed, without noise.

    Raises
    ------
    AuthoringError
        A cell raised, took too long or ended the kernel; the message names the cell.
    """
    # Here, as most commands run nothing; and scidip.quick_nbformat has to come first.
    from jupyter_client.kernelspec import NoSuchKernel
    from nbclient import NotebookClient
    from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError

    running = {"cell": "before the first cell"}

    def remember(cell, cell_index):
        running["cell"] = f"cell {cell.id}"

    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
    client = NotebookClient(
        notebook,
        kernel_name="python3",
        timeout=CELL_TIMEOUT,
        record_timing=False,
        store_widget_state=False,
        coalesce_streams=True,
        allow_errors=False,
        extra_arguments=["--IPKernelApp.log_level=40"],  # a hint about encryption is no news
        on_cell_start=remember,
        resources={"metadata": {"path": str(folder)}},
    )
    variables = {name: value for name, value in os.environ.items() if name != "SCIDIP_STRICT"}
    try:
        client.execute(env=variables | {"PYTHONHASHSEED": "0"})
    except CellTimeoutError:
        raise AuthoringError(f"{running['cell']}: it ran over {CELL_TIMEOUT} seconds.") from None
    except DeadKernelError:
        raise AuthoringError(f"{running['cell']}: the kernel died.") from None
    except CellExecutionError as error:
        raise AuthoringError(f"{running['cell']}: {error.ename}: {error.evalue}") from None
    except (RuntimeError, NoSuchKernel) as error:  # the kernel did not start or did not answer
        raise AuthoringError(f"{running['cell']}: {error}") from None
    return without_noise(notebook)


def run(path: Path | str) -> None:
    """Run a lesson or a solutions notebook from a fresh kernel and save it with its outputs.

    Parameters
    ----------
    path : path
        The notebook. When a cell fails, the file stays as it was.

    Raises
    ------
    AuthoringError
        The file can't be read, or a cell failed; the message names both.
    """
    path = Path(path)
    notebook = read(path)
    try:
        execute(notebook, path.resolve().parent)
    except AuthoringError as error:
        raise AuthoringError(f"{path.name}: {error}") from None
    write(path, to_bytes(notebook))


def read(path: Path) -> NotebookNode:
    """Read a notebook in the format that the course uses.

    Parameters
    ----------
    path : Path
        The file.

    Returns
    -------
    NotebookNode
        The notebook.

    Raises
    ------
    AuthoringError
        It is missing, is no notebook of format 4.5 (in which cells have ids), or two of its cells
        have one id.
    """
    try:
        text = path.read_text(encoding="utf-8")
        # Looked for here, as nbformat would give the second cell a random id.
        ids = [cell.get("id") for cell in json.loads(text)["cells"]]
        twice = sorted({name for name in ids if name and ids.count(name) > 1})
        notebook = nbformat.reads(text, as_version=nbformat.NO_CONVERT) if not twice else None
    except FileNotFoundError:
        raise AuthoringError(f"{path.name}: there is no such file.") from None
    except Exception:
        raise AuthoringError(f"{path.name}: this file can't be read as a notebook.") from None
    if twice:
        raise AuthoringError(f"{path.name}: two cells have the id {twice[0]}; rename one.")
    if (notebook.get("nbformat", 0), notebook.get("nbformat_minor", 0)) < (4, 5):
        raise AuthoringError(f"{path.name}: its format is older than 4.5; save it in JupyterLab.")
    return notebook


def to_bytes(notebook: NotebookNode) -> bytes:
    """Give the file that a notebook is saved as: always the same one for the same notebook."""
    return (nbformat.writes(notebook, version=nbformat.NO_CONVERT).rstrip("\n") + "\n").encode()
