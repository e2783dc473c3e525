//! What is sent.

use aws_sdk_dynamodb::config::interceptors::BeforeTransmitInterceptorContextRef;
use aws_sdk_dynamodb::config::{
    BehaviorVersion, ConfigBag, Credentials, Intercept, Region, RuntimeComponents,
};
use aws_sdk_dynamodb::error::BoxError;
use aws_sdk_dynamodb::operation::batch_get_item::BatchGetItemOutput;
use aws_sdk_dynamodb::operation::query::QueryOutput;
use aws_smithy_mocks::{MockResponseInterceptor, create_mock_http_client};
use expect_test::expect;

use super::*;

#[tokio::test]
async fn guards_are_one_transaction_with_a_condition_each() {
    let sent = Sent::default();
    let rule = sent.answering(&[ok]);
    let guards = [
        not_paused("all"),
        not_paused("weather-site"),
        not_paused("all"),
        claim("one"),
        newest("08:59:59.250"),
        cooldown("09:30:00"),
        count(20),
        Guard::HourlyCount { key: "route#one".to_owned(), limit: 0 },
        lease("one", "09:05:00"),
        propose(),
        Guard::Approve { id: "other".to_owned(), who: "bob".to_owned() },
    ];
    let entry = with(&[&rule], async |ledger| ledger.enter(&guards, nine()).await).await.unwrap();
    assert_eq!((entry, rule.num_calls()), (Entry::Entered, 1));
    let lines = sent.lines().concat().join("\n");
    expect![[r#"
        check {pk="pause", sk="all"} if attribute_not_exists(#until) OR #until <= :now with #until {:now=1795251600000}
        check {pk="pause", sk="weather-site"} if attribute_not_exists(#until) OR #until <= :now with #until {:now=1795251600000}
        put {done=false, expires_at=1797843600, owner="one", pk="claim#work", sk="claim", until=1795251900000} if attribute_not_exists(#pk) with #pk 
        put {at=1795251599250, expires_at=1797843600, pk="newest#alarm", sk="newest"} if attribute_not_exists(#at) OR #at <= :at with #at {:at=1795251599250}
        put {expires_at=1795339800, key="route#one", pk="cooldown", sk="route#one", until=1795253400000} if attribute_not_exists(#until) OR #until <= :now with #until {:now=1795251600000}
        update {pk="count#all", sk="2026-11-21T09"} SET #expires_at = :expires_at ADD #count :one if attribute_not_exists(#count) OR #count < :limit with #count #expires_at {:expires_at=1795424400, :limit=20, :one=1}
        update {pk="count#route#one", sk="2026-11-21T09"} SET #expires_at = :expires_at ADD #count :one if #count < :limit with #count #expires_at {:expires_at=1795424400, :limit=0, :one=1}
        put {expires_at=1795338300, owner="one", pk="lease#weather-site", sk="lease", until=1795251900000} if attribute_not_exists(#owner) OR #owner = :owner OR #until <= :now with #owner #until {:now=1795251600000, :owner="one"}
        update {pk="proposal", sk="k7m2p"} SET #id = if_not_exists(#id, :id), #since = if_not_exists(#since, :since), #until = if_not_exists(#until, :until), #what = if_not_exists(#what, :what), #sent = if_not_exists(#sent, :sent), #expires_at = if_not_exists(#expires_at, :expires_at) if attribute_not_exists(#what) OR #what = :what with #expires_at #id #sent #since #until #what {:expires_at=1795860000, :id="k7m2p", :sent=false, :since=1795251600000, :until=1795255200000, :what="{\"target\":\"weather-site\",\"n\":1}"}
        update {pk="proposal", sk="other"} SET #approved_by = :who if #until > :now AND attribute_not_exists(#approved_by) with #approved_by #until {:now=1795251600000, :who="bob"}"#]].assert_eq(&lines);
    let sent = sent.0.lock().unwrap();
    for part in sent[0].transact_items() {
        let asked = [
            part.put().map(|put| put.return_values_on_condition_check_failure()),
            part.update().map(|update| update.return_values_on_condition_check_failure()),
            part.condition_check().map(|check| check.return_values_on_condition_check_failure()),
        ];
        let asked = asked.into_iter().flatten().flatten().next();
        assert_eq!(asked, Some(&ReturnValuesOnConditionCheckFailure::AllOld), "{part:?}");
    }
}

#[tokio::test]
async fn marks_are_one_transaction() {
    let sent = Sent::default();
    let rule = sent.answering(&[ok]);
    let marks = [
        Mark::Done { key: "work".to_owned() },
        Mark::Released { target: "weather-site".to_owned(), owner: "one".to_owned() },
        Mark::Sent { proposal: "k7m2p".to_owned() },
        Mark::Reported(report("09:00:00", "routed")),
        Mark::PutBack { key: "size".to_owned() },
        Mark::Done { key: "work".to_owned() },
        seen("08:59:59.250"),
        seen("08:59:59.249"),
        rest("09:29:59"),
        rest("09:30:00"),
        Mark::Unrest { key: "target#weather-site".to_owned(), until: at("09:05:00") },
        Mark::Withdrawn { key: "other".to_owned(), owner: "one".to_owned() },
        Mark::Resaved { key: "service/a".to_owned(), value: json!({"min": 1}) },
        Mark::Resaved { key: "service/a".to_owned(), value: json!({"min": 2}) },
    ];
    with(&[&rule], async |ledger| ledger.mark(&marks, nine()).await).await.unwrap();
    assert_eq!(rule.num_calls(), 1);
    expect![[r#"
        update {pk="claim#work", sk="claim"} SET #done = :done, #owner = if_not_exists(#owner, :owner), #until = if_not_exists(#until, :now), #expires_at = if_not_exists(#expires_at, :expires_at) if - with #done #expires_at #owner #until {:done=true, :expires_at=1797843600, :now=1795251600000, :owner="unknown"}
        delete {pk="lease#weather-site", sk="lease"} if attribute_not_exists(#owner) OR #owner = :owner with #owner {:owner="one"}
        update {pk="proposal", sk="k7m2p"} SET #sent = :sent if attribute_exists(#id) with #id #sent {:sent=true}
        put {action="route", at=1795251600000, code="routed", correlation="c", expires_at=1803027600, function="route-alarm", id="i", pk="report", sk="weather-site#route-alarm", target="weather-site", text="routed", verdict="acted"} if attribute_not_exists(#at) OR #at <= :at with #at {:at=1795251600000}
        delete {pk="saved", sk="size"} if - with  
        put {at=1795251599250, expires_at=1797843600, pk="newest#alarm", sk="newest"} if attribute_not_exists(#at) OR #at <= :at with #at {:at=1795251599250}
        put {expires_at=1795339800, key="route#one", pk="cooldown", sk="route#one", until=1795253400000} if attribute_not_exists(#until) OR #until <= :until with #until {:until=1795253400000}
        delete {pk="cooldown", sk="target#weather-site"} if #until = :until with #until {:until=1795251900000}
        delete {pk="claim#other", sk="claim"} if #owner = :owner AND #done = :done with #done #owner {:done=false, :owner="one"}
        put {pk="saved", sk="service/a", value="{\"min\":2}"} if - with  "#]].assert_eq(&sent.lines().concat().join("\n"));
}

/// Takes down the token of every attempt, as it is on the wire.
#[derive(Debug, Clone, Default)]
struct Tokens(Arc<Mutex<Vec<String>>>);

impl Intercept for Tokens {
    fn name(&self) -> &'static str {
        "Tokens"
    }

    fn read_before_transmit(
        &self,
        context: &BeforeTransmitInterceptorContextRef<'_>,
        _runtime_components: &RuntimeComponents,
        _cfg: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let body: Value = serde_json::from_slice(context.request().body().bytes().unwrap_or_default())?;
        let token = body["ClientRequestToken"].as_str().unwrap_or_default().to_owned();
        self.0.lock().map(|mut tokens| tokens.push(token)).map_err(|error| error.to_string().into())
    }
}

#[tokio::test]
async fn attempts_of_the_sdk_carry_one_token_and_a_transaction_sent_again_another() {
    let tokens = Tokens::default();
    let rule = Sent::default().answering(&[
        || refusal(500, "InternalServerError", "the answer to something that was done"),
        || cancelled(&[("TransactionConflict", None)]),
        ok,
    ]);
    // Not `mock_client!`, with which all tokens are the same.
    let mock = MockResponseInterceptor::new().with_rule(&rule);
    let config = Builder::new()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new("eu-west-1"))
        .credentials_provider(Credentials::new("id", "secret", None, None, "test"))
        .http_client(create_mock_http_client())
        .retry_config(RetryConfig::standard().with_max_backoff(std::time::Duration::ZERO))
        .interceptor(mock)
        .interceptor(tokens.clone());
    let client = Client::from_conf(config.build());
    let deadline = Deadline::new(at("09:01:00"), Clock::of(nine));
    let ledger = DynamoLedgerUntil { client: &client, table: "ledger", deadline };
    assert_eq!(ledger.enter(&[claim("one")], nine()).await.unwrap(), Entry::Entered);
    let tokens = tokens.0.lock().unwrap();
    assert_eq!(tokens.len(), 3);
    assert!(!tokens[0].is_empty() && tokens[0] == tokens[1] && tokens[1] != tokens[2], "{tokens:?}");
}

#[tokio::test]
async fn nothing_is_sent_for_nothing() {
    with(&[], async |ledger| {
        assert_eq!(ledger.enter(&[], nine()).await.unwrap(), Entry::Entered);
        assert_eq!(ledger.look(&[], nine()).await.unwrap(), Entry::Entered);
        ledger.mark(&[], nine()).await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn a_look_reads_until_it_has_read_all() {
    let asked = Arc::new(Mutex::new(Vec::new()));
    let of_rule = Arc::clone(&asked);
    let rule = mock!(Client::batch_get_item)
        .match_requests(move |input| {
            let wanted = &input.request_items().unwrap()["ledger"];
            assert_eq!(wanted.consistent_read(), Some(true));
            of_rule.lock().unwrap().push(wanted.keys().iter().map(shown).collect::<Vec<_>>().join(" "));
            true
        })
        .sequence()
        .http_response(|| {
            answer(
                200,
                &json!({
                    "Responses": {"ledger": []},
                    "UnprocessedKeys": {"ledger": {"ConsistentRead": true, "Keys": [
                        {"pk": {"S": "cooldown"}, "sk": {"S": "route#one"}}
                    ]}},
                }),
            )
        })
        .http_response(|| {
            let until = at("09:30:00").as_millisecond().to_string();
            answer(
                200,
                &json!({
                    "Responses": {"ledger": [{
                        "pk": {"S": "cooldown"}, "sk": {"S": "route#one"}, "key": {"S": "route#one"},
                        "until": {"N": until}, "expires_at": {"N": "1795253400"}
                    }]},
                    "UnprocessedKeys": {},
                }),
            )
        })
        .build();
    let guards = [not_paused("all"), cooldown("10:00:00"), not_paused("all")];
    let entry = with(&[&rule], async |ledger| ledger.look(&guards, nine()).await).await.unwrap();
    let until = at("09:30:00");
    assert_eq!(entry, Entry::Denied(vec![Denial::CoolingDown { key: "route#one".to_owned(), until }]));
    expect![[r#"
        {pk="pause", sk="all"} {pk="cooldown", sk="route#one"}
        {pk="cooldown", sk="route#one"}"#]]
    .assert_eq(&asked.lock().unwrap().join("\n"));
}

#[tokio::test]
async fn a_look_does_not_ask_for_ever() {
    let rule = mock!(Client::batch_get_item).then_compute_output(|input| {
        BatchGetItemOutput::builder().set_unprocessed_keys(input.request_items().cloned()).build()
    });
    let fault = with(&[&rule], async |ledger| ledger.look(&[claim("one")], nine()).await).await.unwrap_err();
    assert_eq!((fault.class, rule.num_calls()), (Some(FaultClass::Throttled), 4));
    assert_eq!(fault.source.to_string(), "1 items were never read");
}

#[tokio::test]
async fn an_overview_reads_every_page_of_every_list() {
    let asked = Arc::new(Mutex::new(Vec::new()));
    let of_rule = Arc::clone(&asked);
    let rule = mock!(Client::query).then_compute_output(move |input| {
        assert_eq!((input.table_name(), input.consistent_read()), (Some("ledger"), Some(true)));
        assert_eq!(input.key_condition_expression(), Some("#pk = :pk"));
        assert_eq!(input.expression_attribute_names().unwrap()["#pk"], "pk");
        let partition = input.expression_attribute_values().unwrap()[":pk"].as_s().unwrap().clone();
        let after = input.exclusive_start_key().map(|key| key["sk"].as_s().unwrap().clone());
        of_rule.lock().unwrap().push(format!("{partition} {}", after.as_deref().unwrap_or("-")));
        let scope = match (partition.as_str(), after.as_deref()) {
            ("pause", None) => "all",
            ("pause", Some("all")) => "weather-site",
            _ => return QueryOutput::builder().set_items(Some(vec![])).build(),
        };
        let under = Key::pause(scope);
        let found = item(&under, &Record::Pause(pause(scope)), nine());
        let last = (scope == "all").then(|| key(&under));
        QueryOutput::builder().items(found).set_last_evaluated_key(last).build()
    });
    let overview = with(&[&rule], async |ledger| ledger.overview(nine()).await).await.unwrap();
    assert_eq!(overview.pauses, [pause("all"), pause("weather-site")]);
    let asked = asked.lock().unwrap().join(", ");
    assert_eq!(asked, "pause -, pause all, cooldown -, proposal -, report -");
}

#[tokio::test]
async fn values_saved_under_a_prefix_are_read_page_by_page() {
    let asked = Arc::new(Mutex::new(Vec::new()));
    let of_rule = Arc::clone(&asked);
    let rule = mock!(Client::query).then_compute_output(move |input| {
        assert_eq!((input.table_name(), input.consistent_read()), (Some("ledger"), Some(true)));
        let names = BTreeMap::from_iter(input.expression_attribute_names().unwrap());
        let after = input.exclusive_start_key().map(shown);
        of_rule.lock().unwrap().push(format!(
            "{} with {:?} {} after {}",
            input.key_condition_expression().unwrap(),
            names,
            shown(input.expression_attribute_values().unwrap()),
            after.as_deref().unwrap_or("-")
        ));
        let (sk, last) = if after.is_none() { ("service/a", true) } else { ("service/b", false) };
        let under = Key::saved(sk);
        let found = item(&under, &Record::Saved(Ok(json!({"of": sk}))), nine());
        QueryOutput::builder().items(found).set_last_evaluated_key(last.then(|| key(&under))).build()
    });
    with(&[&rule], async |ledger| {
        let expected = ["service/a", "service/b"].map(|key| (key.to_owned(), Ok(json!({"of": key}))));
        assert_eq!(ledger.saved_under("service/").await.unwrap(), expected);
        assert_eq!(ledger.saved_under("").await.unwrap(), expected);
    })
    .await;
    expect![[r##"
        #pk = :pk AND begins_with(#sk, :beginning) with {"#pk": "pk", "#sk": "sk"} {:beginning="service/", :pk="saved"} after -
        #pk = :pk AND begins_with(#sk, :beginning) with {"#pk": "pk", "#sk": "sk"} {:beginning="service/", :pk="saved"} after {pk="saved", sk="service/a"}
        #pk = :pk with {"#pk": "pk"} {:pk="saved"} after -
        #pk = :pk with {"#pk": "pk"} {:pk="saved"} after {pk="saved", sk="service/a"}"##]].assert_eq(&asked.lock().unwrap().join("\n"));
}
