//! Contributors: listed while they are in `ALARM`, a page at a time, and only of an alarm that is there.

use aws_sdk_cloudwatch::operation::describe_alarm_contributors::DescribeAlarmContributorsOutput;
use aws_sdk_cloudwatch::types::AlarmContributor;

use super::*;

/// The contributor `c-1` of the alarm `a`.
fn contributor() -> Alarm {
    Alarm { contributor: Some("c-1".to_owned()), ..alarm() }
}

/// The alarm as a whole, which says nothing of its contributors.
fn whole(account: &'static str, actions_enabled: bool) -> Rule {
    mock!(Client::describe_alarms).then_output(move || {
        let arn = format!("arn:aws:cloudwatch:us-east-1:{account}:alarm:a");
        let alarm = MetricAlarm::builder().alarm_name("a").alarm_arn(arn).state_value(StateValue::Alarm);
        let alarm = alarm.state_transitioned_timestamp(since(1)).actions_enabled(actions_enabled).build();
        DescribeAlarmsOutput::builder().metric_alarms(alarm).build()
    })
}

/// The page that is asked for with one token, lists these contributors, and has another token.
fn page(
    asked_with: Option<&'static str>,
    ids: &'static [&str],
    next: Option<&'static str>,
    at: Option<i64>,
) -> Rule {
    let listed = move |id: &&str| {
        let at = at.map(since);
        AlarmContributor::builder().contributor_id(*id).set_state_transitioned_timestamp(at).build()
    };
    mock!(Client::describe_alarm_contributors)
        .match_requests(move |input| input.alarm_name() == Some("a") && input.next_token() == asked_with)
        .then_output(move || {
            DescribeAlarmContributorsOutput::builder()
                .set_alarm_contributors(Some(ids.iter().map(listed).collect()))
                .set_next_token(next.map(str::to_owned))
                .build()
        })
}

async fn state_of(rules: &[&Rule]) -> Result<Option<CurrentState>, Fault> {
    let clients = Rules { cloudwatch: rules, ..Rules::default() }.clients();
    clients.until(left(60)).state_of(&contributor()).await
}

fn found(state: AlarmState, since: Option<i64>) -> CurrentState {
    let since = since.map(|second| Timestamp::from_second(second).unwrap());
    CurrentState { state, since, silenced: None }
}

#[tokio::test]
async fn a_contributor_that_is_listed_is_in_alarm_since_its_own_time() {
    for (at, expected) in [(Some(90), Some(90)), (None, None)] {
        let (alarm, page) = (whole("123456789012", true), page(None, &["c-0", "c-1"], Some("2"), at));
        assert_eq!(state_of(&[&alarm, &page]).await.unwrap(), Some(found(AlarmState::Alarm, expected)));
    }
}

#[tokio::test]
async fn all_pages_are_asked_for_until_it_is_found() {
    let alarm = whole("123456789012", true);
    let first = page(None, &["c-0", "c-10"], Some("2"), None);
    let second = page(Some("2"), &[], Some("3"), None);
    let third = page(Some("3"), &["c-1"], Some("4"), Some(90));
    let state = state_of(&[&alarm, &first, &second, &third]).await.unwrap();
    assert_eq!(state, Some(found(AlarmState::Alarm, Some(90))));
}

#[tokio::test]
async fn a_contributor_that_no_page_lists_is_ok_since_nobody_knows_when() {
    let alarm = whole("123456789012", true);
    let (first, last) = (page(None, &["c-0"], Some("2"), None), page(Some("2"), &["C-1"], None, None));
    assert_eq!(state_of(&[&alarm, &first, &last]).await.unwrap(), Some(found(AlarmState::Ok, None)));
}

#[tokio::test]
async fn what_silences_the_alarm_silences_its_contributors() {
    let (alarm, page) = (whole("123456789012", false), page(None, &["c-1"], None, None));
    let state = state_of(&[&alarm, &page]).await.unwrap().unwrap();
    assert_eq!(state.silenced.as_deref(), Some("actions are disabled"));
}

#[tokio::test]
async fn contributors_of_another_accounts_alarm_are_not_asked_for() {
    let (alarm, page) = (whole("000000000000", true), page(None, &["c-1"], None, None));
    assert_eq!((state_of(&[&alarm, &page]).await.unwrap(), page.num_calls()), (None, 0));
}

#[tokio::test]
async fn an_alarm_that_is_deleted_meanwhile_is_gone_and_other_refusals_are_faults() {
    let refused = |status, code| {
        mock!(Client::describe_alarm_contributors).then_http_response(move || refusal(status, code, "no"))
    };
    let (alarm, gone) = (whole("123456789012", true), refused(404, "ResourceNotFoundException"));
    assert_eq!(state_of(&[&alarm, &gone]).await.unwrap(), None);

    let (alarm, denied) = (whole("123456789012", true), refused(403, "AccessDenied"));
    let fault = state_of(&[&alarm, &denied]).await.unwrap_err();
    let text = "failed to describe the contributors of alarm a: AccessDenied: no".to_owned();
    assert_eq!(shown(&fault), (Some(FaultClass::Denied), text));
}
