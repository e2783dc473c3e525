"""Good requests of each protocol, as botocore writes them, are read as what they were; bad ones are found out."""

import io
import unittest
from urllib.parse import urlencode

import calls
import rules
import wire
from botocore.serialize import create_serializer

# What the SDK of Rust speaks where a service speaks several.
PROTOCOLS = {"cloudwatch": "smithy-rpc-v2-cbor"}
ZONE = {
    "HostedZoneId": "Z1EXAMPLE",
    "ChangeBatch": {
        "Changes": [
            {
                "Action": "UPSERT",
                "ResourceRecordSet": {
                    "Name": "www.example.com",
                    "Type": "A",
                    "SetIdentifier": "primary",
                    "Weight": 0,
                    "TTL": 60,
                    "ResourceRecords": [{"Value": "192.0.2.1"}, {"Value": "192.0.2.2"}],
                },
            }
        ]
    },
}
SCHEDULE = {
    "Name": "end-boost",
    "GroupName": "boosts",
    "ScheduleExpression": "at(2026-11-21T09:30:00)",
    "ClientToken": "once",
    "FlexibleTimeWindow": {"Mode": "OFF"},
    "Target": {
        "Arn": "arn:aws:sqs:us-east-1:123456789012:commands.fifo",
        "RoleArn": "arn:aws:iam::123456789012:role/wake",
    },
}
ALARMS = {"AlarmNames": ["weather-primary-health"], "AlarmTypes": ["MetricAlarm"], "MaxRecords": 100}
SNAPSHOT = {
    "DBSnapshotIdentifier": "lamplighter-1",
    "DBInstanceIdentifier": "weather",
    "Tags": [{"Key": "lamplighter:target", "Value": "weather-db"}, {"Key": "a", "Value": ""}],
}
REPORT = {
    "TopicArn": "arn:aws:sns:us-east-1:123456789012:outcomes",
    "Message": "{}",
    "MessageAttributes": {"verdict": {"DataType": "String", "StringValue": "acted"}},
}
BATCH = {
    "QueueUrl": "https://sqs.us-east-1.amazonaws.com/123456789012/a.fifo",
    "Entries": [{"Id": "0", "MessageBody": "{}"}],
}
ITEM = {"TableName": "ledger", "Item": {"pk": {"S": "lease"}, "until": {"N": "1"}}}
OBJECT = {
    "Bucket": "standby",
    "Key": "weather/www",
    "Body": b"moved",
    "IfNoneMatch": "*",
    "Metadata": {"order": "c-1", "delivery": "m-1"},
}


def call(service, operation, params):
    """A call as botocore sends it."""
    found = calls.model(service).operation_model(operation)
    protocol = PROTOCOLS.get(service, found.service_model.resolved_protocol)
    sent = create_serializer(protocol, False).serialize_to_request(params, found)
    body = sent["body"]
    if isinstance(body, dict):
        body = urlencode(body).encode()
        sent["headers"]["Content-Type"] = "application/x-www-form-urlencoded; charset=utf-8"
    if isinstance(body, str):
        body = body.encode()
    if isinstance(body, io.IOBase):
        body = body.read()
    headers = {name.lower(): value for name, value in sent["headers"].items()}
    query = sent["query_string"] if isinstance(sent["query_string"], str) else urlencode(sent["query_string"])
    path, _, behind = sent["url_path"].partition("?")
    made = calls.Call(
        sent["method"],
        path,
        "&".join(filter(None, (query, behind))),
        headers,
        body or b"",
        200,
        "",
        "",
        service,
        "us-east-1",
        "f",
        "e2e",
    )
    made.operation = calls.operation(made)
    return made


def wrong(made):
    """The members of a call that are wrong, and why."""
    params, problems = wire.params(made)
    problems += rules.check(made.operation.input_shape, params)
    return [(member, why) for member, _, why in problems]


GOOD = [
    ("route53", "ChangeResourceRecordSets", ZONE),
    ("scheduler", "CreateSchedule", SCHEDULE),
    ("cloudwatch", "DescribeAlarms", ALARMS),
    ("rds", "CreateDBSnapshot", SNAPSHOT),
    ("sns", "Publish", REPORT),
    ("sqs", "SendMessageBatch", BATCH),
    ("dynamodb", "PutItem", ITEM),
    ("s3", "PutObject", OBJECT),
]


class Requests(unittest.TestCase):
    def test_what_botocore_writes_is_read_as_it_was(self):
        for service, operation, params in GOOD:
            with self.subTest(operation):
                made = call(service, operation, params)
                self.assertEqual(
                    (made.operation.name, wire.params(made), wrong(made)), (operation, (params, []), [])
                )

    def breaks(self, service, operation, params, old, new, expected):
        made = call(service, operation, params)
        self.assertIn(old, made.body)
        made.body = made.body.replace(old, new)
        self.assertEqual(wrong(made), expected)

    def test_a_member_that_does_not_exist_is_found_in_every_protocol(self):
        self.breaks(
            "route53",
            "ChangeResourceRecordSets",
            ZONE,
            b"Weight>",
            b"Heavy>",
            [("ChangeBatch.Changes[0].ResourceRecordSet.Heavy", "ResourceRecordSet has no such member")],
        )
        self.breaks(
            "scheduler",
            "CreateSchedule",
            SCHEDULE,
            b'"RoleArn"',
            b'"RollArn"',
            [("Target.RollArn", "Target has no such member"), ("Target.RoleArn", "Target requires it")],
        )
        self.breaks(
            "cloudwatch",
            "DescribeAlarms",
            ALARMS,
            b"MaxRecords",
            b"MaxResults",
            [("MaxResults", "DescribeAlarmsInput has no such member")],
        )
        self.breaks(
            "rds",
            "CreateDBSnapshot",
            SNAPSHOT,
            b"Tags.Tag.1",
            b"Tags.Tagg.1",
            [
                ("Tags.Tag.2.Key", "the model has no such field"),
                ("Tags.Tag.2.Value", "the model has no such field"),
                ("Tags.Tagg.1.Key", "the model has no such field"),
                ("Tags.Tagg.1.Value", "the model has no such field"),
            ],
        )
        self.breaks(
            "sqs",
            "SendMessageBatch",
            BATCH,
            b'"Id"',
            b'"ID"',
            [
                ("Entries[0].ID", "SendMessageBatchRequestEntry has no such member"),
                ("Entries[0].Id", "SendMessageBatchRequestEntry requires it"),
            ],
        )
        made = call("s3", "PutObject", OBJECT)
        made.headers["x-amz-tags"] = "a"
        made.query += "&versionID=1"
        self.assertEqual(
            wrong(made),
            [("?versionID", "the model has no such member"), ("x-amz-tags", "the model has no such header")],
        )

    def test_a_value_of_another_type_is_found(self):
        self.breaks(
            "route53",
            "ChangeResourceRecordSets",
            ZONE,
            b"<Weight>0",
            b"<Weight>half",
            [("ChangeBatch.Changes[0].ResourceRecordSet.Weight", "is no long")],
        )
        self.breaks(
            "sqs",
            "SendMessageBatch",
            BATCH,
            b'"MessageBody": "{}"',
            b'"MessageBody": {}',
            [("Entries[0].MessageBody", "is no string")],
        )
        # The number 100 in CBOR, and the text `1`.
        self.breaks(
            "cloudwatch",
            "DescribeAlarms",
            ALARMS,
            b"MaxRecords\x18\x64",
            b"MaxRecords\x611",
            [("MaxRecords", "is no integer")],
        )

    def test_what_is_not_of_its_protocol_is_found(self):
        made = call("route53", "ChangeResourceRecordSets", ZONE)
        made.body = made.body[:-5]
        self.assertEqual([member for member, _ in wrong(made)], ["body", "HostedZoneId", "ChangeBatch"])

    def bad(self, service, operation, params, member, why):
        self.assertEqual(wrong(call(service, operation, params)), [(member, why)])

    def test_every_rule_of_the_model_is_kept(self):
        self.bad(
            "scheduler",
            "CreateSchedule",
            SCHEDULE | {"Name": "a" * 65},
            "Name",
            "65 characters: more than 64",
        )
        self.bad(
            "scheduler",
            "CreateSchedule",
            SCHEDULE | {"GroupName": "a b"},
            "GroupName",
            "does not match [0-9a-zA-Z-_.]+",
        )
        self.bad(
            "scheduler",
            "CreateSchedule",
            SCHEDULE | {"FlexibleTimeWindow": {"Mode": "ON"}},
            "FlexibleTimeWindow.Mode",
            "is none of OFF, FLEXIBLE",
        )
        self.bad(
            "cloudwatch", "DescribeAlarms", ALARMS | {"MaxRecords": 101}, "MaxRecords", "101: more than 100"
        )
        self.bad(
            "cloudwatch",
            "DescribeAlarms",
            ALARMS | {"AlarmNames": ["a"] * 101},
            "AlarmNames",
            "101 elements: more than 100",
        )
        self.bad(
            "cloudwatch",
            "DescribeAlarms",
            ALARMS | {"AlarmNames": [""]},
            "AlarmNames[0]",
            "0 characters: less than 1",
        )
        self.bad(
            "dynamodb",
            "TransactWriteItems",
            {"TransactItems": []},
            "TransactItems",
            "0 elements: less than 1",
        )
        self.bad(
            "rds",
            "CreateDBSnapshot",
            {"DBInstanceIdentifier": "weather"},
            "DBSnapshotIdentifier",
            "CreateDBSnapshotMessage requires it",
        )
        one_of = calls.model("bedrock-runtime").shape_for("ToolChoice")
        self.assertEqual(
            [why for _, _, why in rules.check(one_of, {"auto": {}, "any": {}})],
            ["ToolChoice has exactly one member"],
        )
        self.bad("dynamodb", "Query", {"TableName": "ledger", "Limit": 0}, "Limit", "0: less than 1")

    def test_patterns_are_read_as_java_reads_them(self):
        for pattern, good, bad in [
            (r"^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$", "Größe 1", "a#"),
            (r"\p{Nd}+x", "12x", "x"),
            (r"[\p{Graph}]+", "a", " "),
            (r"^[\u0020-\uD7FF\uE000-\uFFFD\uD800\uDC00-\uDBFF\uDFFF\r\n\t]*$", "service/a/😀", "\x00"),
        ]:
            with self.subTest(pattern):
                self.assertEqual((rules.matches(pattern, good), rules.matches(pattern, bad)), (True, False))


if __name__ == "__main__":
    unittest.main()
