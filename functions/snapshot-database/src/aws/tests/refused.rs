//! What RDS's refusals become, which of them are tried again, and where RDS is asked.

use std::ops::Range;

use super::*;

/// How many operations there are for [`ask`].
const OPERATIONS: usize = 9;

/// Every operation, refused so.
async fn refused_everywhere(refusal: (u16, String)) -> Vec<(String, Meaning, usize)> {
    refused(refusal, 0..OPERATIONS).await
}

/// Some operations, asked with RDS refusing them so until nobody asks any more, and how often RDS was asked.
async fn refused(refusal: (u16, String), operations: Range<usize>) -> Vec<(String, Meaning, usize)> {
    let mut faults = Vec::new();
    for id in [instance("weather"), cluster("weather")] {
        for operation in operations.clone() {
            let wire = Wire::answering(vec![refusal.clone(); 9]);
            let clients = wire.clients();
            let fault = ask(&clients.until(left(60)), operation, &id).await;
            let (meaning, text) = shown(&fault);
            assert!(text.starts_with("failed to ") && text.contains(": "), "{text}");
            faults.push((text, meaning, wire.asked().len()));
        }
    }
    faults
}

/// One of the operations, which fails.
async fn ask(aws: &AwsUntil<'_>, operation: usize, id: &DatabaseId) -> Fault {
    let (name, tags) =
        ("weather-1".to_owned(), tags(&[(names::HOME, "us-east-1"), (names::TARGET, "weather-db")]));
    let home = aws.home().clone();
    match operation {
        0 => aws.database(id).await.unwrap_err(),
        1 => aws.databases(id.family).await.unwrap_err(),
        2 => aws.snapshots(&home, &Listed::Of(id.clone()), Origin::Manual).await.unwrap_err(),
        3 => aws.create(&Create { of: id.clone(), name, tags }).await.unwrap_err(),
        4 => {
            let (source_arn, kms_key, option_group) = ("arn".to_owned(), None, None);
            let copy = Copy { of: id.clone(), region: home, name, source_arn, kms_key, option_group, tags };
            aws.copy(&copy).await.unwrap_err()
        }
        5 => aws.delete(&home, id.family, &name).await.unwrap_err(),
        6 => {
            let restore = Restore {
                scratch: id.clone(),
                snapshot: name,
                engine: "aurora-mysql".to_owned(),
                engine_version: "8.0".to_owned(),
                class: None,
                subnet_group: None,
                security_groups: Vec::new(),
                tags,
            };
            aws.restore(&restore).await.unwrap_err()
        }
        7 => {
            let (cluster, engine) = ("drill".to_owned(), "aurora-mysql".to_owned());
            let class = "db.t4g.medium".to_owned();
            aws.add_member(&Member { cluster, name, engine, class, tags }).await.unwrap_err()
        }
        _ => aws.delete_scratch(id).await.unwrap_err(),
    }
}

#[tokio::test]
async fn what_passes_is_tried_again() {
    use FaultClass::{Throttled, Unavailable};
    for (status, code, expected) in [
        (400, "Throttling", Throttled),
        (400, "ThrottlingException", Throttled),
        (400, "RequestLimitExceeded", Throttled),
        (500, "InternalFailure", Unavailable),
        (503, "ServiceUnavailable", Unavailable),
    ] {
        // Not all of them: the SDK has a budget for what it tries again, one for the whole process.
        for (text, meaning, asked) in refused(refusal(status, code), 3..5).await {
            assert_eq!((meaning, asked), (Meaning::Common(expected), 3), "{status} {text}");
            assert!(text.ends_with(&format!(": {code}: no")), "{text}");
        }
    }
}

#[tokio::test]
async fn refusals_are_told_apart_by_their_code() {
    use FaultClass::{Denied, Rejected, Unavailable};
    for (status, code, expected) in [
        (403, "AccessDenied", Meaning::Common(Denied)),
        (403, "InvalidClientTokenId", Meaning::Common(Denied)),
        (403, "OptInRequired", Meaning::Common(Denied)),
        (400, "InvalidParameterValue", Meaning::Common(Rejected)),
        (400, "InvalidParameterCombination", Meaning::Common(Rejected)),
        (400, "InstanceQuotaExceeded", Meaning::Common(Rejected)),
        (403, "DBClusterQuotaExceededFault", Meaning::Common(Rejected)),
        (400, "InsufficientDBInstanceCapacity", Meaning::Common(Unavailable)),
        (400, "InsufficientDBClusterCapacityFault", Meaning::Common(Unavailable)),
        (400, "InsufficientStorageClusterCapacity", Meaning::Common(Unavailable)),
        (400, "SnapshotQuotaExceeded", Meaning::QuotaReached),
        (400, "SnapshotQuotaExceededFault", Meaning::QuotaReached),
        (400, "KMSKeyNotAccessibleFault", Meaning::KeyUnusable),
    ] {
        for (text, meaning, asked) in refused_everywhere(refusal(status, code)).await {
            assert_eq!((meaning, asked), (expected, 1), "{status} {text}");
            assert!(text.ends_with(&format!(": {code}: no")), "{text}");
        }
    }
}

#[tokio::test]
async fn a_wrong_state_is_one_in_both_families_however_its_code_ends() {
    for code in [
        "InvalidDBInstanceState",
        "InvalidDBInstanceStateFault",
        "InvalidDBClusterState",
        "InvalidDBClusterStateFault",
        "InvalidDBSnapshotState",
        "InvalidDBSnapshotStateFault",
        "InvalidDBClusterSnapshotState",
        "InvalidDBClusterSnapshotStateFault",
    ] {
        for (text, meaning, _) in refused_everywhere(refusal(400, code)).await {
            assert_eq!(meaning, Meaning::WrongState, "{text}");
        }
    }
}

#[tokio::test]
async fn what_a_request_needs_and_is_not_there_is_not_found() {
    for (id, code) in [
        (instance("weather"), "DBInstanceNotFound"),
        (cluster("weather"), "DBClusterNotFoundFault"),
        (instance("weather"), "DBSubnetGroupNotFoundFault"),
    ] {
        for operation in [3, 4, 6, 7] {
            let wire = Wire::answering([refusal(404, code)]);
            let clients = wire.clients();
            let fault = ask(&clients.until(left(60)), operation, &id).await;
            assert_eq!(fault.meaning, Meaning::Common(FaultClass::NotFound), "{code} {operation}");
        }
    }
}

#[tokio::test]
async fn a_fault_says_what_was_tried_on_what() {
    let operations = |of: &str, family: &str| {
        [
            format!("describe {of}"),
            format!("list the {family}s"),
            format!("list the manual snapshots of {of} in us-east-1"),
            format!("take snapshot `weather-1` of {of}"),
            format!("copy snapshot `weather-1` of {of} to us-east-1"),
            format!("delete {family} snapshot `weather-1` in us-east-1"),
            format!("restore {of} from snapshot `weather-1`"),
            "create instance `weather-1` in cluster `drill`".to_owned(),
            format!("delete {of}"),
        ]
    };
    let families = [operations("instance `weather`", "instance"), operations("cluster `weather`", "cluster")];
    let faults = refused_everywhere(refusal(400, "InvalidParameterValue")).await;
    let expected: Vec<String> = families
        .concat()
        .iter()
        .map(|operation| format!("failed to {operation}: InvalidParameterValue: no"))
        .collect();
    assert_eq!(faults.into_iter().map(|(text, ..)| text).collect::<Vec<_>>(), expected);
}

#[tokio::test]
async fn a_later_page_that_fails_fails_the_list() {
    let first = snapshots(Family::Cluster, &[snapshot(&cluster("weather"), "a", "")], Some("m"));
    let answers = [first, refusal(403, "AccessDenied")];
    let (found, _) = with(answers, async |aws| {
        aws.snapshots(aws.home(), &Listed::All(Family::Cluster), Origin::Manual).await
    })
    .await;
    assert_eq!(found.unwrap_err().meaning, Meaning::Common(FaultClass::Denied));
}

#[tokio::test]
async fn each_region_has_a_client_that_is_built_once() {
    let wire = Wire::answering(vec![refusal(403, "AccessDenied"); 4]);
    let clients = wire.clients();
    assert_eq!(clients.clients.borrow().len(), 0);
    let aws = clients.until(left(60));
    for code in ["us-east-1", "eu-central-1", "eu-central-1", "us-east-1"] {
        aws.quotas(&region(code)).await.unwrap_err();
    }
    let places: Vec<String> = wire.0.lock().unwrap().asked.iter().map(place).collect();
    let [home, other] =
        ["us-east-1", "eu-central-1"].map(|code| format!("rds.{code}.amazonaws.com {code}/rds/aws4_request"));
    assert_eq!(places, [home.clone(), other.clone(), other, home]);
    assert_eq!(clients.clients.borrow().len(), 2);
}

/// The host that a request goes to, and the scope that it is signed for.
fn place(request: &HttpRequest) -> String {
    let host = request.uri().split('/').nth(2).unwrap();
    let signed = request.headers().get("authorization").unwrap();
    let scope = signed.split_once("Credential=").unwrap().1.split_once(',').unwrap().0;
    let scope: Vec<&str> = scope.split('/').skip(2).collect();
    format!("{host} {}", scope.join("/"))
}

#[tokio::test]
async fn nothing_is_begun_when_the_invocation_is_about_to_end() {
    let wire = Wire::answering([]);
    let clients = wire.clients();
    let aws = clients.until(left(1));
    for id in [instance("weather"), cluster("weather")] {
        for operation in 0..OPERATIONS {
            let fault = ask(&aws, operation, &id).await;
            assert_eq!(fault.meaning, Meaning::OutOfTime);
            assert_eq!(fault.source.to_string(), "only 1000 ms are left of this invocation");
        }
    }
    let fault = aws.quotas(aws.home()).await.unwrap_err();
    assert_eq!((fault.meaning, fault.code()), (Meaning::OutOfTime, "deadline"));
    assert_eq!(wire.asked(), [""; 0]);
}
