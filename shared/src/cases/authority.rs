//! 权限表: who may do what to a case in which stage, and by which article. Only this file can make a
//! [`Permit`], so an act that forgot to ask does not compile; the same table decides which buttons are shown.

use super::Kind;
use super::kernel::{CaseKind, SecondPerson, Stage, Verb};
use crate::kernel::calendar::Date;
use crate::kernel::ids::{CaseId, PersonId};
use crate::kernel::people::{Actor, Office, Role, Signature};
use crate::kernel::refusal::Refusal;
use serde::{Deserialize, Serialize};

/// One row of a kind's 权限表.
#[derive(Clone, Copy, Debug)]
pub struct AuthorityRow {
    pub verb: Verb,
    /// 依据条款.
    pub article: u8,
    pub stages: &'static [Stage],
    pub roles: &'static [Role],
}

/// A row of the table, in the order it is read: who does what, by which article, in which stages.
pub const fn row(verb: Verb, article: u8, stages: &'static [Stage], roles: &'static [Role]) -> AuthorityRow {
    AuthorityRow { verb, article, stages, roles }
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
    pub fn covers(&self, case: &impl CaseKind, verb: Verb) -> bool {
        self.case == *case.id() && self.verb == verb
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

/// Whether the case exists for this person at all.
pub fn visible(actor: &Actor, case: &impl CaseKind) -> bool {
    case.visible_to(actor)
}

/// Asks the table, for the day the act is done.
pub fn permit<M: CaseKind>(actor: &Actor, case: &M, verb: Verb, today: Date) -> Result<Permit, Refusal> {
    let kind = M::KIND;
    if !visible(actor, case) {
        return Err(Refusal::new("case.unknown", "没有这份案卷，或它不属于您的部门。"));
    }
    let of_role = || M::AUTHORITY.iter().filter(|row| row.verb == verb && row.roles.contains(&actor.role));
    let Some(any) = of_role().next() else {
        let says = match verb {
            Verb::Edit => format!("仅可查看；内容由{}填报。", roles_for(kind, verb)),
            _ => format!(
                "“{}”不由{}办理，请由{}办理。",
                verb.label(),
                actor.role.label(),
                roles_for(kind, verb)
            ),
        };
        return Err(Refusal::new("authority.role", says));
    };
    if !of_role().any(|row| row.stages.contains(&case.stage())) {
        let stage = case.stage().label();
        let says = match verb {
            Verb::Edit => format!("{}已提交，现为“{stage}”，期间不能修改", kind.label()),
            _ => format!("{}现为“{stage}”，此时不能“{}”", kind.label(), verb.label()),
        };
        return Err(Refusal::under(any.article, "authority.stage", says));
    }
    if let Some(earlier) = case.earlier_signer(verb) {
        require_second_person(actor, earlier)?;
    }
    if verb.is_command() {
        require_one_office(actor, case.signers())?;
    }
    case.preconditions(actor, verb, today)?;
    Ok(Permit { case: case.id().clone(), verb, by: actor.signature(), office: actor.role.office() })
}

/// Two people: refuses the act to the person who did the earlier one.
fn require_second_person(actor: &Actor, earlier: SecondPerson) -> Result<(), Refusal> {
    let SecondPerson { signer, did, does } = earlier;
    if !signer.person.involves(&actor.person) {
        return Ok(());
    }
    Err(Refusal::new(
        "authority.same_person",
        format!("您是本件的{did}人，{did}与{does}须由两人分别办理，请由另一位同事{does}。"),
    ))
}

/// One person acts for one office in a case, on whatever accounts and whatever posts they had since: who applies neither
/// reviews nor pays.
pub fn require_one_office<'a>(
    actor: &Actor,
    signers: impl IntoIterator<Item = (&'a PersonId, Office)>,
) -> Result<(), Refusal> {
    let own = actor.role.office();
    let other = signers.into_iter().find(|(person, office)| person.involves(&actor.person) && *office != own);
    other.map_or(Ok(()), |(_, office)| {
        let message = format!(
            "您曾代表{}办理本件，不能再代表{}办理，请由另一位同事办理。",
            office.label(),
            own.label()
        );
        Err(Refusal::new("authority.same_person", message))
    })
}

fn roles_for(kind: Kind, verb: Verb) -> String {
    let mut labels: Vec<&str> = Vec::new();
    for role in kind.authority().iter().filter(|row| row.verb == verb).flat_map(|row| row.roles) {
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
pub fn available_commands<M: CaseKind>(actor: &Actor, case: &M, today: Date) -> Vec<AvailableCommand> {
    let mut offers: Vec<AvailableCommand> = Vec::new();
    for row in M::AUTHORITY {
        if row.verb.is_command() && row.roles.contains(&actor.role) && row.stages.contains(&case.stage()) {
            offers.push(AvailableCommand {
                verb: row.verb,
                refusal: permit(actor, case, row.verb, today).err(),
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
    OrderAccount,
    ReadAuditTrail,
    ImportWorkbook,
    /// 办理业务: whatever changes a case. Auditors read, and two of the three administrators see no case at all, so neither
    /// ever gets as far as one; the security administrator sees the changes of the register of editions alone.
    TakePart,
    OpenEdition,
    /// 催报.
    Nudge,
}

const ADMINISTRATORS: &[Role] =
    &[Role::SystemAdministrator, Role::SecurityAdministrator, Role::AuditAdministrator];

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
    (Capability::ListAccounts, ADMINISTRATORS),
    (Capability::CreateAccount, &[Role::SystemAdministrator]),
    (Capability::DisableAccount, &[Role::SystemAdministrator, Role::SecurityAdministrator]),
    (Capability::AssignRole, &[Role::SecurityAdministrator]),
    (Capability::OrderAccount, ADMINISTRATORS),
    (Capability::ReadAuditTrail, &[Role::AuditAdministrator, Role::Auditor]),
    (Capability::ImportWorkbook, &[Role::DepartmentFiller]),
    (
        Capability::TakePart,
        &[
            Role::DepartmentFiller,
            Role::DepartmentApprover,
            Role::BureauReviewer,
            Role::BureauLeader,
            Role::BureauTreasurer,
            Role::FinanceReviewer,
            Role::FinanceLeader,
            Role::Provider,
            Role::Evaluator,
            Role::SecurityAdministrator,
        ],
    ),
    (Capability::OpenEdition, &[Role::SecurityAdministrator]),
    (Capability::Nudge, &[Role::BureauReviewer, Role::BureauLeader]),
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
                    let verbs: Vec<String> = kind
                        .authority()
                        .iter()
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
        let of_business = Kind::ALL.iter().filter(|kind| **kind != Kind::Edition);
        for row in of_business.flat_map(|kind| kind.authority()).filter(|row| row.verb != Verb::Read) {
            assert!(
                row.roles.iter().all(|r| !matches!(r.office(), Office::Administration | Office::Audit)),
                "{:?}",
                row.verb
            );
        }
    }
}
