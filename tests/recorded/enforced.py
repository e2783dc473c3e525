"""Shows on the local cloud that roles count: with a statement taken away its flow fails, and with it again it works.

`enforced.py STACK CALLS`: the stack, and the record of calls, which these are no part of.
"""

import json
import sys
from contextlib import contextmanager

import boto3
from permissions import DENIAL

# A flow of each function whose calls the local cloud checks, and the statement without which it fails.
FLOWS = [
    (
        "invalidate-cache",
        "Invalidate",
        {"action": "invalidate", "target": "portfolio-site", "paths": ["/enforced"]},
    ),
    ("route-alarm", "KeepTheLedger", {"action": "status"}),
    ("scale-service", "KeepTheLedger", {"action": "set", "target": "portfolio-api", "min": 2}),
    ("failover-dns", "SeeRecords", {"action": "drill", "target": "weather-www"}),
]


def main(stack, calls):
    functions, iam = boto3.client("lambda"), boto3.client("iam")
    wrong = []
    with unrecorded(calls):
        for function, statement, order in FLOWS:
            name = f"{stack}-{function}"
            role = functions.get_function_configuration(FunctionName=name)["Role"].rpartition("/")[2]
            said = [invoked(functions, name, order)]
            with without(iam, role, function, statement):
                said.append(invoked(functions, name, order))
            said.append(invoked(functions, name, order))
            if [error is None for error in said] != [True, False, True] or not DENIAL.search(said[1]):
                wrong.append(f"{function} with, without and again with {statement}: {said}")
    for one in wrong:
        print(one)
    return 1 if wrong else 0


def invoked(client, name, order):
    """The error that a function ends with, if it does."""
    answer = client.invoke(FunctionName=name, Payload=json.dumps(order))
    return answer["Payload"].read().decode() if "FunctionError" in answer else None


@contextmanager
def without(iam, role, policy, statement):
    """Takes a statement out of a role's policy for a while."""
    document = iam.get_role_policy(RoleName=role, PolicyName=policy)["PolicyDocument"]
    left = [one for one in document["Statement"] if one["Sid"] != statement]
    if len(left) == len(document["Statement"]):
        raise LookupError(f"{role} has no statement {statement}")
    iam.put_role_policy(
        RoleName=role, PolicyName=policy, PolicyDocument=json.dumps(document | {"Statement": left})
    )
    try:
        yield
    finally:
        iam.put_role_policy(RoleName=role, PolicyName=policy, PolicyDocument=json.dumps(document))


@contextmanager
def unrecorded(calls):
    """Marks in the record where calls begin that do not count, and where they end."""
    mark(calls, counts=False)
    try:
        yield
    finally:
        mark(calls, counts=True)


def mark(calls, counts):
    with open(calls, "a", encoding="utf-8") as record:
        record.write(json.dumps({"counts": counts}) + "\n")


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
