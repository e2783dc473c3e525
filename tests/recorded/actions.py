"""What AWS checks before it does what a request asks for: actions, resources and the context of conditions.

Source: the Service Authorization Reference, and for what one action takes beside its own the services' documentation.
"""

import re
from urllib.parse import urlsplit

from question import ACCOUNT, Question
from rds import Rds


class Asked(Rds):
    """The questions of requests, in the order of the requests: what they make has the tags that they give it."""

    def __init__(self, keys):
        super().__init__()
        # The key of each encrypted topic.
        self.keys = keys

    def of(self, request):
        """What AWS asks of whoever sends a request."""
        service, operation, params = request["service"], request["operation"], request["params"]
        region, prefix = request["region"], PREFIXES.get(service, service)
        ask = getattr(self, f"{service}_{operation}".replace("-", "_"), None) or getattr(
            self, service.replace("-", "_"), None
        )
        if ask is None:
            raise LookupError(f"{service} {operation} has no row in actions.py")
        questions = list(ask(f"{prefix}:{operation}", params, region, request))
        if request["status"] < 300:
            self.remember(request)
        return [
            Question(
                one.action,
                one.resource,
                {"aws:RequestedRegion": GLOBAL.get(service, region)} | one.context,
                one.known,
            )
            for one in questions
        ]

    # CloudFront, which has no Regions.

    def cloudfront(self, action, params, _region, _request):
        kind = "distribution-tenant" if "ForDistributionTenant" in action else "distribution"
        named = params.get("DistributionId") or params.get("DistributionTenantId") or params.get("Id")
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
        arns = (
            [params["RoutingControlArn"]]
            if "RoutingControlArn" in params
            else [entry["RoutingControlArn"] for entry in params["UpdateRoutingControlStateEntries"]]
        )
        overrides = bool(params.get("SafetyRulesToOverride"))
        context = (
            {"route53-recovery-cluster:AllowSafetyRulesOverrides": str(overrides).lower()}
            if "Update" in action
            else {}
        )
        for arn in arns:
            yield Question(action, arn, context)

    # CloudWatch. It tells of composite alarms only those who may describe all.

    def cloudwatch(self, action, params, region, _request):
        yield Question(
            action,
            "*" if action.endswith("Statistics") else f"arn:aws:cloudwatch:{region}:{ACCOUNT}:alarm:any",
        )

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
            yield Question(
                action,
                name
                if name.startswith("arn:")
                else f"arn:aws:ecs:{region}:{ACCOUNT}:service/{params['cluster']}/{name}",
            )

    def application_autoscaling(self, action, params, region, _request):
        if not action.endswith(":RegisterScalableTarget"):
            yield Question(action, "*")
            return
        context = {
            "application-autoscaling:service-namespace": params["ServiceNamespace"],
            "application-autoscaling:scalable-dimension": params["ScalableDimension"],
        }
        yield Question(
            action, f"arn:aws:application-autoscaling:{region}:{ACCOUNT}:scalable-target/1ec5example", context
        )
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
        yield Question(
            action, f"arn:aws:scheduler:{region}:{ACCOUNT}:schedule/{params['GroupName']}/{params['Name']}"
        )
        yield Question(
            "iam:PassRole", params["Target"]["RoleArn"], {"iam:PassedToService": "scheduler.amazonaws.com"}
        )

    # The ledger. A transaction is allowed by the actions of its parts.

    def dynamodb(self, action, params, region, _request):
        tables = list(params["RequestItems"]) if "RequestItems" in params else [params.get("TableName")]
        if "TransactItems" in params:
            parts = {
                (kind, inner["TableName"]) for part in params["TransactItems"] for kind, inner in part.items()
            }
            pairs = {(f"dynamodb:{PARTS[kind]}", table) for kind, table in parts}
        else:
            pairs = {(action, table) for table in tables}
        for one, table in sorted(pairs):
            yield Question(one, f"arn:aws:dynamodb:{region}:{ACCOUNT}:table/{table}")


PREFIXES = {"monitoring": "cloudwatch"}
# Services of the whole world are in this Region.
GLOBAL = {"cloudfront": "us-east-1", "route53": "us-east-1"}
PARTS = {
    "Put": "PutItem",
    "Update": "UpdateItem",
    "Delete": "DeleteItem",
    "ConditionCheck": "ConditionCheckItem",
}


def records(params):
    """The records of a change, as conditions see them: in lower case, without a dot at the end, in octal where need be."""
    changes = params.get("ChangeBatch", {}).get("Changes", [])
    if not changes:
        return {}
    sets = [change["ResourceRecordSet"] for change in changes]
    return {
        "route53:ChangeResourceRecordSetsNormalizedRecordNames": sorted(
            {normal(one["Name"]) for one in sets}
        ),
        "route53:ChangeResourceRecordSetsRecordTypes": sorted({one["Type"] for one in sets}),
        "route53:ChangeResourceRecordSetsActions": sorted({change["Action"] for change in changes}),
    }


def normal(name):
    """A record's name as Route 53 normalizes it."""
    name = name.removesuffix(".").lower()
    return re.sub(r"[^a-z0-9_.\\-]", lambda found: f"\\{ord(found.group()):03o}", name)
