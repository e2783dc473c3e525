//! What the tables do, as far as the functions count on it.

use super::*;

fn item(count: i64) -> Value {
    json!({"pk": {"S": "a"}, "sk": {"S": "b"}, "count": {"N": count.to_string()}, "name": {"S": "weather"}})
}

fn with_item() -> DynamoDb {
    let mut table = DynamoDb::default();
    table.write(Kind::Put, &json!({"TableName": "ledger", "Item": item(3)})).unwrap();
    table
}

/// Puts the item again under a condition, and says what came of it.
fn condition(text: &str, names: &Value, values: &Value) -> Result<Value, Refusal> {
    let mut request = json!({"TableName": "ledger", "Item": item(3), "ConditionExpression": text});
    if names != &json!({}) {
        request["ExpressionAttributeNames"] = names.clone();
    }
    if values != &json!({}) {
        request["ExpressionAttributeValues"] = values.clone();
    }
    with_item().write(Kind::Put, &request)
}

#[test]
fn conditions_hold_or_do_not() {
    let names = json!({"#count": "count", "#none": "none"});
    let check = |text: &str, value: Value, expected: bool| {
        let used: Map<String, Value> =
            names.as_object().unwrap().clone().into_iter().filter(|(name, _)| text.contains(name)).collect();
        let answer = condition(text, &used.into(), &json!({":v": value}));
        match answer {
            Ok(_) => assert!(expected, "{text}"),
            Err(refusal) => {
                assert_eq!(refusal.code, "ConditionalCheckFailedException", "{text}: {refusal:?}");
                assert!(!expected, "{text}");
            }
        }
    };
    let number = |n: i64| json!({"N": n.to_string()});
    check("#count < :v", number(10), true);
    check("#count < :v", number(3), false);
    check("#count <= :v", number(3), true);
    check("#count = :v", number(3), true);
    check("#count > :v", json!({"S": "2"}), false);
    check("#none < :v", number(10), false);
    check("attribute_not_exists(#none) OR #none < :v", number(1), true);
    check("attribute_not_exists(pk) OR #count < :v", number(3), false);
    check("attribute_exists(pk) AND #count < :v OR #count = :v", number(3), true);
    check("attribute_not_exists(pk) AND (#count < :v OR #count = :v)", number(3), false);
    check("NOT #count = :v", number(4), true);
    check("begins_with(pk, :v)", json!({"S": "a"}), true);
    check("#count BETWEEN :v AND :v", number(3), true);
}

#[test]
fn what_dynamodb_would_not_understand_is_refused() {
    for (text, complaint) in [
        ("owner = :v", "reserved"),
        ("pk = :v AND", "ends too soon"),
        ("pk = :v)", "Syntax error"),
        ("pk = :v OR pk = :w", "not defined: :w"),
        ("size(pk) = :v", "does not know"),
        ("attribute_exists(pk)", "unused in expressions: :v"),
    ] {
        let refusal = condition(text, &json!({}), &json!({":v": {"S": "a"}})).unwrap_err();
        assert_eq!(refusal.code, "ValidationException", "{text}");
        assert!(refusal.body["message"].as_str().unwrap().contains(complaint), "{text}: {refusal:?}");
    }
}

#[test]
fn an_update_sets_adds_and_removes_in_one() {
    let mut table = with_item();
    let request = json!({
        "TableName": "ledger",
        "Key": {"pk": {"S": "a"}, "sk": {"S": "b"}},
        "UpdateExpression": "SET #until = :until, begun = if_not_exists(begun, :until) ADD #count :one REMOVE #name",
        "ExpressionAttributeNames": {"#until": "until", "#count": "count", "#name": "name"},
        "ExpressionAttributeValues": {":until": {"N": "7"}, ":one": {"N": "1"}},
        "ReturnValues": "ALL_NEW",
    });
    let expected = json!({"pk": {"S": "a"}, "sk": {"S": "b"}, "count": {"N": "4"}, "until": {"N": "7"}, "begun": {"N": "7"}});
    assert_eq!(table.write(Kind::Update, &request).unwrap()["Attributes"], expected);
    assert_eq!(table.items("ledger"), [expected]);
}

fn transaction(token: &str, sk: &str) -> Value {
    let put = |sk: &str| {
        json!({"Put": {"TableName": "ledger", "Item": {"pk": {"S": "a"}, "sk": {"S": sk}},
        "ConditionExpression": "attribute_not_exists(pk)", "ReturnValuesOnConditionCheckFailure": "ALL_OLD"}})
    };
    json!({"ClientRequestToken": token, "TransactItems": [put("new"), put(sk)]})
}

#[test]
fn a_transaction_is_all_or_nothing_and_says_why() {
    let mut table = with_item();
    let refusal = table.transact(&transaction("1", "b")).unwrap_err();
    assert_eq!(refusal.code, "TransactionCanceledException");
    let reasons = &refusal.body["CancellationReasons"];
    assert_eq!(
        (&reasons[0]["Code"], &reasons[1]["Code"]),
        (&json!("None"), &json!("ConditionalCheckFailed"))
    );
    assert_eq!(reasons[1]["Item"], item(3));
    assert_eq!(table.items("ledger").len(), 1);

    table.transact(&transaction("2", "c")).unwrap();
    assert_eq!(table.items("ledger").len(), 3);
}

#[test]
fn a_repeated_request_token_changes_nothing_and_is_no_other_request() {
    let mut table = with_item();
    table.transact(&transaction("1", "c")).unwrap();
    table.transact(&transaction("1", "c")).unwrap();
    let refusal = table.transact(&transaction("1", "d")).unwrap_err();
    assert_eq!(refusal.code, "IdempotentParameterMismatchException");
    assert_eq!(table.transact(&transaction("2", "c")).unwrap_err().code, "TransactionCanceledException");
}

#[test]
fn one_item_is_written_once_in_a_transaction() {
    let refusal = with_item().transact(&transaction("1", "new")).unwrap_err();
    assert_eq!(refusal.code, "ValidationException");
}

#[test]
fn a_query_is_read_page_by_page() {
    let mut table = with_item();
    table.transact(&transaction("1", "c")).unwrap();
    table.page = Some(2);
    let mut request = json!({
        "TableName": "ledger",
        "KeyConditionExpression": "pk = :pk",
        "ExpressionAttributeValues": {":pk": {"S": "a"}},
    });
    let first = table.query(&request).unwrap();
    assert_eq!(first["Count"], 2);
    request["ExclusiveStartKey"] = first["LastEvaluatedKey"].clone();
    let second = table.query(&request).unwrap();
    assert_eq!((&second["Count"], second.get("LastEvaluatedKey")), (&json!(1), None));
}

#[test]
fn a_query_may_want_the_beginning_of_a_sort_key() {
    let mut table = with_item();
    table.transact(&transaction("1", "nearly")).unwrap();
    table.page = Some(1);
    let mut request = json!({
        "TableName": "ledger",
        "KeyConditionExpression": "#pk = :pk AND begins_with(#sk, :beginning)",
        "ExpressionAttributeNames": {"#pk": "pk", "#sk": "sk"},
        "ExpressionAttributeValues": {":pk": {"S": "a"}, ":beginning": {"S": "ne"}},
    });
    let mut found = Vec::new();
    loop {
        let page = table.query(&request).unwrap();
        found.extend(page["Items"].as_array().unwrap().iter().map(|item| item["sk"]["S"].clone()));
        match page.get("LastEvaluatedKey") {
            Some(last) => request["ExclusiveStartKey"] = last.clone(),
            None => break,
        }
    }
    assert_eq!(found, ["nearly", "new"]);
}
