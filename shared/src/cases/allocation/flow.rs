//! 批复资金: one command, which opens the lines in both chains of the ledger.

use crate::cases::money::effect::Effect;
use crate::cases::money::facts::{ApprovedLine, Facts};
use crate::cases::money::field::{Field, FieldKind, YEAR, is_word, optional, required, unique};
use crate::cases::money::judge::{Judge, refuse_if};
use crate::cases::money::kind::{CommandRow, MoneyKind, Subject, role::FL, stages};
use crate::cases::sanction;
use crate::kernel::ids::{CaseId, DepartmentId, LineId};
use crate::kernel::money::Money;
use crate::kernel::refusal::Refusal;
use crate::kernel::words::words;
use crate::ledger::account::{AccountCode, LedgerAccount};
use crate::ledger::transfer::{Leg, TransferCode};
use serde::{Deserialize, Serialize};

stages! { Approved "approved" "已批复" }

words! {
    /// 支出类别.
    Category {
        Infrastructure "infrastructure" "基础环境",
        Hardware "hardware" "硬件设备",
        Software "software" "软件系统",
        Other "other" "其他",
        Cloud "cloud" "云资源",
    }
}

/// What is approved.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Form {
    pub year: i32,
    pub department: DepartmentId,
    pub number: String,
    pub requested: Money,
    pub supplements: Option<CaseId>,
    pub lines: Vec<Line>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    pub id: String,
    pub category: Category,
    pub name: String,
    pub amount: Money,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Allocation {
    pub stage: Stage,
    pub form: Option<Form>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(tag = "do", rename_all = "snake_case")]
pub enum Command {
    Approve(Form),
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum Event {
    Approved(Form),
}

const LINE: &[Field] = &[
    unique("id", FieldKind::Id),
    required("category", FieldKind::Choice(is_word::<Category>)),
    required("name", FieldKind::Text(1, 60)),
    required("amount", FieldKind::PositiveMoney),
];

const FORM: &[Field] = &[
    required("year", YEAR),
    required("department", FieldKind::Reference),
    required("number", FieldKind::DocumentNumber),
    required("requested", FieldKind::Money),
    optional("supplements", FieldKind::Reference),
    required("lines", FieldKind::Table(LINE)),
];

impl Form {
    pub fn total(&self) -> Money {
        self.lines.iter().map(|line| line.amount).sum()
    }

    /// Whether what it supplements is an approved request of this department and year.
    fn supplements_its_own(&self, facts: &Facts) -> bool {
        let Some(id) = &self.supplements else { return true };
        let supplemented = facts.find::<Allocation>(id).and_then(|allocation| allocation.form.as_ref());
        supplemented.is_some_and(|form| (form.year, &form.department) == (self.year, &self.department))
    }

    fn legs(&self, line: &Line, case: &CaseId) -> Vec<Effect> {
        let id = LineId(format!("{case}/{}", line.id));
        let leg = |source, account| {
            let debit = LedgerAccount::of_year(source, self.year);
            let credit = LedgerAccount::of_line(account, &id);
            Effect::transfer(Leg::new(TransferCode::Approve, debit, credit, line.amount))
        };
        let approved = ApprovedLine {
            year: self.year,
            department: self.department.clone(),
            category: line.category.word().to_string(),
            name: line.name.clone(),
            carried: 0,
        };
        vec![
            Effect::OpenLine(id.clone(), approved),
            leg(AccountCode::Source, AccountCode::Unadvanced),
            leg(AccountCode::ContractSource, AccountCode::Uncontracted),
        ]
    }
}

/// The refusal of a year without an edition (Art. 18).
pub fn require_edition(facts: &Facts, year: i32) -> Result<(), Refusal> {
    let none = !facts.setting.years.contains(&year);
    refuse_if(none, 18, "edition.none", format!("{year} 年度不在政策有效期内，请登记延续执行文件"))
}

impl MoneyKind for Allocation {
    type Command = Command;
    type Event = Event;
    type Stage = Stage;

    const ARTICLE: u8 = 4;
    const SEEN_BY_DEPARTMENT: bool = true;
    const COMMANDS: &'static [CommandRow<Stage>] =
        &[CommandRow::new("approve", "批复", &[(FL, &[])], FORM).opening()];

    fn stage(&self) -> Stage {
        self.stage
    }

    fn subject(&self) -> Subject<'_> {
        let form = self.form.as_ref();
        Subject {
            year: form.map(|form| form.year),
            department: form.map(|form| &form.department),
            ..Subject::default()
        }
    }

    fn decide(&self, command: &Command, facts: &Facts, _: &mut Judge) -> Result<Vec<Event>, Refusal> {
        let Command::Approve(form) = command;
        require_edition(facts, form.year)?;
        let unknown = !facts.setting.departments.contains(&form.department);
        refuse_if(unknown, 4, "F-04", format!("没有部门“{}”，请核对", form.department))?;
        let own = form.supplements_its_own(facts);
        refuse_if(!own, 4, "F-04", "追加须指明本部门本年度已批复的申请")?;
        let total = form.total();
        refuse_if(
            total > form.requested,
            4,
            "LED-02",
            format!("批复数 {total} 超过申报数 {}", form.requested),
        )?;
        let cut = facts.sanction_cut(&form.department, form.year);
        let says = format!("该部门本年应调减 {cut} 元，请先扣减");
        refuse_if(total > form.requested - cut, 17, "SAN-07", says)?;
        Ok(vec![Event::Approved(form.clone())])
    }

    fn evolve(self, event: &Event) -> Allocation {
        let Event::Approved(form) = event;
        Allocation { stage: Stage::Approved, form: Some(form.clone()) }
    }

    fn effects(&self, event: &Event, facts: &Facts) -> Vec<Effect> {
        let Event::Approved(form) = event;
        let sanctions = facts.of_kind::<sanction::Sanction>();
        let cuts = sanctions.filter(|(_, sanction)| sanction.cuts(&form.department, form.year));
        let applied = cuts.map(|(id, _)| Effect::MoveSanction(id.clone(), sanction::Event::Applied));
        form.lines.iter().flat_map(|line| form.legs(line, facts.case)).chain(applied).collect()
    }
}
