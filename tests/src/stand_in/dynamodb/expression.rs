//! Condition, key, filter and update expressions, evaluated while they are read.
//!
//! What the functions say is understood; the rest of the language (nested paths, sets, lists, `size`) is refused.

use std::cmp::Ordering;
use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::tokens::{Placeholders, Token, tokens};
use super::{Invalid, Item};

/// Whether a condition holds for an item. There may be no condition, and no item.
pub(super) fn holds(
    expression: &Value,
    placeholders: &mut Placeholders<'_>,
    item: &Item,
) -> Result<bool, Invalid> {
    let Some(expression) = expression.as_str() else {
        return Ok(true);
    };
    let mut reader = Reader { tokens: tokens(expression)?, at: 0, placeholders, item };
    let holds = reader.any()?;
    reader.end()?;
    Ok(holds)
}

/// The item that an update makes of another.
pub(super) fn updated(
    expression: &Value,
    placeholders: &mut Placeholders<'_>,
    item: &Item,
) -> Result<Item, Invalid> {
    let mut updated = item.clone();
    if let Some(expression) = expression.as_str() {
        let mut reader = Reader { tokens: tokens(expression)?, at: 0, placeholders, item };
        let mut sections = BTreeSet::new();
        let mut changed = BTreeSet::new();
        while reader.at < reader.tokens.len() {
            let section = reader.section()?;
            if !sections.insert(section) {
                return Err(Invalid(format!("The \"{section}\" section can only be used once")));
            }
            loop {
                let attribute = reader.change(section, &mut updated)?;
                if !changed.insert(attribute.clone()) {
                    return Err(Invalid(format!("Two document paths overlap with each other: {attribute}")));
                }
                if !reader.takes(",") {
                    break;
                }
            }
        }
    }
    Ok(updated)
}

/// Reads one expression about one item.
struct Reader<'a, 'b> {
    tokens: Vec<Token>,
    at: usize,
    placeholders: &'a mut Placeholders<'b>,
    item: &'a Item,
}

impl Reader<'_, '_> {
    fn any(&mut self) -> Result<bool, Invalid> {
        let mut holds = self.all()?;
        while self.takes_word("OR") {
            holds |= self.all()?;
        }
        Ok(holds)
    }

    fn all(&mut self) -> Result<bool, Invalid> {
        let mut holds = self.one()?;
        while self.takes_word("AND") {
            holds &= self.one()?;
        }
        Ok(holds)
    }

    fn one(&mut self) -> Result<bool, Invalid> {
        if self.takes_word("NOT") {
            return Ok(!self.one()?);
        }
        if self.takes("(") {
            let holds = self.any()?;
            self.expect(")")?;
            return Ok(holds);
        }
        if let Some(function) = self.function() {
            return self.predicate(&function);
        }
        let left = self.operand()?;
        if self.takes_word("BETWEEN") {
            let low = self.operand()?;
            self.expect_word("AND")?;
            let high = self.operand()?;
            let order = |bound: &Option<Value>| compare(left.as_ref()?, bound.as_ref()?);
            return Ok(order(&low).is_some_and(Ordering::is_ge) && order(&high).is_some_and(Ordering::is_le));
        }
        let sign = self.sign()?;
        let right = self.operand()?;
        let order = left.as_ref().zip(right.as_ref()).and_then(|(left, right)| compare(left, right));
        Ok(match sign {
            "=" => left.is_some() && left == right || order.is_some_and(Ordering::is_eq),
            "<>" => left != right && !order.is_some_and(Ordering::is_eq),
            "<" => order.is_some_and(Ordering::is_lt),
            "<=" => order.is_some_and(Ordering::is_le),
            ">" => order.is_some_and(Ordering::is_gt),
            ">=" => order.is_some_and(Ordering::is_ge),
            other => return Err(Invalid(format!("Syntax error; token: {other}"))),
        })
    }

    fn predicate(&mut self, function: &str) -> Result<bool, Invalid> {
        let attribute = self.attribute()?;
        let holds = match function {
            "attribute_exists" => self.item.contains_key(&attribute),
            "attribute_not_exists" => !self.item.contains_key(&attribute),
            "begins_with" => {
                self.expect(",")?;
                let start = self.operand()?.unwrap_or_default();
                let text = self.item.get(&attribute).and_then(|value| value["S"].as_str());
                text.zip(start["S"].as_str()).is_some_and(|(text, start)| text.starts_with(start))
            }
            other => return Err(Invalid(format!("the stand-in does not know the function {other}"))),
        };
        self.expect(")")?;
        Ok(holds)
    }

    /// One change of a section, and the attribute that it changes.
    fn change(&mut self, section: &str, updated: &mut Item) -> Result<String, Invalid> {
        let attribute = self.attribute()?;
        match section {
            "REMOVE" => {
                updated.shift_remove(&attribute);
            }
            "ADD" => {
                let added = self.operand()?.ok_or_else(|| Invalid("ADD needs a value".to_owned()))?;
                let before = self.item.get(&attribute).cloned().unwrap_or_else(|| json!({"N": "0"}));
                updated.insert(attribute.clone(), sum(&before, &added, 1)?);
            }
            _ => {
                self.expect("=")?;
                let value = self.sum()?;
                updated.insert(attribute.clone(), value);
            }
        }
        Ok(attribute)
    }

    /// A value that is assigned.
    fn sum(&mut self) -> Result<Value, Invalid> {
        let missing = || {
            Invalid(
                "The provided expression refers to an attribute that does not exist in the item".to_owned(),
            )
        };
        let value = self.operand()?.ok_or_else(missing)?;
        let sign = if self.takes("+") {
            1
        } else if self.takes("-") {
            -1
        } else {
            return Ok(value);
        };
        sum(&value, &self.operand()?.ok_or_else(missing)?, sign)
    }

    /// An attribute's value, or one that was given; none, when the item has no such attribute.
    fn operand(&mut self) -> Result<Option<Value>, Invalid> {
        if let Some(function) = self.function() {
            if function != "if_not_exists" {
                return Err(Invalid(format!("the stand-in does not know the function {function}")));
            }
            let attribute = self.attribute()?;
            self.expect(",")?;
            let otherwise = self.operand()?;
            self.expect(")")?;
            return Ok(self.item.get(&attribute).cloned().or(otherwise));
        }
        if let Some(Token::Value(name)) = self.tokens.get(self.at).cloned() {
            self.at += 1;
            return self.placeholders.value(&name).cloned().map(Some);
        }
        Ok(self.item.get(&self.attribute()?).cloned())
    }

    /// The name of a function whose parentheses begin here.
    fn function(&mut self) -> Option<String> {
        match (self.tokens.get(self.at)?, self.tokens.get(self.at + 1)?) {
            (Token::Word(word), Token::Sign("(")) => {
                let word = word.clone();
                self.at += 2;
                Some(word)
            }
            _ => None,
        }
    }

    fn attribute(&mut self) -> Result<String, Invalid> {
        let token = self.next()?;
        self.placeholders.attribute(&token)
    }

    fn section(&mut self) -> Result<&'static str, Invalid> {
        let sections = ["SET", "REMOVE", "ADD"];
        let section = sections.into_iter().find(|section| self.takes_word(section));
        section.ok_or_else(|| Invalid(format!("the stand-in knows the sections {sections:?}")))
    }

    fn sign(&mut self) -> Result<&'static str, Invalid> {
        match self.next()? {
            Token::Sign(sign) => Ok(sign),
            other => Err(Invalid(format!("Syntax error; token: {other:?}"))),
        }
    }

    fn next(&mut self) -> Result<Token, Invalid> {
        let token = self.tokens.get(self.at).cloned();
        self.at += 1;
        token.ok_or_else(|| Invalid("Syntax error; the expression ends too soon".to_owned()))
    }

    fn takes(&mut self, sign: &'static str) -> bool {
        let takes = self.tokens.get(self.at) == Some(&Token::Sign(sign));
        self.at += usize::from(takes);
        takes
    }

    fn takes_word(&mut self, expected: &str) -> bool {
        let takes = matches!(self.tokens.get(self.at), Some(Token::Word(word)) if word.eq_ignore_ascii_case(expected));
        self.at += usize::from(takes);
        takes
    }

    fn expect(&mut self, sign: &'static str) -> Result<(), Invalid> {
        if self.takes(sign) { Ok(()) } else { Err(Invalid(format!("Syntax error; expected {sign}"))) }
    }

    fn expect_word(&mut self, word: &str) -> Result<(), Invalid> {
        if self.takes_word(word) { Ok(()) } else { Err(Invalid(format!("Syntax error; expected {word}"))) }
    }

    fn end(&self) -> Result<(), Invalid> {
        match self.tokens.get(self.at) {
            Some(token) => Err(Invalid(format!("Syntax error; token: {token:?}"))),
            None => Ok(()),
        }
    }
}

/// How two values of one type are ordered; none: they are of different types, or of one that has no order.
fn compare(left: &Value, right: &Value) -> Option<Ordering> {
    match (number(left), number(right)) {
        (Some(left), Some(right)) => Some(left.cmp(&right)),
        _ => Some(left["S"].as_str()?.cmp(right["S"].as_str()?)),
    }
}

fn sum(left: &Value, right: &Value, sign: i128) -> Result<Value, Invalid> {
    let numbers = number(left).zip(number(right));
    let (left, right) = numbers.ok_or_else(|| Invalid("An operand has the wrong type".to_owned()))?;
    Ok(json!({"N": (left + sign * right).to_string()}))
}

/// Whole numbers only: nothing else is kept in the ledger.
fn number(value: &Value) -> Option<i128> {
    value["N"].as_str()?.parse().ok()
}
