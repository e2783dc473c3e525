//! Records that are not served: bad ones, and other people's.

use super::*;

#[test]
fn on_a_standard_queue_bad_records_stand_alone_and_the_others_are_served() {
    let arrival = queue(&[
        json!("no json"),
        command(json!({"paths": ["/a"]})),
        command(json!({"paths": []})),
        json!({"action": "invalidate", "target": "nobody", "paths": ["/a"]}),
        command(json!({"paths": ["/b"]})),
    ]);
    check(
        &arrival,
        expect![[r#"
        {0} failed none none: body of the SQS message is not JSON (expected ident at line 1 column 2): `no json`; expected a command (an object with `action`), or an SQS, SNS, S3, EventBridge or alarm event
        {1, 4} apply archive of E3: /a /b; 2 from m-1 m-4
        {2} failed invalidate archive: field `paths` is an empty list; expected at least one
        {3} failed invalidate nobody: field `target` is `nobody`; expected a distribution of the playbook: archive, mirror, site
    "#]],
    );
}

#[test]
fn on_a_fifo_queue_nothing_behind_a_bad_record_is_looked_at() {
    let good = command(json!({"paths": ["/a"]}));
    let late = command(json!({"paths": ["/b"]}));
    for bad in [
        json!("no json"),
        command(json!({"paths": []})),
        json!({"action": "invalidate", "target": "nobody", "paths": ["/a"]}),
    ] {
        let playbook = Playbook::parse(PLAYBOOK).unwrap();
        let arrival = fifo(&[good.clone(), bad, late.clone(), json!({"Event": "s3:TestEvent"})]);
        let jobs = jobs(&playbook, &arrival, Mode::Apply);
        let records: Vec<usize> = jobs.iter().flat_map(|job| job.records.clone()).collect();
        assert_eq!(records, [0, 1]);
        assert!(matches!(&jobs[1].work, Work::Answered(_)));
    }
    check(
        &fifo(&[good, json!({"Event": "s3:TestEvent"}), late]),
        expect![[r#"
        {0, 2} apply archive of E3: /a /b; 2 from m-0 m-2
        {1} held none none: not for this function: an s3:TestEvent: S3 has checked that it may deliver
    "#]],
    );
}

#[test]
fn events_of_nobodys_business_are_reported_together_with_their_number() {
    let test = json!({"Event": "s3:TestEvent"});
    let elsewhere = |key: &str| object("elsewhere", key, "01");
    check(
        &queue(&[test.clone(), elsewhere("a"), test.clone(), elsewhere("b"), test]),
        expect![[r#"
        {0, 2, 4} held none none (3 together): not for this function: an s3:TestEvent: S3 has checked that it may deliver
        {1, 3} held none none (2 together): not for this function: an object written in bucket `elsewhere` that no distribution of the playbook serves
    "#]],
    );
}

#[test]
fn a_record_may_be_served_and_nobodys_business_at_once() {
    let record = |name: &str, key: &str| {
        let mut record = json!({
            "eventSource": "aws:s3", "eventName": name, "eventTime": "2026-11-21T09:00:00.000Z",
            "userIdentity": {}, "requestParameters": {}, "responseElements": {},
        });
        record["s3"] = json!({"bucket": {"name": "records"}, "object": {"key": key, "sequencer": "01"}});
        record
    };
    let records = json!({"Records": [record("ObjectTagging:Put", "a"), record("ObjectCreated:Put", "b")]});
    check(
        &queue(&[records]),
        expect![[r#"
        {0} held none none: not for this function: an S3 event that leaves the content as it was: ObjectTagging:Put
        {0} apply archive of E3: /b; 1 from 6fbbc7
    "#]],
    );
}

#[test]
fn mail_and_notifications_of_other_services_are_nobodys_business_on_a_raw_queue_too() {
    check(
        &queue(&[
            json!("AWS Budget Notification November 21, 2026\nAWS Account 123456789012"),
            json!({"Event": "autoscaling:EC2_INSTANCE_LAUNCH", "AutoScalingGroupName": "web"}),
            json!({"notificationType": "Bounce", "mail": {}}),
            json!({"region": "us-east-1", "consoleLink": "", "approval": {}}),
        ]),
        expect![[r#"
            {0} held none none: not for this function: a notification of AWS Budgets
            {1} held none none: not for this function: a notification of Auto Scaling: autoscaling:EC2_INSTANCE_LAUNCH
            {2} held none none: not for this function: a notification of SES: Bounce
            {3} held none none: not for this function: a request for approval of CodePipeline
        "#]],
    );
}

#[test]
fn an_invalid_command_keeps_the_origin_that_it_names() {
    let origin = json!({"source": "alarm", "correlation": "c-1"});
    let arrival = queue(&[command(json!({"paths": [], "origin": origin}))]);
    let playbook = Playbook::parse(PLAYBOOK).unwrap();
    let Work::Answered(report) = jobs(&playbook, &arrival, Mode::Apply).remove(0).work else { panic!() };
    assert_eq!((report.subject.source, report.subject.correlation.as_str()), (Source::Alarm, "c-1"));
}

#[test]
fn a_notification_with_a_bad_object_comes_back_and_its_good_ones_are_served() {
    let object = |key: &str| {
        json!({
            "eventSource": "aws:s3", "eventName": "ObjectCreated:Put", "eventTime": "2026-11-21T09:00:00.000Z",
            "userIdentity": {}, "requestParameters": {},
            "s3": {"bucket": {"name": "records"}, "object": {"key": key, "sequencer": "01"}},
        })
    };
    check(
        &queue(&[json!({"Records": [object("a%FF"), object("b")]})]),
        expect![[r#"
        {0} failed none none: body of the SQS message is a key `a%FF`; expected form-encoded UTF-8
        {0} apply archive of E3: /b; 1 from 6fbbc7
    "#]],
    );
}
