"""What AWS checks before it does what a request asks for: actions, resources and the context of conditions.

Source: the Service Authorization Reference, and for what one action takes beside its own the services' documentation.
"""

import re
from dataclasses import dataclass, field
from urllib.parse import urlsplit

ACCOUNT = "123456789012"


@dataclass(frozen=True)
class Question:
    """Whether an action on a resource is allowed."""

    action: str
    resource: str
    context: dict = field(default_factory=dict)
    # A question about tags that nobody knows is not asked.
    known: bool = True


class Asked:
    """The questions of requests, in the order of the requests: what they make has the tags that they give it."""

    def __init__(self, keys):
        # The key of each encrypted topic.
        self.keys = keys
        self.tags = {}

    def of(self, request):
        """What AWS asks of whoever sends a request."""
        service, operation, params = request["service"], request["operation"], request["params"]
        region, prefix = request["region"], PREFIXES.get(service, service)
        ask = getattr(self, f"{service}_{operation}".replace("-", "_"), None) or getattr(self, service.replace("-", "_"), None)
        if ask is None:
            raise LookupError(f"{service} {operation} has no row in actions.py")
        questions = list(ask(f"{prefix}:{operation}", params, region, request))
        if request["status"] < 300:
            self.remember(request)
        return [Question(one.action, one.resource, {"aws:RequestedRegion": GLOBAL.get(service, region)} | one.context, one.known) for one in questions]

    # CloudFront, which has no Regions.

    def cloudfront(self, action, params, _region, _request):
        kind = "distribution-tenant" if "ForDistributionTenant" in action else "distribution"
        named = params.get("DistributionId") or params.get("Id")
        if target := params.get("TargetResource") or params.get("DomainControlValidationResource"):
            named = target["DistributionId"]
        arn = f"arn:aws:cloudfront::{ACCOUNT}:{kind}/{named}"
        yield Question(action, arn)
        if action.endswith(":UpdateDomainAssociation"):
            # It takes the alternate domain name into the configuration of the target.
            yield Question("cloudfront:UpdateDistribution", arn)

    # Route 53.

    def route53(self, action, params, _region, _request):
        if zone := params.get("HostedZoneId"):
            yield Question(action, f"arn:aws:route53:::hostedzone/{zone}", records(params))
        elif check := params.get("HealthCheckId"):
            yield Question(action, f"arn:aws:route53:::healthcheck/{check}")
        else:
            yield Question(action, f"arn:aws:route53:::change/{params['Id']}")

    def route53_recovery_cluster(self, action, params, _region, _request):
        arns = [params["RoutingControlArn"]] if "RoutingControlArn" in params else [
            entry["RoutingControlArn"] for entry in params["UpdateRoutingControlStateEntries"]
        ]
        overrides = bool(params.get("SafetyRulesToOverride"))
        context = {"route53-recovery-cluster:AllowSafetyRulesOverrides": str(overrides).lower()} if "Update" in action else {}
        for arn in arns:
            yield Question(action, arn, context)

    # CloudWatch. It tells of composite alarms only those who may describe all.

    def cloudwatch(self, action, params, region, _request):
        yield Question(action, "*" if action.endswith("Statistics") else f"arn:aws:cloudwatch:{region}:{ACCOUNT}:alarm:any")

    # S3.

    def s3(self, action, params, _region, request):
        action = {"s3:HeadObject": "s3:GetObject"}.get(action, action)
        yield Question(action, f"arn:aws:s3:::{params['Bucket']}/{params['Key']}")
        if request["status"] == 404:
            # Whoever may not list is told that it is forbidden.
            yield Question("s3:ListBucket", f"arn:aws:s3:::{params['Bucket']}")

    # ECS and what scales it.

    def ecs(self, action, params, region, _request):
        names = params.get("services") or [params["service"]]
        for name in names:
            yield Question(action, name if name.startswith("arn:") else f"arn:aws:ecs:{region}:{ACCOUNT}:service/{params['cluster']}/{name}")

    def application_autoscaling(self, action, params, region, _request):
        if not action.endswith(":RegisterScalableTarget"):
            yield Question(action, "*")
            return
        context = {
            "application-autoscaling:service-namespace": params["ServiceNamespace"],
            "application-autoscaling:scalable-dimension": params["ScalableDimension"],
        }
        yield Question(action, f"arn:aws:application-autoscaling:{region}:{ACCOUNT}:scalable-target/1ec5example", context)
        # Application Auto Scaling looks whether its caller may do what it is to do later.
        for inner in ("ecs:DescribeServices", "ecs:UpdateService"):
            yield Question(inner, f"arn:aws:ecs:{region}:{ACCOUNT}:{params['ResourceId']}")

    # Messages. A publisher uses the key of an encrypted topic itself.

    def sns(self, action, params, region, _request):
        yield Question(action, params["TopicArn"])
        if key := self.keys.get(params["TopicArn"]):
            for inner in ("kms:GenerateDataKey", "kms:Decrypt"):
                yield Question(inner, key, {"kms:ViaService": f"sns.{region}.amazonaws.com"})

    def sqs(self, action, params, region, _request):
        queue = urlsplit(params["QueueUrl"]).path.rpartition("/")[2]
        yield Question(action.removesuffix("Batch"), f"arn:aws:sqs:{region}:{ACCOUNT}:{queue}")

    def scheduler(self, action, params, region, _request):
        yield Question(action, f"arn:aws:scheduler:{region}:{ACCOUNT}:schedule/{params['GroupName']}/{params['Name']}")
        yield Question("iam:PassRole", params["Target"]["RoleArn"], {"iam:PassedToService": "scheduler.amazonaws.com"})

    # The ledger. A transaction is allowed by the actions of its parts.

    def dynamodb(self, action, params, region, _request):
        tables = list(params["RequestItems"]) if "RequestItems" in params else [params.get("TableName")]
        if "TransactItems" in params:
            parts = {(kind, inner["TableName"]) for part in params["TransactItems"] for kind, inner in part.items()}
            pairs = {(f"dynamodb:{PARTS[kind]}", table) for kind, table in parts}
        else:
            pairs = {(action, table) for table in tables}
        for one, table in sorted(pairs):
            yield Question(one, f"arn:aws:dynamodb:{region}:{ACCOUNT}:table/{table}")

    # RDS: the database and the snapshot each have a say, and so have the groups that a restored database is in.

    def rds(self, action, params, region, _request):
        kind = action.removeprefix("rds:Describe")
        yield Question(action, rds(region, *described(kind, params)) if kind in DESCRIBED else "*")

    def rds_CreateDBSnapshot(self, action, params, region, _request):
        family, database, snapshot = identified(params)
        given = tagged(params)
        yield Question(action, rds(region, family.database, database), given)
        yield Question(action, rds(region, family.snapshot, snapshot), given)
        yield Question("rds:AddTagsToResource", rds(region, family.snapshot, snapshot), given)

    rds_CreateDBClusterSnapshot = rds_CreateDBSnapshot

    def rds_CopyDBSnapshot(self, action, params, region, _request):
        cluster = "Cluster" in action
        kind = "cluster-snapshot" if cluster else "snapshot"
        target = rds(region, kind, params[f"TargetDB{'Cluster' if cluster else ''}SnapshotIdentifier"])
        source = params[f"SourceDB{'Cluster' if cluster else ''}SnapshotIdentifier"]
        home = source.split(":")[3]
        given = tagged(params)
        yield Question(action, target, given)
        yield Question("rds:AddTagsToResource", target, given)
        # The question of the source's Region knows nothing of the tags.
        yield Question(action, source, {"aws:RequestedRegion": home})
        if key := params.get("KmsKeyId"):
            via = {"kms:ViaService": f"rds.{region}.amazonaws.com"}
            yield Question("kms:DescribeKey", key, via)
            yield Question("kms:CreateGrant", key, via | {"kms:GrantIsForAWSResource": "true"})

    rds_CopyDBClusterSnapshot = rds_CopyDBSnapshot

    def rds_DeleteDBSnapshot(self, action, params, region, _request):
        arn = rds(region, *snapshot(params))
        yield Question(action, arn, self.bears(arn), arn in self.tags)

    rds_DeleteDBClusterSnapshot = rds_DeleteDBSnapshot

    def rds_RestoreDBInstanceFromDBSnapshot(self, action, params, region, _request):
        made = rds(region, "db", params["DBInstanceIdentifier"])
        source = rds(region, "snapshot", params["DBSnapshotIdentifier"])
        yield from self.restored(action, params, region, made, source, "pg")

    def rds_RestoreDBClusterFromSnapshot(self, action, params, region, _request):
        made = rds(region, "cluster", params["DBClusterIdentifier"])
        source = rds(region, "cluster-snapshot", params["SnapshotIdentifier"])
        yield from self.restored(action, params, region, made, source, "cluster-pg")

    def restored(self, action, params, region, made, source, group):
        given = tagged(params)
        public = {"rds:PubliclyAccessible": str(params["PubliclyAccessible"]).lower()} if "PubliclyAccessible" in params else {}
        yield Question(action, made, given | public)
        yield Question("rds:AddTagsToResource", made, given)
        yield Question(action, source, given | self.bears(source), source in self.tags)
        yield from grouped(action, params, region, given, group)

    def rds_CreateDBInstance(self, action, params, region, _request):
        given = tagged(params)
        public = {"rds:PubliclyAccessible": str(params["PubliclyAccessible"]).lower()} if "PubliclyAccessible" in params else {}
        made = rds(region, "db", params["DBInstanceIdentifier"])
        yield Question(action, made, given | public)
        yield Question("rds:AddTagsToResource", made, given)
        yield Question(action, rds(region, "cluster", params["DBClusterIdentifier"]), given | public)
        yield from grouped(action, params, region, given, "pg")

    def rds_DeleteDBInstance(self, action, params, region, _request):
        arn = rds(region, "db", params["DBInstanceIdentifier"])
        yield Question(action, arn, self.bears(arn), arn in self.tags)

    def rds_DeleteDBCluster(self, action, params, region, _request):
        arn = rds(region, "cluster", params["DBClusterIdentifier"])
        yield Question(action, arn, self.bears(arn), arn in self.tags)
        # Asked although no final snapshot is made, which would have a name.
        yield Question(action, rds(region, "cluster-snapshot", "final"))

    def bears(self, arn):
        """The tags of something, as conditions see them."""
        return {f"aws:ResourceTag/{key}": value for key, value in self.tags.get(arn, {}).items()}

    def remember(self, request):
        """The tags that a request gave something."""
        operation, params, region = request["operation"], request["params"], request["region"]
        if request["service"] != "rds":
            return
        tags = {tag["Key"]: tag.get("Value", "") for tag in params.get("Tags", [])}
        if operation == "AddTagsToResource":
            self.tags.setdefault(params["ResourceName"], {}).update(tags)
        elif operation.startswith(("Create", "Copy", "Restore")) and (made := makes(operation, params)):
            self.tags[rds(region, *made)] = tags


PREFIXES = {"monitoring": "cloudwatch"}
# Services of the whole world are in this Region.
GLOBAL = {"cloudfront": "us-east-1", "route53": "us-east-1"}
PARTS = {"Put": "PutItem", "Update": "UpdateItem", "Delete": "DeleteItem", "ConditionCheck": "ConditionCheckItem"}


@dataclass(frozen=True)
class Family:
    """What instances and clusters have in common."""

    database: str
    snapshot: str


# What each description is of: the kind in an ARN, and the member with its name.
DESCRIBED = {
    "DBInstances": ("db", "DBInstanceIdentifier"), "DBClusters": ("cluster", "DBClusterIdentifier"),
    "DBSnapshots": ("snapshot", "DBSnapshotIdentifier"), "DBClusterSnapshots": ("cluster-snapshot", "DBClusterSnapshotIdentifier"),
}
INSTANCE, CLUSTER = Family("db", "snapshot"), Family("cluster", "cluster-snapshot")


def rds(region, kind, name):
    """The ARN of something of RDS."""
    return name if name.startswith("arn:") else f"arn:aws:rds:{region}:{ACCOUNT}:{kind}:{name}"


def identified(params):
    """The family of a request to make a snapshot, the database and the snapshot."""
    if "DBClusterIdentifier" in params:
        return CLUSTER, params["DBClusterIdentifier"], params["DBClusterSnapshotIdentifier"]
    return INSTANCE, params["DBInstanceIdentifier"], params["DBSnapshotIdentifier"]


def snapshot(params):
    """The kind and the name of a snapshot."""
    if "DBClusterSnapshotIdentifier" in params:
        return CLUSTER.snapshot, params["DBClusterSnapshotIdentifier"]
    return INSTANCE.snapshot, params["DBSnapshotIdentifier"]


def described(kind, params):
    """The kind and the name of what is described; `any` where none is named."""
    part, member = DESCRIBED[kind]
    return part, params.get(member, "any")


def makes(operation, params):
    """The kind and the name of what a request makes."""
    if operation.startswith("Copy"):
        cluster = params.get("TargetDBClusterSnapshotIdentifier")
        return (CLUSTER.snapshot, cluster) if cluster else (INSTANCE.snapshot, params["TargetDBSnapshotIdentifier"])
    if "Snapshot" in operation and operation.startswith("Create"):
        return snapshot(params)
    if operation in ("CreateDBInstance", "RestoreDBInstanceFromDBSnapshot"):
        return INSTANCE.database, params["DBInstanceIdentifier"]
    if operation in ("CreateDBCluster", "RestoreDBClusterFromSnapshot"):
        return CLUSTER.database, params["DBClusterIdentifier"]
    return None


def tagged(params):
    """The tags of a request, as conditions see them."""
    tags = params.get("Tags", [])
    return {f"aws:RequestTag/{tag['Key']}": tag.get("Value", "") for tag in tags} | ({"aws:TagKeys": [tag["Key"] for tag in tags]} if tags else {})


def grouped(action, params, region, given, parameters):
    """The groups that a database is in, which have a default name where the request does not say."""
    groups = {"og": params.get("OptionGroupName", "default:any"), parameters: "default.any", "subgrp": params.get("DBSubnetGroupName", "default")}
    for kind, name in groups.items():
        yield Question(action, rds(region, kind, name), given)


def records(params):
    """The records of a change, as conditions see them: in lower case, without a dot at the end, in octal where need be."""
    changes = params.get("ChangeBatch", {}).get("Changes", [])
    if not changes:
        return {}
    sets = [change["ResourceRecordSet"] for change in changes]
    return {
        "route53:ChangeResourceRecordSetsNormalizedRecordNames": sorted({normal(one["Name"]) for one in sets}),
        "route53:ChangeResourceRecordSetsRecordTypes": sorted({one["Type"] for one in sets}),
        "route53:ChangeResourceRecordSetsActions": sorted({change["Action"] for change in changes}),
    }


def normal(name):
    """A record's name as Route 53 normalizes it."""
    name = name.removesuffix(".").lower()
    return re.sub(r"[^a-z0-9_.\\-]", lambda found: f"\\{ord(found.group()):03o}", name)
