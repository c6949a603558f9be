//! The review of the large request, natively: comparing versions, the three columns, and what a return opens.

use crate::engine::LARGE;
use crate::figures::{Figure, clock, times};
use shared::cases::review::anchor::Anchor;
use shared::cases::review::cut::CutReason;
use shared::cases::review::decide::evolve;
use shared::cases::review::edit_scope::EditScope;
use shared::cases::review::language::{CutMade, Event, Stamp};
use shared::cases::review::sums::{Line, cuts, lines, sums};
use shared::cases::review::thread::{Kind, Review};
use shared::engine::diff::Difference;
use shared::engine::session::Session;
use shared::forms::case;
use shared::kernel::ids::ThreadId;
use shared::kernel::money::Money;
use shared::kernel::people::{Office, Signature};
use std::time::Duration;

const PART: &str = "Review, native";

pub fn measure() {
    let value = serde_json::from_str(LARGE).expect("JSON");
    let before = case::read_case(&value).expect("the large request");
    let mut after = before.clone();
    for rows in after.tables.values_mut() {
        // A tenth of the rows changed, a hundredth gone, a few carried to the end.
        let mut n = 0;
        rows.retain(|_| {
            n += 1;
            n % 100 != 0
        });
        let at = rows.len().min(5);
        rows.rotate_left(at);
        for row in rows.iter_mut().step_by(10) {
            row.cells.insert("basis".to_string(), "按新合同单价调整".to_string());
        }
    }
    let compared = repeat(20, || assert!(Difference::between(&before, &after).count() > 500));
    Figure::new(PART, "difference of two versions of 5 000 rows")
        .target("≤ 60 ms", compared.iter().all(|took| *took <= Duration::from_millis(60)))
        .measured(times(&compared));

    let session = case::open(&before).expect("opens");
    let all = lines(&session);
    let events = remarks(&all);
    let folded = repeat(20, || assert_eq!(fold(&events).threads.len(), 300));
    Figure::new(PART, "fold of 300 threads").measured(times(&folded));
    let review = fold(&events);
    let added = repeat(20, || assert!(sums(&all, &cuts(&review)).total.bureau_cut.is_positive()));
    Figure::new(PART, "申报数 · 审核数 · 核减数 of 5 000 lines").measured(times(&added));
    let opened = repeat(20, || assert!(!open(&session, &review).all()));
    Figure::new(PART, "what a return with 300 threads opens").measured(times(&opened));
}

fn open(session: &Session, review: &Review) -> EditScope {
    EditScope::of(session.plan(), review, &[])
}

/// 150 remarks on cells and 150 cuts of a tenth.
fn remarks(lines: &[Line]) -> Vec<Event> {
    let asked = lines.iter().filter(|line| line.amount.fen() > 100).take(300).enumerate();
    let event = |(n, line): (usize, &Line)| {
        let thread = ThreadId::new(format!("t{n}"));
        let (table, row) = (line.table.to_string(), line.row.clone());
        if n % 2 == 0 {
            let anchor = Anchor::Cell { table, row, field: "basis".into() };
            return Event::Raised {
                thread,
                anchor,
                kind: Kind::MustFix,
                then: None,
                text: "请补充依据".into(),
            };
        }
        let (amount, stated_for) = (Money::from_fen(line.amount.fen() / 10), line.amount);
        let cuts = vec![CutMade { thread, table, row, name: String::new(), amount, stated_for }];
        Event::CutMade { cuts, share: None, reason: CutReason::OverStandard, article: 4, text: String::new() }
    };
    asked.map(event).collect()
}

fn fold(events: &[Event]) -> Review {
    let by = Signature { person: shared::kernel::ids::PersonId::new("p"), name: "朱审".into() };
    let stamp = Stamp { at: "2023-09-15 10:00:00".into(), by, office: Office::Bureau, version: 1 };
    let mut review = Review::default();
    events.iter().for_each(|event| evolve(&mut review, &stamp, event));
    review
}

fn repeat(count: usize, mut act: impl FnMut()) -> Vec<Duration> {
    (0..count).map(|_| clock(&mut act).1).collect()
}
