//! 可选项: the choices offered for a cell, narrowed by what is typed. No page here.

use super::values::{ChoiceOption, lower};

/// Entries shown at once; typing narrows further.
pub const MOST: usize = 100;

pub struct List {
    offers: Vec<ChoiceOption>,
    /// Positions of those that fit what is typed.
    fitting: Vec<usize>,
    /// The one Enter takes, among the fitting.
    at: Option<usize>,
}

impl List {
    /// All choices, the `current` one marked.
    pub fn new(offers: Vec<ChoiceOption>, current: &str) -> List {
        let at = offers.iter().position(|offer| offer.text == current);
        List { fitting: (0..offers.len()).collect(), offers, at }
    }

    /// Keeps the choices that contain `words`, in small letters, and marks the first.
    pub fn narrow(&mut self, words: &str) {
        let fits = |offer: &ChoiceOption| {
            lower(&offer.text).contains(words) || lower(&offer.code).starts_with(words)
        };
        self.fitting = (0..self.offers.len()).filter(|at| fits(&self.offers[*at])).collect();
        self.at = (!words.is_empty() && !self.fitting.is_empty()).then_some(0);
    }

    /// Moves the mark up or down.
    pub fn step(&mut self, down: bool) {
        let last = self.fitting.len().min(MOST).saturating_sub(1);
        self.at = match (self.at, down) {
            _ if self.fitting.is_empty() => None,
            (None, true) => Some(0),
            (None, false) => Some(last),
            (Some(at), true) => Some((at + 1).min(last)),
            (Some(at), false) => Some(at.saturating_sub(1)),
        };
    }

    /// The choices shown, in order.
    pub fn shown(&self) -> impl Iterator<Item = &ChoiceOption> {
        self.fitting.iter().take(MOST).map(|at| &self.offers[*at])
    }

    pub fn is_empty(&self) -> bool {
        self.fitting.is_empty()
    }

    pub fn is_marked(&self, at: usize) -> bool {
        self.at == Some(at)
    }

    /// The marked choice.
    pub fn marked(&self) -> Option<&ChoiceOption> {
        self.offer(self.at?)
    }

    /// The choice shown in place `at`.
    pub fn offer(&self, at: usize) -> Option<&ChoiceOption> {
        self.offers.get(*self.fitting.get(at)?)
    }
}
