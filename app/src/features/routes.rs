//! 页面一览: every page in one line: its path, its title, what shows it and its entry in the top bar.

use super::{chunks, request};
use leptos::prelude::AnyView;
use shared::api::session::Me;
use shared::cases::authority::{Capability, may};
use shared::kernel::people::{Office, Role};

/// 页面.
#[derive(Clone, Copy)]
pub struct Page {
    /// As [`crate::kernel::router`] reads it.
    pub path: &'static str,
    pub title: &'static str,
    pub show: fn() -> AnyView,
    pub entry: Option<BarEntry>,
    /// For people without a session too, and without the frame around it.
    pub is_open: bool,
}

/// A page's entry in the top bar and who sees it.
#[derive(Clone, Copy)]
pub struct BarEntry {
    pub label: &'static str,
    pub address: &'static str,
    pub visible_to: fn(&Me) -> bool,
}

const fn page(path: &'static str, title: &'static str, show: fn() -> AnyView) -> Page {
    Page { path, title, show, entry: None, is_open: false }
}

impl Page {
    const fn in_bar(self, label: &'static str, address: &'static str, visible_to: fn(&Me) -> bool) -> Page {
        Page { entry: Some(BarEntry { label, address, visible_to }), ..self }
    }

    const fn open_to_all(self) -> Page {
        Page { is_open: true, ..self }
    }
}

/// In the order of the top bar. The first path that fits an address is the one shown.
#[rustfmt::skip]
pub const PAGES: [Page; 29] = [
    page("/", "待办", chunks::desk_page).in_bar("待办", "/", has_business),
    page("/sign-in", "待办", chunks::desk_page),
    page("/requests/{request}", "运维服务申请", request::request_page),
    page("/requests/{request}/result", "批复结果", chunks::result_page),
    page("/consolidation/{year?}", "整体预算", chunks::consolidation_page).in_bar("整体预算", "/consolidation", |me| can(me, Capability::SeeConsolidation)),
    page("/plan/{year?}", "中期财政规划", chunks::plan_page),
    page("/finance/{year?}", "财政审核与批复", chunks::finance_page).in_bar("财政审核", "/finance", |me| can(me, Capability::SeeFinance)),
    page("/batches/{batch}", "财政审核与批复", chunks::batch_page),
    page("/cases", "案卷", chunks::cases_page).in_bar("单独申请", "/cases?kind=separate", |me| can(me, Capability::SeeSeparate)),
    page("/cases/{case}", "案卷", chunks::case_page).in_bar("案卷", "/cases", |me| matches!(me.actor.role, Role::Provider | Role::Evaluator)),
    page("/cases/{case}/versions/{version}", "当时的判定", chunks::judgement_page),
    page("/separate/{case}", "单独申请", chunks::case_page),
    page("/money/{year?}", "资金表", chunks::money_year_page).in_bar("资金", "/money", sees_money),
    page("/statements", "对账", chunks::statements_page),
    page("/performance/{year?}", "绩效", chunks::performance_page).in_bar("绩效", "/performance", sees_money),
    page("/money-cases/{case}", "资金案卷", chunks::money_case_page),
    page("/user-evaluations/{case?}", "用户评价", chunks::survey_page),
    page("/evaluators", "第三方机构与设备", chunks::evaluators_page),
    page("/check-table", "公开绩效表核对", chunks::checker_page),
    page("/public/check-table", "公开绩效表核对", chunks::public_checker_page).open_to_all(),
    page("/accounts", "账号管理", chunks::accounts_page).in_bar("账号", "/accounts", administers),
    page("/audit", "审计日志", chunks::audit_page).in_bar("审计日志", "/audit", |me| can(me, Capability::ReadAuditTrail)),
    page("/accounts/import/{order?}", "批量导入账号", chunks::import_page),
    page("/nudges", "催报", chunks::nudges_page),
    page("/account", "账号设置", chunks::own_account_page),
    page("/editions", "政策版本", chunks::editions_page).in_bar("政策版本", "/editions", keeps_editions),
    page("/setup", "系统初始化", chunks::setup_page),
    page("/sso/{protocol}", "单点登录", chunks::sso_page).open_to_all(),
    page("/invitation", "激活账号", chunks::invitation_page).open_to_all(),
];

fn can(me: &Me, capability: Capability) -> bool {
    may(&me.actor, capability).is_ok()
}

/// Everybody but the 三员, who administer and see no business.
pub fn has_business(me: &Me) -> bool {
    me.actor.role.office() != Office::Administration
}

/// Whoever sees lines of the money page.
fn sees_money(me: &Me) -> bool {
    !matches!(me.actor.role.office(), Office::Outside | Office::Administration)
}

fn administers(me: &Me) -> bool {
    can(me, Capability::ListAccounts)
}

/// Who drafts, confirms or audits the register of editions; anyone else may open the page by its address.
fn keeps_editions(me: &Me) -> bool {
    matches!(
        me.actor.role,
        Role::SecurityAdministrator | Role::FinanceLeader | Role::BureauLeader | Role::Auditor
    )
}
