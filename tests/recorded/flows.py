"""A flow for each statement of the functions' roles that the local cloud checks, and why there is none for the others."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from permissions import DENIAL
from question import ACCOUNT

# S3 answers a question about an object without words: the function says what it means.
DENIED = re.compile(f"{DENIAL.pattern}|access-denied")


@dataclass
class Said:
    """What came of an order: the answer, whether it is an error, and what was logged meanwhile."""

    answer: str
    is_error: bool
    log: str


def done(said):
    """It is no error, and every report was published."""
    return not said.is_error and "UnpublishedReports" not in said.log


@dataclass
class Flow:
    """What is ordered with the statement, without it, and with it again; and what it looks like when it works."""

    orders: tuple
    works: Callable[[Said], bool] = done
    # The topics' own policies allow the roles to publish, too: they are taken away meanwhile.
    topics_allow: bool = True


def same(order, **more):
    """The same order each time."""
    return Flow((order,) * 3, **more)


def moves(target, *actions):
    """Orders that move names by force, as nothing here is shown to be healthy."""
    return tuple({"action": one, "target": target, "force": True, "reason": "a test"} for one in actions)


def rings(alarm):
    """Three times the event of an alarm that calls the router. Each is made when it is sent."""

    def event():
        now = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "+0000")
        metric = {"namespace": "AWS/CloudFront", "name": "5xxErrorRate", "dimensions": {}}
        watched = {"metric": metric, "period": 60, "stat": "Average"}
        return {
            "source": "aws.cloudwatch",
            "alarmArn": f"arn:aws:cloudwatch:us-east-1:{ACCOUNT}:alarm:{alarm}",
            "accountId": ACCOUNT,
            "time": now,
            "region": "us-east-1",
            "alarmData": {
                "alarmName": alarm,
                "state": {"value": "ALARM", "timestamp": now, "reason": "a test"},
                "previousState": {
                    "value": "OK",
                    "timestamp": "2026-11-21T08:00:00.000+0000",
                    "reason": "all was well",
                },
                "configuration": {"metrics": [{"id": "m1", "metricStat": watched, "returnData": True}]},
            },
        }

    return Flow((event,) * 3)


INVALIDATE = {"action": "invalidate", "target": "portfolio-site", "paths": ["/enforced"]}
BOOST = {"action": "boost", "target": "e2e-boost-plain", "add": 1, "for": "5m"}
SET = {"action": "set", "target": "portfolio-api", "min": 2}
TAKE = {"action": "take", "target": "e2e-db-twice"}
DRILL = {"action": "drill", "target": "weather-www"}
LOOK_AGAIN = {
    "action": "recheck",
    "alarm": {"name": "enforced", "region": "us-east-1", "to": "ALARM", "at": "2026-11-21T08:00:00Z"},
}


# By function and statement.
FLOWS = {
    ("invalidate-cache", "PublishReports"): same(INVALIDATE, topics_allow=False),
    ("invalidate-cache", "Invalidate"): same(INVALIDATE),
    ("route-alarm", "SendFailovers"): rings("e2e-www-primary"),
    ("route-alarm", "SendCommands"): rings("e2e-once"),
    ("route-alarm", "PublishReports"): same({"action": "status"}, topics_allow=False),
    ("route-alarm", "KeepTheLedger"): same({"action": "status"}),
    ("route-alarm", "LookAgainLater"): rings("e2e-held"),
    ("route-alarm", "SeeWhetherAnAlarmIsStillOn"): same(LOOK_AGAIN),
    ("scale-service", "PublishReports"): same(SET, topics_allow=False),
    ("scale-service", "KeepTheLedger"): same(SET),
    ("scale-service", "EndBoostsLater"): same(BOOST),
    ("snapshot-database", "PublishReports"): same(TAKE | {"mode": "plan"}, topics_allow=False),
    ("snapshot-database", "KeepTheLedger"): same(TAKE),
    ("failover-dns", "PublishReports"): same(DRILL, topics_allow=False),
    # Who orders a fail-over gets it without the ledger; what is in doubt waits for it.
    ("failover-dns", "KeepTheLedger"): same({"action": "reconcile", "target": "e2e-www"}),
    ("failover-dns", "SeeRecords"): same(DRILL),
    ("failover-dns", "ChangeRecords"): Flow(moves("e2e-answers", "fail-over", "fail-back", "fail-back")),
    # The report then says what Route 53 said when it took the change, and the log that nobody saw more.
    ("failover-dns", "SeeHowFarAChangeHasCome"): Flow(
        moves("e2e-answers", "fail-over", "fail-back", "fail-over"),
        works=lambda said: done(said) and not DENIED.search(said.log),
    ),
    ("failover-dns", "SeeAlarmsAndTheirHistory"): same(DRILL),
    ("failover-dns", "PutAndRemoveStandbyObjects"): Flow(
        moves("e2e-object", "fail-over", "fail-back", "fail-back")
    ),
    ("failover-dns", "MoveNamesOfDistributions"): same(DRILL),
}

OF_A_KEY = "ministack encrypts nothing, and asks for no key"
NOT_PASSED = "ministack does not ask who may pass a role"
AT_MOTO = "moto serves it, and checks nothing here"
NO_CHECK = "moto serves it, as ministack has no checkers, and sees no health check in such a request"

# Statements that nothing here can show to be needed, as the simulator does. By function, `*` being any, and statement.
NOT_ENFORCED = {
    ("*", "UseTheKeyOfTheTopics"): OF_A_KEY,
    ("route-alarm", "LetTheSchedulerCallBack"): NOT_PASSED,
    ("scale-service", "LetTheSchedulerSendCommands"): NOT_PASSED,
    ("scale-service", "ScaleServices"): AT_MOTO,
    ("scale-service", "SetBoundsOfServices"): AT_MOTO,
    ("scale-service", "SeeWhatElseScales"): AT_MOTO,
    ("snapshot-database", "SeeDatabasesAndSnapshots"): AT_MOTO,
    ("snapshot-database", "TakeSnapshots"): AT_MOTO,
    ("snapshot-database", "NameAndTagSnapshots"): AT_MOTO,
    ("snapshot-database", "CopySnapshotsOfTheHomeRegion"): AT_MOTO,
    ("snapshot-database", "CopySnapshotsToOtherRegions"): AT_MOTO,
    ("snapshot-database", "ExpireOurSnapshots"): AT_MOTO,
    ("snapshot-database", "MakeScratchDatabases"): AT_MOTO,
    ("snapshot-database", "RestoreOurSnapshots"): AT_MOTO,
    ("snapshot-database", "UseGroupsForScratchDatabases"): AT_MOTO,
    ("snapshot-database", "DeleteScratchDatabases"): AT_MOTO,
    ("snapshot-database", "DeleteScratchClustersWithoutASnapshot"): AT_MOTO,
    ("failover-dns", "SeeWhatCheckersSay"): NO_CHECK,
    ("failover-dns", "ForceHealthChecks"): NO_CHECK,
}
