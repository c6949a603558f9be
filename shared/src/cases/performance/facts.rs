//! 事实: what the performance kinds know of an approved request and of each other (folds of cases and ledger).

use super::content::Content;
use super::form::Form;
use super::judgement::{FormFacts, JudgeForm, Judgement, View};
use super::world::MoneyFactKind;
use crate::cases::allocation::{self, Allocation};
use crate::cases::correction::Correction;
use crate::cases::execution::facts::{Facts, last_day};
use crate::cases::execution::judge::refuse_if;
use crate::cases::execution::world::{ExecutionWorld, Party};
use crate::kernel::calendar::Date;
use crate::kernel::ids::{CaseId, DepartmentId};
use crate::kernel::money::Money;
use crate::kernel::people::Office;
use crate::kernel::refusal::Refusal;
use crate::ledger::account::AccountCode;
use crate::ledger::transfer::{Transfer, TransferCode};
use crate::policy::accounts::departments::not_open;
use crate::policy::editions::parameters::EditionParameters;

impl ExecutionWorld {
    pub fn edition(&self) -> &EditionParameters {
        &self.setting.surroundings.edition
    }

    /// What is approved, when the request is.
    pub fn approved_request(&self, request: &CaseId) -> Option<&allocation::Form> {
        self.find::<Allocation>(request)?.form.as_ref()
    }

    /// 批复数: Σ lines of the approval.
    pub fn approved(&self, request: &CaseId) -> Money {
        self.approved_request(request).map_or(Money::ZERO, allocation::Form::total)
    }

    /// Whether some request of the department's year is approved.
    pub fn is_year_approved(&self, department: &DepartmentId, year: i32) -> bool {
        let forms = self.of_kind::<Allocation>().filter_map(|(_, allocation)| allocation.form.as_ref());
        forms.into_iter().any(|form| (&form.department, form.year) == (department, year))
    }

    /// 全年预算数: approved and what was adjusted up to the day.
    pub fn budget(&self, request: &CaseId, day: Date) -> Money {
        let adjusted = self.money_facts(request, day, MoneyFactKind::Adjust);
        let moved = |row: &&Transfer| {
            matches!(row.code, TransferCode::Move | TransferCode::Reduce)
                && [row.debit.code, row.credit.code].contains(&AccountCode::Uncontracted)
        };
        let rows: Vec<&Transfer> = self.posted_rows(day).filter(moved).collect();
        let of = |key: &str| is_line_of(key, request);
        let to: Money = rows.iter().filter(|row| of(&row.credit.key)).map(|row| row.amount).sum();
        let from: Money = rows.iter().filter(|row| of(&row.debit.key)).map(|row| row.amount).sum();
        self.approved(request) + adjusted + to - from
    }

    /// 执行数: paid to providers less refunds up to the day; an advance is none.
    pub fn executed(&self, request: &CaseId, day: Date) -> Money {
        let fact = |kind| self.money_facts(request, day, kind);
        let of = |row: &&Transfer| {
            let unspent = |account: &crate::ledger::account::LedgerAccount| {
                account.code == AccountCode::Unspent && is_line_of(&account.key, request)
            };
            unspent(&row.debit) || unspent(&row.credit)
        };
        let rows: Vec<&Transfer> = self.posted_rows(day).filter(of).collect();
        let sum = |codes: &[TransferCode]| -> Money {
            rows.iter().filter(|row| codes.contains(&row.code)).map(|row| row.amount).sum()
        };
        let (paid, back) = (sum(&[TransferCode::Pay]), sum(&[TransferCode::Bounce, TransferCode::Refund]));
        fact(MoneyFactKind::Paid) - fact(MoneyFactKind::Refund) + paid - back
    }

    fn posted_rows(&self, day: Date) -> impl Iterator<Item = &Transfer> {
        self.ledger.rows().iter().filter(move |row| row.is_posted() && row.origin.day <= day)
    }

    fn money_facts(&self, request: &CaseId, day: Date, kind: MoneyFactKind) -> Money {
        let facts = &self.setting.surroundings.money;
        let facts = facts.iter().filter(|fact| fact.request == *request && fact.kind == kind);
        facts.filter(|fact| fact.on <= day).map(|fact| fact.amount).sum()
    }

    /// 整改 of a request that is neither closed nor adjusted.
    pub fn open_corrections<'a>(
        &'a self,
        request: &'a CaseId,
    ) -> impl Iterator<Item = (&'a CaseId, &'a Correction)> {
        self.of_kind::<Correction>()
            .filter(move |(_, correction)| correction.request == *request && correction.is_open())
    }

    /// The first name of a case an effect opens that nothing has: the base name, else with `-2`, `-3` …
    pub fn free_name(&self, base: &str, taken: &[CaseId]) -> CaseId {
        let names = (1u32..).map(|n| match n {
            1 => CaseId::new(base),
            n => CaseId::new(format!("{base}-{n}")),
        });
        let is_free = |name: &CaseId| !self.cases.contains_key(name) && !taken.contains(name);
        names.into_iter().find(is_free).unwrap_or_else(|| CaseId::new(base))
    }
}

/// Whether a ledger key is of a line of this request.
fn is_line_of(key: &str, request: &CaseId) -> bool {
    key.strip_prefix(request.as_str()).is_some_and(|rest| rest.starts_with('/'))
}

/// The approved request a case is opened for.
///
/// # Errors
/// There is none, or it is of another department than the person's.
pub fn require_request<'a>(
    facts: &'a Facts,
    request: &CaseId,
    article: u8,
    code: &str,
) -> Result<&'a allocation::Form, Refusal> {
    let own = |form: &&allocation::Form| is_own_or_office(facts.by, &form.department);
    let approved = facts.world.approved_request(request).filter(own);
    let approved =
        approved.ok_or_else(|| Refusal::under(article, code, format!("申请“{request}”未批复，请核对")))?;
    match facts.setting.ended.contains_key(&approved.department) {
        true => Err(not_open(&approved.department)),
        false => Ok(approved),
    }
}

fn is_own_or_office(by: &Party, department: &DepartmentId) -> bool {
    by.actor.role.office() != Office::Department || by.is_of(Some(department))
}

/// Refuses while the year of an evaluation runs.
pub fn require_year_over(facts: &Facts, year: i32, article: u8, code: &str) -> Result<(), Refusal> {
    let says = format!("{year} 年度未结束，请于次年办理");
    refuse_if(facts.today <= last_day(year), article, code, says)
}

/// Judges the content of a case by the edition and the facts.
pub fn judge_form(
    form: &'static Form,
    judge: JudgeForm,
    content: &Content,
    world: &ExecutionWorld,
    facts: &FormFacts,
) -> Judgement {
    Judgement::of(form, judge, &View { content, parameters: world.edition(), facts })
}
