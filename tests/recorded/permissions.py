"""Proves that the roles of the template allow what was recorded, and that nothing of them is left over.

A simulator of policies judges: every call, and whether one is denied when a statement lacks one of its actions.
"""

import json
import subprocess
from dataclasses import dataclass
from pathlib import Path

import yaml
from actions import ACCOUNT, Asked
from exceptions import DENIED, OF_LAMBDA, UNKNOWN_ACTIONS, UNSHOWN
from policies import Template

REGION = "us-east-1"


@dataclass
class World:
    """Where calls were recorded: the template with the values that fit there, and what its resources are called."""

    name: str
    template: Template

    def roles(self):
        """The statements of each role."""
        return dict(self.template.roles())

    def role_of(self):
        """The role of each function."""
        found = {}
        for _, function in self.template.resources("AWS::Serverless::Function"):
            role = function["Role"]["Fn::GetAtt"]
            found[function["CodeUri"].rpartition("/")[2]] = role.split(".")[0] if isinstance(role, str) else role[0]
        return found

    def role_named(self, arn):
        """The role of an ARN."""
        return next(name for name, _ in self.template.resources("AWS::IAM::Role") if self.template.physical[name]["Arn"] == arn)

    def keys(self):
        """The key of each topic that has one of ours."""
        found = {}
        for name, topic in self.template.resources("AWS::SNS::Topic"):
            key = topic.get("KmsMasterKeyId")
            if isinstance(key, dict):
                logical = key.get("Ref") or key["Fn::GetAtt"].split(".")[0]
                found[self.template.physical[name]["Ref"]] = self.template.physical[logical]["Arn"]
        return found


    def key_policies(self):
        """The policy of each key of the template."""
        return {self.template.physical[name]["Arn"]: self.template.value(key["KeyPolicy"]) for name, key in self.template.resources("AWS::KMS::Key")}


# The policy that an operator's own keys should at least have: the account decides by its roles.
OF_THE_ACCOUNT = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}, "Action": "kms:*", "Resource": "*"}],
}


def prove(root: Path, folder: Path, stack, requests, part, say):
    """What is wrong with the permissions."""
    worlds = [local(root, folder, stack), stand_in(root)]
    questions, problems = [], []
    for world in worlds:
        here = [request for request in requests if request["local"] == (world.name == "e2e")]
        questions += of_requests(world, here)
        questions += of_schedules(world, here)
    questions = unique(questions)
    answers = judge(root, worlds, questions)
    denials = set()
    for question, answer in zip(questions, answers["answers"], strict=True):
        where = f"{question['by']}: {question['action']} on {question['resource']} {json.dumps(question['context'])}"
        if "error" in answer:
            problems.append(f"{where} cannot be judged: {answer['error']}")
        elif ignored := sorted(set(answer["ignored"]) - {"aws:RequestedRegion"}):
            problems.append(f"{where}: AWS knows no {', '.join(ignored)} there")
        elif not answer["allowed"]:
            known = next((one for one in DENIED if question["by"] == one[0] and question["action"] == one[1]), None)
            denials.add(known)
            if known is None or 403 not in question["statuses"]:
                problems.append(f"{where} is not allowed by {question['role']} ({question['world']})")
    uses = used(answers["uses"])
    say(f"permissions: {len(questions)} questions of {sum(one['count'] for one in questions)}, "
        f"{len({one[:2] for one in uses})} statements with {len(uses)} actions, {sum(uses.values())} of them shown to be needed")
    if not part:
        problems += left_over(uses, worlds)
        problems += [f"{' '.join(one)} is in DENIED, and was not denied" for one in DENIED if one not in denials]
    return problems


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
    for request in requests:
        for question in asked.of(request):
            if question.known or world.name == "e2e":
                yield entry(world, roles[request["function"]], question, request["function"], request["status"])


def of_schedules(world, requests):
    """What AWS asks of the roles of schedules: of those that requests make, and of the template's own."""
    resolve = world.template.value
    # What stand-ins are told to schedule has targets of all sorts, and no role of the template.
    made = [request["params"]["Target"] for request in requests if request["local"] and request["operation"] == "CreateSchedule"]
    own = [resolve(schedule["Target"]) for _, schedule in world.template.resources("AWS::Scheduler::Schedule")]
    for target in made + own:
        role = world.role_named(target["RoleArn"])
        arns = [target["Arn"], target.get("DeadLetterConfig", {}).get("Arn")]
        for arn in filter(None, arns):
            action = "sqs:SendMessage" if ":sqs:" in arn else "lambda:InvokeFunction"
            yield {"world": world.name, "role": role, "action": action, "resource": arn, "context": {}, "by": "a schedule", "status": 200}


def entry(world, role, question, by, status):
    return {
        "world": world.name, "role": role, "action": question.action, "resource": question.resource, "context": question.context,
        "by": by, "status": status,
    }


def unique(questions):
    """Each question once, with how often it was asked and how it ended."""
    found = {}
    for question in questions:
        status = question.pop("status")
        one = found.setdefault(json.dumps(question, sort_keys=True), question | {"count": 0, "statuses": set()})
        one["count"] += 1
        one["statuses"].add(status)
    return list(found.values())


def judge(root, worlds, questions):
    """The simulator's answers."""
    policies = {world.name: world.key_policies() for world in worlds}
    asked = [
        {key: one[key] for key in ("world", "role", "action", "resource", "context")}
        | ({"keyPolicy": policies[one["world"]].get(one["resource"], OF_THE_ACCOUNT)} if one["action"].startswith("kms:") else {})
        for one in questions
    ]
    roles = {world.name: world.roles() for world in worlds}
    text = json.dumps({"worlds": roles, "questions": asked, "unknownActions": sorted(UNKNOWN_ACTIONS)})
    said = subprocess.run(["node", root / ".tools/judge/judge.mjs"], input=text, capture_output=True, text=True, check=False)
    if said.returncode != 0:
        raise RuntimeError(f"the simulator does not work: {said.stderr}")
    return json.loads(said.stdout)


def local(root, folder, stack):
    """The local cloud, with the parameters that an operator would give its playbook."""
    playbook = yaml.safe_load((folder / "playbook.yaml").read_text(encoding="utf-8"))
    named = list(playbook["targets"].values())
    parameters = stack["parameters"] | {
        "BackupKeyArns": sorted({copy["kms-key"] for one in named for copy in one.get("copies", []) if "kms-key" in copy}),
        "FailoverDistributionArns": [
            f"arn:aws:cloudfront::{ACCOUNT}:distribution/{one[side]['distribution']}"
            for one in named if one.get("strategy") == "distribution-domain" for side in ("primary", "secondary")
        ],
    }
    physical = {name: attributes(one["type"], one["id"]) for name, one in stack["resources"].items()}
    return World("e2e", Template(root / "template.yaml", parameters, physical, pseudo(stack["stack"])))


def stand_in(root):
    """The stand-ins of the tests of the built functions, with their names for everything."""
    template = root / "template.yaml"
    kinds = {name: one["Type"] for name, one in Template(template, {}, {}, {}).template["Resources"].items()}
    physical = {name: attributes(kind, NAMES.get(name, name)) for name, kind in kinds.items()}
    return World("stand-in", Template(template, PARAMETERS, physical, pseudo("lamplighter")))


NAMES = {
    "OutcomesTopic": "outcomes", "ChatTopic": "chat", "LedgerTable": "ledger", "Checks": "lamplighter", "Boosts": "lamplighter",
    "SchedulerRole": "wake-router", "ServiceSchedulerRole": "end-boosts", "InvalidateCacheCommands": "invalidate-cache.fifo",
    "ScaleServiceCommands": "scale-service.fifo",
}
CONTROLS = f"arn:aws:route53-recovery-control::{ACCOUNT}:controlpanel/0123abcd/routingcontrol"
PARAMETERS = {
    "Environment": "prod",
    "DistributionArns": [f"arn:aws:cloudfront::{ACCOUNT}:distribution/E1EXAMPLE", f"arn:aws:cloudfront::{ACCOUNT}:distribution-tenant/dt_EXAMPLE"],
    "ServiceArns": [f"arn:aws:ecs:{REGION}:{ACCOUNT}:service/portfolio/*", f"arn:aws:ecs:{REGION}:{ACCOUNT}:service/fleet/*"],
    "DatabaseArns": [f"arn:aws:rds:{REGION}:{ACCOUNT}:db:*", f"arn:aws:rds:{REGION}:{ACCOUNT}:cluster:*"],
    "BackupRegions": ["us-west-2"],
    "BackupKeyArns": [f"arn:aws:kms:us-west-2:{ACCOUNT}:key/far"],
    "HostedZoneArns": ["arn:aws:route53:::hostedzone/Z1EXAMPLE"],
    "HealthCheckArns": ["arn:aws:route53:::healthcheck/11111111-2222-3333-4444-555555555555"],
    "ForcedHealthCheckArns": ["arn:aws:route53:::healthcheck/99999999-2222-3333-4444-555555555555"],
    "StandbyObjectArns": ["arn:aws:s3:::standby-switch", "arn:aws:s3:::standby-switch/failed-over"],
    "RoutingControlArns": [f"{CONTROLS}/primary", f"{CONTROLS}/secondary"],
    "FailoverDistributionArns": [f"arn:aws:cloudfront::{ACCOUNT}:distribution/E2EXAMPLE"],
}


def pseudo(stack):
    """What CloudFormation knows by itself."""
    return {
        "AWS::AccountId": ACCOUNT, "AWS::Region": REGION, "AWS::Partition": "aws", "AWS::StackName": stack, "AWS::URLSuffix": "amazonaws.com",
        "AWS::StackId": f"arn:aws:cloudformation:{REGION}:{ACCOUNT}:stack/{stack}/1",
    }


ARNS = {
    "AWS::DynamoDB::Table": "dynamodb:{region}:{account}:table/{id}",
    "AWS::IAM::Role": "iam::{account}:role/{id}",
    "AWS::KMS::Key": "kms:{region}:{account}:key/{id}",
    "AWS::Logs::LogGroup": "logs:{region}:{account}:log-group:{id}:*",
    "AWS::Scheduler::ScheduleGroup": "scheduler:{region}:{account}:schedule-group/{id}",
    "AWS::Serverless::Function": "lambda:{region}:{account}:function:{id}",
    "AWS::Lambda::Function": "lambda:{region}:{account}:function:{id}",
    "AWS::SNS::Topic": "sns:{region}:{account}:{id}",
    "AWS::SQS::Queue": "sqs:{region}:{account}:{id}",
}


def attributes(kind, name):
    """What `Ref` and `GetAtt` give of a resource, by the id that CloudFormation lists."""
    short = name.rpartition("/")[2] if kind == "AWS::SQS::Queue" else name.rpartition(":")[2] if kind == "AWS::SNS::Topic" else name
    if kind not in ARNS:
        return {"Ref": name, "Arn": name}
    arn = "arn:aws:" + ARNS[kind].format(region=REGION, account=ACCOUNT, id=short)
    return {"Ref": arn if kind == "AWS::SNS::Topic" else name, "Arn": arn, "QueueName": short, "TopicName": short}
