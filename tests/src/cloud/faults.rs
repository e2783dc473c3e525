//! Makes the functions' calls to CloudFront fail: a proxy stands before it and answers in its place, in the very
//! form in which AWS does.

use std::io::{Read, Write};
use std::net::TcpStream;

use anyhow::{Context, ensure};
use serde_json::{Value, json};

/// The proxy; the faults that were asked for end when this is dropped.
#[derive(Debug)]
pub struct Faults {
    address: String,
}

impl Faults {
    /// Finds the proxy that `cargo xtask test` started, and lets everything pass.
    ///
    /// # Errors
    /// When there is none; so for everything here.
    pub fn find() -> anyhow::Result<Self> {
        let address = std::env::var("LOCAL_CLOUD_FAULTS").context("no proxy: run `cargo xtask test`")?;
        let faults = Self { address };
        faults.replace(&json!([]))?;
        Ok(faults)
    }

    /// Lets the next `times` calls of an operation fail with this code and status.
    ///
    /// # Errors
    /// As above.
    pub fn fail(&self, operation: &str, times: u32, code: &str, status: u16) -> anyhow::Result<()> {
        let error = json!({"code": code, "status": status, "message": "injected by the test"});
        let rule = json!({"service": "cloudfront", "operation": operation, "times": times, "error": error});
        self.replace(&json!([rule]))
    }

    fn replace(&self, rules: &Value) -> anyhow::Result<()> {
        let body = rules.to_string();
        let mut stream = TcpStream::connect(&self.address).context("connect to the proxy")?;
        let head = format!(
            "POST /_microburst/rules HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n\
             Content-Type: application/json\r\nContent-Length: {}\r\n\r\n",
            self.address,
            body.len()
        );
        stream.write_all((head + &body).as_bytes()).context("ask the proxy")?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer).context("hear from the proxy")?;
        ensure!(answer.starts_with("HTTP/1.1 2"), "the proxy refuses: {answer}");
        Ok(())
    }
}

impl Drop for Faults {
    fn drop(&mut self) {
        // When the proxy is gone, its faults are too.
        self.replace(&json!([])).ok();
    }
}
