"""A role that allows too little or too much is found out, and so is a list that is not right any more."""

import tempfile
import unittest
from pathlib import Path
from unittest import mock

import enforced
import permissions
import proof
from actions import Asked, normal
from policies import Template

ROOT = Path(__file__).parents[2]
TEMPLATE = """
Parameters:
  Zones: {Type: CommaDelimitedList, Default: ""}
Conditions:
  HasZones: !Not [!Equals [!Join ["", !Ref Zones], ""]]
Resources:
  Key: {Type: AWS::KMS::Key, Properties: {KeyPolicy: {Version: "2012-10-17", Statement: []}}}
  Role:
    Type: AWS::IAM::Role
    Properties:
      Policies:
        - PolicyDocument:
            Statement:
              - {Sid: Send, Effect: Allow, Action: "sqs:SendMessage", Resource: !GetAtt Queue.Arn}
              - !If
                - HasZones
                - Sid: Change
                  Effect: Allow
                  Action: route53:ChangeResourceRecordSets
                  Resource: !Ref Zones
                  Condition: {StringEquals: {a: !Sub "${AWS::Region}/${Queue.Arn}"}, "Null": {b: !Ref AWS::NoValue}}
                - !Ref AWS::NoValue
"""
QUEUE = "arn:aws:sqs:us-east-1:123456789012:commands"
ZONE = "arn:aws:route53:::hostedzone/Z1EXAMPLE"


def statements(parameters):
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "template.yaml"
        file.write_text(TEMPLATE, encoding="utf-8")
        physical = {"Queue": {"Ref": "url", "Arn": QUEUE}}
        return dict(Template(file, parameters, physical, {"AWS::Region": "us-east-1"}).roles())["Role"]


def request(service, operation, params, status=200):
    return {
        "service": service,
        "operation": operation,
        "params": params,
        "region": "us-west-2",
        "status": status,
    }


def asked(*requests):
    questions, of = [], Asked({"arn:aws:sns:us-west-2:123456789012:a": "key"})
    for one in requests:
        questions = [
            (question.action, question.resource.rpartition(":")[2], question.context)
            for question in of.of(one)
        ]
    return [
        (action, resource, {key: value for key, value in context.items() if key != "aws:RequestedRegion"})
        for action, resource, context in questions
    ]


class World:
    """A world of one role, as the judge sees it."""

    name = "e2e"

    def __init__(self, *role):
        self.role = list(role)

    def roles(self):
        return {"Role": self.role}

    def key_policies(self):
        return {}


def judged(role, *questions):
    """Whether each is allowed, what is ignored, and which actions are needed."""
    listed = [
        {"world": "e2e", "role": "Role", "action": action, "resource": resource, "context": context}
        for action, resource, context in questions
    ]
    said = permissions.judge(ROOT, [World(*role)], listed)
    return said["answers"], {(one["sid"], one["action"]): one["used"] for one in said["uses"]}


def allow(sid, actions, resource, **more):
    return {"Sid": sid, "Effect": "Allow", "Action": actions, "Resource": resource} | more


class Permissions(unittest.TestCase):
    def test_a_role_is_read_as_cloudformation_does(self):
        send = {"Sid": "Send", "Effect": "Allow", "Action": "sqs:SendMessage", "Resource": QUEUE}
        self.assertEqual(statements({}), [send])
        self.assertEqual(
            statements({"Zones": f"{ZONE},x"})[1],
            {
                "Sid": "Change",
                "Effect": "Allow",
                "Action": "route53:ChangeResourceRecordSets",
                "Resource": [ZONE, "x"],
                "Condition": {"StringEquals": {"a": f"us-east-1/{QUEUE}"}, "Null": {}},
            },
        )

    def test_a_snapshot_has_the_tags_that_its_request_gave_it(self):
        tags = [{"Key": "lamplighter:target", "Value": "db"}]
        create = request(
            "rds",
            "CreateDBSnapshot",
            {"DBInstanceIdentifier": "db", "DBSnapshotIdentifier": "s", "Tags": tags},
        )
        delete = request("rds", "DeleteDBSnapshot", {"DBSnapshotIdentifier": "s"})
        given = {"aws:RequestTag/lamplighter:target": "db", "aws:TagKeys": ["lamplighter:target"]}
        self.assertEqual(
            asked(create),
            [
                ("rds:CreateDBSnapshot", "db", given),
                ("rds:CreateDBSnapshot", "s", given),
                ("rds:AddTagsToResource", "s", given),
            ],
        )
        self.assertEqual(
            asked(create, delete),
            [("rds:DeleteDBSnapshot", "s", {"aws:ResourceTag/lamplighter:target": "db"})],
        )
        self.assertEqual(asked(create | {"status": 400}, delete), [("rds:DeleteDBSnapshot", "s", {})])

    def test_what_a_request_takes_beside_its_own_action_is_asked_too(self):
        publish = asked(request("sns", "Publish", {"TopicArn": "arn:aws:sns:us-west-2:123456789012:a"}))
        self.assertEqual(
            [action for action, _, _ in publish], ["sns:Publish", "kms:GenerateDataKey", "kms:Decrypt"]
        )
        write = {
            "TransactItems": [
                {"Put": {"TableName": "t"}},
                {"Put": {"TableName": "t"}},
                {"ConditionCheck": {"TableName": "t"}},
            ]
        }
        self.assertEqual(
            [action for action, _, _ in asked(request("dynamodb", "TransactWriteItems", write))],
            ["dynamodb:ConditionCheckItem", "dynamodb:PutItem"],
        )
        with self.assertRaises(LookupError):
            asked(request("ec2", "RunInstances", {}))

    def test_names_of_records_are_normalized(self):
        self.assertEqual(
            [normal(name) for name in ("WWW.Example.com.", "*.example.com")],
            ["www.example.com", "\\052.example.com"],
        )

    def test_too_little_and_too_much_are_found(self):
        role = [
            allow("Send", ["sqs:SendMessage", "sqs:DeleteMessage"], QUEUE),
            allow("SendMore", "sqs:SendMessage", "*"),
            allow(
                "Change",
                "route53:ChangeResourceRecordSets",
                ZONE,
                Condition={
                    "ForAllValues:StringEquals": {"route53:ChangeResourceRecordSetsActions": ["UPSERT"]}
                },
            ),
        ]
        changes = [
            ("route53:ChangeResourceRecordSets", ZONE, {"route53:ChangeResourceRecordSetsActions": [action]})
            for action in ("UPSERT", "DELETE")
        ]
        answers, uses = judged(
            role,
            ("sqs:SendMessage", QUEUE, {}),
            *changes,
            ("sqs:SendMessage", QUEUE, {"sqs:Colour": "red"}),
            ("sqs:Sing", QUEUE, {}),
        )
        self.assertEqual([answer.get("allowed") for answer in answers], [True, True, False, True, None])
        self.assertEqual((answers[3]["ignored"], "error" in answers[4]), (["sqs:Colour"], True))
        self.assertEqual(
            uses,
            {
                ("Send", "sqs:SendMessage"): False,
                ("Send", "sqs:DeleteMessage"): False,
                ("SendMore", "sqs:SendMessage"): False,
                ("Change", "route53:ChangeResourceRecordSets"): True,
            },
        )
        self.assertTrue(judged(role[:1], ("sqs:SendMessage", QUEUE, {}))[1]["Send", "sqs:SendMessage"])

    def test_a_key_is_used_where_its_own_policy_lets_roles_decide(self):
        key = "arn:aws:kms:us-east-1:123456789012:key/a"
        role = [
            allow(
                "Use",
                "kms:Decrypt",
                key,
                Condition={"StringEquals": {"kms:ViaService": "sns.us-east-1.amazonaws.com"}},
            )
        ]
        via = [
            ("kms:Decrypt", key, {"kms:ViaService": f"{service}.us-east-1.amazonaws.com"})
            for service in ("sns", "sqs")
        ]
        self.assertEqual([answer["allowed"] for answer in judged(role, *via)[0]], [True, False])

    def test_lists_of_reasons_are_right(self):
        template = mock.Mock(all_statements=lambda: [("Role", {"Send", "Gone"})])
        uses = {("Role", "Send", "sqs:SendMessage"): True, ("Role", "Send", "sqs:DeleteMessage"): False}
        lists = {
            "OF_LAMBDA": {("*", "Send", "sqs:ReceiveMessage"): "?"},
            "UNSHOWN": {("Role", "Send", "sqs:SendMessage"): "?"},
        }
        with mock.patch.multiple(permissions, **lists):
            self.assertEqual(
                permissions.left_over(uses, [mock.Mock(template=template)]),
                [
                    "Role: Send: without sqs:DeleteMessage nothing that was recorded is denied",
                    "Role: Send: sqs:SendMessage is needed, and UNSHOWN says that nothing shows it",
                    "the template has no * Send sqs:ReceiveMessage, which a list has a reason for",
                    "Role: Gone is never in force",
                ],
            )

    def test_a_statement_without_a_flow_is_found(self):
        receive = {"Sid": "Receive", "Action": ["sqs:ReceiveMessage", "sqs:DeleteMessage"]}
        send, new = ({"Sid": sid, "Action": "sqs:SendMessage"} for sid in ("Send", "New"))
        lists = {"FLOWS": {("a", "Send"): "?", ("a", "Gone"): "?"}, "NOT_ENFORCED": {("*", "Send"): "?"}}
        said = [
            "a: Send has 2 entries in the lists",
            "a: New has no flow and no reason why there is none",
            "a: Gone is in a list, and in no deployed role",
        ]
        with mock.patch.multiple(enforced, **lists):
            self.assertEqual(enforced.uncovered({"a": [receive, send, new]}), said)

    def test_operations_that_only_the_code_or_only_the_record_has_are_found(self):
        sent = {("a", "rds", "CopyDBSnapshot"), ("shell", "sns", "Publish"), ("a", "sqs", "SendMessage")}
        seen = {("b", "sns", "Publish"), ("b", "rds", "CopyDBSnapshot"), ("a", "sqs", "SendMessage")}
        with mock.patch.object(proof, "UNSEEN", {("a", "sqs", "SendMessage"): "?"}):
            self.assertEqual(
                proof.compared(sent, seen),
                [
                    "a: rds CopyDBSnapshot is in the code, and no test sends it",
                    "a: sqs SendMessage is sent, and UNSEEN names it",
                    "b: rds CopyDBSnapshot is sent, and the code does not name it",
                ],
            )


if __name__ == "__main__":
    unittest.main()
