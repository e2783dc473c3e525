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
        let mut file = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        // One write a line: what is written at the end of a file at once stays together. What is missing of the record
        // is found when it is read.
        drop(file.write_all(format!("{call}\n").as_bytes()));
    }
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
