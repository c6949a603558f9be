//! 等次: the four grades targets, evaluations and assessments end in.

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// 评定等次, the best first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Grade {
    Excellent,
    Good,
    Middling,
    Poor,
}

impl Grade {
    pub const ALL: [Grade; 4] = [Grade::Excellent, Grade::Good, Grade::Middling, Grade::Poor];

    pub fn label(self) -> &'static str {
        match self {
            Grade::Excellent => "优",
            Grade::Good => "良",
            Grade::Middling => "中",
            Grade::Poor => "差",
        }
    }
}

/// Serde of a grade by its label, as edition files write it; cases store the English word.
pub mod by_label {
    use super::*;

    pub fn serialize<S: Serializer>(grade: &Grade, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(grade.label())
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Grade, D::Error> {
        let text = String::deserialize(deserializer)?;
        let found = Grade::ALL.into_iter().find(|grade| grade.label() == text);
        found.ok_or_else(|| de::Error::custom("a grade is 优, 良, 中 or 差"))
    }
}
