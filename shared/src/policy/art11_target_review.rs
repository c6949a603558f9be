//! Article 11, 绩效目标审核: targets are scored before money is. A request whose targets score 中 goes back to be
//! put right, and one that scores 差 gets no budget. Criteria, points and grades are the edition's (财预〔2015〕88号).

use super::editions::Edition;
use super::editions::values::{Criterion, GradeConsequence};
pub use super::grade::Grade;
use crate::kernel::refusal::Refusal;
use serde::{Deserialize, Serialize};

/// 审核评分表: whole points per criterion, in the order of the edition's `review_criteria`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ScoreSheet {
    pub points: Vec<u8>,
    /// 审核意见.
    pub opinion: String,
}

/// The grade of a total. The bands of an edition fall to 0, so every total has one.
pub fn grade_of(edition: &Edition, total: u32) -> Grade {
    let band = edition.parameters.review_bands.iter().find(|band| total >= band.from);
    band.map_or(Grade::Poor, |band| band.grade)
}

/// What follows from a grade. One the edition has no band for blocks.
pub fn consequence_of(edition: &Edition, grade: Grade) -> GradeConsequence {
    let band = edition.parameters.review_bands.iter().find(|band| band.grade == grade);
    band.map_or(GradeConsequence::Block, |band| band.then)
}

/// What follows from a grade, in words.
pub fn consequence_text(edition: &Edition, grade: Grade) -> &'static str {
    match consequence_of(edition, grade) {
        GradeConsequence::Pass => "可以通过",
        GradeConsequence::Return => "须退回修改后重新审核",
        GradeConsequence::Block => "不得安排预算",
    }
}

/// Whether a request with this grade may pass.
pub fn may_pass(edition: &Edition, grade: Grade) -> Result<(), Refusal> {
    let label = grade.label();
    let (code, message) = match consequence_of(edition, grade) {
        GradeConsequence::Pass => return Ok(()),
        GradeConsequence::Return => {
            ("targets.middling", format!("绩效目标审核等次为“{label}”，须退回部门修改后重新审核"))
        }
        GradeConsequence::Block => {
            ("targets.poor", format!("绩效目标审核等次为“{label}”，不得安排预算，请退回部门重新编制"))
        }
    };
    Err(Refusal::under(11, code, message))
}

impl ScoreSheet {
    pub fn total(&self) -> u32 {
        self.points.iter().map(|points| u32::from(*points)).sum()
    }

    pub fn grade(&self, edition: &Edition) -> Grade {
        grade_of(edition, self.total())
    }

    /// Every criterion has points, none more than its most; a grade that does not pass says what to put right.
    pub fn check(&self, edition: &Edition) -> Result<(), Refusal> {
        let criteria = &edition.parameters.review_criteria;
        if self.points.len() != criteria.len() {
            let message = format!("评分表有 {} 项，请逐项打分", criteria.len());
            return Err(Refusal::under(11, "sheet.points", message));
        }
        let over = criteria.iter().zip(&self.points).find(|(of, points)| u32::from(**points) > of.most);
        if let Some((Criterion { part, name, most }, _)) = over {
            let message = format!("“{part}·{name}”最多 {most} 分，请改正");
            return Err(Refusal::under(11, "sheet.points", message));
        }
        let grade = self.grade(edition);
        if consequence_of(edition, grade) != GradeConsequence::Pass && self.opinion.trim().is_empty() {
            let message = format!("等次为“{}”时须写明审核意见，说明哪里要改", grade.label());
            return Err(Refusal::under(11, "sheet.opinion", message));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::editions::register::Register;

    fn measures() -> &'static Edition {
        Register::shipped().find("2022-51#1").unwrap()
    }

    fn sheet(points: [u8; 8]) -> ScoreSheet {
        ScoreSheet { points: points.into(), opinion: String::new() }
    }

    #[test]
    fn the_points_add_up_to_a_hundred_in_four_parts() {
        let criteria = &measures().parameters.review_criteria;
        let part = |part: &str| criteria.iter().filter(|c| c.part == part).map(|c| c.most).sum::<u32>();
        assert_eq!(["完整性", "相关性", "适当性", "可行性"].map(part), [20, 20, 30, 30]);
    }

    #[test]
    fn a_grade_begins_exactly_at_its_points() {
        let grades = [100, 90, 89, 80, 79, 60, 59, 0].map(|total| grade_of(measures(), total).label());
        assert_eq!(grades, ["优", "优", "良", "良", "中", "中", "差", "差"]);
    }

    #[test]
    fn middling_goes_back_and_poor_gets_nothing() {
        let code = |total| {
            let refused = may_pass(measures(), grade_of(measures(), total)).err();
            refused.map(|r| (r.code, r.article))
        };
        assert_eq!(code(80), None);
        assert_eq!(code(79), Some(("targets.middling".into(), Some(11))));
        assert_eq!(code(59), Some(("targets.poor".into(), Some(11))));
    }

    #[test]
    fn a_sheet_keeps_to_its_points_and_says_why_it_is_low() {
        let check = |sheet: &ScoreSheet| sheet.check(measures()).map_err(|refusal| refusal.code);
        assert_eq!(check(&sheet([10, 10, 10, 10, 15, 15, 15, 15])), Ok(()));
        assert_eq!(check(&sheet([11, 0, 0, 0, 0, 0, 0, 0])), Err("sheet.points".into()));
        let short = ScoreSheet { points: vec![10; 7], opinion: "缺一项".into() };
        assert_eq!(check(&short), Err("sheet.points".into()));
        let low = sheet([8, 7, 7, 7, 10, 10, 10, 10]);
        assert_eq!((low.total(), check(&low)), (69, Err("sheet.opinion".into())));
        assert_eq!(check(&ScoreSheet { opinion: "指标值偏低".into(), ..low }), Ok(()));
    }

    #[test]
    fn another_edition_grades_and_decides_by_its_own_bands() {
        let mut strict = measures().clone();
        strict.parameters.review_bands[1].from = 85;
        strict.parameters.review_bands[1].then = GradeConsequence::Return;
        assert_eq!(grade_of(&strict, 84), Grade::Middling);
        assert_eq!(may_pass(&strict, Grade::Good).unwrap_err().code, "targets.middling");
    }
}
