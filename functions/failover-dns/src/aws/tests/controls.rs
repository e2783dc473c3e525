//! Routing controls, and the endpoints of their cluster.

use expect_test::expect;
use serde_json::{Value, json as value};

use super::*;

fn controls() -> Sides<ControlArn> {
    let arn = |end: &str| {
        id(&format!(
            "arn:aws:route53-recovery-control::123456789012:controlpanel/0123abcd/routingcontrol/{end}"
        ))
    };
    Sides { primary: arn("p"), secondary: arn("s") }
}

fn endpoints() -> Vec<ClusterEndpoint> {
    let endpoint = |host: &str, region: &str| {
        let endpoint = id(&format!("https://{host}.route53-recovery-cluster.{region}.example.com/v1"));
        ClusterEndpoint { endpoint, region: id(region) }
    };
    vec![endpoint("aaaa", "us-east-1"), endpoint("bbbb", "eu-west-1"), endpoint("cccc", "ap-southeast-2")]
}

fn state(end: &str, state: &str) -> Reply {
    let arn =
        format!("arn:aws:route53-recovery-control::123456789012:controlpanel/0123abcd/routingcontrol/{end}");
    json(
        200,
        &value!({"RoutingControlArn": arn, "RoutingControlName": "weather", "RoutingControlState": state}),
    )
}

fn refusal(status: u16, code: &str, more: Value) -> Reply {
    let mut body =
        value!({"__type": format!("com.amazonaws.route53recoverycluster#{code}"), "message": "no"});
    for (name, value) in more.as_object().unwrap() {
        body[name] = value.clone();
    }
    json(status, &body)
}

const TO_SECONDARY: Sides<bool> = Sides { primary: false, secondary: true };

/// Sets the controls with the cluster answering so.
async fn set(replies: impl IntoIterator<Item = Reply>) -> (Result<(), Fault>, Vec<String>, Vec<u128>) {
    let wire = Wire::of(replies);
    let aws = clients(&wire);
    let endpoints = endpoints();
    let endpoints: Vec<_> = endpoints.iter().collect();
    let done = aws.until(left(20)).set_controls(&controls(), &TO_SECONDARY, &endpoints).await;
    assert_eq!(wire.left(), 0);
    (done, wire.asked().iter().map(|asked| place(asked)).collect(), wire.times())
}

/// The Region and the endpoint of a request.
fn place(asked: &str) -> String {
    asked.split_inclusive(".com/").next().unwrap().to_owned()
}

#[tokio::test(start_paused = true)]
async fn both_controls_are_set_in_one_request_at_the_first_endpoint() {
    let wire = Wire::of([json(200, &value!({}))]);
    let aws = clients(&wire);
    let endpoints = endpoints();
    let endpoints: Vec<_> = endpoints.iter().collect();
    aws.until(left(20)).set_controls(&controls(), &TO_SECONDARY, &endpoints).await.unwrap();
    expect![[r#"us-east-1 POST https://aaaa.route53-recovery-cluster.us-east-1.example.com/v1/ x-amz-target=ToggleCustomerAPI.UpdateRoutingControlStates {"UpdateRoutingControlStateEntries":[{"RoutingControlArn":"arn:aws:route53-recovery-control::123456789012:controlpanel/0123abcd/routingcontrol/p","RoutingControlState":"Off"},{"RoutingControlArn":"arn:aws:route53-recovery-control::123456789012:controlpanel/0123abcd/routingcontrol/s","RoutingControlState":"On"}]}"#]].assert_eq(&wire.asked().join("\n"));
}

#[tokio::test(start_paused = true)]
async fn the_next_endpoint_is_asked_when_one_is_dead() {
    let (done, asked, times) = set([Reply::Dead, json(200, &value!({}))]).await;
    done.unwrap();
    assert_eq!(
        asked,
        [
            "us-east-1 POST https://aaaa.route53-recovery-cluster.us-east-1.example.com/",
            "eu-west-1 POST https://bbbb.route53-recovery-cluster.eu-west-1.example.com/",
        ]
    );
    assert_eq!(times, [0, 0]);
}

#[tokio::test(start_paused = true)]
async fn a_silent_endpoint_takes_its_share_of_the_time_and_no_more() {
    let (done, asked, times) = set([Reply::Silent, Reply::Silent, json(200, &value!({}))]).await;
    done.unwrap();
    assert_eq!((asked.len(), times), (3, vec![0, 3_000, 6_000]));
    // Of 3.5 s, half a second is for the report.
    let wire = Wire::of([Reply::Silent, Reply::Silent, Reply::Silent]);
    let aws = clients(&wire);
    let endpoints = endpoints();
    let endpoints: Vec<_> = endpoints.iter().collect();
    let begun = tokio::time::Instant::now();
    let short = Deadline::new(now() + jiff::SignedDuration::from_millis(2_000), Clock::of(now));
    let fault = aws.until(short).set_controls(&controls(), &TO_SECONDARY, &endpoints).await.unwrap_err();
    // The clock of these tests stands still, so each share is of the same rest: a third, a half, the whole.
    assert_eq!(begun.elapsed().as_millis(), 500 + 750 + 1_500);
    assert_eq!(fault.meaning, Meaning::Common(FaultClass::Unavailable));
}

#[tokio::test(start_paused = true)]
async fn an_endpoint_that_was_silent_is_asked_last_from_then_on() {
    let wire =
        Wire::of([Reply::Dead, json(200, &value!({})), json(200, &value!({})), json(200, &value!({}))]);
    let aws = clients(&wire);
    let endpoints = endpoints();
    let endpoints: Vec<_> = endpoints.iter().collect();
    let invocation = aws.until(left(20));
    invocation.set_controls(&controls(), &TO_SECONDARY, &endpoints).await.unwrap();
    invocation.set_controls(&controls(), &TO_SECONDARY, &endpoints).await.unwrap();
    aws.until(left(20)).set_controls(&controls(), &TO_SECONDARY, &endpoints).await.unwrap();
    let regions: Vec<_> =
        wire.asked().iter().map(|asked| asked.split(' ').next().unwrap().to_owned()).collect();
    assert_eq!(regions, ["us-east-1", "eu-west-1", "eu-west-1", "us-east-1"]);
}

#[tokio::test(start_paused = true)]
async fn what_one_endpoint_cannot_do_another_may() {
    for reply in [
        || refusal(503, "EndpointTemporarilyUnavailableException", value!({})),
        || refusal(500, "InternalServerException", value!({"retryAfterSeconds": 9})),
        || refusal(429, "ThrottlingException", value!({"retryAfterSeconds": 9})),
        || empty(502),
    ] {
        let (done, asked, _) = set([reply(), json(200, &value!({}))]).await;
        done.unwrap();
        assert_eq!(asked.len(), 2, "each endpoint is asked once");
    }
}

#[tokio::test(start_paused = true)]
async fn what_one_endpoint_refuses_all_would_refuse() {
    let rule = value!({"message": "The update would break safety rule at-least-one", "resourceId": "x", "resourceType": "x"});
    let race = value!({"message": "Conflict occurred while attempting to change the same resource by multiple requests at the same time. Please retry.", "resourceId": "x", "resourceType": "x"});
    for (reply, expected) in [
        (refusal(409, "ConflictException", rule), Meaning::SafetyRule),
        (refusal(409, "ConflictException", race), Meaning::Common(FaultClass::Conflict)),
        (refusal(403, "AccessDeniedException", value!({})), Meaning::Common(FaultClass::Denied)),
        (
            refusal(400, "ValidationException", value!({"reason": "other"})),
            Meaning::Common(FaultClass::Rejected),
        ),
        (
            refusal(404, "ResourceNotFoundException", value!({"resourceId": "x", "resourceType": "x"})),
            Meaning::Common(FaultClass::NotFound),
        ),
    ] {
        let (done, asked, _) = set([reply]).await;
        let fault = done.unwrap_err();
        assert_eq!((fault.meaning, asked.len()), (expected, 1), "{}", fault.source);
    }
}

#[tokio::test(start_paused = true)]
async fn where_no_endpoint_answers_each_says_why() {
    let throttled = refusal(429, "ThrottlingException", value!({}));
    let (done, _, _) = set([Reply::Dead, throttled, empty(502)]).await;
    let (meaning, text) = shown(&done.unwrap_err());
    assert_eq!(meaning, Meaning::Common(FaultClass::Unavailable));
    assert!(text.starts_with("failed to set the routing controls: us-east-1: "), "{text}");
    assert!(text.contains("Connection refused"), "{text}");
    assert!(text.contains("; eu-west-1: ThrottlingException: no; ap-southeast-2: "), "{text}");
}

#[tokio::test(start_paused = true)]
async fn a_stand_in_without_tls_is_every_endpoint() {
    let wire = Wire::of([json(200, &value!({}))]);
    let sdk = sdk(&wire).into_builder().endpoint_url("http://127.0.0.1:1").build();
    let aws = Aws::new(&sdk, &CallCounter::default());
    let endpoints = endpoints();
    let endpoints: Vec<_> = endpoints.iter().collect();
    aws.until(left(20)).set_controls(&controls(), &TO_SECONDARY, &endpoints).await.unwrap();
    assert!(wire.asked()[0].starts_with("us-east-1 POST http://127.0.0.1:1/ "), "{:?}", wire.asked());
}

#[tokio::test(start_paused = true)]
async fn both_states_are_read_at_one_endpoint() {
    let wire = Wire::of([Reply::Dead, state("s", "Off"), state("p", "On"), state("s", "Off")]);
    // What the environment says of endpoints is not of these.
    let sdk = sdk(&wire).into_builder().endpoint_url("https://127.0.0.1:1").build();
    let aws = Aws::new(&sdk, &CallCounter::default());
    let endpoints = endpoints();
    let endpoints: Vec<_> = endpoints.iter().collect();
    let on = aws.until(left(20)).controls(&controls(), &endpoints).await.unwrap();
    assert_eq!(on, Sides { primary: true, secondary: false });
    expect![[r#"
        us-east-1 POST https://aaaa.route53-recovery-cluster.us-east-1.example.com/v1/ x-amz-target=ToggleCustomerAPI.GetRoutingControlState {"RoutingControlArn":"arn:aws:route53-recovery-control::123456789012:controlpanel/0123abcd/routingcontrol/p"}
        us-east-1 POST https://aaaa.route53-recovery-cluster.us-east-1.example.com/v1/ x-amz-target=ToggleCustomerAPI.GetRoutingControlState {"RoutingControlArn":"arn:aws:route53-recovery-control::123456789012:controlpanel/0123abcd/routingcontrol/s"}
        eu-west-1 POST https://bbbb.route53-recovery-cluster.eu-west-1.example.com/v1/ x-amz-target=ToggleCustomerAPI.GetRoutingControlState {"RoutingControlArn":"arn:aws:route53-recovery-control::123456789012:controlpanel/0123abcd/routingcontrol/p"}
        eu-west-1 POST https://bbbb.route53-recovery-cluster.eu-west-1.example.com/v1/ x-amz-target=ToggleCustomerAPI.GetRoutingControlState {"RoutingControlArn":"arn:aws:route53-recovery-control::123456789012:controlpanel/0123abcd/routingcontrol/s"}"#]].assert_eq(&wire.asked().join("\n"));
}
