//! 导入预览: what the rows of a workbook change, judged against the departments and accounts there are. The same judgement
//! serves the preview, the one who asks and the one who agrees.

use super::{AccountBook, AccountEntry, BookFault, BookSheet, DepartmentEntry, PreviewRow, RowOutcome};
use crate::engine::reading::is_credit_code;
use crate::kernel::ids::{AccountId, DepartmentId};
use crate::kernel::people::{Office, Role};
use crate::kernel::phone::read_phone;
use crate::policy::accounts::person::{
    department_name, is_mail_address, person_id, person_ids_look_alike, person_name,
};
use crate::policy::accounts::posts::{Post, require_compatible};
use std::collections::BTreeSet;

/// A department there is, or is to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KnownDepartment {
    pub id: String,
    pub name: String,
    pub credit_code: Option<String>,
    /// Order in lists; `None` in a row that leaves it open.
    pub position: Option<i64>,
}

/// An account there is, or is to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KnownAccount {
    pub id: String,
    pub name: String,
    pub person: String,
    pub post: Option<Post>,
    pub mail: Option<String>,
    pub phone: Option<String>,
    pub is_disabled: bool,
}

/// Everything there is.
#[derive(Clone, Debug, Default)]
pub struct Roster {
    pub departments: Vec<KnownDepartment>,
    pub accounts: Vec<KnownAccount>,
}

/// What a workbook changes.
#[derive(Clone, Debug, Default)]
pub struct BookPlan {
    /// Every row, in the order of the workbook.
    pub rows: Vec<PreviewRow>,
    /// Departments that are new or change.
    pub departments: Vec<(KnownDepartment, RowOutcome)>,
    /// Accounts that are new or change.
    pub accounts: Vec<(KnownAccount, RowOutcome)>,
}

impl BookPlan {
    pub fn is_faulty(&self) -> bool {
        self.rows.iter().any(|row| !row.faults.is_empty())
    }

    /// Nothing is new and nothing changes.
    pub fn is_idle(&self) -> bool {
        self.departments.is_empty() && self.accounts.is_empty()
    }
}

/// Judges a workbook. `namesakes` confirms that persons of one name are different persons.
pub fn plan(book: &AccountBook, roster: &Roster, namesakes: bool) -> BookPlan {
    let mut planning = Planning {
        roster,
        namesakes,
        departments: roster.departments.clone(),
        accounts: roster.accounts.clone(),
        seen: BTreeSet::new(),
        out: BookPlan::default(),
    };
    book.departments.iter().for_each(|entry| planning.department(entry));
    planning.seen.clear();
    book.accounts.iter().for_each(|entry| planning.account(entry));
    planning.out
}

struct Planning<'p> {
    roster: &'p Roster,
    namesakes: bool,
    /// What there is once the rows so far are taken over.
    departments: Vec<KnownDepartment>,
    accounts: Vec<KnownAccount>,
    /// Ids of the rows so far, in small letters.
    seen: BTreeSet<String>,
    out: BookPlan,
}

/// Collects the faults of one row.
struct Faults {
    sheet: BookSheet,
    line: u32,
    found: Vec<BookFault>,
}

impl Faults {
    fn add(&mut self, column: u32, code: &str, message: impl Into<String>) {
        self.found.push(BookFault::new(self.sheet.cell(self.line, column), code, message));
    }

    /// The normal form of a cell, or a fault.
    fn require<T>(&mut self, read: Option<T>, column: u32, code: &str, message: &str) -> Option<T> {
        if read.is_none() {
            self.add(column, code, message);
        }
        read
    }
}

impl Planning<'_> {
    fn department(&mut self, entry: &DepartmentEntry) {
        let mut faults = Faults { sheet: BookSheet::Departments, line: entry.line, found: Vec::new() };
        let read = self.read_department(entry, &mut faults);
        let before = self.roster.departments.iter().find(|known| known.id == entry.id);
        let (outcome, detail) = match (&read, before) {
            (Some(read), Some(before)) => compared(&department_changes(before, read)),
            (Some(read), None) => (RowOutcome::New, read.credit_code.clone().unwrap_or_default()),
            (None, _) => (RowOutcome::Faulty, String::new()),
        };
        if let Some(read) = read {
            self.departments.retain(|known| known.id != read.id);
            self.departments.push(read.clone());
            if outcome != RowOutcome::Same {
                self.out.departments.push((read, outcome));
            }
        }
        self.push(faults, &entry.id, &entry.name, outcome, detail);
    }

    fn read_department(&mut self, entry: &DepartmentEntry, faults: &mut Faults) -> Option<KnownDepartment> {
        let id = &entry.id;
        if !DepartmentId::new(id.as_str()).is_plain() {
            faults.add(0, "ACT-17", "编号应为 1 至 64 个字母、数字或 . _ -，以字母或数字开头。");
        } else if !self.seen.insert(id.to_lowercase()) {
            faults.add(0, "ACT-17", "编号与前面的行重复。");
        } else if let Some(other) =
            self.departments.iter().find(|d| d.id != *id && d.id.eq_ignore_ascii_case(id))
        {
            faults.add(0, "ACT-17", format!("编号与已有部门“{}”只差大小写，请核对。", other.id));
        }
        let name = department_name(&entry.name);
        let name =
            faults.require(name, 1, "ACT-17", "名称应为 2 至 40 个字，至少两个文字，不含看不见的字符。");
        if let Some(name) = &name {
            match self.departments.iter().find(|known| known.id == *id || known.name == *name) {
                Some(same) if same.id == *id && same.name != *name => {
                    let message = format!("该编号已登记为“{}”；更名请办理部门调整，不在此处改。", same.name);
                    faults.add(1, "ACT-17", message);
                }
                Some(other) if other.id != *id => {
                    faults.add(1, "ACT-17", format!("该名称已属于部门“{}”。", other.id));
                }
                _ => {}
            }
        }
        let credit_code = given(&entry.credit_code);
        if credit_code.as_deref().is_some_and(|code| !is_credit_code(code)) {
            faults.add(2, "ACT-17", "统一社会信用代码校验不符（应为 18 位，末位为校验码），请对照证书核对。");
        }
        let position =
            given(&entry.position).map(|text| text.parse::<i64>().ok().filter(|n| (1..=9_999).contains(n)));
        if position == Some(None) {
            faults.add(3, "ACT-17", "排序应为 1 至 9999 的整数。");
        }
        let name = name.filter(|_| faults.found.is_empty())?;
        // A cell left empty leaves what there is.
        let before = self.roster.departments.iter().find(|known| known.id == *id);
        let credit_code = credit_code.or_else(|| before.and_then(|known| known.credit_code.clone()));
        let position = position.flatten().or_else(|| before.and_then(|known| known.position));
        Some(KnownDepartment { id: id.clone(), name, credit_code, position })
    }

    fn account(&mut self, entry: &AccountEntry) {
        let mut faults = Faults { sheet: BookSheet::Accounts, line: entry.line, found: Vec::new() };
        let before = self.roster.accounts.iter().find(|known| known.id == entry.account);
        let read = self.read_account(entry, before, &mut faults);
        let (outcome, detail) = match (&read, before) {
            (Some(read), Some(before)) => compared(&self.account_changes(before, read)),
            (Some(read), None) => (RowOutcome::New, self.post_label(read.post.as_ref())),
            (None, _) => (RowOutcome::Faulty, String::new()),
        };
        if let Some(read) = read {
            self.accounts.retain(|known| known.id != read.id);
            self.accounts.push(read.clone());
            if outcome != RowOutcome::Same {
                self.out.accounts.push((read, outcome));
            }
        }
        self.push(faults, &entry.account, &entry.name, outcome, detail);
    }

    fn read_account(
        &mut self,
        entry: &AccountEntry,
        before: Option<&KnownAccount>,
        faults: &mut Faults,
    ) -> Option<KnownAccount> {
        let id = &entry.account;
        if !AccountId::new(id.as_str()).is_plain() {
            faults.add(0, "ACT-01", "账号应为 1 至 64 个字母、数字或 . _ -，以字母或数字开头。");
        } else if !self.seen.insert(id.to_lowercase()) {
            faults.add(0, "ACT-01", "账号与前面的行重复，一人一个账号。");
        } else if let Some(other) =
            self.accounts.iter().find(|a| a.id != *id && a.id.eq_ignore_ascii_case(id))
        {
            faults.add(0, "ACT-01", format!("账号与已有的“{}”只差大小写，请换一个。", other.id));
        }
        let name = person_name(&entry.name);
        let name =
            faults.require(name, 1, "ACT-04", "姓名应为 2 至 20 个字，至少两个文字，不含看不见的字符。");
        let person = person_id(&entry.person);
        let message = "人员编号应为 2 至 32 个字母、数字或 . _ -，以字母或数字开头。";
        let person = faults.require(person, 2, "ACT-03", message);
        let post = self.read_post(entry, faults);
        let mail = given(&entry.mail);
        if mail.as_deref().is_some_and(|mail| !is_mail_address(mail)) {
            faults.add(5, "ACT-17", "不是有效的邮箱地址。");
        }
        let phone = given(&entry.phone).map(|text| read_phone(&text).ok());
        if phone == Some(None) {
            faults.add(6, "ACT-17", "不是有效的电话号码，一格只填一个。");
        }
        let (name, person, post) = (name?, person?, post?);
        let read = KnownAccount {
            id: id.clone(),
            name,
            person,
            post: Some(post),
            mail: mail.or_else(|| before.and_then(|known| known.mail.clone())),
            phone: phone.flatten().or_else(|| before.and_then(|known| known.phone.clone())),
            is_disabled: false,
        };
        require_same_account(&read, before, faults);
        self.require_person(&read, faults);
        self.require_post(&read, faults);
        faults.found.is_empty().then_some(read)
    }

    /// The post of a row: three administrators and providers are appointed one by one.
    fn read_post(&self, entry: &AccountEntry, faults: &mut Faults) -> Option<Post> {
        let label = entry.role.trim();
        let role = Role::ALL.into_iter().find(|role| role.label() == label || role.word() == label);
        let role = faults.require(role, 3, "ACT-17", "没有这个岗位，请从下拉列表中选择。")?;
        if role.is_administrator() || role == Role::Provider {
            let message = format!("{}的账号请在账号管理页逐个办理，不批量导入。", role.label());
            faults.add(3, "ACT-17", message);
            return None;
        }
        let department = given(&entry.department);
        match (role.office() == Office::Department, &department) {
            (true, None) => faults.add(4, "ACT-12", "部门岗位须填写部门编号。"),
            (false, Some(_)) => faults.add(4, "ACT-12", "该岗位不属于某个部门，部门编号请留空。"),
            (true, Some(id)) if !self.departments.iter().any(|known| known.id == *id) => {
                faults.add(4, "ACT-12", "没有这个部门，请先在“部门”表中登记。");
            }
            _ => return Some(Post { role, department, deputy_of: None }),
        }
        None
    }

    /// One person has one number, and one number one person.
    fn require_person(&self, read: &KnownAccount, faults: &mut Faults) {
        let others = || self.accounts.iter().filter(|other| other.person != read.person);
        if let Some(other) = others().find(|other| person_ids_look_alike(&other.person, &read.person)) {
            let message =
                format!("人员编号与已有的“{}”（{}）过于相似，请核对是否同一人。", other.person, other.name);
            faults.add(2, "ACT-03", message);
        }
        let same = |other: &&KnownAccount| other.person == read.person && other.id != read.id;
        if let Some(other) = self.accounts.iter().find(same).filter(|other| other.name != read.name) {
            let message = format!("该人员编号已登记为“{}”，一个编号只属于一人。", other.name);
            faults.add(2, "ACT-03", message);
        }
        let is_known = self.roster.accounts.iter().any(|known| known.id == read.id);
        let namesake = others().find(|other| other.name == read.name && !other.is_disabled);
        if let Some(other) = namesake.filter(|_| !self.namesakes && !is_known) {
            let message = format!(
                "已有同名人员（人员编号 {}）。同一人请用同一编号；确属不同人员的，请勾选“确属不同人员”后再办理。",
                other.person
            );
            faults.add(1, "ACT-11", message);
        }
    }

    fn require_post(&self, read: &KnownAccount, faults: &mut Faults) {
        let others = self.accounts.iter();
        let others = others.filter(|o| o.person == read.person && o.id != read.id && !o.is_disabled);
        let held: Vec<Post> = others.filter_map(|other| other.post.clone()).collect();
        if let Some(Err(refusal)) = read.post.as_ref().map(|post| require_compatible(&held, post)) {
            faults.add(3, &refusal.code, refusal.message);
        }
    }

    fn account_changes(
        &self,
        before: &KnownAccount,
        after: &KnownAccount,
    ) -> Vec<(&'static str, String, String)> {
        let text = |of: &Option<String>| of.clone().unwrap_or_default();
        vec![
            ("岗位", self.post_label(before.post.as_ref()), self.post_label(after.post.as_ref())),
            ("邮箱", text(&before.mail), text(&after.mail)),
            ("手机", text(&before.phone), text(&after.phone)),
        ]
    }

    fn post_label(&self, post: Option<&Post>) -> String {
        let Some(post) = post else { return String::new() };
        let of = |id: &String| {
            self.departments.iter().find(|known| known.id == *id).map(|known| known.name.clone())
        };
        let department =
            post.department.as_ref().and_then(of).map(|name| format!("{name} ")).unwrap_or_default();
        format!("{department}{}", post.role.label())
    }

    fn push(&mut self, faults: Faults, id: &str, name: &str, outcome: RowOutcome, detail: String) {
        let (id, name) = (id.to_string(), name.to_string());
        let Faults { sheet, line, found } = faults;
        self.out.rows.push(PreviewRow { sheet, line, id, name, outcome, detail, faults: found });
    }
}

/// A row about an account there is names the same person, and an account that can hold a post.
fn require_same_account(read: &KnownAccount, before: Option<&KnownAccount>, faults: &mut Faults) {
    let Some(before) = before else { return };
    if before.person != read.person {
        let message = format!("该账号已属于“{}”（人员编号 {}），请换一个账号。", before.name, before.person);
        faults.add(0, "ACT-01", message);
    } else if before.name != read.name {
        faults.add(1, "ACT-17", format!("该账号登记的姓名为“{}”，请核对。", before.name));
    } else if before.is_disabled {
        faults.add(0, "ACT-17", "该账号已停用，请先办理启用。");
    } else if before
        .post
        .as_ref()
        .is_some_and(|post| post.role.is_administrator() || post.role == Role::Provider)
    {
        faults.add(3, "ACT-17", "该账号现任岗位须逐个办理变更，不批量导入。");
    }
}

fn department_changes(
    before: &KnownDepartment,
    after: &KnownDepartment,
) -> Vec<(&'static str, String, String)> {
    let code = |of: &KnownDepartment| of.credit_code.clone().unwrap_or_default();
    let place = |of: Option<i64>| of.map(|n| n.to_string()).unwrap_or_default();
    vec![("信用代码", code(before), code(after)), ("排序", place(before.position), place(after.position))]
}

fn compared(changes: &[(&'static str, String, String)]) -> (RowOutcome, String) {
    let shown = |text: &str| if text.is_empty() { "无".to_string() } else { text.to_string() };
    let changed = changes.iter().filter(|(_, before, after)| before != after);
    let lines: Vec<String> = changed
        .map(|(what, before, after)| format!("{what}：{} → {}", shown(before), shown(after)))
        .collect();
    match lines.is_empty() {
        true => (RowOutcome::Same, String::new()),
        false => (RowOutcome::Changed, lines.join("；")),
    }
}

fn given(text: &str) -> Option<String> {
    Some(text.trim().to_string()).filter(|text| !text.is_empty())
}
