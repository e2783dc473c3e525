"""Where calls were recorded, and what the template's resources are called there."""

from dataclasses import dataclass

import yaml
from policies import Template
from question import ACCOUNT

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
            found[function["CodeUri"].rpartition("/")[2]] = (
                role.split(".")[0] if isinstance(role, str) else role[0]
            )
        return found

    def role_named(self, arn):
        """The role of an ARN."""
        return next(
            name
            for name, _ in self.template.resources("AWS::IAM::Role")
            if self.template.physical[name]["Arn"] == arn
        )

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
        return {
            self.template.physical[name]["Arn"]: self.template.value(key["KeyPolicy"])
            for name, key in self.template.resources("AWS::KMS::Key")
        }


def local(root, stack):
    """The local cloud, with the parameters that an operator would give its playbook."""
    named = list(yaml.safe_load(stack["playbook"])["targets"].values())
    parameters = stack["parameters"] | {
        # One is not there, which is what a test is about.
        "ServiceArns": [
            f"arn:aws:ecs:{REGION}:{ACCOUNT}:service/{one['cluster']}/{one['service']}"
            for one in named
            if one["kind"] == "service"
        ],
        "BackupKeyArns": sorted(
            {copy["kms-key"] for one in named for copy in one.get("copies", []) if "kms-key" in copy}
        ),
        "FailoverDistributionArns": [
            f"arn:aws:cloudfront::{ACCOUNT}:distribution/{one[side]['distribution']}"
            for one in named
            if one.get("strategy") == "distribution-domain"
            for side in ("primary", "secondary")
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
    "OutcomesTopic": "outcomes",
    "ChatTopic": "chat",
    "LedgerTable": "ledger",
    "Checks": "lamplighter",
    "Boosts": "lamplighter",
    "SchedulerRole": "wake-router",
    "ServiceSchedulerRole": "end-boosts",
    "InvalidateCacheCommands": "invalidate-cache.fifo",
    "ScaleServiceCommands": "scale-service.fifo",
    "SchedulesDeadLetters": "schedules-dead-letters",
}
CONTROLS = f"arn:aws:route53-recovery-control::{ACCOUNT}:controlpanel/0123abcd/routingcontrol"
PARAMETERS = {
    "Environment": "prod",
    "DistributionArns": [
        f"arn:aws:cloudfront::{ACCOUNT}:distribution/E1EXAMPLE",
        f"arn:aws:cloudfront::{ACCOUNT}:distribution-tenant/dt_EXAMPLE",
    ],
    "ServiceArns": [
        f"arn:aws:ecs:{REGION}:{ACCOUNT}:service/portfolio/*",
        f"arn:aws:ecs:{REGION}:{ACCOUNT}:service/fleet/*",
    ],
    "DatabaseArns": [f"arn:aws:rds:{REGION}:{ACCOUNT}:db:*", f"arn:aws:rds:{REGION}:{ACCOUNT}:cluster:*"],
    "BackupRegions": ["us-west-2"],
    "BackupKeyArns": [f"arn:aws:kms:us-west-2:{ACCOUNT}:key/far"],
    "HostedZoneArns": ["arn:aws:route53:::hostedzone/Z1EXAMPLE"],
    "HealthCheckArns": ["arn:aws:route53:::healthcheck/11111111-2222-3333-4444-555555555555"],
    "ForcedHealthCheckArns": ["arn:aws:route53:::healthcheck/99999999-2222-3333-4444-555555555555"],
    "StandbyObjectArns": ["arn:aws:s3:::standby-switch", "arn:aws:s3:::standby-switch/failed-over"],
    "RoutingControlArns": [f"{CONTROLS}/primary", f"{CONTROLS}/secondary"],
    "FailoverDistributionArns": [f"arn:aws:cloudfront::{ACCOUNT}:distribution/E1EXAMPLE"],
}


def pseudo(stack):
    """What CloudFormation knows by itself."""
    return {
        "AWS::AccountId": ACCOUNT,
        "AWS::Region": REGION,
        "AWS::Partition": "aws",
        "AWS::StackName": stack,
        "AWS::URLSuffix": "amazonaws.com",
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
    short = (
        name.rpartition("/")[2]
        if kind == "AWS::SQS::Queue"
        else name.rpartition(":")[2]
        if kind == "AWS::SNS::Topic"
        else name
    )
    if kind not in ARNS:
        return {"Ref": name, "Arn": name}
    arn = "arn:aws:" + ARNS[kind].format(region=REGION, account=ACCOUNT, id=short)
    return {
        "Ref": arn if kind == "AWS::SNS::Topic" else name,
        "Arn": arn,
        "QueueName": short,
        "TopicName": short,
    }
