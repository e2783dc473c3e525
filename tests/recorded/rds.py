"""What RDS asks before it does what a request asks for, and the tags that its answers depend on."""

from dataclasses import dataclass

from question import ACCOUNT, Question


class Rds:
    """What RDS asks: the database and the snapshot each have a say, and so have the groups that a database is in."""

    def __init__(self):
        # The tags of each snapshot and database, by its ARN.
        self.tags = {}

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
        public = (
            {"rds:PubliclyAccessible": str(params["PubliclyAccessible"]).lower()}
            if "PubliclyAccessible" in params
            else {}
        )
        yield Question(action, made, given | public)
        yield Question("rds:AddTagsToResource", made, given)
        yield Question(action, source, given | self.bears(source), source in self.tags)
        yield from grouped(action, params, region, given, group)

    def rds_CreateDBInstance(self, action, params, region, _request):
        given = tagged(params)
        public = (
            {"rds:PubliclyAccessible": str(params["PubliclyAccessible"]).lower()}
            if "PubliclyAccessible" in params
            else {}
        )
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


@dataclass(frozen=True)
class Family:
    """What instances and clusters have in common."""

    database: str
    snapshot: str


# What each description is of: the kind in an ARN, and the member with its name.
DESCRIBED = {
    "DBInstances": ("db", "DBInstanceIdentifier"),
    "DBClusters": ("cluster", "DBClusterIdentifier"),
    "DBSnapshots": ("snapshot", "DBSnapshotIdentifier"),
    "DBClusterSnapshots": ("cluster-snapshot", "DBClusterSnapshotIdentifier"),
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
        return (
            (CLUSTER.snapshot, cluster)
            if cluster
            else (INSTANCE.snapshot, params["TargetDBSnapshotIdentifier"])
        )
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
    return {f"aws:RequestTag/{tag['Key']}": tag.get("Value", "") for tag in tags} | (
        {"aws:TagKeys": [tag["Key"] for tag in tags]} if tags else {}
    )


def grouped(action, params, region, given, parameters):
    """The groups that a database is in, which have a default name where the request does not say."""
    groups = {
        "og": params.get("OptionGroupName", "default:any"),
        parameters: "default.any",
        "subgrp": params.get("DBSubnetGroupName", "default"),
    }
    for kind, name in groups.items():
        yield Question(action, rds(region, kind, name), given)
