//! Requests about one item.

use aws_sdk_dynamodb::operation::delete_item::DeleteItemOutput;
use aws_sdk_dynamodb::operation::get_item::GetItemOutput;
use aws_sdk_dynamodb::operation::put_item::PutItemOutput;

use super::*;

#[tokio::test]
async fn the_oldest_saved_value_is_returned_by_the_write_that_it_refuses() {
    let rule = mock!(Client::put_item)
        .match_requests(|input| {
            shown(input.item().unwrap()) == r#"{pk="saved", sk="size", value="{\"min\":2}"}"#
                && input.condition_expression() == Some("attribute_not_exists(#pk)")
                && input.expression_attribute_names().unwrap()["#pk"] == "pk"
                && input.return_values_on_condition_check_failure()
                    == Some(&ReturnValuesOnConditionCheckFailure::AllOld)
        })
        .sequence()
        .output(|| PutItemOutput::builder().build())
        .http_response(|| {
            answer(
                400,
                &json!({
                    "__type": "com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException",
                    "Item": {"pk": {"S": "saved"}, "sk": {"S": "size"}, "value": {"S": "{\"min\":1}"}},
                    "message": "The conditional request failed",
                }),
            )
        })
        .build();
    let value = json!({"min": 2});
    with(&[&rule], async |ledger| {
        assert_eq!(ledger.save("size", &value).await.unwrap(), value);
        assert_eq!(ledger.save("size", &value).await.unwrap(), json!({"min": 1}));
    })
    .await;
}

#[tokio::test]
async fn a_pause_is_put_and_taken_away_even_while_transactions_check_it() {
    let conflict = || refusal(400, "TransactionConflictException", "Transaction is ongoing for the item");
    let put = mock!(Client::put_item)
        .match_requests(|input| {
            let condition = "attribute_not_exists(#until) OR #until <= :until OR #until <= :since";
            input.condition_expression() == Some(condition)
                && input.expression_attribute_names().unwrap()["#until"] == "until"
                && shown(input.expression_attribute_values().unwrap())
                    == "{:since=1795251600000, :until=1795258800000}"
                && *input.item().unwrap() == item(&Key::pause("all"), &Record::Pause(pause("all")), nine())
                && input.return_values_on_condition_check_failure()
                    == Some(&ReturnValuesOnConditionCheckFailure::AllOld)
        })
        .sequence()
        .http_response(conflict)
        .times(8)
        .output(|| PutItemOutput::builder().build())
        .http_response(conflict)
        .times(9)
        .build();
    let delete = mock!(Client::delete_item)
        .match_requests(|input| {
            input.return_values() == Some(&ReturnValue::AllOld)
                && shown(input.key().unwrap()) == r#"{pk="pause", sk="all"}"#
        })
        .sequence()
        .http_response(conflict)
        .output(|| {
            let found = item(&Key::pause("all"), &Record::Pause(pause("all")), nine());
            DeleteItemOutput::builder().set_attributes(Some(found)).build()
        })
        .output(|| DeleteItemOutput::builder().build())
        .build();
    with(&[&put, &delete], async |ledger| {
        assert_eq!(ledger.pause(&pause("all")).await.unwrap(), None);
        assert_eq!(ledger.pause(&pause("all")).await.unwrap_err().class, Some(FaultClass::Conflict));
        assert_eq!(ledger.resume("all", nine()).await.unwrap(), Some(pause("all")));
        assert_eq!(ledger.resume("all", nine()).await.unwrap(), None);
    })
    .await;
    assert_eq!((put.num_calls(), delete.num_calls()), (9 + 9, 3));
}

#[tokio::test]
async fn single_records_are_read_as_they_are_now() {
    let rule = mock!(Client::get_item).then_compute_output(|input| {
        assert_eq!((input.table_name(), input.consistent_read()), (Some("ledger"), Some(true)));
        let under = Key::proposal("k7m2p");
        let found = (input.key() == Some(&key(&under))).then(|| {
            let approved = Proposal { approved_by: Some("bob".to_owned()), ..proposal(json!({"n": 1})) };
            item(&under, &Record::Proposal(approved), nine())
        });
        GetItemOutput::builder().set_item(found).build()
    });
    with(&[&rule], async |ledger| {
        let found = ledger.proposal("k7m2p").await.unwrap().unwrap();
        assert_eq!((found.approved_by.as_deref(), found.what), (Some("bob"), json!({"n": 1})));
        assert_eq!(ledger.proposal("other").await.unwrap(), None);
        assert_eq!(ledger.saved("size").await.unwrap(), None);
    })
    .await;
}

/// What somebody made of a saved value, and what is wrong with it.
fn spoilt() -> [(Value, &'static str); 4] {
    [
        (json!({"S": "min 2"}), "is no JSON: expected value at line 1 column 1"),
        (json!({"S": "{\"min\": 2"}), "is no JSON: EOF while parsing an object at line 1 column 9"),
        (json!({"M": {"min": {"N": "2"}}}), "has no text"),
        (Value::Null, "has no text"),
    ]
}

/// An item of the saved values as DynamoDB answers it.
fn kept(key: &str, value: &Value) -> Value {
    let mut item = json!({"pk": {"S": "saved"}, "sk": {"S": key}});
    if !value.is_null() {
        item["value"] = value.clone();
    }
    item
}

#[tokio::test]
async fn an_unreadable_value_keeps_none_of_the_others_back() {
    for (value, words) in spoilt() {
        let readable = json!({"S": "{\"n\":1}"});
        let items = [("a", &readable), ("b", &value), ("c", &readable)].map(|(key, value)| kept(key, value));
        let rule = mock!(Client::query).then_http_response(move || answer(200, &json!({"Items": items})));
        let found = with(&[&rule], async |ledger| ledger.saved_under("").await).await.unwrap();
        let [one, unreadable] = [Ok(json!({"n": 1})), Err(Unreadable::new("b", words))];
        let expected = [("a", one.clone()), ("b", unreadable), ("c", one)];
        assert_eq!(found, expected.map(|(key, saved)| (key.to_owned(), saved)), "{value}");
    }
}

#[tokio::test]
async fn an_unreadable_value_is_an_answer_and_keeps_others_from_being_saved() {
    for (value, words) in spoilt() {
        let item = kept("size", &value);
        let there = json!({"Item": item});
        let get = mock!(Client::get_item).then_http_response(move || answer(200, &there));
        let put = mock!(Client::put_item).then_http_response(move || {
            let kind = "com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException";
            answer(400, &json!({"__type": kind, "message": "no", "Item": item}))
        });
        let unreadable = Unreadable::new("size", words);
        with(&[&get, &put], async |ledger| {
            assert_eq!(ledger.saved("size").await.unwrap(), Some(Err(unreadable.clone())));
            let fault = ledger.save("size", &json!(1)).await.unwrap_err();
            assert_eq!(fault.source.to_string(), unreadable.to_string());
        })
        .await;
    }
}
