"""Put the columns of a table into words: what type they have and which values they may hold."""

from __future__ import annotations

import pandas as pd

TYPES = {"string": "text", "integer": "whole number", "number": "number"}


def type_in_words(field: dict, mark: str = "") -> str:
    """Name the type of a column for a reader.

    Parameters
    ----------
    field : dict
        The field's entry in the schema.
    mark : str
        As in :func:`allowed_values`.

    Returns
    -------
    str

    Examples
    --------
    >>> type_in_words({"name": "actors", "type": "string", "list": {"separator": ";"}})
    'list of text, ;'
    """
    if field.get("partialDate"):
        return "date"
    name = TYPES[field["type"]]
    if "list" in field:
        return f"list of {name}, {mark}{field['list']['separator']}{mark}"
    return name


def allowed_values(field: dict, schema: dict, mark: str = "") -> str:
    """Put the rules of a column into words.

    Parameters
    ----------
    field, schema : dict
        The field's entry, and the whole schema of its table.
    mark : str
        A sign to set around values and patterns, for example a backtick in Markdown.

    Returns
    -------
    str
        ``"any"`` where there is no rule.

    Examples
    --------
    >>> field = {"name": "tone", "type": "string", "constraints": {"enum": ["mixed", "friction"]}}
    >>> allowed_values(field, {"fields": [field], "primaryKey": ["event_id"]})
    'mixed, friction'
    """
    rules, parts = field.get("constraints", {}), field.get("list", {})
    keys = {key["fields"][0]: key["reference"] for key in schema.get("foreignKeys", [])}
    words = []
    if "enum" in rules or "enum" in parts:
        values = rules.get("enum", parts.get("enum"))
        words.append(", ".join(f"{mark}{value}{mark}" for value in values))
    elif "form" in field:
        words.append(field["form"])
    elif "pattern" in rules:
        words.append(f"{mark}{rules['pattern']}{mark}")
    if "references" in parts:
        target = parts["references"]
        words.append(f"{mark}{target['field']}{mark} of {target['resource']}")
    if field["name"] in keys:
        key = keys[field["name"]]
        words.append(f"{mark}{key['fields'][0]}{mark} of {key['resource']}")
    if "minimum" in rules or "maximum" in rules:
        words.append(f"{rules.get('minimum', 'any')} to {rules.get('maximum', 'any')}")
    if "maxLength" in rules:
        words.append(f"up to {rules['maxLength']} characters")
    if rules.get("unique") or schema["primaryKey"] == [field["name"]]:
        words.append("each value once")
    return "; ".join(words) or "any"


def empty_cells(column: pd.Series) -> int:
    """Count the cells without a value; an empty list is one too.

    Examples
    --------
    >>> empty_cells(pd.Series(["a", None, ()]))
    2
    """
    return int(sum(column.isna() | column.map(lambda cell: cell == ())))
