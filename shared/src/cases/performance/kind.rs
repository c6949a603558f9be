//! What every kind that judges performance says alike.

/// Inside `impl ExecutionKind`: the types of the folder, the article, `stage` and `subject` (`$year` reads the year off the
/// case, `$judge` judges its form). Such a kind has a form `FORM`, which `judge` judges and which holds the reasons for its warnings, and it goes on
/// after its year is closed. The folder's `listing` has its columns and its `paper` its
/// documents.
macro_rules! performance_kind {
    ($article:literal, $year:expr, $judge:path) => {
        type Command = Command;
        type Event = Event;
        type Stage = Stage;

        const ARTICLE: u8 = $article;
        const ACTS_IN_CLOSED_YEAR: bool = true;
        const JUDGE: Option<$crate::cases::performance::judgement::JudgeForm> = Some($judge);

        const COLUMNS: &'static [$crate::cases::kernel::Column] = super::listing::COLUMNS;

        fn cells(&self, world: &ExecutionWorld) -> Vec<$crate::cases::kernel::CellValue> {
            super::listing::cells(self, world)
        }

        fn papers(&self, event: &Event, facts: &Facts) -> Vec<$crate::cases::execution::paper::CasePaper> {
            super::paper::papers(self, event, facts)
        }

        fn stage(&self) -> Stage {
            self.stage
        }

        fn subject(&self) -> $crate::cases::execution::kind::Subject<'_> {
            let year: fn(&Self) -> Option<i32> = $year;
            $crate::cases::execution::kind::Subject {
                year: year(self),
                department: self.department.as_ref(),
                ..Default::default()
            }
        }

        fn form(
            &self,
        ) -> Option<(
            &'static $crate::cases::performance::form::Form,
            &$crate::cases::performance::content::Content,
        )> {
            Some((&FORM, &self.content))
        }

        fn judged(&self, _: &CaseId, world: &ExecutionWorld) -> Option<Judgement> {
            Some(self.judge(world))
        }
    };
}

pub(crate) use performance_kind;
