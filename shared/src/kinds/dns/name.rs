//! Names of records: the same name has many spellings.

use crate::kinds::text::text_type;

text_type!(
    /// A record's name, in full. Source: Route 53 developer guide, "DNS domain name format".
    RecordName,
    "a record's name in full, as `www.example.com` or `*.example.com`: at most 255 characters, labels of 1 to 63",
    is_name
);

impl RecordName {
    /// Whether a name that Route 53 writes is this one.
    #[must_use]
    pub fn is(&self, written: &str) -> bool {
        normal(self.as_str()) == normal(written)
    }
}

/// The one spelling of a name: in lower case, without the dot at its end, and with what Route 53 writes as three
/// octal digits, as `\052` for `*`.
///
/// A `\`, a dot within a label and what is not ASCII keep their digits, so that no two names have the same spelling.
#[must_use]
pub fn normal(name: &str) -> String {
    let mut plain = String::with_capacity(name.len());
    let mut rest = name.trim_end_matches('.');
    while let Some((before, after)) = rest.split_once('\\') {
        plain.push_str(before);
        let digits =
            after.get(..3).filter(|digits| digits.bytes().all(|digit| (b'0'..b'8').contains(&digit)));
        match digits.and_then(|digits| Some((digits, u8::from_str_radix(digits, 8).ok()?))) {
            Some((digits, byte)) => {
                if byte.is_ascii() && !matches!(byte, b'\\' | b'.') {
                    plain.push(char::from(byte));
                } else {
                    plain.push('\\');
                    plain.push_str(digits);
                }
                rest = after.get(3..).unwrap_or_default();
            }
            None => {
                plain.push_str("\\134");
                rest = after;
            }
        }
    }
    plain.push_str(rest);
    plain.make_ascii_lowercase();
    plain
}

fn is_name(text: &str) -> bool {
    let text = text.strip_suffix('.').unwrap_or(text);
    let is_label = |label: &str| {
        (1..=63).contains(&label.len())
            && (label == "*" || label.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_'))
    };
    (1..=255).contains(&text.len()) && text.contains('.') && text.split('.').all(is_label)
}
