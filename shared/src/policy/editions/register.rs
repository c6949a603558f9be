//! 政策版本库: all editions with their revisions and extensions, and which of them judges a fiscal year.

use super::clock::{CalendarYear, WorkingCalendar};
use super::force::ForceInterval;
use super::{Edition, EditionError};
use crate::kernel::calendar::{Date, FiscalYear};
use crate::kernel::refusal::Refusal;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock};

/// 晋财行〔2022〕51号.
pub const MEASURES_2022_51: &str = include_str!("2022-51.json");
/// An invented successor for demonstrations and tests.
pub const DEMONSTRATION_2027: &str = include_str!("2027-demo.json");
/// The notices of the State Council, 2022–2026.
pub const CALENDAR: &str = include_str!("calendar-cn.json");

/// Days an edition holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
pub struct DayRange {
    pub from: Date,
    pub to: Date,
}

/// A revision and the first fiscal year it serves.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RevisionSpan {
    pub number: u32,
    pub from_year: i32,
}

/// What the lookup needs to know of an edition.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RegisterEntry {
    pub id: String,
    /// The original interval first.
    pub force: Vec<DayRange>,
    pub revisions: Vec<RevisionSpan>,
}

/// The edition and revision that judge a fiscal year: of the editions in force on its first day the one whose original
/// force began last, so that a successor from mid-year leaves the year that has begun alone; of its revisions that
/// serve the year the highest.
pub fn edition_for(register: &[RegisterEntry], year: FiscalYear) -> Result<(&str, u32), Refusal> {
    serving(register, year).ok_or_else(|| no_edition(year))
}

/// [`edition_for`], where there is one.
fn serving(register: &[RegisterEntry], year: FiscalYear) -> Option<(&str, u32)> {
    let day = year.first_day();
    let in_force = |entry: &&RegisterEntry| entry.force.iter().any(|days| days.from <= day && day <= days.to);
    let entry =
        register.iter().filter(in_force).max_by_key(|entry| entry.force.first().map(|days| days.from));
    entry.and_then(|entry| {
        let serving = entry.revisions.iter().filter(|revision| revision.from_year <= year.0);
        serving.map(|revision| (entry.id.as_str(), revision.number)).max_by_key(|(_, number)| *number)
    })
}

/// Refusal of a year that no edition judges.
pub fn no_edition(year: FiscalYear) -> Refusal {
    Refusal::under(
        18,
        "edition.none",
        format!(
            "{} 年度不在任何政策版本的有效期内，不能申报和办理；请由安全管理员录入延续执行文件或新版本，由省财政厅负责人复核",
            year.0
        ),
    )
}

/// 变更 of the register, as it is confirmed and stored: the register is the fold of all of them over what the program
/// ships. Read tolerantly where it is stored; an unknown sort is an error of the reader.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "change", rename_all = "snake_case")]
pub enum ConfirmedChange {
    /// What the program shipped when the database was made, by name and hash: changes nothing.
    Shipped { editions: BTreeMap<String, String>, calendar: Vec<i32> },
    /// A new edition or the next revision of one.
    Edition { file: Box<Edition> },
    /// 延续: the whole force of an edition, the new interval last.
    Extension { id: String, force: Vec<ForceInterval> },
    /// 工作日历 of one year.
    Calendar { year: i32, days: CalendarYear },
}

/// All confirmed editions and the working calendar they share.
#[derive(Clone, Debug, Default)]
pub struct Register {
    entries: Vec<RegisterEntry>,
    /// By id, then by revision.
    editions: BTreeMap<String, BTreeMap<u32, Arc<Edition>>>,
    years: BTreeMap<i32, CalendarYear>,
    calendar: WorkingCalendar,
}

impl Register {
    /// What the program ships for production: 晋财行〔2022〕51号 and the calendars its file carries. Were the file
    /// unreadable the register would be empty and every year refused.
    pub fn shipped() -> &'static Register {
        static SHIPPED: LazyLock<Register> = LazyLock::new(|| {
            let mut register = Register::default();
            let measures = Edition::read(MEASURES_2022_51);
            let _ = measures.and_then(|measures| register.add(measures));
            register
        });
        &SHIPPED
    }

    /// The shipped register with the invented successor; refused outside demonstrations.
    pub fn demonstration() -> &'static Register {
        static DEMONSTRATION: LazyLock<Register> = LazyLock::new(|| {
            let mut register = Register::shipped().clone();
            let successor = Edition::read(DEMONSTRATION_2027);
            let _ = successor.and_then(|successor| register.add(successor));
            register
        });
        &DEMONSTRATION
    }

    /// Adds a checked edition or the next revision of one, with the calendar years nobody recorded before.
    pub fn add(&mut self, mut edition: Edition) -> Result<(), EditionError> {
        let refuse = |code: &str, at: &str, message: String| Err(EditionError::new(code, Some(at), message));
        let (id, revision) = (&edition.id.clone(), &edition.revision.clone());
        let next = self.editions.get(id).and_then(|all| all.keys().last()).map_or(1, |last| last + 1);
        if *revision != next {
            return refuse("EDN-01", "revision", format!("{id} 的下一修订号应为 {next}"));
        }
        if let Some(base) = edition.base.as_ref().filter(|base| !self.editions.contains_key(*base)) {
            return refuse("EDN-01", "base", format!("没有版本 {base}"));
        }
        let force = days(&edition.force);
        let begins = force.first().map(|days| days.from);
        if let Some(other) = self
            .entries
            .iter()
            .find(|other| other.id != *id && other.force.first().map(|days| days.from) == begins)
        {
            let message = format!("与 {} 的效力自同一天开始，无法判断适用哪一个", other.id);
            return refuse("EDN-03", "force/0/from", message);
        }
        let span = RevisionSpan { number: *revision, from_year: edition.from_year };
        match self.entries.iter_mut().find(|entry| entry.id == *id) {
            // Extensions recorded since the first revision stay: a revision of the same document repeats its origin.
            Some(entry) if force.len() > entry.force.len() || !entry.force.starts_with(&force) => {
                return refuse("EDN-14", "force", "修订不改变效力，延续请另行录入".to_string());
            }
            Some(entry) => entry.revisions.push(span),
            None => self.entries.push(RegisterEntry { id: id.clone(), force, revisions: vec![span] }),
        }
        for (year, calendar) in &edition.calendar {
            self.years.entry(*year).or_insert_with(|| calendar.clone());
        }
        self.calendar = WorkingCalendar::new(&self.years);
        let revisions = self.editions.entry(id.clone()).or_default();
        let revision = *revision;
        if let Some(other) = revisions.values().next() {
            edition.force.clone_from(&other.force);
        }
        revisions.insert(revision, Arc::new(edition));
        Ok(())
    }

    /// The register after a change.
    ///
    /// # Errors
    /// The change does not fit: `EDN-01`, `EDN-03`, `EDN-05` or `EDN-14`.
    pub fn apply(&mut self, change: &ConfirmedChange) -> Result<(), EditionError> {
        match change {
            ConfirmedChange::Shipped { .. } => Ok(()),
            ConfirmedChange::Edition { file } => self.add(Edition::clone(file)),
            ConfirmedChange::Extension { id, force } => self.extend(id, force),
            ConfirmedChange::Calendar { year, days } => {
                self.years.insert(*year, days.clone());
                self.calendar = WorkingCalendar::new(&self.years);
                Ok(())
            }
        }
    }

    /// What the program ships, as the first entry of a stored register names it.
    ///
    /// # Errors
    /// An edition cannot be hashed, which only a defect of its type can cause.
    pub fn shipped_entry(&self) -> Result<ConfirmedChange, EditionError> {
        let hashes = self.editions().map(|edition| Ok((edition.code(), edition.hash()?)));
        Ok(ConfirmedChange::Shipped {
            editions: hashes.collect::<Result<_, EditionError>>()?,
            calendar: self.years.keys().copied().collect(),
        })
    }

    /// 延续: records a longer force of an edition.
    pub fn extend(&mut self, id: &str, force: &[ForceInterval]) -> Result<(), EditionError> {
        let entry = self.entries.iter_mut().find(|entry| entry.id == id);
        let entry = entry.ok_or_else(|| EditionError::new("EDN-01", None, format!("没有版本 {id}")))?;
        let covered = days(force);
        if !covered.starts_with(&entry.force) || covered.len() == entry.force.len() {
            return Err(EditionError::new("EDN-05", None, "延续应接在已有效力之后"));
        }
        entry.force = covered;
        for edition in self.editions.get_mut(id).into_iter().flat_map(BTreeMap::values_mut) {
            Arc::make_mut(edition).force = force.to_vec();
        }
        Ok(())
    }

    /// The edition that judges a fiscal year (Art. 18).
    pub fn edition_for(&self, year: FiscalYear) -> Result<&Arc<Edition>, Refusal> {
        let (id, revision) = edition_for(&self.entries, year)?;
        let found = self.editions.get(id).and_then(|all| all.get(&revision));
        found.ok_or_else(|| Refusal::new("edition.unknown", format!("没有政策版本 {id}#{revision}。")))
    }

    /// Whether some edition judges a fiscal year.
    pub fn covers(&self, year: FiscalYear) -> bool {
        let serving = serving(&self.entries, year);
        serving.is_some_and(|(id, revision)| {
            self.editions.get(id).is_some_and(|all| all.contains_key(&revision))
        })
    }

    /// The edition a case names: `2022-51#1`, `2022-51` for its newest revision, or the document number, by which
    /// versions frozen before editions had revisions name the first one.
    pub fn find(&self, name: &str) -> Option<&Arc<Edition>> {
        if let Some((id, revision)) = name.split_once('#') {
            return self.editions.get(id)?.get(&revision.parse().ok()?);
        }
        let newest = self.editions.get(name).and_then(|all| all.values().last());
        newest.or_else(|| {
            self.editions
                .values()
                .filter_map(|all| all.values().next())
                .find(|first| first.document() == name)
        })
    }

    /// All revisions of all editions.
    pub fn editions(&self) -> impl Iterator<Item = &Arc<Edition>> {
        self.editions.values().flat_map(BTreeMap::values)
    }

    /// The newest revision of the edition whose original force began last.
    pub fn newest(&self) -> Option<&Arc<Edition>> {
        self.editions()
            .max_by_key(|edition| (edition.force.first().map(|force| force.from), edition.revision))
    }

    pub fn calendar(&self) -> &WorkingCalendar {
        &self.calendar
    }

    /// The calendar years that are known, with the notices that set them.
    pub fn years(&self) -> &BTreeMap<i32, CalendarYear> {
        &self.years
    }
}

fn days(force: &[ForceInterval]) -> Vec<DayRange> {
    force.iter().map(|interval| DayRange { from: interval.from, to: interval.to }).collect()
}
