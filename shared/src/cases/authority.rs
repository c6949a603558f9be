//! 权限表: who may do what to a case in which stage, and by which article. Only this file can make a
//! [`Permit`], so an act that forgot to ask does not compile; the same table decides which buttons are shown.

mod table;

use super::language::{Case, Kind, Stage, Verb};
use crate::kernel::calendar::Date;
use crate::kernel::ids::CaseId;
use crate::kernel::people::{Actor, Office, Role, Signature};
use crate::kernel::refusal::Refusal;
use crate::policy::{art04_calendar, art18_validity};
use serde::{Deserialize, Serialize};
use table::{Row, TABLE};

/// What the table asks of a case, whatever its kind.
pub trait CaseKind {
    const KIND: Kind;
    fn id(&self) -> &CaseId;
    fn stage(&self) -> Stage;
    /// Whether it exists for this person at all. What does not is answered as unknown, never as forbidden.
    fn visible_to(&self, actor: &Actor) -> bool;
    /// What depends on the case and the day rather than on role and stage.
    fn preconditions(&self, actor: &Actor, verb: Verb, today: Date) -> Result<(), Refusal>;
}

/// Leave to do one verb to one case, by one person. Its fields are private: see [`permit`].
#[derive(Debug)]
pub struct Permit {
    case: CaseId,
    verb: Verb,
    by: Signature,
    office: Office,
}

impl Permit {
    pub fn covers(&self, matter: &impl CaseKind, verb: Verb) -> bool {
        self.case == *matter.id() && self.verb == verb
    }

    /// The answer to a command that the case was not asked leave for.
    pub(super) fn wrong_permit() -> Refusal {
        Refusal::new("authority.other_act", "许可与所办事项不符，请刷新页面后重试。")
    }

    pub fn by(&self) -> &Signature {
        &self.by
    }

    /// The office the person acts for.
    pub fn office(&self) -> Office {
        self.office
    }
}

impl CaseKind for Case {
    const KIND: Kind = Kind::Request;

    fn id(&self) -> &CaseId {
        &self.id
    }

    fn stage(&self) -> Stage {
        self.stage
    }

    /// A department must not learn of another's request.
    fn visible_to(&self, actor: &Actor) -> bool {
        match actor.role.office() {
            Office::Department => actor.department.as_ref() == Some(&self.department),
            Office::Bureau | Office::Finance | Office::Audit => true,
            Office::Outside | Office::Administration => false,
        }
    }

    fn preconditions(&self, actor: &Actor, verb: Verb, today: Date) -> Result<(), Refusal> {
        match verb {
            Verb::Read if actor.role.office() == Office::Bureau && self.reported_version == 0 => {
                Err(Refusal::under(4, "read.unreported", "该部门尚未报送，填报中的内容只有本部门能看"))
            }
            Verb::Submit => in_time(self, today),
            Verb::DepartmentApprove => {
                require_second_person(actor, &self.filled_by, "填报", "审核")?;
                in_time(self, today)
            }
            Verb::BureauConfirm => require_second_person(actor, &self.reviewed_by, "审核", "确认"),
            Verb::FinanceReject => match &self.finance_opinion {
                None => {
                    Err(Refusal::under(4, "finance.no_opinion", "财政审核员尚未提出审核意见，请先由其提出"))
                }
                Some(opinion) => require_second_person(actor, &Some(opinion.by.clone()), "财政审核", "决定"),
            },
            _ => Ok(()),
        }
    }
}

/// Whether the case exists for this person at all.
pub fn visible(actor: &Actor, matter: &impl CaseKind) -> bool {
    matter.visible_to(actor)
}

/// Whether this person reads the content as it is being filled. The bureau and finance read the latest reported
/// version: what a department has not reported is the department's own.
pub fn sees_live(actor: &Actor, case: &Case) -> bool {
    visible(actor, case) && matches!(actor.role.office(), Office::Department | Office::Audit)
}

/// Asks the table, for the day the act is done.
pub fn permit<M: CaseKind>(actor: &Actor, matter: &M, verb: Verb, today: Date) -> Result<Permit, Refusal> {
    let kind = M::KIND;
    if !visible(actor, matter) {
        return Err(Refusal::new("case.unknown", "没有这份案卷，或它不属于您的部门。"));
    }
    let of_role = || rows(kind).filter(|row| row.verb == verb && row.roles.contains(&actor.role));
    let Some(any) = of_role().next() else {
        return Err(Refusal::new(
            "authority.role",
            format!("“{}”不由{}办理，请由{}办理。", verb.label(), actor.role.label(), roles_for(kind, verb)),
        ));
    };
    if !of_role().any(|row| row.stages.contains(&matter.stage())) {
        return Err(Refusal::under(
            any.article,
            "authority.stage",
            format!("{}现为“{}”，此时不能“{}”", kind.label(), matter.stage().label(), verb.label()),
        ));
    }
    matter.preconditions(actor, verb, today)?;
    Ok(Permit { case: matter.id().clone(), verb, by: actor.signature(), office: actor.role.office() })
}

fn rows(kind: Kind) -> impl Iterator<Item = &'static Row> {
    TABLE.iter().filter(move |row| row.kind == kind)
}

/// A first submission keeps the window (Art. 4); what was reported in time may be put right after it.
fn in_time(case: &Case, today: Date) -> Result<(), Refusal> {
    let edition = art18_validity::edition_for(case.fiscal_year)?;
    if case.reported_version > 0 {
        return Ok(());
    }
    art04_calendar::may_submit(art04_calendar::window(edition, case.fiscal_year), case.late_until, today)
}

pub(super) fn require_second_person(
    actor: &Actor,
    earlier: &Option<Signature>,
    did: &str,
    does: &str,
) -> Result<(), Refusal> {
    match earlier {
        Some(signed) if signed.person == actor.person => Err(Refusal::new(
            "authority.same_person",
            format!("您是本件的{did}人，{did}与{does}须由两人分别办理，请由另一位同事{does}。"),
        )),
        _ => Ok(()),
    }
}

fn roles_for(kind: Kind, verb: Verb) -> String {
    let mut labels: Vec<&str> = Vec::new();
    for role in rows(kind).filter(|row| row.verb == verb).flat_map(|row| row.roles) {
        if !labels.contains(&role.label()) {
            labels.push(role.label());
        }
    }
    labels.join("、")
}

/// One button of the action bar: shown when it is offered, disabled with the reason when refused.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AvailableCommand {
    pub verb: Verb,
    pub refusal: Option<Refusal>,
}

/// The commands this person's role has in this stage, each with what stands in its way today.
pub fn available_commands<M: CaseKind>(actor: &Actor, matter: &M, today: Date) -> Vec<AvailableCommand> {
    let mut offers: Vec<AvailableCommand> = Vec::new();
    for row in rows(M::KIND) {
        if row.verb.is_command() && row.roles.contains(&actor.role) && row.stages.contains(&matter.stage()) {
            offers.push(AvailableCommand {
                verb: row.verb,
                refusal: permit(actor, matter, row.verb, today).err(),
            });
        }
    }
    offers
}

/// 岗位权限: acts that are not about one request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Capability {
    OpenRequest,
    OpenCompilation,
    OpenSeparate,
    OpenPlan,
    SeeSeparate,
    OpenBatch,
    SeeConsolidation,
    SeeFinance,
    GrantLateWindow,
    SeeAllDepartments,
    ListAccounts,
    CreateAccount,
    DisableAccount,
    AssignRole,
    ReadAuditTrail,
}

const ACTS: &[(Capability, &[Role])] = &[
    (Capability::OpenRequest, &[Role::DepartmentFiller]),
    (Capability::OpenPlan, &[Role::BureauReviewer]),
    (Capability::OpenSeparate, &[Role::DepartmentFiller]),
    (
        Capability::SeeSeparate,
        &[
            Role::DepartmentFiller,
            Role::DepartmentApprover,
            Role::BureauReviewer,
            Role::BureauLeader,
            Role::FinanceReviewer,
            Role::FinanceLeader,
            Role::Auditor,
        ],
    ),
    (Capability::OpenCompilation, &[Role::BureauReviewer]),
    (Capability::OpenBatch, &[Role::FinanceReviewer]),
    (
        Capability::SeeConsolidation,
        &[
            Role::BureauReviewer,
            Role::BureauLeader,
            Role::BureauTreasurer,
            Role::FinanceReviewer,
            Role::FinanceLeader,
            Role::Auditor,
        ],
    ),
    (Capability::SeeFinance, &[Role::FinanceReviewer, Role::FinanceLeader, Role::Auditor]),
    (Capability::GrantLateWindow, &[Role::BureauLeader]),
    (Capability::SeeAllDepartments, &[Role::BureauReviewer, Role::BureauLeader, Role::Auditor]),
    (Capability::ListAccounts, &[Role::SystemAdministrator, Role::SecurityAdministrator]),
    (Capability::CreateAccount, &[Role::SystemAdministrator]),
    (Capability::DisableAccount, &[Role::SystemAdministrator]),
    (Capability::AssignRole, &[Role::SecurityAdministrator]),
    (Capability::ReadAuditTrail, &[Role::AuditAdministrator, Role::Auditor]),
];

/// Whether the actor's role has the act.
pub fn may(actor: &Actor, act: Capability) -> Result<(), Refusal> {
    let roles = ACTS.iter().find(|(a, _)| *a == act).map_or(&[][..], |(_, roles)| roles);
    if roles.contains(&actor.role) {
        return Ok(());
    }
    let labels: Vec<&str> = roles.iter().map(|role| role.label()).collect();
    Err(Refusal::new(
        "authority.role",
        format!("这项工作不由{}办理，请由{}办理。", actor.role.label(), labels.join("、")),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fmt::Write;

    /// The committed matrix: role × stage × kind → verbs, then role → acts. A change here is a change of who may do
    /// what, to be read and agreed as such. `OMFUND_BLESS=1 cargo test -p shared` rewrites it.
    #[test]
    fn the_authority_matrix_is_as_agreed() {
        let mut text = String::new();
        for role in Role::ALL {
            writeln!(text, "{} {}", role.word(), role.label()).unwrap();
            for stage in Stage::ALL {
                for kind in Kind::ALL {
                    let verbs: Vec<String> = rows(kind)
                        .filter(|r| r.roles.contains(&role) && r.stages.contains(&stage))
                        .map(|r| format!("{}§{}", r.verb.word(), r.article))
                        .collect();
                    if !verbs.is_empty() {
                        let kind = if kind == Kind::Request { "" } else { &format!("({}) ", kind.word()) };
                        writeln!(text, "  {:<17} {kind}{}", stage.word(), verbs.join(" ")).unwrap();
                    }
                }
            }
            let acts: Vec<String> = ACTS
                .iter()
                .filter(|(_, roles)| roles.contains(&role))
                .map(|(act, _)| serde_json::to_string(act).unwrap().replace('"', ""))
                .collect();
            if !acts.is_empty() {
                writeln!(text, "  acts              {}", acts.join(" ")).unwrap();
            }
        }
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/src/cases/authority.golden.txt");
        if std::env::var_os("OMFUND_BLESS").is_some() {
            std::fs::write(path, &text).unwrap();
        }
        assert_eq!(std::fs::read_to_string(path).unwrap_or_default(), text);
    }

    #[test]
    fn administrators_and_auditors_change_no_request() {
        for row in TABLE.iter().filter(|row| row.verb != Verb::Read) {
            assert!(
                row.roles.iter().all(|r| !matches!(r.office(), Office::Administration | Office::Audit)),
                "{:?}",
                row.verb
            );
        }
    }
}
