//! 催报: which cases the bureau may nudge about, and why. Who is nudged is whoever the case waits for.

use super::Kind;
use super::execution::world::{CaseEntry, ExecutionWorld};
use super::kernel::{CaseHead, Stage};
use crate::kernel::calendar::Date;
use crate::kernel::words::words;
use crate::policy::art04_calendar::{consolidation_deadline, window};
use crate::policy::editions::Edition;

words! {
    /// 催报缘由.
    NudgeReason {
        Draft "draft" "填报中",
        Returned "returned" "退回未报",
        Late "late" "逾期",
    }
}

/// Why a case of an office may be nudged about; `None` where it is neither a draft, nor returned, nor late. Only what the
/// edition sets a date for can be late: requests and the compilation of the year (Art. 4).
pub fn nudge_reason(
    head: &CaseHead,
    edition: Option<&Edition>,
    late_until: Option<Date>,
    today: Date,
) -> Option<NudgeReason> {
    if matches!(head.stage, Stage::Returned | Stage::FinanceReturned) {
        return Some(NudgeReason::Returned);
    }
    let due = edition.and_then(|edition| due_day(head, edition, late_until));
    if due.is_some_and(|due| today > due) {
        return Some(NudgeReason::Late);
    }
    head.stage.with_department().then_some(NudgeReason::Draft)
}

/// The last day on which a case may stay where it is; `None` where no date says so.
fn due_day(head: &CaseHead, edition: &Edition, late_until: Option<Date>) -> Option<Date> {
    match (head.kind, head.stage) {
        (Kind::Request, stage) if stage.with_department() => {
            let last = window(edition, head.fiscal_year).last;
            Some(late_until.map_or(last, |until| until.max(last)))
        }
        (Kind::Request, Stage::Submitted | Stage::BureauReview | Stage::BureauConfirm)
        | (Kind::Compilation, Stage::Compiling | Stage::Confirmed) => {
            Some(consolidation_deadline(edition, head.fiscal_year))
        }
        _ => None,
    }
}

/// The same of an execution case.
pub fn execution_nudge_reason(entry: &CaseEntry, world: &ExecutionWorld, today: Date) -> Option<NudgeReason> {
    if entry.case.due(world).is_some_and(|due| today > due) {
        return Some(NudgeReason::Late);
    }
    match entry.case.stage() {
        "draft" => Some(NudgeReason::Draft),
        "returned" => Some(NudgeReason::Returned),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cases::kernel::CaseKind;
    use crate::cases::request::RequestCase;
    use crate::kernel::calendar::FiscalYear;
    use crate::kernel::ids::{CaseId, DepartmentId};
    use crate::policy::editions::register::Register;

    fn reason(stage: Stage, late_until: Option<&str>, today: &str) -> Option<NudgeReason> {
        let case = RequestCase::new(CaseId::new("r"), DepartmentId::new("water"), FiscalYear(2024));
        let head = CaseHead { stage, ..case.head() };
        let edition = Register::shipped().edition_for(FiscalYear(2024)).unwrap();
        let late_until = late_until.and_then(Date::parse);
        nudge_reason(&head, Some(edition), late_until, Date::parse(today).unwrap())
    }

    #[test]
    fn a_draft_a_returned_and_a_late_request_may_be_nudged_about() {
        assert_eq!(reason(Stage::Draft, None, "2023-08-31"), Some(NudgeReason::Draft));
        assert_eq!(reason(Stage::DepartmentCheck, None, "2023-09-01"), Some(NudgeReason::Late));
        assert_eq!(reason(Stage::Draft, Some("2023-09-15"), "2023-09-15"), Some(NudgeReason::Draft));
        assert_eq!(reason(Stage::Draft, Some("2023-09-15"), "2023-09-16"), Some(NudgeReason::Late));
        assert_eq!(reason(Stage::Returned, None, "2023-12-01"), Some(NudgeReason::Returned));
        assert_eq!(reason(Stage::BureauReview, None, "2023-10-31"), None);
        assert_eq!(reason(Stage::BureauReview, None, "2023-11-01"), Some(NudgeReason::Late));
        assert_eq!(reason(Stage::Approved, None, "2024-06-01"), None);
    }
}
