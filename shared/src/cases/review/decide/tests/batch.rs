//! Acts that wait to be published: taking one back, rewriting one, and what rests on what.

use super::super::super::batch::{Tried, resting_on, tried};
use super::*;

impl Table {
    fn stamp() -> Stamp {
        let by = someone(Role::BureauReviewer).signature();
        Stamp { at: String::new(), by, office: Office::Bureau, version: 1 }
    }

    /// The reviewer's decision on a review the act meets.
    fn decides(&self, review: &Review, act: &Act) -> Result<Event, Refusal> {
        let case = RequestCase::new(CaseId::new("r1"), DepartmentId::new("water"), FiscalYear(2024));
        let case = RequestCase { stage: self.stage, reported_version: 1, version: 1, ..case };
        let today = Date::parse("2023-09-15").unwrap();
        let permit = permit(&someone(Role::BureauReviewer), &case, act.verb(), today)?;
        decide(review, &case, &permit, act, &self.session, edition())
    }

    fn tries(&self, acts: &[Act]) -> Tried {
        tried(&self.review, &Table::stamp(), acts, |review, act| self.decides(review, act))
    }

    fn resting(&self, acts: &[Act], at: usize) -> Vec<usize> {
        let acts: Vec<&Act> = acts.iter().collect();
        resting_on(&self.review, &Table::stamp(), &acts, at, |review, act| self.decides(review, act))
    }
}

fn codes(tried: &Tried) -> Vec<Option<&str>> {
    tried.refused.iter().map(|refused| refused.as_ref().map(|refusal| refusal.code.as_str())).collect()
}

/// What is left of a batch once these are taken back.
fn without(acts: &[Act], gone: &[usize]) -> Vec<Act> {
    acts.iter().enumerate().filter(|(at, _)| !gone.contains(at)).map(|(_, act)| act.clone()).collect()
}

#[test]
fn what_was_said_in_a_pending_remark_goes_with_it_and_nothing_else() {
    let table = Table::new();
    let acts = [
        raise("t1", cell("h1", "rate"), Kind::Question),
        say("t1", Step::Reply),
        raise("t2", Anchor::Whole {}, Kind::MustFix),
        say("t1", Step::Resolve),
        say("t1", Step::Reopen),
    ];
    assert_eq!(codes(&table.tries(&acts)), [None; 5]);
    assert_eq!(table.resting(&acts, 0), [1, 3, 4]);
    assert_eq!(table.resting(&acts, 3), [4], "nothing is left to be reopened");
    assert_eq!(table.resting(&acts, 1), [0usize; 0]);
    let left = table.tries(&without(&acts, &[0, 1, 3, 4]));
    assert_eq!((left.refused.len(), left.review.threads.len()), (1, 1));
    assert_eq!(left.threads.into_iter().collect::<Vec<_>>(), [ThreadId::new("t2")]);
}

#[test]
fn a_share_of_what_an_earlier_cut_left_is_reckoned_anew_without_it() {
    let table = Table::new();
    let line = first_lines(&table.session, 1);
    let whole = asked(&table, &line[0]);
    let again = vec![CutLine { thread: ThreadId::new("again"), ..line[0].clone() }];
    let half = Share(5000).of(Money::from_fen(whole - 100)).fen();
    let acts = [
        cut_of(line.clone(), HowMuch::Amount(Money::from_fen(100)), 100),
        cut_of(again.clone(), HowMuch::Share(Share(5000)), half),
    ];
    assert_eq!(codes(&table.tries(&acts)), [None; 2]);
    assert_eq!(table.resting(&acts, 0), [1]);
    assert_eq!(codes(&table.tries(&acts[1..])), [Some("cut.total")], "another sum than was seen");
    // Rewritten in its place to take all there is, it leaves the later one nothing; that says so and may be rewritten.
    let larger = [cut_of(line, HowMuch::Amount(Money::from_fen(whole)), whole), acts[1].clone()];
    let tried = table.tries(&larger);
    assert_eq!(codes(&tried), [None, Some("cut.amount")]);
    assert_eq!(sums::cuts(&tried.review).values().next(), Some(&(Money::from_fen(whole), Money::ZERO)));
}

#[test]
fn a_cut_into_the_room_of_a_withdrawn_one_rests_on_the_withdrawal() {
    let mut table = Table::new();
    let line = first_lines(&table.session, 1);
    let (whole, id) = (asked(&table, &line[0]), line[0].thread.to_string());
    table.reviewer(cut_of(line.clone(), HowMuch::Amount(Money::from_fen(whole)), whole)).unwrap();
    let anew = vec![CutLine { thread: ThreadId::new("anew"), ..line[0].clone() }];
    let acts = [say(&id, Step::Withdraw), cut_of(anew, HowMuch::Amount(Money::from_fen(whole)), whole)];
    assert_eq!(table.resting(&acts, 0), [1]);
    assert_eq!(codes(&table.tries(&acts[1..])), [Some("cut.amount")]);
    assert_eq!(table.tries(&[]).review, table.review, "all taken back, the published review is as it was");
}

/// Acts of any kind on few lines and few threads, so that they meet.
fn any_batch(chosen: Vec<CutLine>) -> impl Strategy<Value = Vec<Act>> {
    let one = (0..8u8, 0..4usize, 1..9_999i64);
    proptest::collection::vec(one, 0..14).prop_map(move |seeds| {
        let act = |(n, (kind, at, much)): (usize, (u8, usize, i64))| {
            let line = CutLine { thread: ThreadId::new(format!("t{n}")), ..chosen[at].clone() };
            let earlier = format!("t{}", (at + n) / 2);
            match kind {
                0 | 1 => raise(&format!("t{n}"), Anchor::Whole {}, Kind::Question),
                2 | 3 => cut_of(vec![line], HowMuch::Amount(Money::from_fen(much * 1_000)), much * 1_000),
                4 => say(&earlier, Step::Withdraw),
                5 => say(&earlier, Step::Restate(Money::from_fen(much * 1_000))),
                6 => say(&earlier, Step::Resolve),
                _ => say(&earlier, Step::Reopen),
            }
        };
        seeds.into_iter().enumerate().map(act).collect()
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    /// Whichever act is taken back with what rests on it, every other act that could be published still can, and an
    /// act that nothing rests on leaves alone.
    #[test]
    fn taking_back_leaves_the_others_as_they_were(acts in any_batch(first_lines(&water(), 4)), at in 0..14usize) {
        let table = Table::new();
        prop_assume!(at < acts.len());
        let before = table.tries(&acts).refused;
        let mut gone = table.resting(&acts, at);
        prop_assert!(gone.iter().all(|place| *place > at && before[*place].is_none()));
        gone.push(at);
        let after = table.tries(&without(&acts, &gone)).refused;
        let remaining = before.iter().enumerate().filter(|(place, _)| !gone.contains(place)).map(|(_, refused)| refused);
        for (before, after) in remaining.zip(&after) {
            prop_assert!(before.is_some() || after.is_none());
        }
    }

    /// A batch in its order leaves what its acts done one by one leave: what is refused leaves nothing behind.
    #[test]
    fn a_batch_is_its_acts_one_by_one(acts in any_batch(first_lines(&water(), 4))) {
        let mut table = Table::new();
        let tried = table.tries(&acts);
        for (act, refused) in acts.iter().zip(&tried.refused) {
            let code = refused.as_ref().map(|refusal| refusal.code.clone());
            prop_assert_eq!(table.reviewer(act.clone()).err(), code);
        }
        prop_assert_eq!(sums::cuts(&table.review), sums::cuts(&tried.review));
        prop_assert_eq!(table.review.threads.len(), tried.review.threads.len());
    }
}
