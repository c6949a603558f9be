//! Laws of editions and clocks as properties: hashes, differences, exports, extensions, lookup, working days.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use proptest::prelude::*;
use proptest::sample::Index;
use serde_json::{Value, json};
use shared::kernel::calendar::{Date, FiscalYear};
use shared::policy::editions::catalogue::Catalogue;
use shared::policy::editions::check::{CheckContext, check_edition, load};
use shared::policy::editions::clock::{ClockSense, DayUnit, WorkingCalendar};
use shared::policy::editions::diff::{apply, diff_editions};
use shared::policy::editions::force::{ForceInterval, ForceKind, extend};
use shared::policy::editions::register::{
    DayRange, MEASURES_2022_51, Register, RegisterEntry, RevisionSpan, edition_for,
};
use shared::policy::editions::{Edition, json as edition_json};

const PRODUCTION: CheckContext = CheckContext { demonstration: false, today: None };

fn measures() -> Value {
    serde_json::from_str(MEASURES_2022_51).unwrap()
}

fn date(text: &str) -> Date {
    Date::parse(text).unwrap()
}

fn calendar() -> &'static WorkingCalendar {
    Register::shipped().calendar()
}

/// The value with the members of every object in another order.
fn shuffled(value: &Value, seed: usize) -> String {
    match value {
        Value::Object(members) => {
            let mut written: Vec<String> = members
                .iter()
                .map(|(key, value)| format!("{}:{}", Value::from(key.as_str()), shuffled(value, seed)))
                .collect();
            let by = seed % written.len().max(1);
            written.rotate_left(by);
            if seed % 2 == 1 {
                written.reverse();
            }
            format!("{{{}}}", written.join(","))
        }
        Value::Array(items) => {
            format!("[{}]", items.iter().map(|item| shuffled(item, seed)).collect::<Vec<_>>().join(","))
        }
        plain => plain.to_string(),
    }
}

/// Parameters of the measures, some of them with another value of their shape.
fn some_parameters() -> impl Strategy<Value = Value> {
    let edits = proptest::collection::vec((any::<Index>(), 0_u32..=100, any::<bool>()), 0..8);
    edits.prop_map(|edits| {
        let mut parameters = measures()["parameters"].clone();
        for (index, number, remove) in edits {
            let catalogue = &Catalogue::shipped().parameters;
            let name = catalogue[index.index(catalogue.len())].name.as_str();
            match &mut parameters[name] {
                Value::String(text) => *text = number.to_string(),
                Value::Number(_) => parameters[name] = Value::from(number),
                Value::Array(items) => items.truncate(1),
                Value::Object(members) => {
                    let keys: Vec<String> = members.keys().cloned().collect();
                    let key = &keys[index.index(keys.len())];
                    match remove && keys.len() > 1 {
                        true => drop(members.remove(key)),
                        false => drop(members.insert(key.clone(), Value::from(number.to_string()))),
                    }
                }
                _ => {}
            }
        }
        parameters
    })
}

fn some_day() -> impl Strategy<Value = Date> {
    (0_i64..1700).prop_map(|days| date("2022-01-01").plus_days(days).unwrap())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn the_hash_is_the_same_for_every_order_of_keys_and_every_force(seed in 0_usize..1000, to in some_day()) {
        let mut file = measures();
        let hash = check_edition(&file, PRODUCTION).unwrap();
        let order = shuffled(&file, seed);
        prop_assert_eq!(load(&order, PRODUCTION).unwrap().hash().unwrap(), hash.clone());
        file["force"][0]["to"] = json!(to.max(date("2023-01-01")));
        prop_assert_eq!(check_edition(&file, PRODUCTION).unwrap(), hash);
    }

    #[test]
    fn exporting_and_importing_changes_nothing(limit in 0_u32..1000, tenths in 1_u32..10) {
        let mut file = measures();
        file["parameters"]["growth_limit"] = json!(format!("{limit}.{tenths}"));
        let edition = load(&file.to_string(), PRODUCTION).unwrap();
        let exported = edition_json::indented(&serde_json::to_value(&edition).unwrap()).unwrap();
        prop_assert_eq!(&load(&exported, PRODUCTION).unwrap(), &edition);
        let again = serde_json::from_str::<Value>(&exported).unwrap();
        prop_assert!(diff_editions(&file["parameters"], &again["parameters"]).is_empty());
    }

    #[test]
    fn a_difference_leads_from_one_edition_to_the_other(a in some_parameters(), b in some_parameters()) {
        prop_assert_eq!(apply(&a, &diff_editions(&a, &b)), b.clone());
        prop_assert_eq!(apply(&b, &diff_editions(&b, &a)), a.clone());
        let mirrored: Vec<_> = diff_editions(&b, &a).into_iter().map(|c| (c.path, c.to, c.from)).collect();
        let found: Vec<_> = diff_editions(&a, &b).into_iter().map(|c| (c.path, c.from, c.to)).collect();
        prop_assert_eq!(found, mirrored);
        prop_assert!(diff_editions(&a, &a).is_empty());
    }

    #[test]
    fn within_and_before_undo_each_other_between_working_days(start in some_day(), n in 0_u32..60) {
        let calendar = calendar();
        prop_assume!(calendar.is_workday(start));
        let on = calendar.clock(start, n, DayUnit::Workday, ClockSense::Within).unwrap();
        let back = calendar.clock(on.day, n, DayUnit::Workday, ClockSense::Before).unwrap();
        prop_assert!(calendar.is_workday(on.day));
        prop_assert_eq!(back.day, start);
        prop_assert_eq!(calendar.left(start, on.day).workdays, i64::from(n));
        let least = calendar.clock(start, n, DayUnit::Workday, ClockSense::AtLeast).unwrap();
        prop_assert_eq!(least, on);
    }

    #[test]
    fn days_left_are_mirrored_by_days_late(start in some_day(), n in 0_i64..400) {
        let (calendar, end) = (calendar(), start.plus_days(n).unwrap());
        let (left, late) = (calendar.left(start, end), calendar.left(end, start));
        prop_assert_eq!((left.days, left.workdays, left.overdue), (n, -late.workdays, false));
        prop_assert_eq!((late.days, late.overdue), (-n, n > 0));
    }

    #[test]
    fn an_obligation_in_days_ends_on_a_working_day_as_early_as_it_may(start in some_day(), n in 0_u32..120) {
        let calendar = calendar();
        let within = calendar.clock(start, n, DayUnit::Day, ClockSense::Within).unwrap();
        let least = calendar.clock(start, n, DayUnit::Day, ClockSense::AtLeast).unwrap();
        prop_assert_eq!(least.day, start.plus_days(i64::from(n)).unwrap());
        prop_assert!(calendar.is_workday(within.day) && least.day <= within.day);
        let between = (0..least.day.days_until(within.day)).map(|d| least.day.plus_days(d).unwrap());
        prop_assert!(between.into_iter().all(|day| !calendar.is_workday(day)));
        prop_assert_eq!(within.provisional, within.day.year() > 2026);
    }

    #[test]
    fn one_edition_at_most_judges_a_year_and_it_is_in_force(
        spans in proptest::collection::vec((2015_i32..2035, 1_i32..5, 1_u8..13), 1..5), year in 2014_i32..2042,
    ) {
        let register: Vec<RegisterEntry> = spans.iter().enumerate().map(|(n, (from, years, month))| RegisterEntry {
            id: format!("e{n}"),
            force: vec![DayRange {
                from: Date::new(*from, *month, 1).unwrap(),
                to: Date::new(from + years, *month, 1).unwrap(),
            }],
            revisions: (1..=3).map(|number| RevisionSpan { number, from_year: from + number as i32 - 1 }).collect(),
        }).collect();
        let first = FiscalYear(year).first_day();
        let holds = |entry: &&RegisterEntry| entry.force[0].from <= first && first <= entry.force[0].to;
        match edition_for(&register, FiscalYear(year)) {
            Ok((id, revision)) => {
                let entry = register.iter().find(|entry| entry.id == id).unwrap();
                prop_assert!(holds(&entry));
                prop_assert!(register.iter().filter(holds).all(|other| other.force[0].from <= entry.force[0].from));
                prop_assert!(entry.revisions.iter().all(|r| r.from_year > year || r.number <= revision));
            }
            Err(refusal) => {
                prop_assert_eq!(refusal.code, "edition.none");
                prop_assert!(!register.iter().any(|entry| holds(&entry) && entry.revisions[0].from_year <= year));
            }
        }
    }

    #[test]
    fn an_extension_begins_the_day_after_and_the_next_one_follows_it(until in 1_i64..1700, more in 1_i64..1700) {
        let first = Edition::read(MEASURES_2022_51).unwrap().force;
        let today = date("2032-01-01");
        let end = |force: &[ForceInterval]| force.last().unwrap().to;
        let add = |force: &[ForceInterval], days: i64| {
            extend(force, "晋财行〔2024〕88号", date("2024-12-20"), end(force).plus_days(days).unwrap(), today)
        };
        let once = add(&first, until).unwrap();
        let twice = add(&once, more).unwrap();
        prop_assert!(twice.windows(2).all(|pair| pair[0].to.plus_days(1) == Some(pair[1].from)));
        prop_assert!(twice[1..].iter().all(|interval| interval.kind == ForceKind::Extension));
        prop_assert_eq!(add(&twice, 0).unwrap_err().code, "EDN-05");
        prop_assert_eq!(add(&twice, 1829).unwrap_err().code, "EDN-05");
    }
}
