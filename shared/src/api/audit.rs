//! 审计日志: who did what and when, for the audit administrator and the auditor to read.

mod acts;

pub use acts::act_label;

use super::{Download, Endpoint, Method};
use crate::cases::authority::Capability;
use crate::kernel::calendar::Date;
use crate::kernel::ids::CaseId;
use crate::kernel::people::Role;
use serde::{Deserialize, Serialize};
use validator::Validate;

/// Entries of one page.
pub const PAGE: usize = 100;
/// A count goes no further.
pub const MOST_COUNTED: u64 = 10_000;
/// Entries of one exported file.
pub const MOST_EXPORTED: u64 = 100_000;
/// Days that are shown when no period is given.
pub const DEFAULT_DAYS: i32 = 7;

crate::kernel::words::words! {
    /// 行为类别: what an act is about.
    ActGroup {
        SignIn "sign_in" "登录",
        Cases "cases" "办理",
        Filling "filling" "填报",
        Accounts "accounts" "账号",
        Editions "editions" "政策版本",
        Publication "publication" "公开",
        Export "export" "导出",
        System "system" "系统",
    }
}

impl ActGroup {
    /// First words of the acts of the group; empty for 办理, which is every act of no other group.
    pub fn prefixes(self) -> &'static [&'static str] {
        match self {
            ActGroup::SignIn => &["session."],
            ActGroup::Cases => &[],
            ActGroup::Filling => &["operation.", "attachment."],
            ActGroup::Accounts => &["account.", "account_order.", "department."],
            ActGroup::Editions => &["edition."],
            ActGroup::Publication => &["publication."],
            ActGroup::Export => &["export.", "print.", "download."],
            ActGroup::System => &["audit.", "demo.", "version.", "notice.", "search."],
        }
    }

    /// The group of an act.
    pub fn of(act: &str) -> ActGroup {
        let is_in = |group: &ActGroup| group.prefixes().iter().any(|prefix| act.starts_with(prefix));
        ActGroup::ALL.into_iter().find(is_in).unwrap_or(ActGroup::Cases)
    }
}

/// Which entries; what is not given does not restrict. All of it stands in the address, so that a link is a finding.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, Validate)]
#[serde(deny_unknown_fields)]
pub struct ReadAuditTrail {
    /// Entries before this number; the newest when not given.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "super::number_if_given")]
    pub before: Option<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<Date>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Date>,
    /// Account or name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[validate(length(max = 64, message = "最多 64 个字"))]
    pub person: Option<String>,
    /// 岗位.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub post: Option<Role>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group: Option<ActGroup>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[validate(length(max = 64, message = "最多 64 个字"))]
    pub subject: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub outcome: Option<AuditOutcome>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[validate(length(max = 64, message = "最多 64 个字"))]
    pub network: Option<String>,
    /// Somewhere in act, name, subject or detail.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[validate(length(max = 64, message = "最多 64 个字"))]
    pub text: Option<String>,
    /// Of the file; given for exports only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub format: Option<AuditFormat>,
}

crate::kernel::words::words! {
    /// 结果: whether an act was done.
    AuditOutcome {
        Done "done" "成功",
        Refused "refused" "未办成",
    }
}

crate::kernel::words::words! {
    /// 导出格式.
    AuditFormat {
        Xlsx "xlsx" "Excel 表格",
        Csv "csv" "CSV 文本",
        Jsonl "jsonl" "JSON 逐行",
        /// 取证包: entries as stored and everything needed to check them without this program.
        Evidence "evidence" "取证包",
    }
}

impl Endpoint for ReadAuditTrail {
    const METHOD: Method = Method::Get;
    const PATH: &'static str = "/api/audit-trail";
    const REQUIRES: Option<Capability> = Some(Capability::ReadAuditTrail);
    type Reply = AuditTrail;
}

/// The entries of a filter as a file.
impl Download for ReadAuditTrail {
    const PATH: &'static str = "/api/audit-trail/export";
    const REQUIRES: Option<Capability> = Some(Capability::ReadAuditTrail);
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditTrail {
    /// Newest first, at most [`PAGE`].
    pub entries: Vec<AuditEntry>,
    /// Whether there are older ones.
    pub more: bool,
    /// How many the filter finds; above [`MOST_COUNTED`] there are more.
    pub count: u64,
    /// By day, oldest first.
    pub days: Vec<AuditDay>,
    pub retention: Retention,
    /// What the audit administrator has to look at, whatever the filter.
    #[serde(default)]
    pub alerts: Vec<AuditAlert>,
}

crate::kernel::words::words! {
    /// 告警.
    AlertKind {
        GuessedAccount "guessed_account" "账号多次登录未成功",
        GuessedNetwork "guessed_network" "网段多次登录未成功",
        AdministratorPost "administrator_post" "授予三员岗位",
        Key "key" "启用或更换密钥",
        Heads "heads" "链头缺失",
        Verification "verification" "夜间核验未通过",
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditAlert {
    pub kind: AlertKind,
    /// What happened, in a sentence.
    pub text: String,
    /// Finds the entries it is about; `None` where it is about none.
    pub filter: Option<ReadAuditTrail>,
}

/// What happened on a day.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditDay {
    pub day: String,
    pub acts: u64,
    pub refused: u64,
    /// 登录 before 07 or after 21 o'clock.
    pub late_sign_ins: u64,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditEntry {
    pub seq: u64,
    /// A [`Timestamp`](crate::kernel::timestamp::Timestamp) as the row holds it: a tampered entry is shown, too.
    pub at: String,
    /// Empty where nobody had signed in.
    pub account: String,
    pub name: String,
    pub role: String,
    /// What was done, for example `transition.submit`.
    pub act: String,
    /// What the screen calls it.
    pub label: String,
    /// What it was done to.
    pub subject: String,
    pub detail: String,
    /// `done`, or `refused` with the code of the rule; empty on entries from before outcomes were stored.
    pub outcome: String,
    /// Network it came from; empty for what the server did by itself.
    pub network: String,
    /// Part of the hash of the session.
    pub session: String,
    /// SM3 over this entry and the hash of the one before.
    pub hash: String,
}

/// One entry with what belongs to it.
#[derive(Clone, Debug, Serialize, Deserialize, Validate)]
#[serde(deny_unknown_fields)]
pub struct ReadAuditEntry {
    #[serde(deserialize_with = "super::number")]
    pub seq: u64,
}

impl Endpoint for ReadAuditEntry {
    const METHOD: Method = Method::Get;
    const PATH: &'static str = "/api/audit-trail/entries/{seq}";
    const REQUIRES: Option<Capability> = Some(Capability::ReadAuditTrail);
    type Reply = AuditEntryView;
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditEntryView {
    pub entry: AuditEntry,
    /// What the link covers, as canonical JSON.
    pub body: String,
    /// Link of the entry before.
    pub previous: String,
    /// The code of the link; empty on entries from before there was a key.
    pub mac: String,
    /// Number of the entry after it, if there is one.
    pub next: Option<u64>,
    /// Other entries of the session, newest first.
    pub session: Vec<AuditEntry>,
    /// Other entries about the subject, newest first.
    pub subject: Vec<AuditEntry>,
    /// The case it is about; for the auditor only, because administrators see no business data.
    pub case: Option<CaseId>,
}

/// 留存: since when the trail is complete.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Retention {
    /// Time of the first entry; empty without any.
    pub first: String,
    /// Full months from the first entry on.
    pub months: u32,
}

impl Retention {
    /// Months of retention the law asks for.
    pub const REQUIRED_MONTHS: u32 = 12;

    /// From the first entry to a day.
    pub fn between(first: &str, today: Date) -> Retention {
        let day = first.get(..10).and_then(Date::parse);
        let months = day.map_or(0, |day| {
            let months = (today.year() - day.year()) * 12 + i32::from(today.month()) - i32::from(day.month());
            u32::try_from(months - i32::from(today.day() < day.day())).unwrap_or(0)
        });
        Retention { first: first.to_string(), months }
    }

    /// What the page and the verification say of it.
    pub fn text(&self) -> &'static str {
        if self.months >= Retention::REQUIRED_MONTHS {
            "满足不少于 12 个月留存要求"
        } else {
            "系统启用不足 12 个月，自启用起完整留存"
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_act_is_in_one_group() {
        for (act, group) in [
            ("session.refused", ActGroup::SignIn),
            ("transition.submit", ActGroup::Cases),
            ("request.open", ActGroup::Cases),
            ("attachment.add", ActGroup::Filling),
            ("department.add", ActGroup::Accounts),
            ("export.workbook", ActGroup::Export),
            ("audit.key", ActGroup::System),
        ] {
            assert_eq!(ActGroup::of(act), group, "{act}");
        }
    }

    #[test]
    fn twelve_full_months_are_asked_for() {
        let until = |day: &str| Retention::between("2023-07-15 09:00:00", Date::parse(day).unwrap());
        assert_eq!((until("2024-07-14").months, until("2024-07-15").months), (11, 12));
        assert!(until("2024-07-14").text().contains("不足") && until("2024-07-15").text().contains("满足"));
        assert_eq!(until("2023-07-15").months, 0);
    }
}
