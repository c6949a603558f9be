//! 等次: the four grades targets, evaluations and assessments end in.

use crate::kernel::words::words;
use serde::{Deserialize, Deserializer, Serializer, de};

words! {
    /// 评定等次, the best first.
    Grade {
        Excellent "excellent" "优",
        Good "good" "良",
        Middling "middling" "中",
        Poor "poor" "差",
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
