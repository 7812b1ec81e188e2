"""Strict mode: a check raises on anything but *correct*. It imports nothing heavy."""

import os

OFF = ("", "0", "false", "no", "off")


def is_strict() -> bool:
    """Tell whether the environment variable ``SCIDIP_STRICT`` is on.

    Any value but an empty one, 0, false, no and off switches it on: a typing error must not turn a
    check into one that always passes.

    Returns
    -------
    bool

    Examples
    --------
    >>> os.environ["SCIDIP_STRICT"] = "off"
    >>> is_strict()
    False
    """
    return os.environ.get("SCIDIP_STRICT", "").strip().lower() not in OFF
