//! 核验结论: what a check of the logs finds, and what it comes to.

use serde::Serialize;

/// One fault, or what could not be judged. Fields that do not apply are absent.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct TrailFinding {
    /// `AUD-01` … `AUD-12`.
    pub code: &'static str,
    /// `*` for all logs.
    pub log: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seq: Option<u64>,
    /// First and last missing number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub first: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last: Option<u64>,
    /// Number of the audit entry that names what is not there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub audit: Option<u64>,
    /// What was frozen.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub thing: Option<String>,
}

impl TrailFinding {
    /// A fault of one entry.
    pub fn at(code: &'static str, log: &str, seq: u64) -> TrailFinding {
        TrailFinding { code, log: log.to_string(), seq: Some(seq), ..TrailFinding::default() }
    }

    /// Entries that are missing.
    pub fn missing(code: &'static str, log: &str, first: u64, last: u64) -> TrailFinding {
        TrailFinding {
            code,
            log: log.to_string(),
            first: Some(first),
            last: Some(last),
            ..TrailFinding::default()
        }
    }

    /// What holds for all logs.
    pub fn everywhere(code: &'static str) -> TrailFinding {
        TrailFinding { code, log: "*".to_string(), ..TrailFinding::default() }
    }
}

/// 核验结果: the exit status of the command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TrailExit {
    Intact = 0,
    Broken = 1,
    /// Nothing is wrong as far as it can be judged.
    Unjudged = 2,
}

impl Serialize for TrailExit {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_u8(*self as u8)
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct TrailReport {
    pub exit: TrailExit,
    /// By code, log and number.
    pub lines: Vec<TrailFinding>,
}

impl TrailReport {
    /// Sorts the findings and weighs them: a missing head is no fault, a missing key leaves the rest unjudged.
    pub fn of(mut lines: Vec<TrailFinding>) -> TrailReport {
        lines.sort();
        let fault = |line: &TrailFinding| !matches!(line.code, "AUD-10" | "AUD-11");
        let exit = if lines.iter().any(fault) {
            TrailExit::Broken
        } else if lines.iter().any(|line| line.code == "AUD-10") {
            TrailExit::Unjudged
        } else {
            TrailExit::Intact
        };
        TrailReport { exit, lines }
    }
}
