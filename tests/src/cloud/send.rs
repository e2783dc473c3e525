//! Every source that can wake the functions, as a client of AWS uses it.

use anyhow::{Context, ensure};
use aws_sdk_eventbridge::types::PutEventsRequestEntry;
use aws_sdk_lambda::primitives::Blob;
use aws_sdk_lambda::types::InvocationType;
use aws_sdk_s3::primitives::ByteStream;
use aws_sdk_s3::types::{Event, EventBridgeConfiguration, NotificationConfiguration, QueueConfiguration};
use aws_sdk_scheduler::types::{
    ActionAfterCompletion, FlexibleTimeWindow, FlexibleTimeWindowMode, SqsParameters, Target,
};
use aws_sdk_sqs::types::QueueAttributeName;
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

use super::{Clients, Cloud, Commands, Function};

/// What a direct caller got back.
#[derive(Debug)]
pub struct Answered {
    /// The answer, or the error object of a function error.
    pub payload: Value,
    /// `Unhandled` or `Handled` when it is a function error.
    pub function_error: Option<String>,
}

impl Clients {
    /// Lets a bucket send its events to EventBridge, and nowhere else.
    pub(super) async fn notify_bus(&self, bucket: &str) -> anyhow::Result<()> {
        let bus = EventBridgeConfiguration::builder().build();
        self.notify(bucket, NotificationConfiguration::builder().event_bridge_configuration(bus).build())
            .await
    }

    async fn notify(&self, bucket: &str, configuration: NotificationConfiguration) -> anyhow::Result<()> {
        let request = self.s3.put_bucket_notification_configuration().bucket(bucket);
        let sent = request.notification_configuration(configuration).send().await;
        sent.map(|_| ()).with_context(|| format!("set the notifications of bucket {bucket}"))
    }
}

impl Cloud {
    /// Lets a bucket notify the queue of object events itself: S3 sends it a test event first.
    ///
    /// # Errors
    /// When the local cloud refuses; so for everything here.
    pub async fn notify_queue(&self, bucket: &str) -> anyhow::Result<()> {
        let queue = QueueConfiguration::builder()
            .queue_arn(self.stack.output("ObjectEventsArn")?)
            .events(Event::S3ObjectCreated)
            .events(Event::S3ObjectRemoved)
            .build()?;
        let configuration = NotificationConfiguration::builder().queue_configurations(queue).build();
        self.clients.notify(bucket, configuration).await
    }

    /// Lets a bucket send its events to EventBridge, and nowhere else.
    ///
    /// # Errors
    /// As above.
    pub async fn notify_bus(&self, bucket: &str) -> anyhow::Result<()> {
        self.clients.notify_bus(bucket).await
    }

    /// Writes an object.
    ///
    /// # Errors
    /// As above.
    pub async fn put_object(&self, bucket: &str, key: &str) -> anyhow::Result<()> {
        let body = ByteStream::from_static(b"lamplighter");
        let sent = self.clients.s3.put_object().bucket(bucket).key(key).body(body).send().await;
        sent.map(|_| ()).with_context(|| format!("put s3://{bucket}/{key}"))
    }

    /// Removes an object.
    ///
    /// # Errors
    /// As above.
    pub async fn delete_object(&self, bucket: &str, key: &str) -> anyhow::Result<()> {
        let sent = self.clients.s3.delete_object().bucket(bucket).key(key).send().await;
        sent.map(|_| ()).with_context(|| format!("delete s3://{bucket}/{key}"))
    }

    /// Publishes a message to a topic of the stack.
    ///
    /// # Errors
    /// As above.
    pub async fn publish(&self, topic: &str, message: &str) -> anyhow::Result<()> {
        let arn = self.stack.output(topic)?;
        let sent = self.clients.sns.publish().topic_arn(arn).message(message).send().await;
        sent.map(|_| ()).with_context(|| format!("publish to {topic}"))
    }

    /// Sends a command to a FIFO queue; a deduplication id of one's own lets the same body through twice.
    ///
    /// # Errors
    /// As above.
    pub async fn send_command(
        &self,
        queue: Commands,
        command: &Value,
        deduplication: &str,
    ) -> anyhow::Result<()> {
        let request = self.clients.sqs.send_message().queue_url(self.stack.output(queue.url())?);
        let request = request.message_group_id(group(command)).message_deduplication_id(deduplication);
        let sent = request.message_body(command.to_string()).send().await;
        sent.map(|_| ()).with_context(|| format!("send a command to {queue:?}"))
    }

    /// Puts a text into a standard queue of the stack as it is.
    ///
    /// # Errors
    /// As above.
    pub async fn send_message(&self, queue: &str, body: &str) -> anyhow::Result<()> {
        let request = self.clients.sqs.send_message().queue_url(self.stack.output(queue)?);
        let sent = request.message_body(body).send().await;
        sent.map(|_| ()).with_context(|| format!("send to {queue}"))
    }

    /// Puts an event of one's own onto the default bus.
    ///
    /// # Errors
    /// As above.
    pub async fn put_event(&self, source: &str, detail_type: &str, detail: &Value) -> anyhow::Result<()> {
        let entry = PutEventsRequestEntry::builder()
            .source(source)
            .detail_type(detail_type)
            .detail(detail.to_string())
            .build();
        let sent = self.clients.eventbridge.put_events().entries(entry).send().await;
        let answer = sent.context("put an event onto the bus")?;
        ensure!(answer.failed_entry_count == 0, "the bus refused an event: {:?}", answer.entries);
        Ok(())
    }

    /// Makes a schedule that sends a command to a FIFO queue once, in a second.
    ///
    /// # Errors
    /// As above.
    pub async fn schedule_once(&self, queue: Commands, name: &str, command: &Value) -> anyhow::Result<()> {
        let target = Target::builder()
            .arn(self.stack.output(queue.arn())?)
            .role_arn("arn:aws:iam::123456789012:role/scheduler")
            .input(command.to_string())
            .sqs_parameters(SqsParameters::builder().message_group_id(group(command)).build())
            .build()?;
        let exact = FlexibleTimeWindow::builder().mode(FlexibleTimeWindowMode::Off).build()?;
        let request = self.clients.scheduler.create_schedule().name(name).target(target);
        let request =
            request.flexible_time_window(exact).action_after_completion(ActionAfterCompletion::Delete);
        let sent = request.schedule_expression(in_a_second()?).send().await;
        sent.map(|_| ()).with_context(|| format!("create the schedule {name}"))
    }

    /// Invokes a function and waits for its answer, as `aws lambda invoke` does.
    ///
    /// # Errors
    /// As above.
    pub async fn invoke(&self, function: Function, event: &Value) -> anyhow::Result<Answered> {
        let output = self.invocation(function, event)?.send().await.context("invoke the function")?;
        let payload = output.payload.unwrap_or_else(|| Blob::new(""));
        let payload = serde_json::from_slice(payload.as_ref()).context("read the function's answer")?;
        Ok(Answered { payload, function_error: output.function_error })
    }

    /// Hands a function an event and does not wait.
    ///
    /// # Errors
    /// As above.
    pub async fn invoke_asynchronously(&self, function: Function, event: &Value) -> anyhow::Result<()> {
        let request = self.invocation(function, event)?.invocation_type(InvocationType::Event);
        request.send().await.map(|_| ()).context("invoke the function asynchronously")
    }

    /// Stops the delivery of object events, so that what is sent meanwhile comes as one batch: it stands in for
    /// the batch window, which the local cloud does not keep.
    ///
    /// # Errors
    /// As above.
    pub async fn hold_object_events(&self, hold: bool) -> anyhow::Result<()> {
        let function = self.stack.output(Function::InvalidateCache.output())?;
        let request = self.clients.lambda.list_event_source_mappings().function_name(function);
        let request = request.event_source_arn(self.stack.output("ObjectEventsArn")?);
        let mappings = request.send().await.context("list the event source mappings")?.event_source_mappings;
        let uuid = mappings.unwrap_or_default().into_iter().find_map(|mapping| mapping.uuid);
        let uuid = uuid.context("the queue of object events has no mapping")?;
        let request = self.clients.lambda.update_event_source_mapping().uuid(uuid).enabled(!hold);
        request.send().await.map(|_| ()).context("switch the event source mapping")
    }

    /// Sets for how long a received message of a queue stays invisible, on the local cloud only: five deliveries
    /// of a bad message would take an hour otherwise.
    ///
    /// # Errors
    /// As above.
    pub async fn set_visibility(&self, queue: &str, seconds: u32) -> anyhow::Result<()> {
        let request = self.clients.sqs.set_queue_attributes().queue_url(self.stack.output(queue)?);
        let request = request.attributes(QueueAttributeName::VisibilityTimeout, seconds.to_string());
        request.send().await.map(|_| ()).with_context(|| format!("set the visibility timeout of {queue}"))
    }

    fn invocation(
        &self,
        function: Function,
        event: &Value,
    ) -> anyhow::Result<aws_sdk_lambda::operation::invoke::builders::InvokeFluentBuilder> {
        let function = self.stack.output(function.output())?;
        let payload = Blob::new(event.to_string());
        Ok(self.clients.lambda.invoke().function_name(function).payload(payload))
    }
}

/// The message group of a command.
fn group(command: &Value) -> &str {
    command["target"].as_str().unwrap_or("none")
}

/// A schedule's expression for the next second.
pub(super) fn in_a_second() -> anyhow::Result<String> {
    let at = Timestamp::now().checked_add(SignedDuration::from_secs(1)).context("add a second")?;
    Ok(at.strftime("at(%Y-%m-%dT%H:%M:%S)").to_string())
}
