//! Which calls fail, and how: told beforehand, or by chance from a seed.

use crate::world::Meaning;
use shared::fault::FaultClass;

/// Pseudo-random numbers that are the same in every run (`SplitMix64`).
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Dice(u64);

impl Dice {
    pub(super) fn seed(&mut self, seed: u64) {
        self.0 = seed;
    }

    /// The next number below `bound`; 0 where that is 0.
    pub(super) fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)).checked_rem(bound).unwrap_or(0)
    }

    /// Whether it is one of so many of a thousand.
    pub(super) fn hits(&mut self, of_a_thousand: u32) -> bool {
        of_a_thousand > 0 && self.below(1000) < u64::from(of_a_thousand)
    }
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
    next: Option<(usize, Meaning)>,
    named: Vec<(String, Meaning)>,
    often: Option<(u32, Meaning)>,
    left: Option<usize>,
    unheard: bool,
    dice: Dice,
}

impl Faults {
    pub(super) fn seed(&mut self, seed: u64) {
        self.dice.seed(!seed);
    }

    pub(super) fn next(&mut self, next: (usize, Meaning)) {
        self.next = Some(next);
    }

    pub(super) fn next_of(&mut self, call: &str, meaning: Meaning) {
        self.named.push((call.to_owned(), meaning));
    }

    pub(super) fn often(&mut self, of_a_thousand: u32, meaning: Meaning) {
        self.often = Some((of_a_thousand, meaning));
    }

    pub(super) fn die(&mut self, left: Option<usize>, unheard: bool) {
        (self.left, self.unheard) = (left, unheard);
    }

    /// What becomes of the call that is made now.
    pub(super) fn fate(&mut self, call: &str) -> Fate {
        const DEAD: Meaning = Meaning::Common(FaultClass::Unavailable);
        if self.left == Some(0) {
            return Fate::Failed(DEAD);
        }
        if let Some((calls, meaning)) = self.next.take() {
            self.next = Some((calls.saturating_sub(1), meaning)).filter(|(calls, _)| *calls > 0);
            if calls > 0 {
                return Fate::Failed(meaning);
            }
        }
        if let Some(position) = self.named.iter().position(|(named, _)| call.starts_with(named.as_str())) {
            return Fate::Failed(self.named.remove(position).1);
        }
        if let Some((share, meaning)) = self.often
            && self.dice.hits(share)
        {
            return Fate::Failed(meaning);
        }
        self.left = self.left.map(|left| left - 1);
        if self.left == Some(0) && self.unheard { Fate::Unheard } else { Fate::Answered }
    }
}
