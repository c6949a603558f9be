//! A review as values; and the laws of cuts and anchors as properties.

use super::super::cut::Share;
use super::super::edit_scope::EditScope;
use super::super::progress::{ReviewProgress, hash};
use super::super::sums::{lines, sums};
use super::*;
use crate::cases::authority::permit;
use crate::cases::kernel::Stage;
use crate::engine::document::Document;
use crate::engine::editing::NewRow;
use crate::engine::op::{CellAt, Change, Op};
use crate::forms::case;
use crate::kernel::calendar::{Date, FiscalYear};
use crate::kernel::ids::{AccountId, CaseId, DepartmentId, OpId, PersonId, RowId, TenantId};
use crate::kernel::people::{Actor, Role};
use crate::policy::art11_target_review::ScoreSheet;
use crate::policy::art18_validity;
use crate::policy::editions::Edition;
use proptest::prelude::*;
use std::collections::BTreeMap;

mod batch;

const WATER: &str = include_str!("../../../../../tests/cases/water-2024/request.json");

fn water() -> Session {
    case::open(&document()).unwrap()
}

fn document() -> Document {
    case::read_case(&serde_json::from_str(WATER).unwrap()).unwrap()
}

fn someone(role: Role) -> Actor {
    Actor {
        tenant: TenantId::new("sx"),
        account: AccountId::new(role.word()),
        person: PersonId::new(role.word()),
        name: role.label().into(),
        role,
        department: (role.office() == Office::Department).then(|| DepartmentId::new("water")),
        provider: None,
    }
}

/// A review under way, and the people in it.
struct Table {
    review: Review,
    session: Session,
    stage: Stage,
}

impl Table {
    fn new() -> Table {
        Table { review: Review::default(), session: water(), stage: Stage::BureauReview }
    }

    fn does(&mut self, role: Role, act: Act) -> Result<(), String> {
        let case = RequestCase::new(CaseId::new("r1"), DepartmentId::new("water"), FiscalYear(2024));
        let case = RequestCase { stage: self.stage, reported_version: 1, version: 1, ..case };
        let actor = someone(role);
        let today = Date::parse("2023-09-15").unwrap();
        let permit = permit(&actor, &case, act.verb(), today).map_err(|r| r.code)?;
        let event =
            decide(&self.review, &case, &permit, &act, &self.session, edition()).map_err(|r| r.code)?;
        let at = "2023-09-15 10:00:00".to_string();
        let stamp = Stamp { at, by: actor.signature(), office: role.office(), version: 1 };
        evolve(&mut self.review, &stamp, &event);
        Ok(())
    }

    fn reviewer(&mut self, act: Act) -> Result<(), String> {
        self.does(Role::BureauReviewer, act)
    }

    fn filler(&mut self, act: Act) -> Result<(), String> {
        self.does(Role::DepartmentFiller, act)
    }

    fn state(&self, id: &str) -> State {
        self.review.thread(&ThreadId::new(id)).unwrap().state
    }

    fn progress(&self) -> ReviewProgress {
        let reviewer = PersonId::new("bureau_reviewer");
        ReviewProgress::of(&self.review, Office::Bureau, &reviewer, &self.session, edition())
    }

    fn total(&self) -> sums::AmountColumns {
        sums(&lines(&self.session), &sums::cuts(&self.review)).total
    }
}

fn edition() -> &'static Edition {
    art18_validity::edition_for(FiscalYear(2024)).unwrap()
}

fn cell(row: &str, field: &str) -> Anchor {
    Anchor::Cell { table: "hardware".into(), row: RowId::new(row), field: field.into() }
}

fn raise(id: &str, anchor: Anchor, kind: Kind) -> Act {
    Act::Raise { thread: ThreadId::new(id), anchor, kind, text: "请核对".into() }
}

fn say(id: &str, step: Step) -> Act {
    let text = if step.needs_text() { "说明如下" } else { "" };
    Act::Say { thread: ThreadId::new(id), step, text: text.into() }
}

fn first_lines(session: &Session, count: usize) -> Vec<CutLine> {
    let asked = lines(session).into_iter().filter(|line| line.amount.is_positive()).take(count);
    let line = |line: sums::Line| CutLine {
        thread: ThreadId::new(format!("c-{}", line.row)),
        table: line.table.into(),
        row: line.row,
    };
    asked.map(line).collect()
}

fn cut_of(lines: Vec<CutLine>, how_much: HowMuch, total: i64) -> Act {
    let reason = CutReason::OverStandard;
    Act::Cut { lines, how_much, total: Money::from_fen(total), reason, article: 4, text: String::new() }
}

fn asked(table: &Table, line: &CutLine) -> i64 {
    sums::amount(&table.session, &line.table, &line.row).unwrap().fen()
}

#[test]
fn a_remark_is_answered_reopened_and_resolved() {
    let mut table = Table::new();
    let anchor = cell("h1", "rate");
    table.reviewer(raise("t1", anchor.clone(), Kind::MustFix)).unwrap();
    assert_eq!(
        table.review.threads[0].then.as_deref(),
        water().cell("hardware", "h1", "rate").map(|c| water().text(c)).as_deref()
    );
    assert_eq!(table.reviewer(raise("t1", anchor, Kind::Question)), Err("thread.taken".into()));
    assert_eq!(table.reviewer(say("t1", Step::Answer)), Err("authority.role".into()));
    assert_eq!(table.filler(say("t1", Step::Resolve)), Err("authority.role".into()));
    table.filler(say("t1", Step::Answer)).unwrap();
    assert_eq!(table.state("t1"), State::Answered);
    table.reviewer(say("t1", Step::Reopen)).unwrap();
    assert_eq!((table.state("t1"), table.progress().must_fix), (State::Reopened, 1));
    table.reviewer(say("t1", Step::Resolve)).unwrap();
    assert_eq!(table.filler(say("t1", Step::Answer)), Err("thread.state".into()));
    assert_eq!((table.progress().must_fix, table.review.threads[0].entries.len()), (0, 4));
}

#[test]
fn a_remark_needs_words_and_a_place_that_is_there() {
    let mut table = Table::new();
    let blank = Act::Raise {
        thread: ThreadId::new("t"),
        anchor: Anchor::Whole {},
        kind: Kind::Question,
        text: " ".into(),
    };
    assert_eq!(table.reviewer(blank), Err("remark.text".into()));
    for gone in [cell("nobody", "rate"), cell("h1", "no_field"), Anchor::Section { table: "x".into() }] {
        assert_eq!(table.reviewer(raise("t", gone, Kind::Question)), Err("remark.anchor".into()));
    }
    assert_eq!(table.reviewer(raise("t", Anchor::Whole {}, Kind::Cut)), Err("remark.kind".into()));
}

#[test]
fn a_cut_is_contested_upheld_and_counts_exactly() {
    let mut table = Table::new();
    let line = first_lines(&table.session, 1);
    let amount = asked(&table, &line[0]);
    let id = line[0].thread.to_string();
    let over = cut_of(line.clone(), HowMuch::Amount(Money::from_fen(amount + 1)), amount + 1);
    assert_eq!(table.reviewer(over), Err("cut.amount".into()));
    let unseen = cut_of(line.clone(), HowMuch::Amount(Money::from_fen(100)), 99);
    assert_eq!(table.reviewer(unseen), Err("cut.total".into()));
    let before = table.total();
    table.reviewer(cut_of(line.clone(), HowMuch::Amount(Money::from_fen(100)), 100)).unwrap();
    assert_eq!(table.total().approved(Office::Bureau), before.requested - Money::from_fen(100));
    let again = CutLine { thread: ThreadId::new("again"), ..line[0].clone() };
    let rest = cut_of(vec![again], HowMuch::Amount(Money::from_fen(amount)), amount);
    assert_eq!(table.reviewer(rest), Err("cut.amount".into()), "only what the first cut left");
    assert_eq!(table.filler(say(&id, Step::Answer)), Err("thread.state".into()));
    table.filler(say(&id, Step::Contest)).unwrap();
    assert_eq!(table.progress().cuts, 1);
    table.reviewer(say(&id, Step::Uphold)).unwrap();
    assert_eq!((table.progress().cuts, table.state(&id)), (0, State::Resolved));
    assert_eq!(table.filler(say(&id, Step::Accept)), Err("thread.state".into()));
    table.reviewer(say(&id, Step::Withdraw)).unwrap();
    assert_eq!(table.total(), before);
}

#[test]
fn a_cut_of_a_line_that_changed_is_stated_anew() {
    let mut table = Table::new();
    let line = first_lines(&table.session, 1);
    let id = line[0].thread.to_string();
    table.reviewer(cut_of(line.clone(), HowMuch::Amount(Money::from_fen(100)), 100)).unwrap();
    table.filler(say(&id, Step::Accept)).unwrap();
    assert_eq!(table.progress().cuts, 0);
    let at = table.session.cell(&line[0].table, line[0].row.as_str(), "quantity").unwrap();
    let change = table.session.typing(at, "9").unwrap();
    table.session.apply(&Op { id: OpId::new("o1"), changes: vec![change] });
    assert_eq!(table.progress().cuts, 1, "accepted for another amount");
    table.reviewer(say(&id, Step::Restate(Money::from_fen(200)))).unwrap();
    assert_eq!(table.total().bureau_cut, Money::from_fen(200));
    table.filler(say(&id, Step::Accept)).unwrap();
    assert_eq!(table.progress().cuts, 0);
}

#[test]
fn each_office_has_its_own_column_and_its_own_threads() {
    let mut table = Table::new();
    let line = first_lines(&table.session, 1);
    table.reviewer(cut_of(line.clone(), HowMuch::Amount(Money::from_fen(100)), 100)).unwrap();
    let bureau = hash(&table.review, Office::Bureau).unwrap();
    table.stage = Stage::FinanceReview;
    let own = CutLine { thread: ThreadId::new("f1"), ..line[0].clone() };
    table.does(Role::FinanceReviewer, cut_of(vec![own], HowMuch::Amount(Money::from_fen(50)), 50)).unwrap();
    let total = table.total();
    assert_eq!((total.bureau_cut, total.finance_cut), (Money::from_fen(100), Money::from_fen(50)));
    assert_eq!(total.approved(Office::Finance), total.approved(Office::Bureau) - Money::from_fen(50));
    let foreign = say(line[0].thread.as_str(), Step::Withdraw);
    assert_eq!(table.does(Role::FinanceReviewer, foreign), Err("thread.office".into()));
    assert_eq!(hash(&table.review, Office::Bureau).unwrap(), bureau, "finance does not void the bureau's");
}

#[test]
fn passing_waits_for_sections_must_fixes_cuts_and_the_score() {
    let mut table = Table::new();
    let next = |table: &Table| table.progress().may_pass(edition()).err().map(|r| r.code);
    assert_eq!(next(&table), Some("review.unviewed".into()));
    for section in table.progress().unviewed {
        table.reviewer(Act::View { section }).unwrap();
    }
    assert_eq!(next(&table), Some("review.unscored".into()));
    let score = |points: [u8; 8]| Act::Score {
        sheet: ScoreSheet { points: points.into(), opinion: "见意见".into() },
    };
    table.reviewer(score([5; 8])).unwrap();
    assert_eq!(next(&table), Some("targets.poor".into()));
    table.reviewer(score([8, 8, 8, 8, 10, 10, 10, 10])).unwrap();
    assert_eq!(next(&table), Some("targets.middling".into()));
    table.reviewer(score([10, 10, 10, 10, 13, 13, 13, 13])).unwrap();
    assert_eq!(next(&table), None);
    table.reviewer(raise("t1", Anchor::Whole {}, Kind::MustFix)).unwrap();
    assert_eq!(next(&table), Some("review.must_fix".into()));
    table.reviewer(say("t1", Step::Resolve)).unwrap();
    // Other targets than those scored, another section than the one seen.
    let cell = table.session.header("performance_targets", "goal").unwrap();
    let change = table.session.typing(cell, "保障全省水利信息系统全年稳定运行，提高服务水平。").unwrap();
    table.session.apply(&Op { id: OpId::new("o1"), changes: vec![change] });
    assert_eq!(table.progress().unviewed, ["performance_targets"]);
    assert_eq!(table.progress().grade, None);
}

#[test]
fn a_share_of_many_lines_is_one_act_to_the_fen() {
    let mut table = Table::new();
    let chosen = first_lines(&table.session, 20);
    let each = |line: &CutLine| Share(333).of(Money::from_fen(asked(&table, line))).fen();
    let total: i64 = chosen.iter().map(each).sum();
    table.reviewer(cut_of(chosen, HowMuch::Share(Share(333)), total)).unwrap();
    assert_eq!((table.total().bureau_cut, table.review.threads.len()), (Money::from_fen(total), 20));
}

#[test]
fn an_open_remark_opens_its_cell_until_it_is_resolved() {
    let mut table = Table::new();
    table.reviewer(raise("t1", cell("h1", "rate"), Kind::Question)).unwrap();
    let open = |table: &Table| {
        let opening = EditScope::of(table.session.plan(), &table.review, &[]);
        let at = CellAt { table: "hardware".into(), row: RowId::new("h1"), field: "rate".into() };
        opening.why(&at, |_| false).is_some()
    };
    assert!(open(&table));
    table.filler(say("t1", Step::Answer)).unwrap();
    assert!(open(&table), "answering closes nothing");
    table.reviewer(say("t1", Step::Resolve)).unwrap();
    assert!(!open(&table));
}

/// Something a department does to its hardware between two versions.
#[derive(Clone, Debug)]
enum Edit {
    Insert(usize),
    Remove(usize),
    Move(usize, i64),
    Type(usize, u8),
    Undo,
}

fn edits() -> impl Strategy<Value = Vec<Edit>> {
    let one = prop_oneof![
        (0..40usize).prop_map(Edit::Insert),
        (0..40usize).prop_map(Edit::Remove),
        (0..40usize, -9i64..9).prop_map(|(at, by)| Edit::Move(at, by)),
        (0..40usize, 1..99u8).prop_map(|(at, n)| Edit::Type(at, n)),
        Just(Edit::Undo),
    ];
    proptest::collection::vec(one, 0..25)
}

fn carry_out(session: &mut Session, n: usize, edit: &Edit) {
    let table = session.plan().table("hardware").unwrap();
    let rows = session.rows(table).to_vec();
    let pick = |at: usize| rows.get(at % rows.len().max(1)).copied();
    let changes = match edit {
        Edit::Undo => {
            session.undo(OpId::new(format!("u{n}")));
            return;
        }
        Edit::Insert(at) => {
            let new = NewRow { id: RowId::new(format!("new{n}")), cells: BTreeMap::new() };
            session.inserting(table, pick(*at), vec![new])
        }
        Edit::Remove(at) => pick(*at).map(|slot| session.removing(table, slot)).into_iter().collect(),
        Edit::Move(at, by) => {
            let moved = pick(*at).map(|slot| {
                let row = session.row(table, slot);
                Change::MoveRow {
                    table: "hardware".into(),
                    row: row.id,
                    from: row.rank,
                    to: row.rank + by * (1 << 21),
                }
            });
            moved.into_iter().collect()
        }
        Edit::Type(at, number) => {
            let id = pick(*at).map(|slot| session.row_id(table, slot).to_string());
            let cell = id.and_then(|id| session.cell("hardware", &id, "quantity"));
            cell.and_then(|cell| session.typing(cell, &number.to_string())).into_iter().collect()
        }
    };
    if !changes.is_empty() {
        session.act(Op { id: OpId::new(format!("o{n}")), changes });
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    /// Whatever happens to the rows around it, through undo and a new version, a remark is with its own cell: its
    /// value now is that row's value, and "removed" exactly when the row is gone.
    #[test]
    fn an_anchor_stays_with_its_cell(edits in edits(), at in 0..40usize) {
        let mut session = water();
        let table = session.plan().table("hardware").unwrap();
        let rows = session.rows(table);
        let id = session.row_id(table, rows[at % rows.len()]).to_string();
        let anchor = cell(&id, "quantity");
        for (n, edit) in edits.iter().enumerate() {
            carry_out(&mut session, n, edit);
        }
        let document = session.document();
        let next_version = Session::open(session.plan().clone(), &document);
        let expected = match document.row("hardware", &RowId::new(id)) {
            None => super::super::anchor::Now::Removed,
            Some(row) => super::super::anchor::Now::Text(row.cells.get("quantity").cloned().unwrap_or_default()),
        };
        prop_assert_eq!(anchor.now(&session), expected.clone());
        prop_assert_eq!(anchor.now(&next_version), expected);
    }

    /// Any acts in any order: what is refused changes nothing, what is done keeps every line between nothing and
    /// what it asks for, and requested less every standing cut is approved.
    #[test]
    fn cuts_never_take_more_than_there_is(acts in proptest::collection::vec((0..6usize, 0..4u8, 1..12_000u32), 0..30)) {
        let mut table = Table::new();
        let chosen = first_lines(&table.session, 6);
        for (n, (at, kind, much)) in acts.into_iter().enumerate() {
            let line = CutLine { thread: ThreadId::new(format!("t{n}")), ..chosen[at].clone() };
            let asked = asked(&table, &line);
            let amount = Money::from_fen(i64::try_from(i128::from(asked) * i128::from(much) / 10_000).unwrap());
            let earlier = ThreadId::new(format!("t{}", at));
            let done = match kind {
                0 | 1 => table.reviewer(cut_of(vec![line], HowMuch::Amount(amount), amount.fen())),
                2 => table.reviewer(Act::Say { thread: earlier, step: Step::Restate(amount), text: String::new() }),
                _ => table.reviewer(Act::Say { thread: earlier, step: Step::Withdraw, text: String::new() }),
            };
            prop_assert!(done.is_ok() || done.is_err_and(|code| code.starts_with("cut.") || code.starts_with("thread.")));
            let progress: Money = table.review.threads.iter().filter_map(|t| t.cut.as_ref()).filter(|c| c.counts()).map(|c| c.amount).sum();
            let total = table.total();
            prop_assert_eq!(total.approved(Office::Bureau), total.requested - progress);
            for (key, (bureau, _)) in sums::cuts(&table.review) {
                prop_assert!(bureau <= sums::amount(&table.session, &key.0, &key.1).unwrap());
            }
        }
    }
}
