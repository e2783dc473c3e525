//! The standby object.

use expect_test::expect;
use shared::kinds::distribution::BucketName;

use super::*;

fn object() -> StandbyObject {
    let bucket: BucketName = serde_json::from_value("weather-standby".into()).unwrap();
    StandbyObject { bucket, key: id("dns/weather-www"), region: id("us-west-2") }
}

/// An object with what it bears of its order.
fn put_by(order: &'static str, delivery: &'static str) -> Reply {
    empty(200).with("x-amz-meta-order", order).with("x-amz-meta-delivery", delivery)
}

/// A refusal as S3 sends it.
fn refusal(status: u16, code: &str) -> Reply {
    xml(
        status,
        &format!(
            "<Error><Code>{code}</Code><Message>no</Message><RequestId>656c76696e6727732072657175657374</RequestId><HostId>Uuag1LuByRx9e6j5Onimru9pO4ZVKnJ2Qz7/C1NPcfTWAtRPfTaOFg==</HostId></Error>"
        ),
    )
}

#[tokio::test(start_paused = true)]
async fn the_object_is_looked_for_put_and_removed_in_its_region() {
    let replies = [empty(200), empty(404), empty(200), empty(204)];
    let (done, asked) = with(replies, async |aws| {
        let object = object();
        let found = [aws.find_object(&object).await.unwrap(), aws.find_object(&object).await.unwrap()];
        let put = aws.put_object(&object, "by command c-1", &owner("c-1")).await.unwrap();
        aws.remove_object(&object).await.unwrap();
        (found, put)
    })
    .await;
    assert_eq!(done, ([Object::Unmarked, Object::Absent], Outcome::Done));
    expect![[r#"
        us-west-2 HEAD https://weather-standby.s3.us-west-2.amazonaws.com/dns/weather-www
        us-west-2 HEAD https://weather-standby.s3.us-west-2.amazonaws.com/dns/weather-www
        us-west-2 PUT https://weather-standby.s3.us-west-2.amazonaws.com/dns/weather-www?x-id=PutObject if-none-match=* content-type=text/plain; charset=utf-8 x-amz-meta-order=c-1 x-amz-meta-delivery=m-1 by command c-1
        us-west-2 DELETE https://weather-standby.s3.us-west-2.amazonaws.com/dns/weather-www?x-id=DeleteObject"#]].assert_eq(&asked.join("\n"));
}

#[tokio::test(start_paused = true)]
async fn an_object_that_is_there_is_not_written_again() {
    let there = || refusal(412, "PreconditionFailed");
    for (replies, expected) in [
        // By hand; by another order; by that of another stack, or of a version that noted no delivery; by the same, which
        // came again; and its first answer was lost.
        (vec![there(), empty(200)], Outcome::Already),
        (vec![there(), put_by("c-0", "m-1")], Outcome::Already),
        (vec![there(), put_by("c-1", "m-2")], Outcome::Already),
        (vec![there(), empty(200).with("x-amz-meta-order", "c-1")], Outcome::Already),
        (vec![there(), put_by("c-1", "m-1")], Outcome::Repeated),
        (vec![Reply::Dead, there(), put_by("c-1", "m-1")], Outcome::Repeated),
    ] {
        let (put, asked) =
            with(replies, async |aws| aws.put_object(&object(), "x", &owner("c-1")).await).await;
        assert_eq!(put.unwrap(), expected);
        assert!(asked.last().unwrap().starts_with("us-west-2 HEAD"), "{asked:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn an_object_that_is_found_says_whose_it_is() {
    let by =
        |order, delivery: Option<&str>| Object::PutBy(Owner { order: id(order), delivery: delivery.map(id) });
    for (reply, expected) in [
        (empty(404), Object::Absent),
        (empty(200), Object::Unmarked),
        // What is no id was written by somebody else.
        (put_by("two words", "m-1"), Object::Unmarked),
        (empty(200).with("x-amz-meta-order", "c-1"), by("c-1", None)),
        (put_by("c-1", "m-1"), by("c-1", Some("m-1"))),
    ] {
        let (found, _) = with([reply], async |aws| aws.find_object(&object()).await.unwrap()).await;
        assert_eq!(found, expected);
    }
}

/// An object that does not show whose it is proves nothing: the message comes again.
#[tokio::test(start_paused = true)]
async fn an_object_that_cannot_be_looked_at_is_nobodys_yet() {
    for (status, expected) in [(404, FaultClass::Conflict), (403, FaultClass::Denied)] {
        let replies = [refusal(412, "PreconditionFailed"), empty(status)];
        let (put, _) = with(replies, async |aws| aws.put_object(&object(), "x", &owner("c-1")).await).await;
        assert_eq!(put.unwrap_err().meaning, Meaning::Common(expected), "{status}");
    }
}

#[tokio::test(start_paused = true)]
async fn what_s3_refuses_is_told_apart() {
    for (reply, expected) in [
        (refusal(409, "ConditionalRequestConflict"), FaultClass::Conflict),
        (refusal(403, "AccessDenied"), FaultClass::Denied),
        (refusal(404, "NoSuchBucket"), FaultClass::NotFound),
        (refusal(301, "PermanentRedirect"), FaultClass::Rejected),
    ] {
        let (fault, _) =
            with([reply], async |aws| aws.put_object(&object(), "x", &owner("c-1")).await.unwrap_err()).await;
        assert_eq!(fault.meaning, Meaning::Common(expected), "{}", fault.source);
    }
    for (status, expected) in [(403, FaultClass::Denied), (301, FaultClass::Rejected)] {
        let (fault, _) =
            with([empty(status)], async |aws| aws.find_object(&object()).await.unwrap_err()).await;
        assert_eq!(fault.meaning, Meaning::Common(expected), "{}", fault.source);
        assert_eq!(fault.operation, "look for object s3://weather-standby/dns/weather-www in us-west-2");
    }
}

#[tokio::test(start_paused = true)]
async fn a_stand_in_is_asked_by_paths() {
    let wire = Wire::of([empty(200)]);
    let sdk = sdk(&wire).into_builder().endpoint_url("http://localhost:4600").build();
    let aws = Aws::new(&sdk, &CallCounter::default());
    assert_eq!(aws.until(left(20)).find_object(&object()).await.unwrap(), Object::Unmarked);
    assert_eq!(wire.asked(), ["us-west-2 HEAD http://localhost:4600/weather-standby/dns/weather-www"]);
}
