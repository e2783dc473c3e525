//! Tables, as DynamoDB keeps them: conditions are evaluated, transactions are all or nothing, and a repeated request
//! token changes nothing. Every table exists and is keyed by `pk` and `sk`; nothing expires.

mod expression;
mod tokens;
mod writes;

use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hash, Hasher};

use serde_json::{Map, Value, json};

use self::expression::holds;
use self::tokens::Placeholders;
use self::writes::{Kind, Write};
use super::Reply;
use super::wire::{Recorded, Service, errors};
use crate::loopback::reply;

/// An item, in the JSON of DynamoDB.
pub(super) type Item = Map<String, Value>;

/// The values of `pk` and `sk`.
type Key = (String, String);

/// A request that does not fit the service.
#[derive(Debug)]
struct Invalid(String);

/// Why a request is not served.
#[derive(Debug)]
struct Refusal {
    code: &'static str,
    body: Value,
}

impl From<Invalid> for Refusal {
    fn from(Invalid(text): Invalid) -> Self {
        Self { code: "ValidationException", body: json!({"message": text}) }
    }
}

/// The most writes of one transaction. Source: DynamoDB API reference, `TransactWriteItems`.
const MOST_WRITES: usize = 100;

/// The items of all tables.
#[derive(Debug, Default)]
pub(super) struct DynamoDb {
    /// How many items a page of a query has; none: all.
    pub(super) page: Option<usize>,
    /// How many of the next transactions meet another one on their first item.
    pub(super) conflicts: usize,
    tables: BTreeMap<String, BTreeMap<Key, Item>>,
    /// What was asked with each request token.
    transactions: BTreeMap<String, u64>,
}

impl DynamoDb {
    pub(super) fn answer(&mut self, request: &Recorded) -> Reply {
        let body = request.json();
        let answer = match request.operation.as_str() {
            "GetItem" => self.get(&body),
            "BatchGetItem" => self.get_batch(&body),
            "Query" => self.query(&body),
            "PutItem" => self.write(Kind::Put, &body),
            "UpdateItem" => self.write(Kind::Update, &body),
            "DeleteItem" => self.write(Kind::Delete, &body),
            "TransactWriteItems" => self.transact(&body),
            other => Err(Refusal {
                code: "UnknownOperationException",
                body: json!({"message": format!("the stand-in does not know `{other}`")}),
            }),
        };
        match answer {
            Ok(answer) => reply(200, "application/x-amz-json-1.0", answer.to_string()),
            Err(Refusal { code, body }) => errors::in_json(Service::DynamoDb, 400, code, body),
        }
    }

    /// The items of a table, in order of their keys.
    pub(super) fn items(&self, table: &str) -> Vec<Value> {
        self.tables.get(table).into_iter().flat_map(BTreeMap::values).cloned().map(Value::Object).collect()
    }

    fn item(&self, table: &str, key: &Key) -> Option<&Item> {
        self.tables.get(table)?.get(key)
    }

    fn get(&self, request: &Value) -> Result<Value, Refusal> {
        let found = self.item(text(&request["TableName"])?, &key(&request["Key"])?);
        Ok(found.map_or_else(|| json!({}), |item| json!({"Item": item})))
    }

    fn get_batch(&self, request: &Value) -> Result<Value, Refusal> {
        let mut responses = Map::new();
        for (table, wanted) in request["RequestItems"].as_object().into_iter().flatten() {
            let mut found = Vec::new();
            for wanted in wanted["Keys"].as_array().into_iter().flatten() {
                found.extend(self.item(table, &key(wanted)?).cloned().map(Value::Object));
            }
            responses.insert(table.clone(), found.into());
        }
        Ok(json!({"Responses": responses, "UnprocessedKeys": {}}))
    }

    fn query(&self, request: &Value) -> Result<Value, Refusal> {
        let after = match &request["ExclusiveStartKey"] {
            Value::Null => None,
            start => Some(key(start)?),
        };
        let limit = request["Limit"].as_u64().and_then(|limit| usize::try_from(limit).ok());
        let page = [limit, self.page].into_iter().flatten().min().unwrap_or(usize::MAX);
        let mut placeholders = Placeholders::of(request);
        // An empty item is asked first, so that the expressions are read although the table has no item.
        holds(&request["KeyConditionExpression"], &mut placeholders, &Item::new())?;
        holds(&request["FilterExpression"], &mut placeholders, &Item::new())?;
        placeholders.all_used()?;
        let (mut items, mut read, mut last) = (Vec::new(), 0, None);
        for (key, item) in self.tables.get(text(&request["TableName"])?).into_iter().flatten() {
            if after.as_ref().is_some_and(|after| key <= after)
                || !holds(&request["KeyConditionExpression"], &mut placeholders, item)?
            {
                continue;
            }
            if holds(&request["FilterExpression"], &mut placeholders, item)? {
                items.push(Value::Object(item.clone()));
            }
            read += 1;
            if read == page {
                last = Some(json!({"pk": {"S": key.0}, "sk": {"S": key.1}}));
                break;
            }
        }
        let mut answer = json!({"Count": items.len(), "ScannedCount": read, "Items": items});
        if let Some(last) = last {
            answer["LastEvaluatedKey"] = last;
        }
        Ok(answer)
    }

    fn write(&mut self, kind: Kind, request: &Value) -> Result<Value, Refusal> {
        let write = Write::prepare(self, kind, request)?;
        if !write.passed {
            let mut body = json!({"message": "The conditional request failed"});
            body["Item"] = write.shown();
            return Err(Refusal { code: "ConditionalCheckFailedException", body });
        }
        let mut answer = json!({});
        match request["ReturnValues"].as_str() {
            Some("ALL_OLD") => answer["Attributes"] = write.old.clone().into(),
            Some("ALL_NEW") => answer["Attributes"] = write.new.clone().into(),
            None | Some("NONE") => {}
            Some(other) => return Err(Invalid(format!("the stand-in does not return {other}")).into()),
        }
        self.carry_out(write);
        Ok(answer)
    }

    fn transact(&mut self, request: &Value) -> Result<Value, Refusal> {
        let writes = request["TransactItems"].as_array().map_or(&[][..], Vec::as_slice);
        if writes.is_empty() || writes.len() > MOST_WRITES {
            return Err(Invalid("a transaction has 1 to 100 writes".to_owned()).into());
        }
        let asked = hash(&request["TransactItems"]);
        let token = request["ClientRequestToken"].as_str();
        match token.and_then(|token| self.transactions.get(token)) {
            Some(before) if *before == asked => return Ok(json!({})),
            Some(_) => {
                let body = json!({"message": "the request token was used with other writes"});
                return Err(Refusal { code: "IdempotentParameterMismatchException", body });
            }
            None => {}
        }

        let prepare = |write: &Value| {
            let (kind, request) = Kind::of(write)?;
            Write::prepare(self, kind, request)
        };
        let mut prepared: Vec<Write> = writes.iter().map(prepare).collect::<Result<_, _>>()?;
        let mut places: Vec<_> = prepared.iter().map(|write| (&write.table, &write.key)).collect();
        places.sort();
        if places.windows(2).any(|two| two[0] == two[1]) {
            let text = "Transaction request cannot include multiple operations on one item";
            return Err(Invalid(text.to_owned()).into());
        }
        let conflict = self.conflicts > 0;
        self.conflicts -= usize::from(conflict);
        if conflict || prepared.iter().any(|write| !write.passed) {
            let reasons: Vec<Value> =
                prepared.iter().enumerate().map(|(n, write)| write.reason(conflict && n == 0)).collect();
            let codes: Vec<&str> = reasons.iter().filter_map(|reason| reason["Code"].as_str()).collect();
            let message = format!(
                "Transaction cancelled, please refer cancellation reasons for specific reasons [{}]",
                codes.join(", ")
            );
            let body = json!({"Message": message, "CancellationReasons": reasons});
            return Err(Refusal { code: "TransactionCanceledException", body });
        }
        prepared.drain(..).for_each(|write| self.carry_out(write));
        if let Some(token) = token {
            self.transactions.insert(token.to_owned(), asked);
        }
        Ok(json!({}))
    }

    fn carry_out(&mut self, write: Write) {
        let table = self.tables.entry(write.table).or_default();
        match write.new {
            Some(item) => drop(table.insert(write.key, item)),
            None => drop(table.remove(&write.key)),
        }
    }
}

fn hash(value: &Value) -> u64 {
    let mut hasher = DefaultHasher::new();
    value.hash(&mut hasher);
    hasher.finish()
}

fn text(value: &Value) -> Result<&str, Invalid> {
    value.as_str().filter(|text| !text.is_empty()).ok_or_else(|| Invalid(format!("no text: {value}")))
}

fn key(of: &Value) -> Result<Key, Invalid> {
    Ok((text(&of["pk"]["S"])?.to_owned(), text(&of["sk"]["S"])?.to_owned()))
}

#[cfg(test)]
mod tests;
