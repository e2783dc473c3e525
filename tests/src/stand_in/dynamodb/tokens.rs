//! The words of an expression, and what its placeholders stand for.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use serde_json::Value;

use super::Invalid;

/// Words that no attribute may be called by in an expression. Source: DynamoDB developer guide, "Reserved words".
static RESERVED: LazyLock<BTreeSet<&str>> =
    LazyLock::new(|| include_str!("reserved.txt").split_whitespace().collect());

/// A word of an expression.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Token {
    /// A key word, a function or the name of an attribute.
    Word(String),
    /// `#name`.
    Name(String),
    /// `:value`.
    Value(String),
    /// A sign, or two that belong together.
    Sign(&'static str),
}

const SIGNS: [&str; 11] = ["<>", "<=", ">=", "<", ">", "=", "(", ")", ",", "+", "-"];

pub(super) fn tokens(expression: &str) -> Result<Vec<Token>, Invalid> {
    let mut tokens = Vec::new();
    let mut rest = expression.trim_start();
    while let Some(first) = rest.chars().next() {
        let length = if let Some(sign) = SIGNS.into_iter().find(|sign| rest.starts_with(sign)) {
            tokens.push(Token::Sign(sign));
            sign.len()
        } else {
            let word = rest.chars().skip(1).take_while(|&letter| letter.is_alphanumeric() || letter == '_');
            let length = first.len_utf8() + word.map(char::len_utf8).sum::<usize>();
            let word = rest[..length].to_owned();
            tokens.push(match first {
                '#' => Token::Name(word),
                ':' => Token::Value(word),
                'a'..='z' | 'A'..='Z' | '_' => Token::Word(word),
                _ => return Err(Invalid(format!("the stand-in does not understand `{rest}`"))),
            });
            length
        };
        rest = rest[length..].trim_start();
    }
    Ok(tokens)
}

/// What the placeholders of one request stand for. All of them must be used, as DynamoDB wants it.
#[derive(Debug)]
pub(super) struct Placeholders<'a> {
    names: &'a Value,
    values: &'a Value,
    used: BTreeSet<String>,
}

impl<'a> Placeholders<'a> {
    pub(super) fn of(request: &'a Value) -> Self {
        let (names, values) = (&request["ExpressionAttributeNames"], &request["ExpressionAttributeValues"]);
        Self { names, values, used: BTreeSet::new() }
    }

    /// The attribute that a word stands for.
    pub(super) fn attribute(&mut self, token: &Token) -> Result<String, Invalid> {
        match token {
            Token::Name(name) => {
                self.used.insert(name.clone());
                let attribute = self.names[name.as_str()].as_str().map(str::to_owned);
                attribute
                    .ok_or_else(|| Invalid(format!("an expression attribute name is not defined: {name}")))
            }
            Token::Word(word) if RESERVED.contains(word.to_uppercase().as_str()) => {
                Err(Invalid(format!("Attribute name is a reserved keyword; reserved keyword: {word}")))
            }
            Token::Word(word) => Ok(word.clone()),
            other => Err(Invalid(format!("Syntax error; token: {other:?}"))),
        }
    }

    pub(super) fn value(&mut self, name: &str) -> Result<&'a Value, Invalid> {
        self.used.insert(name.to_owned());
        let value = self.values.get(name);
        value.ok_or_else(|| Invalid(format!("an expression attribute value is not defined: {name}")))
    }

    /// Complains about placeholders that no expression has used.
    pub(super) fn all_used(&self) -> Result<(), Invalid> {
        let given = [self.names, self.values].into_iter().filter_map(Value::as_object);
        match given.flat_map(|given| given.iter()).find(|(name, _)| !self.used.contains(*name)) {
            Some((name, _)) => Err(Invalid(format!("unused in expressions: {name}"))),
            None => Ok(()),
        }
    }
}
