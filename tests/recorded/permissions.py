"""Proves that the roles of the template allow what was recorded, and that nothing of them is left over.

A simulator of policies judges: every call, and whether one is denied when a statement lacks one of its actions.
"""

import json
import re
import subprocess
from pathlib import Path

from actions import Asked
from exceptions import DENIED, OF_LAMBDA, UNKNOWN_ACTIONS, UNSHOWN
from question import ACCOUNT
from worlds import local, stand_in

# How services say that a role does not allow something.
DENIAL = re.compile(r"AccessDenied|AuthorizationError|not authorized")
# The policy that an operator's own keys should at least have: the account decides by its roles.
OF_THE_ACCOUNT = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"},
            "Action": "kms:*",
            "Resource": "*",
        }
    ],
}


def prove(root: Path, stack, requests, part, say):
    """What is wrong with the permissions."""
    worlds = [local(root, stack), stand_in(root)]
    questions, problems = [], []
    for world in worlds:
        here = [
            request for request in shown(requests) if (request["source"] == "e2e") == (world.name == "e2e")
        ]
        questions += of_requests(world, here)
        questions += of_schedules(world, here)
    questions = unique(questions)
    answers = judge(root, worlds, questions)
    wrong, denied = verdicts(questions, answers["answers"])
    problems += wrong
    uses = used(answers["uses"])
    say(
        f"permissions: {len(questions)} questions of {sum(one['count'] for one in questions)}, "
        f"{len({one[:2] for one in uses})} statements with {len(uses)} actions, {sum(uses.values())} of them shown to be needed"
    )
    if not part:
        problems += left_over(uses, worlds)
        problems += [
            f"{' '.join(one)} is in DENIED, and was not denied" for one in DENIED if one not in denied
        ]
    return problems


def shown(requests):
    """The requests that show permissions: those of adapters' tests, which name what they like, only where no other is."""
    built = {(one["function"], one["operation"]) for one in requests if one["source"] != "adapter"}
    return [
        one
        for one in requests
        if one["source"] != "adapter" or (one["function"], one["operation"]) not in built
    ]


def verdicts(questions, answers):
    """What is wrong by these answers, and which known denials there were.

    Whom the roles deny something, the cloud where it was recorded must have denied it too, and the other way round.
    """
    problems, denials, explained = [], set(), set()
    for question, answer in zip(questions, answers, strict=True):
        where = f"{question['by']}: {question['action']} on {question['resource']} {json.dumps(question['context'])}"
        if "error" in answer:
            problems.append(f"{where} cannot be judged: {answer['error']}")
        elif ignored := sorted(set(answer["ignored"]) - {"aws:RequestedRegion"}):
            problems.append(f"{where}: AWS knows no {', '.join(ignored)} there")
        elif not answer["allowed"]:
            known = (question["by"], question["action"])
            denials.add(known)
            explained |= question["denied"]
            if known not in DENIED or len(question["denied"]) < question["count"]:
                problems.append(f"{where} is not allowed by {question['role']} ({question['world']})")
    for number, what in sorted(set().union(*(question["denied"] for question in questions)) - explained):
        problems.append(f"{what} was denied (request {number}), and the role allows it")
    return problems, denials


def used(uses):
    """Whether each action of each statement of each role is needed, anywhere."""
    found = {}
    for one in uses:
        key = (one["role"], one["sid"], one["action"])
        found[key] = found.get(key, False) or one["used"]
    return found


def left_over(uses, worlds):
    """Actions that no recorded call needs and that are in no list, and entries of lists that are wrong."""
    problems = []
    listed = OF_LAMBDA | UNSHOWN
    for (role, sid, action), is_used in sorted(uses.items()):
        reasons = [entry for entry in listed if matches(entry, role, sid, action)]
        if not is_used and not reasons:
            problems.append(f"{role}: {sid}: without {action} nothing that was recorded is denied")
        for entry in reasons if is_used else []:
            if entry in UNSHOWN:
                problems.append(f"{role}: {sid}: {action} is needed, and UNSHOWN says that nothing shows it")
    for entry in sorted(listed):
        if not any(matches(entry, *one) for one in uses):
            problems.append(f"the template has no {' '.join(entry)}, which a list has a reason for")
    there = {one[:2] for one in uses}
    for role, sids in worlds[0].template.all_statements():
        problems += [f"{role}: {sid} is never in force" for sid in sorted(sids) if (role, sid) not in there]
    return problems


def matches(entry, role, sid, action):
    """Whether an entry of a list is about an action of a statement; `*` is any role."""
    return entry[0] in ("*", role) and entry[1] in ("*", sid) and entry[2] == action


def of_requests(world, requests):
    """What AWS asks of the functions' roles."""
    asked, roles = Asked(world.keys()), world.role_of()
    for number, request in enumerate(requests):
        what = f"{request['function']}: {request['service']} {request['operation']}"
        denied = [(number, what)] if DENIAL.search(request["error"]) else []
        for question in asked.of(request):
            if question.known or world.name == "e2e":
                role, function = roles[request["function"]], request["function"]
                yield entry(
                    world, role, question.action, question.resource, question.context, function, denied
                )


def of_schedules(world, requests):
    """What AWS asks of the roles of schedules: of those that requests make, and of the template's own."""
    resolve = world.template.value
    # What stand-ins are told to schedule has targets of all sorts, and no role of the template.
    made = [
        request["params"]["Target"]
        for request in requests
        if request["source"] == "e2e" and request["operation"] == "CreateSchedule"
    ]
    own = [
        resolve(schedule["Target"]) for _, schedule in world.template.resources("AWS::Scheduler::Schedule")
    ]
    for target in made + own:
        role = world.role_named(target["RoleArn"])
        arns = [target["Arn"], target.get("DeadLetterConfig", {}).get("Arn")]
        for arn in filter(None, arns):
            action = "sqs:SendMessage" if ":sqs:" in arn else "lambda:InvokeFunction"
            yield entry(world, role, action, arn, {}, "a schedule", [])


def entry(world, role, action, resource, context, by, denied):
    """A question, with who asks it and the requests that were denied with it."""
    asked = {"world": world.name, "role": role, "action": action, "resource": resource, "context": context}
    return asked | {"by": by, "denied": denied}


def unique(questions):
    """Each question once, with how often it was asked and the requests that were denied with it."""
    found = {}
    for question in questions:
        denied = question.pop("denied")
        key = json.dumps(question, sort_keys=True)
        one = found.setdefault(key, question | {"count": 0, "denied": set()})
        one["count"] += 1
        one["denied"] |= set(denied)
    return list(found.values())


def judge(root, worlds, questions):
    """The simulator's answers."""
    policies = {world.name: world.key_policies() for world in worlds}
    asked = [
        {key: one[key] for key in ("world", "role", "action", "resource", "context")}
        | (
            {"keyPolicy": policies[one["world"]].get(one["resource"], OF_THE_ACCOUNT)}
            if one["action"].startswith("kms:")
            else {}
        )
        for one in questions
    ]
    roles = {world.name: world.roles() for world in worlds}
    text = json.dumps({"worlds": roles, "questions": asked, "unknownActions": sorted(UNKNOWN_ACTIONS)})
    said = subprocess.run(
        ["node", root / ".tools/judge/judge.mjs"], input=text, capture_output=True, text=True, check=False
    )
    if said.returncode != 0:
        raise RuntimeError(f"the simulator does not work: {said.stderr}")
    return json.loads(said.stdout)
