//! Writes down the calls that reach a stand-in or the local cloud, for the proofs that read them later.
//!
//! A line is a JSON object; what need not be text is one all the same, with a character for each byte.

#[cfg(feature = "e2e")]
mod proxy;

use std::fs::File;
use std::io::Write;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::Context;
use hyper::body::Bytes;
use hyper::{HeaderMap, Request};
use serde_json::{Map, Value, json};

#[cfg(feature = "e2e")]
pub use self::proxy::pass_on;

/// The variable that names a file for what the functions ask in their own tests.
const RECORDED_CALLS: &str = "RECORDED_CALLS";

/// A file of calls, a line each. Several programs may write to one.
#[derive(Debug, Clone)]
pub struct Record(Arc<Mutex<File>>);

impl Record {
    /// Opens one, which goes on if it is there.
    ///
    /// # Errors
    /// When the file cannot be opened.
    pub fn open(path: &Path) -> anyhow::Result<Self> {
        let file = File::options().create(true).append(true).open(path);
        let file = file.with_context(|| format!("open {}", path.display()))?;
        Ok(Self(Arc::new(Mutex::new(file))))
    }

    /// That of a function's own tests, where there is to be one. Requests that this crate's tests make up are nobody's.
    ///
    /// # Errors
    /// When the file cannot be opened.
    pub fn of_these_tests() -> anyhow::Result<Option<Self>> {
        let file = std::env::var_os(RECORDED_CALLS).filter(|_| package() != env!("CARGO_PKG_NAME"));
        file.map(|file| Self::open(Path::new(&file))).transpose()
    }

    /// Writes down a call of the function whose tests run here.
    pub(crate) fn note(&self, request: &Request<Bytes>) {
        self.write(request, json!({"function": package()}));
    }

    /// The same of a call that goes nowhere, to a URL.
    pub fn note_unsent<'a>(
        &self,
        method: &str,
        url: &str,
        headers: impl IntoIterator<Item = (&'a str, &'a str)>,
        body: &[u8],
    ) {
        let (host, path) = url
            .split_once("://")
            .map_or(("", url), |(_, rest)| rest.find('/').map_or((rest, "/"), |end| rest.split_at(end)));
        let mut found: Map<String, Value> =
            headers.into_iter().map(|(name, value)| (name.to_owned(), value.into())).collect();
        found.insert("host".to_owned(), host.into());
        self.line(&json!({
            "method": method, "path": path, "headers": found, "body": text(body), "function": package(),
        }));
    }

    /// Writes down a call. `more` says what else is known of it.
    pub(crate) fn write(&self, request: &Request<Bytes>, more: Value) {
        let path = request.uri().path_and_query().map_or("/", |whole| whole.as_str());
        let mut call = json!({
            "method": request.method().as_str(),
            "path": path,
            "headers": headers(request.headers()),
            "body": text(request.body()),
        });
        if let (Value::Object(call), Value::Object(more)) = (&mut call, more) {
            call.extend(more);
        }
        self.line(&call);
    }

    fn line(&self, call: &Value) {
        let mut file = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        // One write a line: what is written at the end of a file at once stays together. What is missing of the record
        // is found when it is read.
        drop(file.write_all(format!("{call}\n").as_bytes()));
    }
}

/// The function whose tests run here.
fn package() -> String {
    std::env::var("CARGO_PKG_NAME").unwrap_or_default()
}

fn headers(headers: &HeaderMap) -> Map<String, Value> {
    let text = |(name, value): (&hyper::header::HeaderName, &hyper::header::HeaderValue)| {
        (name.as_str().to_owned(), text(value.as_bytes()).into())
    };
    headers.iter().map(text).collect()
}

/// Each byte as the character of its number.
fn text(bytes: &[u8]) -> String {
    bytes.iter().copied().map(char::from).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_call_is_a_line_and_keeps_every_byte() {
        let file = std::env::temp_dir().join(format!("record-{}.jsonl", std::process::id()));
        let record = Record::open(&file).unwrap();
        let request = |path: &str| {
            let request = Request::post(path).header("x-amz-target", "A.B");
            request.body(Bytes::from_static(&[0, 10, 0xc3, 0xa4, 255])).unwrap()
        };
        record.write(&request("/a%20b?c=d"), json!({"status": 200}));
        record.write(&request("/"), json!({}));
        let lines = std::fs::read_to_string(&file).unwrap();
        std::fs::remove_file(&file).unwrap();
        let calls: Vec<Value> = lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        let first = json!({
            "method": "POST", "path": "/a%20b?c=d", "headers": {"x-amz-target": "A.B"},
            "body": "\u{0}\n\u{c3}\u{a4}\u{ff}", "status": 200,
        });
        assert_eq!((calls.len(), &calls[0]), (2, &first));
    }
}
