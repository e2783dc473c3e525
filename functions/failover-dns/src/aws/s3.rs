//! The standby object: S3 in its own Region, and nothing else.

use aws_sdk_s3::config::{Builder, Region};
use aws_sdk_s3::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_s3::primitives::ByteStream;
use shared::fault::FaultClass;
use shared::kinds::dns::StandbyObject;

use super::AwsUntil;
use super::fault::{self, fault};
use crate::world::{Fault, Meaning, Object, Outcome, Owner};

/// The names under which the object has, among its metadata, the order that put it and the delivery that brought that.
const ORDER: &str = "order";
const DELIVERY: &str = "delivery";

impl AwsUntil<'_> {
    pub(super) async fn head(&self, object: &StandbyObject) -> Result<Object, Fault> {
        self.seen(object, &format!("look for object {}", place(object))).await
    }

    /// S3 says "forbidden" of an object that is not there to a role that may not list the bucket.
    async fn seen(&self, object: &StandbyObject, operation: &str) -> Result<Object, Fault> {
        let request = self.aws.s3().head_object().bucket(object.bucket.as_str()).key(object.key.as_str());
        match request.customize().config_override(self.in_s3(object, operation)?).send().await {
            Ok(found) => {
                let noted = |name| found.metadata.as_ref()?.get(name)?.clone().try_into().ok();
                Ok(noted(ORDER).map_or(Object::Unmarked, |order| {
                    Object::PutBy(Owner { order, delivery: noted(DELIVERY) })
                }))
            }
            Err(error) if error.as_service_error().is_some_and(|error| error.is_not_found()) => {
                Ok(Object::Absent)
            }
            Err(error) => Err(of_s3(operation, &error)),
        }
    }

    /// Writes it only where there is none: the first one tells by its age since when traffic goes there, and whose it is.
    pub(super) async fn put(
        &self,
        object: &StandbyObject,
        text: &str,
        owner: &Owner,
    ) -> Result<Outcome, Fault> {
        let operation = format!("put object {}", place(object));
        let request = self.aws.s3().put_object().bucket(object.bucket.as_str()).key(object.key.as_str());
        let request = request.if_none_match("*").content_type("text/plain; charset=utf-8");
        let request = request.metadata(ORDER, owner.order.as_str());
        let request = match &owner.delivery {
            Some(delivery) => request.metadata(DELIVERY, delivery.as_str()),
            None => request,
        };
        let request = request.body(ByteStream::from(text.as_bytes().to_vec()));
        match request.customize().config_override(self.in_s3(object, &operation)?).send().await {
            Ok(_) => Ok(Outcome::Done),
            Err(error) if error.code() == Some("PreconditionFailed") => self.whose(object, owner).await,
            Err(error) => Err(of_s3(&operation, &error)),
        }
    }

    /// Whether the object that is there is from an earlier try, or somebody else's.
    async fn whose(&self, object: &StandbyObject, owner: &Owner) -> Result<Outcome, Fault> {
        let operation = format!("see whose order put object {}", place(object));
        match self.seen(object, &operation).await? {
            Object::PutBy(found) if found == *owner => Ok(Outcome::Repeated),
            Object::PutBy(_) | Object::Unmarked => Ok(Outcome::Already),
            // Somebody has removed it since.
            Object::Absent => {
                Err(fault::failed(&operation, Meaning::Common(FaultClass::Conflict), "it is gone again"))
            }
        }
    }

    pub(super) async fn delete(&self, object: &StandbyObject) -> Result<(), Fault> {
        let operation = format!("remove object {}", place(object));
        let request = self.aws.s3().delete_object().bucket(object.bucket.as_str()).key(object.key.as_str());
        let answer = request.customize().config_override(self.in_s3(object, &operation)?).send().await;
        answer.map(drop).map_err(|error| of_s3(&operation, &error))
    }

    fn in_s3(&self, object: &StandbyObject, operation: &str) -> Result<Builder, Fault> {
        let region = Region::new(object.region.to_string());
        Ok(Builder::new().region(region).timeout_config(self.timeouts(operation)?))
    }
}

fn place(object: &StandbyObject) -> String {
    format!("s3://{}/{} in {}", object.bucket.as_str(), object.key, object.region)
}

/// A redirect says that the bucket is in another Region than the playbook says: it will be so again.
fn of_s3<E>(operation: &str, error: &SdkError<E>) -> Fault
where
    SdkError<E>: ProvideErrorMetadata,
    E: std::error::Error + Send + Sync + 'static,
{
    let fault = fault(operation, error);
    match fault::status(error) {
        Some(301) => Fault { meaning: Meaning::Common(FaultClass::Rejected), ..fault },
        _ => fault,
    }
}
