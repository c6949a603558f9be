//! 系统初始化: the way from an empty database to the first request.

use super::{Endpoint, Method};
use crate::kernel::calendar::FiscalYear;
use serde::{Deserialize, Serialize};
use validator::Validate;

#[derive(Clone, Debug, Default, Serialize, Deserialize, Validate)]
#[serde(deny_unknown_fields)]
pub struct ReadSetup {}

impl Endpoint for ReadSetup {
    const METHOD: Method = Method::Get;
    const PATH: &'static str = "/api/setup";
    type Reply = SetupView;
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SetupView {
    /// In their order; the first that is not done is next.
    pub steps: Vec<SetupStep>,
    /// The fiscal year that is prepared.
    pub year: FiscalYear,
}

/// 一步.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SetupStep {
    /// From 1.
    pub number: u8,
    pub title: String,
    /// Whose turn it is and what to do.
    pub text: String,
    pub done: bool,
}

impl SetupView {
    pub fn is_over(&self) -> bool {
        self.steps.iter().all(|step| step.done)
    }

    /// The step whose turn it is.
    pub fn next(&self) -> Option<&SetupStep> {
        self.steps.iter().find(|step| !step.done)
    }
}
