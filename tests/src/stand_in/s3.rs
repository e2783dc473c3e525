//! Objects, as S3 keeps them, by path: `/bucket/key`.

use std::collections::BTreeMap;

use http_body_util::Full;
use hyper::Response;

use super::wire::{REQUEST_ID, Recorded, xml};
use super::{Fault, Reply, StandIn};

/// The objects by bucket and key, as `bucket/key`. Every bucket exists.
#[derive(Debug, Default)]
pub(super) struct S3 {
    objects: BTreeMap<String, Object>,
}

/// An object, and its metadata.
#[derive(Debug)]
struct Object {
    text: String,
    metadata: Vec<(&'static str, String)>,
}

/// The metadata of an object that is kept.
const METADATA: [&str; 2] = ["x-amz-meta-order", "x-amz-meta-delivery"];

impl S3 {
    pub(super) fn answer(&mut self, request: &Recorded) -> Reply {
        let place = &request.resource;
        let there = self.objects.get(place);
        match request.operation.as_str() {
            // An answer to HEAD has no body, and so no code.
            "HeadObject" => there.map_or_else(|| nothing(404), head),
            "PutObject" if there.is_some() && request.header("if-none-match") == Some("*") => {
                refuse(Fault::PRECONDITION_FAILED)
            }
            "PutObject" => {
                let text = String::from_utf8_lossy(&request.body).into_owned();
                let noted = |name| Some((name, request.header(name)?.to_owned()));
                let metadata = METADATA.into_iter().filter_map(noted).collect();
                self.objects.insert(place.clone(), Object { text, metadata });
                nothing(200)
            }
            "DeleteObject" => {
                self.objects.remove(place);
                nothing(204)
            }
            _ => refuse(Fault::new(501, "NotImplemented", "the stand-in does not know this request")),
        }
    }
}

fn nothing(status: u16) -> Reply {
    let answer = Response::builder().status(status).header("etag", "\"01ee46a2a11a4dfa9e36c5259b3d6b7a\"");
    answer.body(Full::default()).ok()
}

fn head(object: &Object) -> Reply {
    let answer = Response::builder().status(200);
    let answer = object.metadata.iter().fold(answer, |answer, (name, value)| answer.header(*name, value));
    answer.body(Full::default()).ok()
}

/// An error of S3, whose element has no other around it.
pub(super) fn refuse(fault: Fault) -> Reply {
    let Fault { status, code, message } = fault;
    xml(
        status,
        &format!(
            "<Error><Code>{code}</Code><Message>{message}</Message><RequestId>{REQUEST_ID}</RequestId></Error>"
        ),
    )
}

/// S3.
impl StandIn {
    /// Puts an object there.
    pub fn put_object(&self, bucket: &str, key: &str, text: &str) {
        self.state()
            .s3
            .objects
            .insert(format!("{bucket}/{key}"), Object { text: text.to_owned(), metadata: Vec::new() });
    }

    /// An object's text, if it is there.
    #[must_use]
    pub fn object(&self, bucket: &str, key: &str) -> Option<String> {
        self.state().s3.objects.get(&format!("{bucket}/{key}")).map(|object| object.text.clone())
    }
}
