//! The one-time schedules that functions make: what each will send, and a way not to wait for it.

use anyhow::{Context, ensure};
use aws_sdk_scheduler::types::ActionAfterCompletion;
use serde_json::Value;

use super::send::in_a_second;
use super::{Cloud, Commands};

/// A schedule of a function.
#[derive(Debug, Clone)]
pub struct Scheduled {
    /// Its name in its group.
    pub name: String,
    /// When it will fire.
    pub expression: String,
    /// What it will send.
    pub input: Value,
    /// Where.
    pub target: String,
    /// The message group that it will send with.
    pub message_group: Option<String>,
    /// The name of the queue that keeps what it could not send.
    pub dead_letters: Option<String>,
    /// Whether it will be deleted when it has fired.
    pub deletes_itself: bool,
}

impl Cloud {
    /// The schedules in a group, which an output of the stack names.
    ///
    /// # Errors
    /// When the local cloud refuses; so for everything here.
    pub async fn schedules(&self, group: &str) -> anyhow::Result<Vec<Scheduled>> {
        let group = self.stack.output(group)?;
        let mut names =
            self.clients.scheduler.list_schedules().group_name(group).into_paginator().items().send();
        let mut schedules = Vec::new();
        while let Some(listed) = names.next().await {
            let name = listed.context("list the schedules")?.name.context("a schedule without a name")?;
            let request = self.clients.scheduler.get_schedule().group_name(group).name(&name);
            let found = request.send().await;
            // One that has just fired is gone by now.
            if found.as_ref().is_err_and(|error| {
                error.as_service_error().is_some_and(|error| error.is_resource_not_found_exception())
            }) {
                continue;
            }
            let found = found.with_context(|| format!("get the schedule {name}"))?;
            let target = found.target.context("a schedule without a target")?;
            let input = target.input.unwrap_or_default();
            schedules.push(Scheduled {
                expression: found.schedule_expression.unwrap_or_default(),
                input: serde_json::from_str(&input).with_context(|| format!("read the input of {name}"))?,
                target: target.arn,
                dead_letters: target
                    .dead_letter_config
                    .and_then(|config| Some(config.arn?.rsplit(':').next()?.to_owned())),
                message_group: target.sqs_parameters.and_then(|parameters| parameters.message_group_id),
                deletes_itself: found.action_after_completion == Some(ActionAfterCompletion::Delete),
                name,
            });
        }
        Ok(schedules)
    }

    /// Brings a schedule forward to the next second, and leaves all else as it is.
    ///
    /// # Errors
    /// As above.
    pub async fn fire_now(&self, group: &str, name: &str) -> anyhow::Result<()> {
        let group = self.stack.output(group)?;
        let request = self.clients.scheduler.get_schedule().group_name(group).name(name);
        let found = request.send().await.with_context(|| format!("get the schedule {name}"))?;
        let request = self.clients.scheduler.update_schedule().group_name(group).name(name);
        let request = request.schedule_expression(in_a_second()?).set_target(found.target);
        let request = request.set_flexible_time_window(found.flexible_time_window);
        let request = request.set_action_after_completion(found.action_after_completion);
        request.send().await.map(|_| ()).with_context(|| format!("bring the schedule {name} forward"))
    }

    /// Lets a repeated schedule fire once more, in the next second: another one sends what it sends. The local cloud
    /// would not fire it itself before its time.
    ///
    /// # Errors
    /// As above, and when there is no such schedule.
    pub async fn fire_once_more(&self, group: &str, name: &str, queue: Commands) -> anyhow::Result<()> {
        let mut schedules = self.schedules(group).await?.into_iter();
        let found = schedules.find(|schedule| schedule.name == name);
        let found = found.with_context(|| format!("{group} has no schedule {name}"))?;
        ensure!(found.target == self.stack.output(queue.arn())?, "{found:?} sends to another queue");
        self.schedule_once(queue, &format!("{name}-once-more"), &found.input).await
    }

    /// Deletes a schedule.
    ///
    /// # Errors
    /// As above.
    pub async fn delete_schedule(&self, group: &str, name: &str) -> anyhow::Result<()> {
        let group = self.stack.output(group)?;
        let request = self.clients.scheduler.delete_schedule().group_name(group).name(name);
        request.send().await.map(|_| ()).with_context(|| format!("delete the schedule {name}"))
    }
}
