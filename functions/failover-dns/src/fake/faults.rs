//! Which calls fail, and how.

use shared::fault::FaultClass;

use crate::world::Meaning;

/// What a call goes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Api {
    /// Route 53.
    Route53,
    /// CloudWatch: alarms, and what health checks showed before.
    CloudWatch,
    /// S3.
    S3,
    /// The cluster of the Application Recovery Controller.
    Recovery,
    /// CloudFront.
    CloudFront,
    /// The addresses that are asked as evidence.
    Https,
}

/// What becomes of a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fate {
    /// It is carried out and answered.
    Answered,
    /// It is carried out, and nobody hears of it.
    Unheard,
    /// It fails and changes nothing.
    Failed(Meaning),
}

/// What is to fail.
#[derive(Debug, Default)]
pub(super) struct Faults {
    /// How many calls come before each, and what it fails with.
    counted: Vec<(usize, Meaning)>,
    named: Vec<(String, Meaning)>,
    down: Vec<(Api, Meaning)>,
    left: Option<usize>,
    unheard: bool,
}

impl Faults {
    pub(super) fn next(&mut self, calls: usize, meaning: Meaning) {
        self.counted.extend((0..calls).map(|before| (before, meaning)));
    }

    pub(super) fn nth(&mut self, nth: usize, meaning: Meaning) {
        self.counted.extend(nth.checked_sub(1).map(|before| (before, meaning)));
    }

    pub(super) fn next_of(&mut self, call: &str, meaning: Meaning) {
        self.named.push((call.to_owned(), meaning));
    }

    pub(super) fn set_down(&mut self, api: Api, meaning: Option<Meaning>) {
        self.down.retain(|(down, _)| *down != api);
        self.down.extend(meaning.map(|meaning| (api, meaning)));
    }

    pub(super) fn die(&mut self, left: Option<usize>, unheard: bool) {
        (self.left, self.unheard) = (left, unheard);
    }

    /// What becomes of the call that is made now.
    pub(super) fn fate(&mut self, apis: &[Api], call: &str) -> Fate {
        let due = self.counted.iter().find(|(before, _)| *before == 0).map(|(_, meaning)| *meaning);
        self.counted.retain(|(before, _)| *before > 0);
        for (before, _) in &mut self.counted {
            *before -= 1;
        }
        if self.left == Some(0) {
            return Fate::Failed(Meaning::Common(FaultClass::Unavailable));
        }
        if let Some(meaning) = due {
            return Fate::Failed(meaning);
        }
        if let Some(position) = self.named.iter().position(|(named, _)| call.starts_with(named.as_str())) {
            return Fate::Failed(self.named.remove(position).1);
        }
        if let Some((_, meaning)) = self.down.iter().find(|(api, _)| apis.contains(api)) {
            return Fate::Failed(*meaning);
        }
        self.left = self.left.map(|left| left - 1);
        if self.left == Some(0) && self.unheard { Fate::Unheard } else { Fate::Answered }
    }
}
