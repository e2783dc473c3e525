"""Shows on the local cloud that roles count: with a statement taken away its flow fails, and with it again it works.

`enforced.py STACK CALLS`: the stack, and the record of calls, which these are no part of. Every statement of the roles of
the deployed functions has a flow, or a reason why nothing here shows that it is needed.
"""

import base64
import json
import sys
from contextlib import contextmanager, nullcontext

import boto3
from exceptions import OF_LAMBDA
from flows import DENIED, FLOWS, NOT_ENFORCED, Said
from permissions import matches
from question import ACCOUNT


def main(stack, calls):
    deployed = dict(policies(stack))
    wrong = uncovered({name: document["Statement"] for name, (_, document) in deployed.items()})
    with unrecorded(calls):
        for (function, sid), flow in FLOWS.items():
            if function in deployed and sid in sids(deployed[function][1]):
                wrong += tried(stack, function, sid, flow, *deployed[function])
    for one in wrong:
        print(one)
    print(f"    {len(FLOWS)} flows need the statement that they were taken", file=sys.stderr)
    return 1 if wrong else 0


def policies(stack):
    """The role of each function of a stack, and the policy that it has."""
    iam = boto3.client("iam")
    for page in boto3.client("lambda").get_paginator("list_functions").paginate():
        for one in page["Functions"]:
            if one["FunctionName"].startswith(f"{stack}-"):
                function = one["FunctionName"].removeprefix(f"{stack}-")
                role = one["Role"].rpartition("/")[2]
                found = iam.get_role_policy(RoleName=role, PolicyName=function)
                yield function, (role, found["PolicyDocument"])


def uncovered(deployed):
    """Statements with neither a flow nor a reason, or with both, and entries of lists that no statement needs."""
    problems, known = [], set()
    for function, statements in sorted(deployed.items()):
        for statement in statements:
            sid, actions = statement["Sid"], statement["Action"]
            actions = [actions] if isinstance(actions, str) else actions
            entries = {(function, sid), ("*", sid)} & (FLOWS | NOT_ENFORCED).keys()
            known |= entries
            # The local cloud has an action of its own for a batch.
            actions = {action.removesuffix("Batch") for action in actions}
            of_lambda = all(any(matches(one, "*", sid, action) for one in OF_LAMBDA) for action in actions)
            if not entries and not of_lambda:
                problems.append(f"{function}: {sid} has no flow and no reason why there is none")
            if len(entries) + of_lambda > 1:
                problems.append(f"{function}: {sid} has {len(entries) + of_lambda} entries in the lists")
    for function, sid in sorted((FLOWS | NOT_ENFORCED).keys() - known):
        problems.append(f"{function}: {sid} is in a list, and in no deployed role")
    return problems


def tried(stack, function, sid, flow, role, document):
    """What is wrong with a flow: with the statement, without it, and with it again."""
    with nullcontext() if flow.topics_allow else closed_topics(stack):
        said = [invoked(stack, function, flow.orders[0])]
        with without(role, function, document, sid):
            said.append(invoked(stack, function, flow.orders[1]))
        said.append(invoked(stack, function, flow.orders[2]))
    denied = DENIED.search(said[1].answer + said[1].log)
    if denied and [flow.works(one) for one in said] == [True, False, True]:
        return []
    return [f"{function} with, without and again with {sid}: {[one.answer for one in said]}"]


def invoked(stack, function, order):
    """What came of an order."""
    payload = json.dumps(order() if callable(order) else order)
    answer = boto3.client("lambda").invoke(
        FunctionName=f"{stack}-{function}", Payload=payload, LogType="Tail"
    )
    return Said(
        answer=answer["Payload"].read().decode(),
        is_error="FunctionError" in answer,
        log=base64.b64decode(answer["LogResult"]).decode(errors="replace"),
    )


def sids(document):
    """The names of a policy's statements."""
    return {one["Sid"] for one in document["Statement"]}


@contextmanager
def without(role, policy, document, sid):
    """Takes a statement out of a role's policy for a while."""
    iam = boto3.client("iam")

    def put(statements):
        text = json.dumps(document | {"Statement": statements})
        iam.put_role_policy(RoleName=role, PolicyName=policy, PolicyDocument=text)

    put([one for one in document["Statement"] if one["Sid"] != sid])
    try:
        yield
    finally:
        put(document["Statement"])


@contextmanager
def closed_topics(stack):
    """Takes away for a while what the policies of the reports' topics allow by themselves."""
    sns, kept = boto3.client("sns"), {}
    for topic in ("outcomes", "chat"):
        arn = f"arn:aws:sns:us-east-1:{ACCOUNT}:{stack}-{topic}"
        kept[arn] = sns.get_topic_attributes(TopicArn=arn)["Attributes"]["Policy"]
        document = json.loads(kept[arn])
        [allowed] = document["Statement"]
        # Nobody but this account's root, which leaves it to the roles.
        left = document | {"Statement": [allowed | {"Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}}]}
        sns.set_topic_attributes(TopicArn=arn, AttributeName="Policy", AttributeValue=json.dumps(left))
    try:
        yield
    finally:
        for arn, policy in kept.items():
            sns.set_topic_attributes(TopicArn=arn, AttributeName="Policy", AttributeValue=policy)


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
