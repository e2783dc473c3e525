"""Whether parameters are as the model of their service says: all that it says, where botocore's own check knows some."""

import re
import unicodedata
import warnings
from datetime import datetime
from functools import cache

# Java's named classes of ASCII, which Python's expressions do not have.
CLASSES = {
    "Graph": "!-~",
    "Print": " -~",
    "Alnum": "0-9A-Za-z",
    "ASCII": r"\x00-\x7f",
    "Punct": r"!-/:-@\[-`{-~",
}
# All beyond the first plane, as a model of UTF-16 writes it, and as Python does.
PAIRS = (r"\uD800\uDC00-\uDBFF\uDFFF", r"\U00010000-\U0010FFFF")
TYPES = {
    "structure": dict,
    "map": dict,
    "list": list,
    "string": str,
    "boolean": bool,
    "blob": (bytes, str),
    "timestamp": datetime,
    "integer": int,
    "long": int,
    "short": int,
    "byte": int,
    "float": (int, float),
    "double": (int, float),
}
NUMBERS = {"integer", "long", "short", "byte", "float", "double"}
BITS = {"byte": 8, "short": 16, "integer": 32, "long": 64}


def check(shape, value, path=""):
    """What is wrong with a value: its path, itself, and what the model says."""
    if shape is None or (value is not None and shape.type_name == "structure" and shape.is_document_type):
        return
    kind = shape.type_name
    if not isinstance(value, TYPES.get(kind, object)) or (kind in NUMBERS and isinstance(value, bool)):
        yield path, value, f"is no {kind}"
        return
    yield from INNER.get(kind, plain)(shape, value, path)


def structure(shape, value, path):
    for name in shape.required_members:
        if value.get(name) is None:
            yield below(path, name), None, f"{shape.name} requires it"
    if shape.is_tagged_union and len(value) != 1:
        yield path, sorted(value), f"{shape.name} has exactly one member"
    for name, one in value.items():
        if name not in shape.members:
            yield below(path, name), one, f"{shape.name} has no such member"
        elif one is not None:
            yield from check(shape.members[name], one, below(path, name))


def sequence(shape, value, path):
    yield from size(shape, len(value), value, path, "elements")
    for index, one in enumerate(value):
        yield from check(shape.member, one, f"{path}[{index}]")


def mapping(shape, value, path):
    yield from size(shape, len(value), value, path, "entries")
    for key, one in value.items():
        yield from check(shape.key, key, below(path, key))
        yield from check(shape.value, one, below(path, key))


def string(shape, value, path):
    yield from size(shape, len(value), value, path, "characters")
    if shape.enum and value not in shape.enum:
        yield path, value, f"is none of {', '.join(shape.enum)}"
    pattern = shape.metadata.get("pattern")
    if pattern and not matches(pattern, value):
        yield path, value, f"does not match {pattern}"


def blob(shape, value, path):
    yield from size(shape, len(value), value, path, "bytes")


def number(shape, value, path):
    yield from size(shape, value, value, path, "")
    bits = BITS.get(shape.type_name)
    if bits and not -(2 ** (bits - 1)) <= value < 2 ** (bits - 1):
        yield path, value, f"does not fit {bits} bits"


def plain(_shape, _value, _path):
    return ()


INNER = {
    "structure": structure,
    "list": sequence,
    "map": mapping,
    "string": string,
    "blob": blob,
    **dict.fromkeys(NUMBERS, number),
}


def size(shape, size, value, path, of):
    """The least and the most that the model allows."""
    least, most = shape.metadata.get("min"), shape.metadata.get("max")
    said = f"{size} {of}".strip()
    if least is not None and size < least:
        yield path, value, f"{said}: less than {least}"
    if most is not None and size > most:
        yield path, value, f"{said}: more than {most}"


def matches(pattern, value):
    """Whether all of a value is as a pattern says: botocore's models lack the ends `^` and `$` that AWS's own have."""
    return expression(pattern).fullmatch(value) is not None


@cache
def expression(pattern):
    """A pattern of the model, which is one of Java's, as Python has it."""
    python = re.sub(r"\\p\{(\w+)\}|\[(?:\\.|[^\]])*\]", in_python, pattern.replace(*PAIRS))
    with warnings.catch_warnings():
        # A model's `[[` or `&&` may mean more in a Python of the future.
        warnings.simplefilter("ignore", FutureWarning)
        return re.compile(python)


def in_python(found):
    """A class of characters, alone or among others in brackets."""
    if found.group(1):
        return f"[{members(found)}]"
    return re.sub(r"\\p\{(\w+)\}", members, found.group())


def members(found):
    return CLASSES.get(found.group(1)) or category(found.group(1))


@cache
def category(name):
    """The characters of a category of Unicode, as the inside of brackets."""
    codes = [code for code in range(0x10000) if unicodedata.category(chr(code)).startswith(name)]
    ranges, first = [], None
    for code, following in zip(codes, [*codes[1:], None], strict=True):
        first = code if first is None else first
        if following != code + 1:
            ranges.append(f"\\u{first:04x}-\\u{code:04x}")
            first = None
    return "".join(ranges)


def below(path, name):
    """The path of a member."""
    return f"{path}.{name}" if path else name
