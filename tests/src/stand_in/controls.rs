//! What a test does to the services behind the functions' back, and what it finds in them.

use std::time::Duration;

use serde_json::Value;

use super::cloudwatch::{Alarm, AlarmKind};
use super::fault::{Fault, Moment, Silence, Trouble};
use super::{Batch, Limits, Published, Refused, Sent, Service, StandIn, State};

/// Trouble.
impl StandIn {
    /// Is as new: nothing is there, nothing was asked, and nothing goes wrong.
    pub fn begin_anew(&self) {
        *self.state() = State::default();
    }

    /// Lets the next requests of an operation fail.
    pub fn fail_next(&self, operation: &str, times: usize, fault: Fault) {
        self.trouble(operation, times, Trouble::Fault(fault));
    }

    /// Lets the next request of an operation wait before it is served.
    pub fn delay_next(&self, operation: &str, delay: Duration) {
        self.trouble(operation, 1, Trouble::Delay(delay));
    }

    /// Lets every request wait for so long before it is served. Without this, all are served at once.
    pub fn answer_after(&self, pace: Duration) {
        self.state().pace = pace;
    }

    /// Lets the next requests of an operation end without an answer, and without effect.
    pub fn hang_up_next(&self, operation: &str, times: usize) {
        self.trouble(operation, times, Trouble::HangUp);
    }

    /// Lets the next requests of an operation take effect and end without an answer.
    pub fn lose_answer_of_next(&self, operation: &str, times: usize) {
        self.trouble(operation, times, Trouble::LoseAnswer);
    }

    /// Lets all requests to a service fail until [`up`](Self::up).
    pub fn down(&self, service: Service, fault: Fault) {
        self.state().down.insert(service, Trouble::Fault(fault));
    }

    /// Lets a service work again.
    pub fn up(&self, service: Service) {
        self.state().down.remove(&service);
    }

    /// Lets every operation work again that was to fail the next time.
    pub fn forget_troubles(&self) {
        self.state().troubles.clear();
    }

    /// Answers so many more requests and falls silent at the next one, until [`speak_again`](Self::speak_again):
    /// whoever waits for that answer can be killed there.
    pub fn fall_silent_after(&self, requests: usize, moment: Moment) {
        self.state().silence = Some(Silence { left: requests, moment });
    }

    /// Whether a request was met by silence.
    #[must_use]
    pub fn is_silent(&self) -> bool {
        self.state().silent
    }

    /// Answers again. Requests that were met by silence stay unanswered.
    pub fn speak_again(&self) {
        let mut state = self.state();
        (state.silence, state.silent) = (None, false);
    }

    fn trouble(&self, operation: &str, times: usize, trouble: Trouble) {
        let mut state = self.state();
        let waiting = state.troubles.entry(operation.to_owned()).or_default();
        waiting.extend(std::iter::repeat_n(trouble, times));
    }
}

/// CloudFront.
impl StandIn {
    /// Enforces CloudFront's limits on what is in progress, which are off otherwise.
    pub fn enforce(&self, limits: Limits) {
        self.state().cloudfront.limits = Some(limits);
    }

    /// Puts an invalidation in progress that somebody else asked for.
    pub fn begin_invalidation(&self, distribution: &str, paths: &[&str]) {
        let mut state = self.state();
        let caller_reference = format!("elsewhere-{}", state.requests.len());
        let paths = paths.iter().map(|&path| path.to_owned()).collect();
        state.cloudfront.begin(distribution, Batch { caller_reference, paths });
    }

    /// Completes all invalidations.
    pub fn complete_invalidations(&self) {
        self.state().cloudfront.complete();
    }
}

/// Messages.
impl StandIn {
    /// The messages that were published.
    #[must_use]
    pub fn published(&self) -> Vec<Published> {
        self.state().sns.published.clone()
    }

    /// The messages in the queues, in the order of arrival.
    #[must_use]
    pub fn sent(&self) -> Vec<Sent> {
        self.state().sqs.sent.clone()
    }

    /// How many messages the queues took for repetitions.
    #[must_use]
    pub fn repeated(&self) -> usize {
        self.state().sqs.repeated
    }

    /// Lets the queues refuse single entries of a batch; none: no more.
    pub fn refuse_entries(&self, refused: Option<Refused>) {
        self.state().sqs.refused = refused;
    }

    /// Lets the queues forget which deduplication ids have come, as they do after five minutes.
    pub fn forget_deduplication(&self) {
        self.state().sqs.forget();
    }
}

/// What is remembered, scheduled and alarmed.
impl StandIn {
    /// The items of a table, in DynamoDB's JSON and in order of their keys.
    #[must_use]
    pub fn items(&self, table: &str) -> Vec<Value> {
        self.state().dynamodb.items(table)
    }

    /// Ends the pages of queries after so many items.
    pub fn page_after(&self, items: usize) {
        self.state().dynamodb.page = Some(items);
    }

    /// Lets the next transactions meet another one.
    pub fn conflict_next(&self, times: usize) {
        self.state().dynamodb.conflicts = times;
    }

    /// The schedules that were made: the requests, with the name as `Name`.
    #[must_use]
    pub fn schedules(&self) -> Vec<Value> {
        self.state().scheduler.schedules()
    }

    /// Sets the state of an alarm, since a time in milliseconds.
    pub fn set_alarm(&self, kind: AlarmKind, name: &str, state: &str, since: i64) {
        let alarm = Alarm { kind, state: state.to_owned(), since };
        self.state().cloudwatch.set(name, alarm);
    }
}
