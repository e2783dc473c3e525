//! What DynamoDB's refusals become.

use super::super::super::Cooldown;
use super::*;

/// What DynamoDB finds where the condition of a guard failed.
fn found(guard: &Guard, record: &Record) -> Value {
    let item = item(&Key::of_guard(guard, nine()), record, nine());
    let values = BTreeMap::from_iter(item).into_iter().map(|(name, value)| {
        let value = match value {
            AttributeValue::N(digits) => json!({"N": digits}),
            AttributeValue::Bool(flag) => json!({"BOOL": flag}),
            other => json!({"S": other.as_s().unwrap()}),
        };
        (name, value)
    });
    Value::Object(values.collect())
}

/// Guards that are all denied, with what is found.
fn denied() -> [(Guard, Option<Record>, Denial); 8] {
    let until = at("09:30:00");
    let open = proposal(json!({"target": "weather-site", "n": 1}));
    let other = proposal(json!("another"));
    let [one, target, key] = ["one", "weather-site", "route#one"].map(str::to_owned);
    let cooling = Cooldown { key: key.clone(), until };
    [
        (
            claim("two"),
            Some(Record::Claim { owner: one.clone(), until, done: true }),
            Denial::Claimed { owner: one.clone(), until, done: true },
        ),
        (
            newest("08:00:00"),
            Some(Record::Newest { at: at("08:00:00.001") }),
            Denial::Older { newest: at("08:00:00.001") },
        ),
        (not_paused("all"), Some(Record::Pause(pause("all"))), Denial::Paused(pause("all"))),
        (cooldown("10:00:00"), Some(Record::Cooldown(cooling)), Denial::CoolingDown { key, until }),
        (count(3), Some(Record::Count(3)), Denial::CountReached { key: "all".to_owned(), limit: 3 }),
        (
            lease("two", "09:05:00"),
            Some(Record::Lease { owner: one.clone(), until }),
            Denial::Leased { target, owner: one, until },
        ),
        (Guard::Propose(open), Some(Record::Proposal(other.clone())), Denial::NotOpen(Some(other))),
        (Guard::Approve { id: "gone".to_owned(), who: "bob".to_owned() }, None, Denial::NotOpen(None)),
    ]
}

#[tokio::test]
async fn every_failed_condition_is_the_denial_of_its_guard() {
    for index in 0..denied().len() {
        let rule = mock!(Client::transact_write_items).then_http_response(move || {
            let reasons = denied().into_iter().enumerate().map(|(other, (guard, record, _))| {
                let found = record.map(|record| found(&guard, &record));
                if other == index { ("ConditionalCheckFailed", found) } else { ("None", None) }
            });
            cancelled(&reasons.collect::<Vec<_>>())
        });
        let guards = denied().map(|(guard, _, _)| guard);
        let entry = with(&[&rule], async |ledger| ledger.enter(&guards, nine()).await).await.unwrap();
        assert_eq!(entry, Entry::Denied(vec![denied()[index].2.clone()]));
        assert_eq!(rule.num_calls(), 1);
    }
}

#[tokio::test]
async fn denials_come_in_the_order_of_the_guards_and_before_conflicts() {
    let rule = mock!(Client::transact_write_items).then_http_response(|| {
        let reasons = denied().into_iter().enumerate().map(|(index, (guard, record, _))| match index {
            1 => ("TransactionConflict", None),
            _ => ("ConditionalCheckFailed", record.map(|record| found(&guard, &record))),
        });
        cancelled(&reasons.collect::<Vec<_>>())
    });
    // The second pause is left out of the transaction: the reasons are those of the others.
    let mut guards = denied().map(|(guard, _, _)| guard).to_vec();
    guards.insert(3, not_paused("all"));
    let Entry::Denied(denials) =
        with(&[&rule], async |ledger| ledger.enter(&guards, nine()).await).await.unwrap()
    else {
        panic!("it is denied");
    };
    let mut expected = denied().map(|(_, _, denial)| denial).to_vec();
    expected.remove(1);
    assert_eq!(denials, expected);
}

#[tokio::test]
async fn conflicts_are_tried_again_and_not_for_ever() {
    use FaultClass::{Conflict, Throttled};
    fn conflict() -> HttpResponse {
        cancelled(&[("None", None), ("TransactionConflict", None)])
    }
    fn throttled() -> HttpResponse {
        cancelled(&[("ThrottlingError", None), ("TransactionConflict", None)])
    }
    fn too_much() -> HttpResponse {
        cancelled(&[("None", None), ("ProvisionedThroughputExceeded", None)])
    }
    let after = |refused: Answer, last: Answer| [vec![refused; 8], vec![last]].concat();
    let tries: [(Vec<Answer>, Option<FaultClass>); 5] = [
        (vec![conflict, throttled, ok], None),
        (after(conflict, ok), None),
        (after(conflict, conflict), Some(Conflict)),
        (after(throttled, throttled), Some(Throttled)),
        (after(conflict, too_much), Some(Throttled)),
    ];
    for (answers, class) in &tries {
        let (entering, marking) = (Sent::default(), Sent::default());
        let (enter, mark) = (entering.answering(answers), marking.answering(answers));
        let guards = [claim("one"), count(1)];
        let entered = with(&[&enter], async |ledger| ledger.enter(&guards, nine()).await).await;
        let marks = [Mark::Done { key: "work".to_owned() }, Mark::PutBack { key: "size".to_owned() }];
        let marked = with(&[&mark], async |ledger| ledger.mark(&marks, nine()).await).await;
        assert_eq!((enter.num_calls(), mark.num_calls()), (answers.len(), answers.len()));
        match class {
            None => assert_eq!((entered.unwrap(), marked.unwrap()), (Entry::Entered, ())),
            &Some(class) => {
                let (entered, marked) = (entered.unwrap_err(), marked.unwrap_err());
                assert_eq!((entered.class, marked.class), (Some(class), Some(class)));
                assert_eq!(entered.to_string(), "failed to enter the ledger");
                assert!(
                    marked
                        .source
                        .to_string()
                        .starts_with("TransactionCanceledException: Transaction cancelled")
                );
            }
        }
        let lines = entering.lines();
        assert!(lines.iter().all(|again| again == &lines[0]), "{lines:?}");
    }
}

#[tokio::test]
async fn a_wrong_transaction_is_not_tried_again() {
    for (code, class) in [
        ("ValidationError", FaultClass::Rejected),
        ("ItemCollectionSizeLimitExceeded", FaultClass::Rejected),
        ("AccessDenied", FaultClass::Denied),
    ] {
        let rule = mock!(Client::transact_write_items)
            .then_http_response(move || cancelled(&[("TransactionConflict", None), (code, None)]));
        let guards = [claim("one"), count(1)];
        let fault = with(&[&rule], async |ledger| ledger.enter(&guards, nine()).await).await.unwrap_err();
        assert_eq!((fault.class, rule.num_calls()), (Some(class), 1), "{code}");
    }
}

#[tokio::test]
async fn moot_marks_are_left_out_and_the_others_sent_again() {
    let sent = Sent::default();
    let rule = sent.answering(&[
        || cancelled(&[("None", None), ("ConditionalCheckFailed", None), ("TransactionConflict", None)]),
        || cancelled(&[("TransactionConflict", None), ("None", None)]),
        || cancelled(&[("None", None), ("ConditionalCheckFailed", None)]),
        ok,
    ]);
    let marks = [
        Mark::Done { key: "work".to_owned() },
        Mark::Released { target: "weather-site".to_owned(), owner: "one".to_owned() },
        Mark::Reported(report("09:00:00", "routed")),
    ];
    with(&[&rule], async |ledger| ledger.mark(&marks, nine()).await).await.unwrap();
    let lengths: Vec<usize> = sent.lines().iter().map(Vec::len).collect();
    assert_eq!(lengths, [3, 2, 2, 1]);
    assert!(sent.lines()[3][0].starts_with("update {pk=\"claim#work\""));

    let alone = sent.answering(&[|| cancelled(&[("ConditionalCheckFailed", None)])]);
    with(&[&alone], async |ledger| ledger.mark(&marks[1..2], nine()).await).await.unwrap();
    assert_eq!(alone.num_calls(), 1);
}

#[tokio::test]
async fn errors_are_told_apart_by_their_code_on_the_wire() {
    use FaultClass::{Conflict, Denied, NotFound, Rejected, Throttled, Unavailable};
    for (status, code, message, class) in [
        (400, "AccessDeniedException", "User is not authorized to perform: dynamodb:PutItem", Denied),
        (400, "ResourceNotFoundException", "Requested resource not found", NotFound),
        (400, "ValidationException", "Invalid KeyConditionExpression", Rejected),
        (400, "IdempotentParameterMismatchException", "another request has this token", Rejected),
        (400, "TransactionInProgressException", "in progress", Conflict),
        (400, "ThrottlingException", "Rate exceeded", Throttled),
        (400, "ProvisionedThroughputExceededException", "too much", Throttled),
        (400, "RequestLimitExceeded", "too much", Throttled),
        (400, "UnrecognizedClientException", "The security token is invalid.", Denied),
        (400, "ExpiredTokenException", "The security token has expired", Denied),
        (500, "InternalServerError", "The request processing has failed", Unavailable),
        (503, "ServiceUnavailable", "try later", Unavailable),
    ] {
        let enter =
            mock!(Client::transact_write_items).then_http_response(move || refusal(status, code, message));
        let read = mock!(Client::get_item).then_http_response(move || refusal(status, code, message));
        with(&[&enter, &read], async |ledger| {
            let fault = ledger.enter(&[claim("one")], nine()).await.unwrap_err();
            assert_eq!((fault.class, fault.source.to_string()), (Some(class), format!("{code}: {message}")));
            let fault = ledger.saved("size").await.unwrap_err();
            assert_eq!(
                (fault.class, fault.to_string().as_str()),
                (Some(class), "failed to read a saved value of the ledger")
            );
        })
        .await;
    }
}

#[tokio::test]
async fn an_answer_that_makes_no_sense_is_no_denial() {
    let nothing_kept = || cancelled(&[("ConditionalCheckFailed", None)]);
    let somebody_elses = || {
        let item = json!({"pk": {"S": "claim#work"}, "sk": {"S": "claim"}, "owner": {"N": "1"}});
        cancelled(&[("ConditionalCheckFailed", Some(item))])
    };
    for (answer, text) in [
        (nothing_kept as Answer, "the condition of guard 0 failed, and nothing that was found says why"),
        (somebody_elses, "`owner` of the item `claim#work`, `claim` is not what the ledger writes"),
        (
            || cancelled(&[]),
            "TransactionCanceledException: Transaction cancelled, please refer cancellation reasons for specific reasons []",
        ),
    ] {
        let rule = mock!(Client::transact_write_items).then_http_response(answer);
        let fault =
            with(&[&rule], async |ledger| ledger.enter(&[claim("one")], nine()).await).await.unwrap_err();
        assert_eq!((fault.class, fault.source.to_string().as_str()), (Some(FaultClass::Unknown), text));
    }
}

#[tokio::test]
async fn nothing_is_sent_when_the_invocation_is_about_to_end() {
    let client = mock_client!(aws_sdk_dynamodb, [] as [&Rule; 0]);
    let deadline = Deadline::new(at("09:00:01"), Clock::of(nine));
    let ledger = DynamoLedgerUntil { client: &client, table: "ledger", deadline };
    let faults = [
        ledger.enter(&[claim("one")], nine()).await.unwrap_err(),
        ledger.look(&[claim("one")], nine()).await.unwrap_err(),
        ledger.mark(&[Mark::PutBack { key: "size".to_owned() }], nine()).await.unwrap_err(),
        ledger.save("size", &Value::Null).await.unwrap_err(),
        ledger.saved("size").await.unwrap_err(),
        ledger.saved_under("service/").await.unwrap_err(),
        ledger.pause(&pause("all")).await.unwrap_err(),
        ledger.resume("all", nine()).await.unwrap_err(),
        ledger.proposal("k7m2p").await.unwrap_err(),
        ledger.overview(nine()).await.unwrap_err(),
    ];
    for fault in faults {
        assert_eq!(fault.class, None, "{fault}");
        assert_eq!(fault.source.to_string(), "only 1000 ms are left of this invocation");
    }
}

#[test]
fn records_come_back_from_their_items() {
    for (guard, record, _) in denied() {
        let Some(expected) = record else { continue };
        let under = Key::of_guard(&guard, nine());
        assert_eq!(super::record(&item(&under, &expected, nine())), Ok((under, expected)));
    }
    let reported = Mark::Reported(report("09:00:00", "routed"));
    let report = Record::Report(report("09:00:00", "routed"));
    let under = Key::of_mark(&reported, nine());
    assert_eq!(super::record(&item(&under, &report, nine())), Ok((under, report)));
    let strange = Item::from([("pk".to_owned(), AttributeValue::S("other#1".to_owned()))]);
    assert!(super::record(&strange).is_err());
}

#[tokio::test]
async fn a_refused_pause_is_kept_out_by_a_longer_one_or_by_nothing_that_makes_sense() {
    let claim = Record::Claim { owner: "one".to_owned(), until: at("12:00:00"), done: false };
    let text = "ConditionalCheckFailedException: The conditional request failed";
    for (kept, longer) in [
        (Some(Record::Pause(pause("all"))), Ok(Some(pause("all")))),
        (Some(Record::Pause(until("10:30:00"))), Err(text)),
        (Some(claim), Err("`scope` of the item `pause`, `all` is not what the ledger writes")),
        (None, Err(text)),
    ] {
        let put = mock!(Client::put_item).then_http_response(move || {
            let mut body = json!({
                "__type": "com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException",
                "message": "The conditional request failed",
            });
            if let Some(kept) = &kept {
                body["Item"] = found(&not_paused("all"), kept);
            }
            answer(400, &body)
        });
        let answer = with(&[&put], async |ledger| ledger.pause(&until("10:30:00")).await).await;
        let answer = answer.map_err(|fault| fault.source.to_string());
        assert_eq!(answer, longer.map_err(str::to_owned));
        assert_eq!(put.num_calls(), 1);
    }
}
