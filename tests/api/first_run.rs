//! The first run in production (Art. 18): an empty database, one printed link, and from there to the first request, with
//! nothing but what a browser sends.

use crate::accounts::{accept, assign, create, enrolled};
use shared::api::accounts::AddDepartment;
use shared::api::cases::{CaseView, ReadCase};
use shared::api::editions::{OpenEdition, ReadRegister};
use shared::api::problem::Problem;
use shared::api::requests::{OpenRequest, ReadVersion};
use shared::api::setup::{ReadSetup, SetupView};
use shared::api::transition::{StageWord, Transition};
use shared::cases::edition::{Command, RegisterChange, form};
use shared::cases::kernel::Stage;
use shared::cases::request;
use shared::engine::document::Document;
use shared::kernel::calendar::{Date, FiscalYear};
use shared::kernel::ids::{CaseId, DepartmentId};
use shared::kernel::people::Role;
use tests::{Database, Desk, Draft, World, fresh_id};

const WATER: &str = include_str!("../cases/water-2024/request.json");
const PASSWORD: &str = "Erste-Losung-2027";

/// An empty production server on a day, or on the real clock.
pub fn production(day: Option<&str>, story: impl Fn(&World)) {
    let settings =
        |database| World::with(database, |settings| settings.clock.fixed_day = day.and_then(Date::parse));
    story(&settings(Database::Sqlite));
    if World::has_postgres() {
        story(&settings(Database::Postgres));
    }
}

fn activated(world: &World, link: &str, code: Option<&str>, account: &str) -> Desk {
    let accepted = accept(&world.visitor(), link, code, PASSWORD);
    assert_eq!(accepted.status, 200, "{account}: {}", accepted.text);
    let mut desk = world.visitor();
    desk.sign_in(account, PASSWORD);
    enrolled(world, &desk, PASSWORD);
    desk
}

/// Somebody with a post, made by one administrator and given it by another.
fn hired(world: &World, system: &Desk, by: &Desk, account: &str, role: Role, place: Option<&str>) -> Desk {
    let invitation = system.call(&create(account, &format!("P-{account}")));
    // The first security administrator has the code that was printed where the server was started.
    let code = by.call(&assign(account, role, place)).code.or_else(|| world.setup_code.clone());
    activated(world, &invitation.link, code.as_deref(), account)
}

/// The people of a new installation.
pub struct People {
    pub system: Desk,
    pub security: Desk,
    pub filler: Desk,
    pub approver: Desk,
    pub reviewer: Desk,
    pub bureau_leader: Desk,
    pub chief: Desk,
}

fn next(desk: &Desk) -> Option<u8> {
    desk.call(&ReadSetup {}).next().map(|step| step.number)
}

/// From the printed link to everybody's post: steps 1 to 5.
pub fn staffed(world: &World) -> People {
    let link = world.invitation.clone().expect("the printed link");
    let system = activated(world, &link, None, "admin");
    assert_eq!(next(&system), Some(2));
    let security = hired(world, &system, &system, "safety", Role::SecurityAdministrator, None);
    let _audit = hired(world, &system, &security, "audit", Role::AuditAdministrator, None);
    assert_eq!(next(&security), Some(4));
    system.call(&AddDepartment { department: DepartmentId::new("water"), name: "省水利厅".into() });
    let post = |account: &str, role: Role, place: Option<&str>| {
        hired(world, &system, &security, account, role, place)
    };
    let filler = post("water.fill", Role::DepartmentFiller, Some("water"));
    let approver = post("water.approve", Role::DepartmentApprover, Some("water"));
    assert_eq!(next(&system), Some(5));
    let reviewer = post("bureau.review", Role::BureauReviewer, None);
    let bureau_leader = post("bureau.lead", Role::BureauLeader, None);
    post("finance.review", Role::FinanceReviewer, None);
    let chief = post("finance.lead", Role::FinanceLeader, None);
    assert_eq!(next(&filler), Some(6));
    People { system, security, filler, approver, reviewer, bureau_leader, chief }
}

pub fn page(desk: &Desk, case: &str) -> CaseView {
    desk.call(&ReadCase { case: CaseId::new(case) })
}

pub fn order(desk: &Desk, case: &str, command: &Command) -> Transition {
    let seen = page(desk, case).head.revision;
    Transition::of(CaseId::new(case), fresh_id(), seen, command).expect("a command")
}

pub fn tells(desk: &Desk, case: &str, command: &Command) -> StageWord {
    desk.call(&order(desk, case, command)).stage
}

pub fn refusal(problem: Problem) -> (String, String) {
    problem.refusal.map_or((problem.code, problem.detail), |refusal| (refusal.code, refusal.message))
}

pub fn types(desk: &Desk, case: &str, table: &str, cells: &[(&str, &str)]) {
    let changes = cells.iter().map(|(field, text)| Draft::header(table, field, None, Some(text))).collect();
    assert!(desk.edits(case, changes).conflicts.is_empty());
}

pub fn opens(desk: &Desk, case: &str, change: RegisterChange) {
    let open = OpenEdition { case: CaseId::new(case), change, base: None };
    desk.call(&open);
    desk.call(&open);
}

pub fn propose() -> Command {
    Command::Propose { reason: "原办法有效期届满，主管部门已发文延续执行。".into() }
}

/// The extension until `until`, drafted and proposed by the security administrator.
pub fn extended(security: &Desk, case: &str, document: &str, dated: &str, until: &str) {
    opens(security, case, RegisterChange::Extension);
    let shown = page(security, case).form.expect("a form").tables.expect("its own tables");
    assert_eq!(shown, [form::FORCE]);
    types(
        security,
        case,
        form::FORCE,
        &[(form::DOCUMENT, document), (form::DATED, dated), (form::TO, until)],
    );
    assert_eq!(tells(security, case, &propose()), Stage::Proposed);
}

pub fn confirmed(chief: &Desk, case: &str) {
    let read = page(chief, case).head.content_hash.expect("what was proposed");
    assert_eq!(tells(chief, case, &Command::Confirm { content_hash: read }), Stage::InForce);
}

pub fn asks_for(year: i32) -> OpenRequest {
    OpenRequest { request: CaseId::new(format!("water-{year}")), fiscal_year: FiscalYear(year) }
}

/// The worked request of 2024 with every day moved by so many years.
pub fn later_by(years: i32) -> Document {
    let mut document = Draft::case(WATER);
    for row in document.tables.values_mut().flatten() {
        for text in row.cells.values_mut() {
            if let Some(day) = Date::parse(text) {
                let moved = format!("{:04}{}", day.year() + years, &text[4..]);
                if Date::parse(&moved).is_some() {
                    *text = moved;
                }
            }
        }
    }
    document
}

#[test]
fn from_the_printed_link_to_a_submitted_request_without_a_command_line() {
    production(Some("2027-06-10"), |world| {
        let people = staffed(world);
        let view: SetupView = people.filler.call(&ReadSetup {});
        assert_eq!(view.year, FiscalYear(2028));
        let (code, message) = refusal(people.filler.refused(&asks_for(2028)));
        assert_eq!(code, "edition.none");
        assert!(message.contains("安全管理员录入延续执行文件"), "{message}");

        extended(&people.security, "ext-1", "晋财行〔2027〕12号", "2027-05-06", "2029-12-31");
        // Nobody but finance's leader confirms it, and only what was read.
        let confirm = Command::Confirm { content_hash: "0".repeat(64) };
        assert_eq!(people.security.refused(&order(&people.security, "ext-1", &confirm)).status, 403);
        let unread = refusal(people.chief.refused(&order(&people.chief, "ext-1", &confirm)));
        assert_eq!(unread.0, "EDN-07");
        let bureau = people.bureau_leader.refused(&order(&people.bureau_leader, "ext-1", &confirm));
        assert_eq!(refusal(bureau).0, "authority.role");
        assert_eq!(people.filler.get("/api/cases/ext-1").status, 404);
        let notices = people.chief.call(&shared::api::notices::ReadNotices {});
        assert!(notices.notices.iter().any(|n| n.text.contains("请复核")), "{:?}", notices.notices);
        confirmed(&people.chief, "ext-1");
        assert_eq!(next(&people.filler), Some(7));

        let register = people.filler.call(&ReadRegister {});
        assert_eq!(register.serving.as_deref(), Some("2022-51#1"));
        let last = register.editions[0].force.last().expect("the extension").clone();
        assert_eq!(
            (last.document.as_str(), last.to.to_string().as_str()),
            ("晋财行〔2027〕12号", "2029-12-31")
        );

        // The department fills in its request and submits it within the window.
        let opened = people.filler.call(&asks_for(2028));
        assert_eq!(opened.edition, "2022-51#1");
        assert!(people.filler.edits("water-2028", Draft::typed(&later_by(4))).conflicts.is_empty());
        crate::main_job::justify_all(&people.filler, "water-2028");
        people.filler.tells("water-2028", request::Command::Submit {});
        let reported = people.approver.tells("water-2028", request::Command::DepartmentApprove {});
        assert_eq!(reported.case.stage, Stage::Submitted);
        let frozen = people.filler.call(&ReadVersion { request: CaseId::new("water-2028"), version: 1 });
        assert_eq!(frozen.edition, "2022-51#1");
        assert!(people.system.call(&ReadSetup {}).is_over());

        // All of it is still there after a restart, and the log of the register holds.
        world.restart("2027-06-11");
        assert_eq!(people.filler.call(&ReadRegister {}).serving.as_deref(), Some("2022-51#1"));
        assert_eq!(world.count("select count(*) from register_changes"), 2);
        let report = world.verified();
        assert!(report.is_intact(), "{:?}", report.lines());
        let register = report.logs.iter().find(|log| log.log == "editions");
        assert_eq!(register.map(|log| log.intact), Some(2));
    });
}

#[test]
fn on_the_day_it_is_downloaded_an_extension_opens_the_year_in_hand() {
    production(None, |world| {
        let people = staffed(world);
        let year = people.filler.call(&ReadSetup {}).year;
        let today = people.filler.call(&shared::api::session::ReadMe {}).today;
        assert_eq!(refusal(people.filler.refused(&asks_for(year.0))).0, "edition.none");
        let register = people.security.call(&ReadRegister {});
        let ends = register.editions[0].force.last().expect("its force").to;
        let until = format!("{}-12-31", (ends.year() + 5).min(year.0 + 1));
        assert!(Date::parse(&until).is_some_and(|until| until >= year.first_day()), "{until}");
        extended(&people.security, "ext-1", "晋财行〔2025〕3号", &today.to_string(), &until);
        confirmed(&people.chief, "ext-1");
        let opened = people.filler.call(&asks_for(year.0));
        assert_eq!((opened.case.fiscal_year, opened.locked.is_none()), (year, true));
        assert!(people.filler.call(&ReadSetup {}).is_over());
    });
}

#[test]
fn two_servers_on_one_database_know_the_confirmed_extension_at_once() {
    if !World::has_postgres() {
        return;
    }
    production(Some("2027-06-10"), |world| {
        let people = staffed(world);
        let other = world.another_server();
        let mut elsewhere = other.visitor();
        // A device of this sign-in's own.
        world.execute("delete from second_factors where account = 'water.fill'");
        elsewhere.sign_in("water.fill", PASSWORD);
        enrolled(&other, &elsewhere, PASSWORD);
        assert_eq!(elsewhere.refused(&asks_for(2028)).refusal.map(|r| r.code), Some("edition.none".into()));
        extended(&people.security, "ext-1", "晋财行〔2027〕12号", "2027-05-06", "2029-12-31");
        confirmed(&people.chief, "ext-1");
        elsewhere.call(&asks_for(2028));
    });
}
