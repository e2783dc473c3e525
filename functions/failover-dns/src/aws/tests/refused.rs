//! What the same trouble becomes wherever it comes from, and that nothing is asked when it is too late.

use serde_json::json as value;
use shared::kinds::distribution::BucketName;

use super::*;

/// How many operations there are for [`ask`].
const OPERATIONS: usize = 14;

/// One of the operations.
async fn ask(aws: &AwsUntil<'_>, operation: usize) -> Result<(), Fault> {
    let zone = id("Z1EXAMPLE");
    let check = id("11111111-2222-3333-4444-555555555555");
    let bucket: BucketName = serde_json::from_value("weather-standby".into()).unwrap();
    let object = StandbyObject { bucket, key: id("x"), region: id("us-west-2") };
    let arn =
        id("arn:aws:route53-recovery-control::123456789012:controlpanel/0123abcd/routingcontrol/4567ef01");
    let controls =
        Sides { primary: arn, secondary: id("arn:aws:route53-recovery-control:::x/routingcontrol/y") };
    let endpoint = ClusterEndpoint { endpoint: id("https://a.example.com/"), region: id("us-east-1") };
    let set = RecordSet { name: "www.example.com.".to_owned(), kind: "A".to_owned(), ..RecordSet::default() };
    let settings = Check { version: 1, kind: "HTTPS".to_owned(), disabled: true, inverted: true };
    let (name, distribution) = (id("www.example.com"), id("E1EXAMPLE"));
    match operation {
        0 => aws.sets(&zone, &name).await.map(drop),
        1 => aws.change(&zone, &[set], "x").await.map(drop),
        2 => aws.progress("C1").await.map(drop),
        3 => aws.check(&check).await.map(drop),
        4 => aws.set_check(&check, &settings).await,
        5 => aws.find_object(&object).await.map(drop),
        6 => aws.put_object(&object, "x", &owner("c-1")).await.map(drop),
        7 => aws.remove_object(&object).await,
        8 => aws.controls(&controls, &[&endpoint]).await.map(drop),
        9 => aws.set_controls(&controls, &Sides { primary: true, secondary: false }, &[&endpoint]).await,
        10 => aws.distribution(&distribution).await.map(drop),
        11 => aws.move_name(&name, &distribution, "E2").await.map(drop),
        12 => aws.conflicts(&name, &distribution).await.map(drop),
        13 => aws.health(&Evidence::Alarm { name: id("a"), region: None }, None).await.map(drop),
        _ => aws.health(&Evidence::HealthCheck(check), None).await.map(drop),
    }
}

/// A refusal in the form of the service of an operation.
fn refusal_of(operation: usize, status: u16, code: &str) -> Reply {
    match operation {
        8 | 9 => json(status, &value!({"__type": code, "message": "no"})),
        13 => cbor(status, &value!({"__type": format!("com.amazonaws.cloudwatch#{code}"), "message": "no"})),
        5..8 => xml(status, &format!("<Error><Code>{code}</Code><Message>no</Message></Error>")),
        _ => refusal(status, code, "no"),
    }
}

/// What every operation makes of a refusal, and how often it asks.
async fn everywhere(status: u16, code: &str) -> Vec<(usize, Meaning, usize)> {
    let mut all = Vec::new();
    for operation in (0..=OPERATIONS).filter(|operation| *operation != 5) {
        let wire = Wire::of((0..9).map(|_| refusal_of(operation, status, code)));
        let fault = ask(&clients(&wire).until(left(20)), operation).await.unwrap_err();
        let (_, text) = shown(&fault);
        assert!(text.starts_with("failed to ") && text.contains(code), "{text}");
        all.push((operation, fault.meaning, wire.asked().len()));
    }
    all
}

#[tokio::test(start_paused = true)]
async fn a_missing_permission_is_the_same_everywhere() {
    for (operation, meaning, calls) in everywhere(403, "AccessDenied").await {
        // Of a name it may be that another account has it, which is looked at.
        let asked = if [8, 11].contains(&operation) { 2 } else { 1 };
        assert_eq!((meaning, calls), (Meaning::Common(FaultClass::Denied), asked), "{operation}");
    }
}

#[tokio::test(start_paused = true)]
async fn throttling_is_waited_out_thrice_but_not_where_there_is_another_endpoint() {
    for (operation, meaning, calls) in everywhere(400, "Throttling").await {
        let asked = match operation {
            8 => 2,
            9 => 1,
            _ => 3,
        };
        assert_eq!((meaning, calls), (Meaning::Common(FaultClass::Throttled), asked), "{operation}");
    }
}

#[tokio::test(start_paused = true)]
async fn what_is_not_there_is_not_found() {
    for (operation, code) in [
        (0, "NoSuchHostedZone"),
        (1, "NoSuchHostedZone"),
        (1, "NoSuchHealthCheck"),
        (2, "NoSuchChange"),
        (3, "NoSuchHealthCheck"),
        (10, "NoSuchDistribution"),
    ] {
        for status in [400, 404] {
            let (fault, _) = with([refusal_of(operation, status, code)], async |aws| {
                ask(aws, operation).await.unwrap_err()
            })
            .await;
            if code != "NoSuchDistribution" || status == 404 {
                assert_eq!(fault.meaning, Meaning::Common(FaultClass::NotFound), "{code}");
            }
        }
    }
}

#[tokio::test(start_paused = true)]
async fn another_version_of_a_health_check_is_a_conflict() {
    let reply = refusal(409, "HealthCheckVersionMismatch", "no");
    let (fault, asked) = with([reply], async |aws| ask(aws, 4).await.unwrap_err()).await;
    assert_eq!((fault.meaning, asked.len()), (Meaning::Common(FaultClass::Conflict), 1));
}

#[tokio::test(start_paused = true)]
async fn nothing_is_asked_when_the_invocation_ends_too_soon() {
    for operation in 0..=OPERATIONS {
        let (fault, asked) = with([], async |_| {
            let wire = Wire::of([]);
            ask(&clients(&wire).until(left(1)), operation).await.unwrap_err()
        })
        .await;
        assert_eq!((fault.meaning, asked.len()), (Meaning::OutOfTime, 0), "{operation}");
    }
    let (fault, _) = with([], async |_| {
        let wire = Wire::of([]);
        let evidence = Evidence::Https(id("https://www.example.com/"));
        clients(&wire).until(left(1)).health(&evidence, None).await.unwrap_err()
    })
    .await;
    let text = "failed to ask https://www.example.com/: only 1000 ms are left of this invocation";
    assert_eq!(shown(&fault), (Meaning::OutOfTime, text.to_owned()));
}

#[tokio::test(start_paused = true)]
async fn an_answer_that_does_not_come_is_waited_for_until_the_invocation_ends() {
    let wire = Wire::of((0..9).map(|_| Reply::Silent));
    let begun = tokio::time::Instant::now();
    let fault = ask(&clients(&wire).until(left(4)), 0).await.unwrap_err();
    assert_eq!(fault.meaning, Meaning::Common(FaultClass::Unavailable));
    assert_eq!(begun.elapsed().as_millis(), 3_500);
}
