"""Print the protocol as TypeScript, so that browser and server cannot disagree about it."""

import sys
import types
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from signaling import protocol, tickets

HEADER = """\
// Generated from signaling/protocol.py by `python -m signaling.typescript`. Do not edit.
"""
_PLAIN: dict[object, str] = {
    str: "string",
    int: "number",
    bool: "boolean",
    type(None): "null",
}
CONSTANTS = (
    "PROTOCOL_VERSION",
    "SDP_LIMIT",
    "CANDIDATE_LIMIT",
    "CANDIDATES_LIMIT",
    "CANDIDATES_PER_NEGOTIATION",
)


def render() -> str:
    """The whole protocol.ts."""
    parts = [HEADER]
    parts += [f"export const {name} = {getattr(protocol, name)};" for name in CONSTANTS]
    parts.append(f'export const EVENT = "{protocol.EVENT}";\n')
    parts.append(f"export type RefusedCode = {_type(protocol.RefusedCode)};")
    parts.append(f"export type TicketCode = {_type(tickets.TicketCode)};\n")
    for model in _models():
        parts.append(_interface(model))
    parts.append(f"export type FromBrowser = {_names(protocol.FROM_BROWSER)};")
    parts.append(f"export type ToBrowser = {_names(protocol.TO_BROWSER)};")
    return "\n".join(parts) + "\n"


def _models() -> list[type[protocol.Message]]:
    return [
        each
        for each in vars(protocol).values()
        if isinstance(each, type)
        and issubclass(each, protocol.Message)
        and each is not protocol.Message
    ]


def _interface(model: type[protocol.Message]) -> str:
    doc = (model.__doc__ or "").strip()
    fields = [_field(name, field) for name, field in model.model_fields.items()]
    body = "\n".join(f"  {line}" for line in fields)
    return f"/** {doc} */\nexport interface {model.__name__} {{\n{body}\n}}\n"


def _field(name: str, field: FieldInfo) -> str:
    optional = "?" if field.default is None else ""
    return f"{name}{optional}: {_type(field.annotation)};"


def _type(annotation: Any) -> str:
    if annotation in _PLAIN:
        return _PLAIN[annotation]
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation.__name__
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        return _type(arguments[0])
    if origin is Literal:
        return " | ".join(f'"{each}"' for each in arguments)
    if origin in (Union, types.UnionType):
        return " | ".join(_type(each) for each in arguments)
    if origin is list:
        inner = _type(arguments[0])
        return f"({inner})[]" if "|" in inner else f"{inner}[]"
    raise TypeError(f"no TypeScript for {annotation!r}")


def _names(models: tuple[type[protocol.Message], ...]) -> str:
    return " | ".join(model.__name__ for model in models)


if __name__ == "__main__":
    sys.stdout.write(render())
