//! One client for each AWS service, all pointed at the local cloud by the SDK's own environment variables.

use std::path::PathBuf;

use anyhow::{Context, ensure};
use aws_config::BehaviorVersion;

use super::databases::FAR;

/// The clients, and the folder that the local cloud and its clients share.
#[derive(Debug, Clone)]
pub struct Clients {
    /// Where `playbook.yaml`, `resources.json`, `outputs.json` and the logs are.
    pub folder: PathBuf,
    pub(super) cloudfront: aws_sdk_cloudfront::Client,
    pub(super) cloudwatch: aws_sdk_cloudwatch::Client,
    pub(super) dynamodb: aws_sdk_dynamodb::Client,
    pub(super) ecs: aws_sdk_ecs::Client,
    pub(super) eventbridge: aws_sdk_eventbridge::Client,
    pub(super) lambda: aws_sdk_lambda::Client,
    /// Route 53 at moto, which has health checks with a status.
    pub(super) health_checks: aws_sdk_route53::Client,
    pub(super) logs: aws_sdk_cloudwatchlogs::Client,
    /// The address of moto.
    pub(super) moto: String,
    pub(super) rds: aws_sdk_rds::Client,
    /// RDS in the Region that snapshots are copied to.
    pub(super) rds_far: aws_sdk_rds::Client,
    pub(super) route53: aws_sdk_route53::Client,
    pub(super) s3: aws_sdk_s3::Client,
    pub(super) scaling: aws_sdk_applicationautoscaling::Client,
    pub(super) scheduler: aws_sdk_scheduler::Client,
    pub(super) sns: aws_sdk_sns::Client,
    pub(super) sqs: aws_sdk_sqs::Client,
}

impl Clients {
    /// Makes the clients.
    ///
    /// # Errors
    /// When the environment does not name a local cloud: these clients must never reach an account.
    pub async fn connect() -> anyhow::Result<Self> {
        let folder = std::env::var_os("LOCAL_CLOUD_FOLDER");
        let folder =
            PathBuf::from(folder.context("no local cloud: run `cargo xtask demo` or `cargo xtask test`")?);
        for name in
            ["", "_APPLICATION_AUTO_SCALING", "_ECS", "_RDS"].map(|end| format!("AWS_ENDPOINT_URL{end}"))
        {
            let endpoint = std::env::var(&name).unwrap_or_default();
            ensure!(endpoint.starts_with("http://127.0.0.1:"), "{name} is `{endpoint}`, no local cloud");
        }
        let sdk = aws_config::load_defaults(BehaviorVersion::latest()).await;
        let s3 = aws_sdk_s3::config::Builder::from(&sdk).force_path_style(true).build();
        let far = aws_sdk_rds::config::Region::from_static(FAR);
        let far = aws_sdk_rds::config::Builder::from(&sdk).region(far).build();
        let moto = std::env::var("AWS_ENDPOINT_URL_RDS").context("find moto")?;
        let at_moto = aws_sdk_route53::config::Builder::from(&sdk).endpoint_url(&moto).build();
        Ok(Self {
            folder,
            cloudfront: aws_sdk_cloudfront::Client::new(&sdk),
            cloudwatch: aws_sdk_cloudwatch::Client::new(&sdk),
            dynamodb: aws_sdk_dynamodb::Client::new(&sdk),
            ecs: aws_sdk_ecs::Client::new(&sdk),
            eventbridge: aws_sdk_eventbridge::Client::new(&sdk),
            lambda: aws_sdk_lambda::Client::new(&sdk),
            health_checks: aws_sdk_route53::Client::from_conf(at_moto),
            logs: aws_sdk_cloudwatchlogs::Client::new(&sdk),
            moto,
            rds: aws_sdk_rds::Client::new(&sdk),
            rds_far: aws_sdk_rds::Client::from_conf(far),
            route53: aws_sdk_route53::Client::new(&sdk),
            s3: aws_sdk_s3::Client::from_conf(s3),
            scaling: aws_sdk_applicationautoscaling::Client::new(&sdk),
            scheduler: aws_sdk_scheduler::Client::new(&sdk),
            sns: aws_sdk_sns::Client::new(&sdk),
            sqs: aws_sdk_sqs::Client::new(&sdk),
        })
    }
}
