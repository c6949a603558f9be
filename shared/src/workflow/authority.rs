//! 权限表: who may do what to a request in which stage, and by which article. Only this file can make a
//! [`Permit`], so an act that forgot to ask does not compile; the same table decides which buttons are shown.

use super::language::{Case, Stage, Verb};
use crate::calendar::Date;
use crate::ids::RequestId;
use crate::people::{Actor, Office, Role, Signature};
use crate::policy::{art04_calendar, art18_validity};
use crate::refusal::Refusal;
use serde::{Deserialize, Serialize};

struct Row {
    verb: Verb,
    /// 依据条款.
    article: u8,
    stages: &'static [Stage],
    roles: &'static [Role],
}

const DEPARTMENT: &[Role] = &[Role::DepartmentFiller, Role::DepartmentApprover];
const AT_BUREAU: &[Stage] = &[Stage::Submitted, Stage::BureauReview, Stage::BureauConfirm, Stage::Accepted];
const AT_FINANCE: &[Stage] =
    &[Stage::Consolidated, Stage::FinanceReview, Stage::FinanceReturned, Stage::Approved, Stage::Rejected];

const fn row(verb: Verb, article: u8, stages: &'static [Stage], roles: &'static [Role]) -> Row {
    Row { verb, article, stages, roles }
}

const TABLE: &[Row] = &[
    row(Verb::Read, 3, &Stage::ALL, DEPARTMENT),
    row(Verb::Read, 3, &Stage::ALL, &[Role::BureauReviewer, Role::BureauLeader, Role::BureauTreasurer]),
    row(Verb::Read, 3, AT_FINANCE, &[Role::FinanceReviewer, Role::FinanceLeader]),
    row(Verb::Read, 16, &Stage::ALL, &[Role::Auditor]),
    row(Verb::Edit, 4, &[Stage::Draft, Stage::Returned], &[Role::DepartmentFiller]),
    row(Verb::Submit, 4, &[Stage::Draft, Stage::Returned], &[Role::DepartmentFiller]),
    row(Verb::DepartmentReturn, 4, &[Stage::DepartmentCheck], &[Role::DepartmentApprover]),
    row(Verb::DepartmentApprove, 4, &[Stage::DepartmentCheck], &[Role::DepartmentApprover]),
    row(Verb::BureauTake, 3, &[Stage::Submitted], &[Role::BureauReviewer]),
    row(Verb::BureauReturn, 4, &[Stage::BureauReview], &[Role::BureauReviewer]),
    row(Verb::BureauPass, 4, &[Stage::BureauReview], &[Role::BureauReviewer]),
    row(Verb::BureauConfirm, 4, &[Stage::BureauConfirm], &[Role::BureauLeader]),
    row(Verb::LeaderReturn, 4, &[Stage::BureauConfirm], &[Role::BureauLeader]),
    row(Verb::Withdraw, 4, &[Stage::Draft], &[Role::DepartmentFiller]),
    row(
        Verb::Withdraw,
        4,
        &[Stage::Draft, Stage::DepartmentCheck, Stage::Returned],
        &[Role::DepartmentApprover],
    ),
    row(Verb::Withdraw, 4, AT_BUREAU, &[Role::DepartmentApprover]),
];

/// Leave to do one verb to one case, by one person. Its fields are private: see [`permit`].
#[derive(Debug)]
pub struct Permit {
    case: RequestId,
    verb: Verb,
    by: Signature,
}

impl Permit {
    pub fn covers(&self, case: &Case, verb: Verb) -> bool {
        self.case == case.id && self.verb == verb
    }

    pub fn by(&self) -> &Signature {
        &self.by
    }
}

/// Whether the case exists for this person at all. What does not is answered as unknown, never as forbidden:
/// a department must not learn of another's request.
pub fn visible(actor: &Actor, case: &Case) -> bool {
    match actor.role.office() {
        Office::Department => actor.department.as_ref() == Some(&case.department),
        Office::Bureau | Office::Finance | Office::Audit => true,
        Office::Outside | Office::Administration => false,
    }
}

/// Whether this person reads the content as it is being filled. The bureau and finance read the latest reported
/// version: what a department has not reported is the department's own.
pub fn sees_live(actor: &Actor, case: &Case) -> bool {
    visible(actor, case) && matches!(actor.role.office(), Office::Department | Office::Audit)
}

/// Asks the table, for the day the act is done.
pub fn permit(actor: &Actor, case: &Case, verb: Verb, today: Date) -> Result<Permit, Refusal> {
    if !visible(actor, case) {
        return Err(Refusal::new("case.unknown", "没有这份申请，或它不属于您的部门。"));
    }
    let of_role = || TABLE.iter().filter(|row| row.verb == verb && row.roles.contains(&actor.role));
    let Some(any) = of_role().next() else {
        return Err(Refusal::new(
            "authority.role",
            format!("“{}”不由{}办理，请由{}办理。", verb.label(), actor.role.label(), roles_for(verb)),
        ));
    };
    if !of_role().any(|row| row.stages.contains(&case.stage)) {
        return Err(Refusal::under(
            any.article,
            "authority.stage",
            format!("申请现为“{}”，此时不能“{}”", case.stage.label(), verb.label()),
        ));
    }
    standing(actor, case, verb, today)?;
    Ok(Permit { case: case.id.clone(), verb, by: actor.signature() })
}

/// What depends on the case and the day rather than on role and stage.
fn standing(actor: &Actor, case: &Case, verb: Verb, today: Date) -> Result<(), Refusal> {
    match verb {
        Verb::Read if actor.role.office() == Office::Bureau && case.reported_version == 0 => {
            Err(Refusal::under(4, "read.unreported", "该部门尚未报送，填报中的内容只有本部门能看"))
        }
        Verb::Submit => in_time(case, today),
        Verb::DepartmentApprove => {
            two_people(actor, &case.filled_by, "填报", "审核")?;
            in_time(case, today)
        }
        Verb::BureauConfirm => two_people(actor, &case.reviewed_by, "审核", "确认"),
        _ => Ok(()),
    }
}

/// A first submission keeps the window (Art. 4); what was reported in time may be put right after it.
fn in_time(case: &Case, today: Date) -> Result<(), Refusal> {
    let edition = art18_validity::edition_for(case.fiscal_year)?;
    if case.reported_version > 0 {
        return Ok(());
    }
    art04_calendar::may_submit(art04_calendar::window(&edition, case.fiscal_year), case.late_until, today)
}

fn two_people(actor: &Actor, earlier: &Option<Signature>, did: &str, does: &str) -> Result<(), Refusal> {
    match earlier {
        Some(signed) if signed.person == actor.person => Err(Refusal::new(
            "authority.same_person",
            format!("您是本申请的{did}人，{did}与{does}须由两人分别办理，请由另一位同事{does}。"),
        )),
        _ => Ok(()),
    }
}

fn roles_for(verb: Verb) -> String {
    let mut labels: Vec<&str> = Vec::new();
    for role in TABLE.iter().filter(|row| row.verb == verb).flat_map(|row| row.roles) {
        if !labels.contains(&role.label()) {
            labels.push(role.label());
        }
    }
    labels.join("、")
}

/// One button of the action bar: shown when it is offered, disabled with the reason when refused.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Offer {
    pub verb: Verb,
    pub refusal: Option<Refusal>,
}

/// The commands this person's role has in this stage, each with what stands in its way today.
pub fn offered(actor: &Actor, case: &Case, today: Date) -> Vec<Offer> {
    let mut offers: Vec<Offer> = Vec::new();
    for row in TABLE {
        let command = !matches!(row.verb, Verb::Read | Verb::Edit);
        if command && row.roles.contains(&actor.role) && row.stages.contains(&case.stage) {
            offers.push(Offer { verb: row.verb, refusal: permit(actor, case, row.verb, today).err() });
        }
    }
    offers
}

/// 岗位权限: acts that are not about one request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Act {
    OpenRequest,
    GrantLateWindow,
    SeeAllDepartments,
    ListAccounts,
    CreateAccount,
    DisableAccount,
    AssignRole,
    ReadAuditTrail,
}

const ACTS: &[(Act, &[Role])] = &[
    (Act::OpenRequest, &[Role::DepartmentFiller]),
    (Act::GrantLateWindow, &[Role::BureauLeader]),
    (Act::SeeAllDepartments, &[Role::BureauReviewer, Role::BureauLeader, Role::Auditor]),
    (Act::ListAccounts, &[Role::SystemAdministrator, Role::SecurityAdministrator]),
    (Act::CreateAccount, &[Role::SystemAdministrator]),
    (Act::DisableAccount, &[Role::SystemAdministrator]),
    (Act::AssignRole, &[Role::SecurityAdministrator]),
    (Act::ReadAuditTrail, &[Role::AuditAdministrator, Role::Auditor]),
];

/// Whether the actor's role has the act.
pub fn may(actor: &Actor, act: Act) -> Result<(), Refusal> {
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

    /// The committed matrix: role × stage → verbs, then role → acts. A change here is a change of who may do
    /// what, to be read and agreed as such. `OMFUND_BLESS=1 cargo test -p shared` rewrites it.
    #[test]
    fn the_authority_matrix_is_as_agreed() {
        let mut text = String::new();
        for role in Role::ALL {
            writeln!(text, "{} {}", role.word(), role.label()).unwrap();
            for stage in Stage::ALL {
                let verbs: Vec<String> = TABLE
                    .iter()
                    .filter(|r| r.roles.contains(&role) && r.stages.contains(&stage))
                    .map(|r| format!("{}§{}", r.verb.word(), r.article))
                    .collect();
                if !verbs.is_empty() {
                    writeln!(text, "  {:<17} {}", stage.word(), verbs.join(" ")).unwrap();
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
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/src/workflow/authority.golden.txt");
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
