"""The operations that the functions' code can send, found in the code itself."""

import re
from pathlib import Path

from botocore import xform_name
from calls import model

# What an SDK crate is called in botocore, where that differs.
CRATES = {
    "applicationautoscaling": "application-autoscaling",
    "route53recoverycluster": "route53-recovery-cluster",
}
# Crates of the SDK that have no service's operations.
NO_SERVICES = {"sdk"}
# What all functions share.
SHELL = "shell"


def sent(root: Path):
    """The service and the operation of every request in the code, with the part that sends it."""
    found = set()
    for part, folder in [
        *((path.name, path / "src") for path in sorted((root / "functions").iterdir())),
        (SHELL, root / SHELL / "src"),
    ]:
        for file in sorted(folder.rglob("*.rs")):
            if "tests" not in file.relative_to(folder).as_posix():
                found |= {(part, *one) for one in of(file, folder)}
    return found


def of(file, folder):
    """The operations that a file of an adapter names: the calls without arguments whose names are operations'."""
    text = file.read_text(encoding="utf-8").split("#[cfg(test)]")[0]
    services = set(re.findall(r"\baws_sdk_([a-z0-9]+)", text))
    if not services and "aws" not in file.relative_to(folder).parts:
        return
    if not services:
        # A part of an adapter that takes its clients from the whole.
        services = set(
            re.findall(
                r"\baws_sdk_([a-z0-9]+)", "".join(one.read_text(encoding="utf-8") for one in adapter(file))
            )
        )
    called = set(re.findall(r"\.([a-z0-9_]+)\(\)", text))
    for crate in sorted(services - NO_SERVICES):
        service = CRATES.get(crate, crate)
        for name in model(service).operation_names:
            if xform_name(name) in called:
                yield service, name


def adapter(file):
    """The files of the adapter that a file is a part of."""
    folder = next(parent for parent in file.parents if parent.name == "aws")
    return [*folder.rglob("*.rs"), folder.with_suffix(".rs")]
