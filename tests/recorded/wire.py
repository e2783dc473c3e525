"""What a request says, in the words of its service's model; what the model does not know is told.

botocore and moto read requests, too, but pass over what they do not know: here a member that does not exist is an error.
"""

import base64
import io
import json
import re
from datetime import UTC, datetime
from urllib.parse import parse_qsl
from xml.etree import ElementTree

from botocore.parsers import RpcV2CBORParser
from botocore.utils import parse_timestamp

# Of every query: the operation and the version of the interface.
OF_THE_QUERY = {"Action", "Version"}
# What the SDK writes behind `?` of every request to S3, for itself.
OF_THE_SDK = {"x-id"}
# Headers of Amazon's that are of the signature or of the SDK, and of no operation's model.
OF_THE_SIGNATURE = re.compile(
    r"x-amz-(date|security-token|content-sha256|user-agent|target|trailer|decoded-content-length|checksum-.*)"
)


def params(call):
    """The parameters of a request, and what is wrong with it that is no matter of their values."""
    wrong = []
    try:
        return read(call, call.operation.input_shape, wrong), wrong
    except (ValueError, ElementTree.ParseError) as error:
        wrong.append(("body", call.body[:100], f"cannot be read: {error}"))
        return {}, wrong


def read(call, shape, wrong):
    """The parameters; what is wrong is added to a list."""
    if call.headers.get("smithy-protocol") == "rpc-v2-cbor":
        return Json(wrong, binary=True).value(shape, cbor(call.body), "") if call.body and shape else {}
    if "x-amz-target" in call.headers:
        return Json(wrong).value(shape, json.loads(call.body or b"{}"), "") if shape else {}
    if call.headers.get("content-type", "").startswith("application/x-www-form-urlencoded"):
        return Query(wrong, call.body).params(shape)
    return rest(call, shape, wrong)


def cbor(body):
    """A value of CBOR, by botocore's own reader."""
    return RpcV2CBORParser().parse_data_item(io.BufferedReader(io.BytesIO(body)))


def below(path, name):
    """The path of a member."""
    return f"{path}.{name}" if path else name


def plain(shape, text, path, wrong):
    """A value that is written as text."""
    kind = shape.type_name
    try:
        if kind in ("integer", "long", "short", "byte"):
            return int(text)
        if kind in ("float", "double"):
            return float(text)
        if kind == "boolean":
            return {"true": True, "false": False}[text]
        if kind == "timestamp":
            return parse_timestamp(text)
        if kind == "blob":
            return base64.b64decode(text, validate=True)
    except (KeyError, ValueError):
        wrong.append((path, text, f"is no {kind}"))
        return None
    return text


class Json:
    """Values of JSON, or of CBOR, which has the same with bytes and times."""

    def __init__(self, wrong, binary=False):
        self.wrong, self.binary = wrong, binary

    def value(self, shape, value, path):
        """A value; one of another type than the model's stays what it is, for the rules to find."""
        kind = shape.type_name
        if kind == "structure" and isinstance(value, dict) and not shape.is_document_type:
            return self.structure(shape, value, path)
        if kind == "list" and isinstance(value, list):
            return [self.value(shape.member, one, f"{path}[{index}]") for index, one in enumerate(value)]
        if kind == "map" and isinstance(value, dict):
            return {key: self.value(shape.value, one, below(path, key)) for key, one in value.items()}
        if kind == "blob" and isinstance(value, str) and not self.binary:
            return plain(shape, value, path, self.wrong)
        if kind == "timestamp" and not isinstance(value, (bool, datetime)):
            return parse_timestamp(value) if isinstance(value, (int, float, str)) else value
        return value

    def structure(self, shape, value, path):
        """An object; what is null is not there."""
        names = {member.serialization.get("name", name): name for name, member in shape.members.items()}
        found = {}
        for key, one in value.items():
            if key not in names:
                self.wrong.append((below(path, key), one, f"{shape.name} has no such member"))
            elif one is not None:
                found[names[key]] = self.value(shape.members[names[key]], one, below(path, names[key]))
        return found


class Query:
    """A query: a flat list of fields, whose names are paths."""

    def __init__(self, wrong, body):
        self.wrong = wrong
        self.fields = dict(parse_qsl(body.decode(), keep_blank_values=True, strict_parsing=True))
        self.read = set(OF_THE_QUERY)

    def params(self, shape):
        """All of it; a field that nothing in the model leads to is wrong."""
        found = self.structure(shape, "", "") if shape else {}
        for name in sorted(set(self.fields) - self.read):
            self.wrong.append((name, self.fields[name], "the model has no such field"))
        return found

    def there(self, name):
        return name in self.fields or any(key.startswith(name + ".") for key in self.fields)

    def value(self, shape, name, path):
        if shape.type_name == "structure":
            return self.structure(shape, name, path)
        if shape.type_name == "list":
            return self.list(shape, name, path)
        if shape.type_name == "map":
            return self.map(shape, name, path)
        if name not in self.fields:
            return None
        self.read.add(name)
        return plain(shape, self.fields[name], path, self.wrong)

    def structure(self, shape, prefix, path):
        found = {}
        for member, inner in shape.members.items():
            name = below(prefix, inner.serialization.get("name", member))
            if inner.type_name == "list" and inner.serialization.get("flattened"):
                name = below(
                    prefix, inner.member.serialization.get("name", inner.serialization.get("name", member))
                )
            if self.there(name):
                found[member] = self.value(inner, name, below(path, member))
        return found

    def list(self, shape, name, path):
        if self.fields.get(name) == "":
            self.read.add(name)
            return []
        if not shape.serialization.get("flattened"):
            name = f"{name}.{shape.member.serialization.get('name', 'member')}"
        found = []
        while self.there(one := f"{name}.{len(found) + 1}"):
            found.append(self.value(shape.member, one, f"{path}[{len(found)}]"))
        return found

    def map(self, shape, name, path):
        if not shape.serialization.get("flattened"):
            name = f"{name}.entry"
        names = [shape.key.serialization.get("name", "key"), shape.value.serialization.get("name", "value")]
        found, number = {}, 1
        while self.there(f"{name}.{number}"):
            key = self.value(shape.key, f"{name}.{number}.{names[0]}", path)
            found[key] = self.value(shape.value, f"{name}.{number}.{names[1]}", below(path, key))
            number += 1
        return found


def rest(call, shape, wrong):
    """A request that says some things by its path, some behind `?`, some in headers, and the rest in its body."""
    found, members = {}, shape.members if shape else {}
    queried = dict(parse_qsl(call.query, keep_blank_values=True))
    known = {
        part.split("=")[0] for part in call.operation.http["requestUri"].partition("?")[2].split("&")
    } | OF_THE_SDK
    headers = dict(call.headers)
    for member, inner in members.items():
        name = inner.serialization.get("name", member)
        where = inner.serialization.get("location")
        if where == "uri" and name in call.labels:
            found[member] = plain(inner, call.labels[name], member, wrong)
        elif where == "querystring" and name in queried:
            known.add(name)
            found[member] = plain(inner, queried[name], member, wrong)
        elif where == "headers":
            # A map whose keys are the ends of the headers' names.
            ends = [one for one in headers if one.startswith(name.lower())]
            found |= {member: {one[len(name) :]: headers.pop(one) for one in ends}} if ends else {}
        elif where == "header" and name.lower() in headers:
            found[member] = plain(inner, headers.pop(name.lower()), member, wrong)
    for name in sorted(set(queried) - known):
        wrong.append((f"?{name}", queried[name], "the model has no such member"))
    for name in sorted(headers):
        if name.startswith("x-amz-") and not OF_THE_SIGNATURE.fullmatch(name):
            wrong.append((name, headers[name], "the model has no such header"))
    if call.body and shape:
        body(call, shape, found, wrong)
    return found


def body(call, shape, found, wrong):
    """The body: one member, or all that are nowhere else."""
    payload = shape.serialization.get("payload")
    inner = shape.members[payload] if payload else shape
    if payload and inner.type_name in ("blob", "string"):
        found[payload] = call.body
        return
    if call.operation.service_model.protocol == "rest-json":
        value = Json(wrong).value(inner, json.loads(call.body), payload or "")
    else:
        root = ElementTree.fromstring(call.body)
        expected = inner.serialization.get("name")
        if expected and local(root.tag) != expected:
            wrong.append((payload or "body", local(root.tag), f"the element is called {expected}"))
        value = xml(inner, root, payload or "", wrong)
    found.update({payload: value} if payload else value)


def local(tag):
    """The name of an element without its namespace."""
    return tag.rpartition("}")[2]


def xml(shape, node, path, wrong):
    """The value of an element."""
    if shape.type_name == "structure":
        return xml_structure(shape, node, path, wrong)
    if shape.type_name == "list":
        name = shape.member.serialization.get("name", "member")
        for child in node:
            if local(child.tag) != name:
                wrong.append(
                    (below(path, local(child.tag)), child.text, f"the list's elements are called {name}")
                )
        return [xml(shape.member, child, f"{path}[{index}]", wrong) for index, child in enumerate(node)]
    return plain(shape, node.text or "", path, wrong)


def xml_structure(shape, node, path, wrong):
    names = {}
    for member, inner in shape.members.items():
        if "location" in inner.serialization:
            continue
        name = inner.serialization.get("name", member)
        if inner.type_name == "list" and inner.serialization.get("flattened"):
            name = inner.member.serialization.get("name", name)
        names[name] = member
    found = {}
    for child in node:
        name = local(child.tag)
        if name not in names:
            wrong.append((below(path, name), child.text, f"{shape.name} has no such member"))
            continue
        member = names[name]
        inner = shape.members[member]
        if inner.type_name == "list" and inner.serialization.get("flattened"):
            found.setdefault(member, []).append(xml(inner.member, child, below(path, member), wrong))
        elif member in found:
            wrong.append((below(path, member), child.text, "is there twice"))
        else:
            found[member] = xml(inner, child, below(path, member), wrong)
    return found


def readable(value):
    """A value as JSON has it."""
    if isinstance(value, dict):
        return {key: readable(one) for key, one in value.items()}
    if isinstance(value, list):
        return [readable(one) for one in value]
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    return value
