"""Calls as they were recorded: whose they are, of which service, and which operation of its model."""

import hashlib
import json
import re
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

from botocore.loaders import Loader
from botocore.model import OperationModel, ServiceModel

# The key of the built functions in their own tests; tests of their parts have others. Source: tests/src/process.rs.
BUILT = "AKIAIOSFODNN7EXAMPLE"
# What a signature calls a service that botocore calls otherwise.
SIGNED_AS = {"monitoring": "cloudwatch"}


@dataclass
class Call:
    """A recorded call."""

    method: str
    path: str
    query: str
    headers: dict
    body: bytes
    status: int
    answer: str
    key: str
    service: str
    region: str
    function: str | None
    source: str
    labels: dict = field(default_factory=dict)
    operation: OperationModel | None = None


def execution_key(function_arn, role_arn):
    """The id of the access key that the local cloud gives a function for its role."""
    return "ASIA" + hashlib.sha256(f"{function_arn}:{role_arn}".encode()).hexdigest()[:16].upper()


def read(file: Path, functions):
    """The calls of a record. `functions` has the function of each access key; a stand-in's record names it instead."""
    if not file.exists():
        return
    counts = True
    with file.open(encoding="utf-8") as lines:
        for line in lines:
            raw = json.loads(line)
            counts = raw.get("counts", counts)
            if "method" not in raw or not counts:
                continue
            signed = re.search(
                r"Credential=([^/]+)/\d+/([^/]+)/([^/]+)/aws4_request",
                raw["headers"].get("authorization", ""),
            )
            if not signed:
                # Nobody signs these: the health of a server, or a page that S3 serves.
                continue
            key, region, service = signed.groups()
            parts = urlsplit(bucket(raw["headers"].get("host", "")) + raw["path"])
            call = Call(
                method=raw["method"],
                path=parts.path,
                query=parts.query,
                headers=raw["headers"],
                body=raw["body"].encode("latin-1"),
                status=raw.get("status", 0),
                answer=raw.get("answer", ""),
                key=key,
                service=SIGNED_AS.get(service, service),
                region=region,
                function=raw.get("function") or functions.get(key),
                source=source("status" in raw, key),
            )
            call.operation = operation(call)
            yield call


def source(is_local, key):
    """Where a call was recorded: at the local cloud, at the stand-in of a built function, or in a test of an adapter."""
    if is_local:
        return "e2e"
    return "stand-in" if key == BUILT else "adapter"


def bucket(host):
    """The bucket that a host's name begins with, as the beginning of a path."""
    named = re.match(r"(.+)\.s3\.[a-z0-9-]+\.amazonaws\.com", host)
    return f"/{named.group(1)}" if named else ""


@cache
def model(service):
    """botocore's model of a service."""
    return ServiceModel(Loader().load_service_model(service, "service-2"), service)


def operation(call):
    """The operation that a call is for, or none if its service has no such."""
    service = model(call.service)
    name = named(call)
    if name is None:
        return routed(service, call)
    if call.query:
        routed(service, call, name)
    return service.operation_model(name) if name in service.operation_names else None


def named(call):
    """The operation that a call names: in a header, in its path, or in a field."""
    if name := parse_qs(call.query).get("x-id"):
        return name[0]
    if target := call.headers.get("x-amz-target"):
        return target.rsplit(".", 1)[-1]
    if call.headers.get("smithy-protocol") == "rpc-v2-cbor":
        return call.path.rsplit("/", 1)[-1]
    if call.headers.get("content-type", "").startswith("application/x-www-form-urlencoded"):
        action = re.search(rb"(?:^|&)Action=([^&]*)", call.body)
        return unquote(action.group(1).decode()) if action else ""
    return None


def routed(service, call, only=None):
    """The operation whose method and path those of a call are; the one with most in common where several are."""
    best = (-1, None, {})
    given = {part for pair in call.query.split("&") for part in (pair, pair.split("=")[0])} | set(
        call.headers
    )
    for name, method, pattern, wanted in routes(service.service_name):
        found = (
            only in (None, name) and method == call.method and pattern.fullmatch(call.path.rstrip("/") or "/")
        )
        weight = 1000 * len(wanted) + len(pattern.pattern)
        if found and wanted <= given and weight > best[0]:
            best = (weight, name, {key: unquote(value) for key, value in found.groupdict().items()})
    _, name, call.labels = best
    return service.operation_model(name) if name else None


@cache
def routes(service):
    """The operations of a service by path: name, method, pattern of the path, what must be behind `?` and in headers."""
    found = []
    for name in model(service).operation_names:
        operation_model = model(service).operation_model(name)
        if operation_model.deprecated:
            # S3 has new ones in the same place.
            continue
        http = operation_model.http
        path, _, query = http["requestUri"].partition("?")
        pattern = "".join(
            (f"(?P<{part[1:-1].rstrip('+')}>" + (".+" if part.endswith("+}") else "[^/]+") + ")")
            if part.startswith("{")
            else re.escape(part)
            for part in re.split(r"(\{[^}]+\})", path.rstrip("/") or "/")
        )
        shape = operation_model.input_shape
        required = [shape.members[member].serialization for member in shape.required_members] if shape else []
        headers = {one["name"].lower() for one in required if one.get("location") == "header"}
        found.append(
            (name, http["method"], re.compile(pattern), headers | set(filter(None, query.split("&"))))
        )
    return found
