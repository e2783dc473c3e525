//! The part of CloudWatch's metric math that the templates use: numbers, names, the four operations and `FILL`.

use std::collections::BTreeMap;
use std::iter::Peekable;
use std::vec::IntoIter;

/// The value of an expression; none where CloudWatch has no data point either.
pub(super) fn value(expression: &str, metrics: &BTreeMap<&str, f64>) -> Option<f64> {
    let mut tokens = tokens(expression).into_iter().peekable();
    let value = sum(&mut tokens, metrics);
    assert_eq!(tokens.next(), None, "{expression}");
    value
}

fn tokens(text: &str) -> Vec<String> {
    let mut tokens: Vec<String> = Vec::new();
    let mut is_word = false;
    for c in text.chars() {
        let continues = c.is_ascii_alphanumeric() || "_.".contains(c);
        match tokens.last_mut().filter(|_| is_word && continues) {
            Some(word) => word.push(c),
            None if c != ' ' => tokens.push(c.to_string()),
            None => {}
        }
        is_word = continues;
    }
    tokens
}

type Tokens = Peekable<IntoIter<String>>;

fn sum(tokens: &mut Tokens, metrics: &BTreeMap<&str, f64>) -> Option<f64> {
    let mut value = product(tokens, metrics);
    while let Some(sign) = tokens.next_if(|token| ["+", "-"].contains(&token.as_str())) {
        let right = product(tokens, metrics);
        value = value.zip(right).map(|(a, b)| if sign == "+" { a + b } else { a - b });
    }
    value
}

fn product(tokens: &mut Tokens, metrics: &BTreeMap<&str, f64>) -> Option<f64> {
    let mut value = atom(tokens, metrics);
    while let Some(sign) = tokens.next_if(|token| ["*", "/"].contains(&token.as_str())) {
        let right = atom(tokens, metrics);
        // CloudWatch leaves out a data point that would be divided by zero.
        let right = right.filter(|right| sign == "*" || *right != 0.0);
        value = value.zip(right).map(|(a, b)| if sign == "*" { a * b } else { a / b });
    }
    value
}

fn atom(tokens: &mut Tokens, metrics: &BTreeMap<&str, f64>) -> Option<f64> {
    let token = tokens.next().unwrap_or_else(|| panic!("an operand is missing"));
    match token.as_str() {
        "(" => {
            let value = sum(tokens, metrics);
            assert_eq!(tokens.next().as_deref(), Some(")"));
            value
        }
        "FILL" => {
            assert_eq!(tokens.next().as_deref(), Some("("));
            let value = sum(tokens, metrics);
            assert_eq!(tokens.next().as_deref(), Some(","));
            let without = sum(tokens, metrics);
            assert_eq!(tokens.next().as_deref(), Some(")"));
            value.or(without)
        }
        number if number.starts_with(|c: char| c.is_ascii_digit()) => {
            Some(number.parse().unwrap_or_else(|_| panic!("`{number}` is no number")))
        }
        name => metrics.get(name).copied(),
    }
}

#[test]
fn it_counts_as_cloudwatch_does() {
    let metrics = BTreeMap::from([("a", 6.0), ("b", 0.0)]);
    for (expression, expected) in [
        ("1 + 2 * a - (1 + 1) / 4", Some(12.5)),
        ("a / b", None),
        ("a + c", None),
        ("FILL(c, 2) + FILL(a, 1)", Some(8.0)),
    ] {
        assert_eq!(value(expression, &metrics), expected, "{expression}");
    }
}
