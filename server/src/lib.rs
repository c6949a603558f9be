//! The server: a thin shell around the rules in `shared`. It authenticates, stores and carries; it decides nothing.

mod audit;
mod cases;
mod context;
mod documents;
mod exchange;
mod http;
mod identity;
mod kernel;
mod notify;
mod ops;
mod read_models;
mod store;

pub use cases::attachments::{AttachmentSettings, S3Settings};
pub use context::{RateLimits, Settings};
pub use exchange::published::check_table;
pub use exchange::workbook::{ReportCommand, import_report};
pub use identity::sso::{
    CasSettings, CipherAlgorithm, CipherMode, CipherText, Decryption, JsonPath, Oauth2Settings, OidcSettings,
    SsoSettings,
};
pub use kernel::clock::Clock;
pub use notify::outbox::{MailSettings, OutwardSettings, WebhookSettings, WebhookTemplate};
pub use ops::adopt::rotate as rotate_audit_key;
pub use ops::commands::{LedgerVerifyArguments, ReplayArguments, RotateKeyArguments, VerifyArguments};
pub use ops::demo::PASSWORD as DEMO_PASSWORD;
pub use ops::ledger_verify::{LedgerReport, verify_ledger};
pub use ops::offline::{VectorReport, check_offline, evaluate_vectors, play_script, read_edition};
pub use ops::outward::OutwardArguments;
pub use ops::rates::RateArguments;
pub use ops::replay::{ReplayPoint, ReplayReport, ReplayRequest, replay};
pub use ops::sso::{CheckSsoArguments, SsoArguments};
pub use ops::start::{Running, start};
pub use ops::verify::{VerifyReport, VerifyRequest, verify};
pub use store::audit_key::AuditKeyMissing;

use axum::routing::get;
use axum::{Router, middleware};
use cases::{
    approvals, attachments, consolidations, editions, execute, lists, money, nudges, opening, operations,
    pages, plans, requests, results, review, separates, site, versions,
};
use context::Shared;
use documents::forms;
use exchange::{account_book, export, published, statement, workbook};
pub use http::listener::ConnectionLimits;
use http::routing::Routes;
pub use http::routing::{Listed, RouteKind};
use http::{assets, csp_reports, fallback, origin, security_headers};
use identity::{accounts, sessions, sso};
use notify::outbox;
use ops::{alerts, evidence, health};
use read_models::{desk, live, notices, setup};
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::compression::predicate::{NotForContentType, Predicate, SizeAbove};

/// Every endpoint, room by room. The type of a handler's request names its route (`shared::api`).
fn endpoints() -> Routes {
    let rooms = [
        identity_routes,
        case_routes,
        site_routes,
        document_routes,
        exchange_routes,
        notify_routes,
        office_routes,
    ];
    rooms.iter().fold(Routes::default(), |routes, room| room(routes))
}

fn identity_routes(routes: Routes) -> Routes {
    routes
        .session(sessions::sign_in)
        .session(sessions::sign_out)
        .session(sso::offers)
        .session(sso::begin)
        .session(sso::finish)
        .session(accounts::activation::accept)
        .session(sessions::own::change_password)
        .session(sessions::own::list)
        .session(sessions::own::end)
        .session(sessions::own::switch)
        .endpoint(sessions::second_factor::read)
        .session(sessions::second_factor::begin)
        .endpoint(sessions::second_factor::confirm)
        .endpoint(sessions::me)
        .endpoint(accounts::list)
        .endpoint(accounts::create)
        .endpoint(accounts::disable)
        .endpoint(accounts::assign)
        .endpoint(accounts::orders::ask)
        .endpoint(accounts::orders::decide)
        .endpoint(accounts::registration::add_department)
        .endpoint(accounts::department_changes::ask)
        .endpoint(accounts::posts::read)
        .endpoint(accounts::posts::delegate)
        .endpoint(accounts::posts::end)
        .endpoint(accounts::import::ask)
        .endpoint(accounts::import::read)
}

fn case_routes(routes: Routes) -> Routes {
    routes
        .endpoint(requests::open)
        .endpoint(requests::read)
        .endpoint(opening::open)
        .endpoint(pages::read)
        .endpoint(lists::list)
        .endpoint(execute::apply)
        .endpoint(review::read)
        .endpoint(review::send)
        .endpoint(review::keep)
        .endpoint(review::remember)
        .endpoint(consolidations::read)
        .endpoint(approvals::overview)
        .endpoint(approvals::read)
        .endpoint(results::read)
        .endpoint(separates::read)
        .endpoint(plans::read)
        .endpoint(editions::register)
        .endpoint(editions::read)
        .endpoint(editions::open)
        .endpoint(editions::import)
        .endpoint(money::pages::read)
        .endpoint(money::year::year)
        .endpoint(money::pages::figure)
        .endpoint(money::performance::year)
        .endpoint(money::reference::read)
        .endpoint(money::gate::read)
        .endpoint(money::facts::record)
        .endpoint(money::institutions::list)
        .endpoint(money::institutions::read)
        .endpoint(money::institutions::register)
        .endpoint(money::institutions::revoke)
        .endpoint(money::providers::read)
        .endpoint(money::statements::list)
        .endpoint(money::statements::read)
        .endpoint(money::statements::match_row)
}

fn site_routes(routes: Routes) -> Routes {
    routes
        .endpoint(site::devices::enrol)
        .endpoint(site::tasks::list)
        .endpoint(site::tasks::bundle)
        .endpoint(site::tasks::snapshot)
        .endpoint(site::push::push)
        .endpoint(site::blobs::announce)
        .endpoint(site::blobs::ask)
        .upload(site::blobs::chunk)
        .endpoint(site::import::import)
        .endpoint(site::register::read)
}

fn document_routes(routes: Routes) -> Routes {
    routes
        .endpoint(operations::send)
        .endpoint(operations::read)
        .endpoint(versions::read)
        .endpoint(ops::replay::read)
        .endpoint(forms::read)
        .endpoint(attachments::serve::list)
        .endpoint(attachments::upload::begin)
        .upload(attachments::upload::part)
        .endpoint(attachments::upload::finish)
        .endpoint(attachments::serve::remove)
        .download(attachments::serve::file)
        .download(attachments::serve::preview)
}

fn exchange_routes(routes: Routes) -> Routes {
    routes
        .upload(workbook::route::upload)
        .session(published::checker)
        .public_upload(published::check)
        .download(account_book::template)
        .upload(account_book::preview)
        .upload(statement::upload)
        .endpoint(account_book::sheet)
        .download(export::route::workbook)
        .download(export::route::request)
        .download(export::route::review)
        .download(export::route::approval)
        .download(export::route::consolidation)
        .download(export::route::batch)
        .download(export::route::letter)
        .download(export::route::case_paper)
        .download(export::route::cases)
        .download(export::evaluation::export)
        .upload(export::evaluation::import)
        .download(editions::file)
}

fn notify_routes(routes: Routes) -> Routes {
    routes
        .endpoint(notices::read)
        .endpoint(notices::mark_read)
        .stream(live::open)
        .endpoint(outbox::channels)
        .endpoint(outbox::set_manner)
        .endpoint(outbox::undelivered)
        .endpoint(outbox::send_again)
        .endpoint(nudges::read)
        .endpoint(nudges::send)
}

/// The desk and the audit trail.
fn office_routes(routes: Routes) -> Routes {
    routes
        .endpoint(desk::read)
        .endpoint(desk::grant_late)
        .endpoint(setup::read)
        .endpoint(alerts::read_with_trail)
        .endpoint(audit::trail::open)
        .download(evidence::download)
}

/// The list of endpoints, for the tests that walk it.
pub fn endpoint_list() -> Vec<Listed> {
    endpoints().list().to_vec()
}

fn router(context: Shared) -> Router {
    // Compressing a stream would hold its events back.
    let worth_it = SizeAbove::new(1024).and(NotForContentType::new("text/event-stream"));
    let api = endpoints().router().layer(CompressionLayer::new().compress_when(worth_it));
    let api = api.layer(middleware::from_fn_with_state(context.clone(), origin::note));
    Router::new()
        .merge(api)
        .route("/csp-reports", axum::routing::post(csp_reports::log))
        .route("/livez", get(health::live))
        .route("/readyz", get(health::ready))
        .route("/healthz", get(health::ready))
        .route("/api/{*rest}", axum::routing::any(fallback::no_such_endpoint))
        .fallback(assets::serve)
        .method_not_allowed_fallback(fallback::wrong_method)
        .layer(CatchPanicLayer::custom(fallback::panicked))
        .layer(middleware::from_fn_with_state(context.clone(), security_headers::guard))
        .with_state(context)
}
