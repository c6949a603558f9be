//! 批复资金: what the department reports (the gate of Art. 10 asks for evaluations), and the approval, which opens the lines in
//! both chains of the ledger.

use super::listing;
use crate::cases::ex_ante::{self, EvaluatedObject, Submission};
use crate::cases::execution::effect::Effect;
use crate::cases::execution::facts::{ApprovedLine, Facts};
use crate::cases::execution::field::{Field, FieldKind, YEAR, is_word, optional, required, unique};
use crate::cases::execution::judge::{Judge, refuse_if};
use crate::cases::execution::kind::role::{DA, FL};
use crate::cases::execution::kind::{CommandRow, ExecutionKind, Subject, stages};
use crate::cases::execution::world::ExecutionWorld;
use crate::cases::kernel::{CellValue, Column};
use crate::cases::performance::judgement::two_decimals;
use crate::cases::performance::target::{TARGET, Target};
use crate::cases::{application, sanction};
use crate::kernel::ids::{CaseId, DepartmentId, LineId};
use crate::kernel::money::Money;
use crate::kernel::refusal::Refusal;
use crate::kernel::words::words;
use crate::ledger::account::{AccountCode, LedgerAccount};
use crate::ledger::transfer::{Leg, TransferCode};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

stages! {
    Reported "reported" "已报送",
    Approved "approved" "已批复",
}

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
    /// Amounts of systems where they differ from what was reported.
    #[serde(default)]
    pub systems: Vec<ApprovedSystem>,
    /// 绩效目标 as issued.
    #[serde(default)]
    pub targets: Vec<Target>,
}

/// What is approved for a system.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ApprovedSystem {
    pub code: String,
    pub amount: Money,
}

/// What a department reported, and the objects the gate found in it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Report {
    pub department: DepartmentId,
    pub year: i32,
    pub objects: Vec<EvaluatedObject>,
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
    pub report: Option<Report>,
    pub form: Option<Form>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(tag = "do", rename_all = "snake_case")]
pub enum Command {
    Report(Submission),
    Approve(Form),
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum Event {
    Reported { submission: Submission, report: Report },
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
    optional("systems", FieldKind::Rows(APPROVED_SYSTEM)),
    optional("targets", FieldKind::Rows(TARGET)),
];

const APPROVED_SYSTEM: &[Field] =
    &[unique("code", FieldKind::Text(1, 40)), required("amount", FieldKind::Money)];

const REPORTED_SYSTEM: &[Field] = &[
    unique("code", FieldKind::Text(1, 40)),
    required("online", FieldKind::Date),
    required("amount", FieldKind::Money),
];

const SUBMISSION: &[Field] = &[
    required("year", YEAR),
    required("requested", FieldKind::Money),
    optional("last_year_settled", FieldKind::Money),
    optional("systems", FieldKind::Rows(REPORTED_SYSTEM)),
    optional("prior_systems", FieldKind::Names),
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

impl Allocation {
    fn report(submission: &Submission, facts: &Facts) -> Result<Event, Refusal> {
        require_edition(facts, submission.year)?;
        let Some(department) = facts.by.actor.department.clone() else {
            return Err(Refusal::new("authority.role", "“报送”由部门负责人办理。"));
        };
        let year = submission.year;
        let objects = ex_ante::objects_of(submission, facts.edition());
        ex_ante::require_evaluations(facts.world, &department, year, &objects)?;
        let report = Report { department, year, objects };
        Ok(Event::Reported { submission: submission.clone(), report })
    }

    /// Whether an approval is of the department and the year that were reported.
    fn is_own(&self, form: &Form) -> bool {
        let same = |report: &Report| (&report.department, report.year) == (&form.department, form.year);
        self.report.as_ref().is_none_or(same)
    }

    /// The reported objects with the amounts of the approval.
    fn approved_objects(&self, form: &Form) -> Vec<EvaluatedObject> {
        let objects = self.report.iter().flat_map(|report| &report.objects);
        let amount = |object: &EvaluatedObject| match &object.system {
            None => form.total(),
            Some(code) => {
                let named = form.systems.iter().find(|system| system.code == *code);
                named.map_or(object.amount, |system| system.amount)
            }
        };
        objects.map(|object| EvaluatedObject { amount: amount(object), ..object.clone() }).collect()
    }

    fn approve(&self, form: &Form, facts: &Facts) -> Result<Event, Refusal> {
        require_edition(facts, form.year)?;
        let unknown = !facts.setting.departments.contains_key(&form.department);
        refuse_if(unknown, 4, "F-04", format!("没有部门“{}”，请核对", form.department))?;
        refuse_if(!self.is_own(form), 4, "F-04", "批复的部门、年度与报送的不同，请核对")?;
        let own = form.supplements_its_own(facts);
        refuse_if(!own, 4, "F-04", "追加须指明本部门本年度已批复的申请")?;
        let total = form.total();
        let says = format!("批复数 {total} 超过申报数 {}", form.requested);
        refuse_if(total > form.requested, 4, "LED-02", says)?;
        let cut = facts.sanction_cut(&form.department, form.year);
        let says = format!("该部门本年应调减 {cut} 元，请先扣减");
        refuse_if(total > form.requested - cut, 17, "SAN-07", says)?;
        let objects = self.approved_objects(form);
        ex_ante::require_evaluations(facts.world, &form.department, form.year, &objects)?;
        application::require_decided(facts.world, &form.department, form.year, form.requested, total)?;
        Ok(Event::Approved(form.clone()))
    }
}

/// The refusal of a year without an edition (Art. 18).
pub fn require_edition(facts: &Facts, year: i32) -> Result<(), Refusal> {
    let none = !facts.setting.years.contains(&year);
    refuse_if(none, 18, "edition.none", format!("{year} 年度不在政策有效期内，请登记延续执行文件"))
}

impl ExecutionKind for Allocation {
    type Command = Command;
    type Event = Event;
    type Stage = Stage;

    const ARTICLE: u8 = 4;
    const SEEN_BY_DEPARTMENT: bool = true;
    const COLUMNS: &'static [Column] = listing::COLUMNS;
    const COMMANDS: &'static [CommandRow<Stage>] = &[
        CommandRow::new("report", "报送", &[(DA, &[])], SUBMISSION).opening().after_closing().unlisted(),
        CommandRow::new("approve", "批复", &[(FL, &[Stage::Reported])], FORM).opening(),
    ];

    fn stage(&self) -> Stage {
        self.stage
    }

    fn subject(&self) -> Subject<'_> {
        let approved = self.form.as_ref().map(|form| (form.year, &form.department));
        let reported = self.report.as_ref().map(|report| (report.year, &report.department));
        let (year, department) = approved.or(reported).unzip();
        Subject { year, department, ..Subject::default() }
    }

    fn summary(&self, id: &CaseId, world: &ExecutionWorld) -> Value {
        let subject = self.subject();
        let approved = self.form.as_ref().map(|_| world.approved(id).yuan());
        json!({ "approved": two_decimals(approved), "year": subject.year, "department": subject.department })
    }

    fn cells(&self, world: &ExecutionWorld) -> Vec<CellValue> {
        listing::cells(self, world)
    }

    fn decide(&self, command: &Command, facts: &Facts, _: &mut Judge) -> Result<Vec<Event>, Refusal> {
        Ok(vec![match command {
            Command::Report(submission) => Allocation::report(submission, facts)?,
            Command::Approve(form) => self.approve(form, facts)?,
        }])
    }

    fn evolve(self, event: &Event) -> Allocation {
        match event {
            Event::Reported { report, .. } => {
                Allocation { stage: Stage::Reported, report: Some(report.clone()), ..self }
            }
            Event::Approved(form) => Allocation { stage: Stage::Approved, form: Some(form.clone()), ..self },
        }
    }

    fn effects(&self, event: &Event, facts: &Facts) -> Vec<Effect> {
        let Event::Approved(form) = event else { return Vec::new() };
        let sanctions = facts.of_kind::<sanction::Sanction>();
        let cuts = sanctions.filter(|(_, sanction)| sanction.cuts(&form.department, form.year));
        let applied = cuts.map(|(id, _)| Effect::MoveSanction(id.clone(), sanction::Event::Applied));
        form.lines.iter().flat_map(|line| form.legs(line, facts.case)).chain(applied).collect()
    }
}
