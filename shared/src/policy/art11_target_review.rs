//! Article 11, 绩效目标审核: targets are scored before money is. A request whose targets score 中 goes back to be
//! put right, and one that scores 差 gets no budget. Criteria, points and grades: 财预〔2015〕88号.

use crate::kernel::refusal::Refusal;
use serde::{Deserialize, Serialize};

/// One of the eight questions of the sheet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Criterion {
    /// 一级: 完整性 · 相关性 · 适当性 · 可行性.
    pub part: &'static str,
    pub name: &'static str,
    /// Most points.
    pub most: u8,
}

const fn criterion(part: &'static str, name: &'static str, most: u8) -> Criterion {
    Criterion { part, name, most }
}

/// 完整性 20 · 相关性 20 · 适当性 30 · 可行性 30.
pub const CRITERIA: [Criterion; 8] = [
    criterion("完整性", "规范完整", 10),
    criterion("完整性", "明确清晰", 10),
    criterion("相关性", "目标相关", 10),
    criterion("相关性", "指标科学", 10),
    criterion("适当性", "绩效合理", 15),
    criterion("适当性", "资金匹配", 15),
    criterion("可行性", "实现可能", 15),
    criterion("可行性", "条件充分", 15),
];

/// 审核评分表: whole points per criterion, in the order of [`CRITERIA`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ScoreSheet {
    pub points: [u8; CRITERIA.len()],
    /// 审核意见.
    pub opinion: String,
}

/// 评定等次.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Grade {
    Excellent,
    Good,
    Middling,
    Poor,
}

impl Grade {
    pub fn of(total: u32) -> Grade {
        match total {
            90.. => Grade::Excellent,
            80..=89 => Grade::Good,
            60..=79 => Grade::Middling,
            _ => Grade::Poor,
        }
    }

    pub fn label(self) -> &'static str {
        match self {
            Grade::Excellent => "优",
            Grade::Good => "良",
            Grade::Middling => "中",
            Grade::Poor => "差",
        }
    }

    /// What follows from the grade.
    pub fn consequence(self) -> &'static str {
        match self {
            Grade::Excellent | Grade::Good => "可以通过",
            Grade::Middling => "须退回修改后重新审核",
            Grade::Poor => "不得安排预算",
        }
    }

    /// Whether a request with this grade may pass.
    pub fn may_pass(self) -> Result<(), Refusal> {
        match self {
            Grade::Excellent | Grade::Good => Ok(()),
            Grade::Middling => Err(Refusal::under(
                11,
                "targets.middling",
                "绩效目标审核等次为“中”，须退回部门修改后重新审核",
            )),
            Grade::Poor => Err(Refusal::under(
                11,
                "targets.poor",
                "绩效目标审核等次为“差”，不得安排预算，请退回部门重新编制",
            )),
        }
    }
}

impl ScoreSheet {
    pub fn total(&self) -> u32 {
        self.points.iter().map(|points| u32::from(*points)).sum()
    }

    pub fn grade(&self) -> Grade {
        Grade::of(self.total())
    }

    /// No criterion above its points; below 良 the department must be told what to put right.
    pub fn check(&self) -> Result<(), Refusal> {
        let over = CRITERIA.iter().zip(self.points).find(|(criterion, points)| *points > criterion.most);
        if let Some((Criterion { part, name, most }, _)) = over {
            let message = format!("“{part}·{name}”最多 {most} 分，请改正");
            return Err(Refusal::under(11, "sheet.points", message));
        }
        if self.grade() > Grade::Good && self.opinion.trim().is_empty() {
            let message = format!("等次为“{}”时须写明审核意见，说明哪里要改", self.grade().label());
            return Err(Refusal::under(11, "sheet.opinion", message));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sheet(points: [u8; 8]) -> ScoreSheet {
        ScoreSheet { points, opinion: String::new() }
    }

    #[test]
    fn the_points_add_up_to_a_hundred_in_four_parts() {
        let part = |part: &str| CRITERIA.iter().filter(|c| c.part == part).map(|c| c.most).sum::<u8>();
        assert_eq!(["完整性", "相关性", "适当性", "可行性"].map(part), [20, 20, 30, 30]);
    }

    #[test]
    fn a_grade_begins_exactly_at_its_points() {
        let grades = [100, 90, 89, 80, 79, 60, 59, 0].map(|total| Grade::of(total).label());
        assert_eq!(grades, ["优", "优", "良", "良", "中", "中", "差", "差"]);
    }

    #[test]
    fn middling_goes_back_and_poor_gets_nothing() {
        let code = |total| Grade::of(total).may_pass().err().map(|r| (r.code, r.article));
        assert_eq!(code(80), None);
        assert_eq!(code(79), Some(("targets.middling".into(), Some(11))));
        assert_eq!(code(59), Some(("targets.poor".into(), Some(11))));
    }

    #[test]
    fn a_sheet_keeps_to_its_points_and_says_why_it_is_low() {
        assert_eq!(sheet([10, 10, 10, 10, 15, 15, 15, 15]).check(), Ok(()));
        assert_eq!(sheet([11, 0, 0, 0, 0, 0, 0, 0]).check().unwrap_err().code, "sheet.points");
        let low = sheet([8, 7, 7, 7, 10, 10, 10, 10]);
        assert_eq!((low.total(), low.check().unwrap_err().code), (69, "sheet.opinion".into()));
        assert_eq!(ScoreSheet { opinion: "指标值偏低".into(), ..low }.check(), Ok(()));
    }
}
