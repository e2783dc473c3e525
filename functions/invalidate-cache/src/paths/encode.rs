//! Spells paths as CloudFront wants them: what RFC 1738 calls unsafe and what is not ASCII is percent-encoded, and
//! nothing else, as an over-encoded path matches nothing and no error says so.

use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};

use super::MAX_CHARS;

/// RFC 1738, section 2.2, "Unsafe", but for `~`, which CloudFront does not take in any spelling, and `%`, whose
/// meaning depends on where the text comes from.
const UNSAFE: &AsciiSet = &CONTROLS
    .add(b' ')
    .add(b'"')
    .add(b'#')
    .add(b'<')
    .add(b'>')
    .add(b'[')
    .add(b'\\')
    .add(b']')
    .add(b'^')
    .add(b'`')
    .add(b'{')
    .add(b'|')
    .add(b'}');

/// In a key, `%` is a percent sign, and `?` does not begin a query string.
const UNSAFE_IN_KEY: &AsciiSet = &UNSAFE.add(b'%').add(b'?');

/// The path of an object: the directory where its source's prefix is found, and the rest of its key.
#[must_use]
pub fn of_key(directory: &str, rest_of_key: &str) -> String {
    let path = format!("{}{}", encode_command(directory), utf8_percent_encode(rest_of_key, UNSAFE_IN_KEY));
    within_limits(path)
}

/// The directory of a source, spelt as in [`of_key`].
#[must_use]
pub fn of_directory(directory: &str) -> String {
    encode_command(directory)
}

/// A path as a person or a program wrote it: what is encoded already stays as it is.
#[must_use]
pub fn of_command(path: &str) -> String {
    within_limits(encode_command(path))
}

fn encode_command(path: &str) -> String {
    let mut encoded = String::with_capacity(path.len());
    for (index, piece) in path.split('%').enumerate() {
        if index > 0 {
            let is_escape = piece.len() >= 2 && piece.as_bytes()[..2].iter().all(u8::is_ascii_hexdigit);
            encoded.push_str(if is_escape { "%" } else { "%25" });
        }
        encoded.extend(utf8_percent_encode(piece, UNSAFE));
    }
    encoded
}

/// What CloudFront cannot take (a `~`, encoded or not, or too many characters) becomes the wildcard of the nearest
/// directory above it that it can.
fn within_limits(path: String) -> String {
    let tilde = [path.find('~'), path.find("%7E"), path.find("%7e")].into_iter().flatten().min();
    let end = match tilde {
        Some(tilde) => tilde.min(MAX_CHARS),
        None if path.len() <= MAX_CHARS => return path,
        None => MAX_CHARS,
    };
    // With its asterisk the wildcard must not be longer than the limit either. An encoded path is ASCII.
    let directory = path[..end.min(MAX_CHARS - 1)].rfind('/').map_or("/", |slash| &path[..=slash]);
    format!("{directory}*")
}
