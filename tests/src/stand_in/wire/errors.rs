//! Errors in the form of their service.

use http_body_util::Full;
use hyper::Response;
use serde_json::{Value, json};

use super::{REQUEST_ID, Service, xml};
use crate::loopback::{Reply, reply};
use crate::stand_in::Fault;

/// An error with nothing but a code and a message.
pub(in crate::stand_in) fn error(service: Service, fault: Fault) -> Reply {
    let Fault { status, code, message } = fault;
    match service {
        Service::CloudFront => in_xml("http://cloudfront.amazonaws.com/doc/2020-05-31/", fault),
        Service::Rds => in_xml(crate::stand_in::rds::NAMESPACE, fault),
        Service::Route53 => in_xml(crate::stand_in::route53::NAMESPACE, fault),
        Service::S3 => crate::stand_in::s3::refuse(fault),
        Service::Sns => in_xml("http://sns.amazonaws.com/doc/2010-03-31/", fault),
        Service::DynamoDb | Service::Ecs | Service::RoutingControls | Service::Sqs => {
            in_json(service, status, code, json!({"message": message}))
        }
        Service::AutoScaling => in_json(service, status, code, json!({"Message": message})),
        Service::Scheduler => Response::builder()
            .status(status)
            .header("content-type", "application/json")
            .header("x-amzn-errortype", code)
            .body(Full::new(json!({"Message": message}).to_string().into()))
            .ok(),
        Service::CloudWatch => {
            let mut body = Vec::new();
            let error = json!({"__type": format!("com.amazonaws.cloudwatch#{code}"), "message": message});
            ciborium::into_writer(&error, &mut body).ok()?;
            Response::builder()
                .status(status)
                .header("content-type", "application/cbor")
                .header("smithy-protocol", "rpc-v2-cbor")
                .header("x-amzn-query-error", format!("{code};{}", side(status)))
                .body(Full::new(body.into()))
                .ok()
        }
    }
}

/// An error of a service that speaks JSON, with what else it has to say.
pub(in crate::stand_in) fn in_json(service: Service, status: u16, code: &str, mut body: Value) -> Reply {
    let (namespace, version) = match service {
        Service::AutoScaling | Service::Ecs => ("", "1.1"),
        Service::RoutingControls => ("com.amazonaws.route53recoverycluster#", "1.0"),
        Service::Sqs => ("com.amazonaws.sqs#", "1.0"),
        _ => ("com.amazonaws.dynamodb.v20120810#", "1.0"),
    };
    body["__type"] = format!("{namespace}{code}").into();
    reply(status, &format!("application/x-amz-json-{version}"), body.to_string())
}

fn in_xml(namespace: &str, fault: Fault) -> Reply {
    let Fault { status, code, message } = fault;
    let side = side(status);
    xml(
        status,
        &format!(
            r#"<ErrorResponse xmlns="{namespace}"><Error><Type>{side}</Type><Code>{code}</Code><Message>{message}</Message></Error><RequestId>{REQUEST_ID}</RequestId></ErrorResponse>"#
        ),
    )
}

/// Whose fault it is.
fn side(status: u16) -> &'static str {
    if status < 500 { "Sender" } else { "Receiver" }
}
