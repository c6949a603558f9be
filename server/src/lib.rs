//! The server: a thin shell around the rules in `shared`. It authenticates, stores and carries; it decides nothing.

mod audit;
mod cases;
mod clock;
mod context;
mod documents;
mod exchange;
mod http;
mod identity;
mod notify;
mod ops;
mod read_models;
mod store;

pub use audit::verify::{VerifyReport, verify};
pub use clock::Clock;
pub use context::Settings;
pub use documents::attachments::{AttachmentSettings, S3Settings};
pub use ops::demo::PASSWORD as DEMO_PASSWORD;
pub use ops::offline::{VectorReport, check_offline, evaluate_vectors, read_edition};
pub use ops::start::{Running, start};

use axum::routing::get;
use axum::{Router, middleware};
use cases::{
    approvals, consolidations, execute, plans, requests, results, review, separates, store as case_store,
};
use documents::{attachments, forms, operations, versions};
use exchange::{export, workbook};
pub use http::routing::Listed;
use http::routing::{Routes, Shared, mount, mount_open};
use http::{assets, security_headers};
use identity::{accounts, sessions};
use notify::{live, notices};
use ops::start;
use read_models::desk;
use shared::api::{self, Access, Method};
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::compression::predicate::{NotForContentType, Predicate, SizeAbove};

/// Every endpoint there is.
fn endpoints() -> Routes {
    let routes = Routes::default();
    let routes = mount_open::<api::session::SignIn, _, _>(routes, sessions::sign_in);
    let routes = mount_open::<api::session::SignOut, _, _>(routes, sessions::sign_out);
    let routes = mount_open::<api::accounts::AcceptInvitation, _, _>(routes, accounts::accept);
    let routes = mount::<api::session::ReadMe, _, _>(routes, sessions::me);
    let routes = mount::<api::desk::ReadDesk, _, _>(routes, desk::read);
    let routes = mount::<api::desk::GrantLateWindow, _, _>(routes, desk::grant_late);
    let routes = mount::<api::requests::OpenRequest, _, _>(routes, requests::open);
    let routes = mount::<api::requests::ReadRequest, _, _>(routes, requests::read);
    let routes = mount::<api::requests::ReadVersion, _, _>(routes, versions::read);
    let routes = mount::<api::requests::ReadDefinition, _, _>(routes, forms::read);
    let routes = mount::<api::operations::SendOperations, _, _>(routes, operations::send);
    let routes = mount::<api::operations::ReadOperations, _, _>(routes, operations::read);
    let routes = mount::<api::matters::OpenMatter, _, _>(routes, case_store::open);
    let routes = mount::<api::consolidation::ReadConsolidation, _, _>(routes, consolidations::read);
    let routes = mount::<api::finance::ReadFinance, _, _>(routes, approvals::overview);
    let routes = mount::<api::finance::ReadBatch, _, _>(routes, approvals::read);
    let routes = mount::<api::finance::ReadResult, _, _>(routes, results::read);
    let routes = mount::<api::separates::ReadSeparates, _, _>(routes, separates::list);
    let routes = mount::<api::separates::ReadSeparate, _, _>(routes, separates::read);
    let routes = mount::<api::plans::ReadPlan, _, _>(routes, plans::read);
    let routes = mount::<api::transition::Transition, _, _>(routes, execute::apply);
    let routes = mount::<api::review::ReadReview, _, _>(routes, review::read);
    let routes = mount::<api::review::SendReview, _, _>(routes, review::send);
    let routes = mount::<api::review::KeepPending, _, _>(routes, review::keep);
    let routes = mount::<api::review::RememberLook, _, _>(routes, review::remember);
    let routes = mount::<api::accounts::ListAccounts, _, _>(routes, accounts::list);
    let routes = mount::<api::accounts::CreateAccount, _, _>(routes, accounts::create);
    let routes = mount::<api::accounts::DisableAccount, _, _>(routes, accounts::disable);
    let routes = mount::<api::accounts::AssignRole, _, _>(routes, accounts::assign);
    let routes = mount::<api::accounts::AddDepartment, _, _>(routes, accounts::add_department);
    let routes = mount::<api::audit::ReadAuditTrail, _, _>(routes, audit::trail::read);
    let routes = workbook::route(routes);
    let routes = export::routes(routes);
    let routes = attachments::route::routes(routes);
    let routes = mount::<api::notices::ReadNotices, _, _>(routes, notices::read);
    let routes = mount::<api::notices::MarkNoticesRead, _, _>(routes, notices::mark_read);
    let live = Listed { method: Method::Get, path: api::live::PATH, access: Access::SignedIn };
    routes.route(live, get(live::stream))
}

/// The list of endpoints, for the tests that walk it.
pub fn endpoint_list() -> Vec<Listed> {
    endpoints().list().to_vec()
}

fn router(context: Shared) -> Router {
    // A stream is never held back to be compressed; files come compressed already.
    let worth_it = SizeAbove::new(1024).and(NotForContentType::new("text/event-stream"));
    let api = endpoints().router().layer(CompressionLayer::new().compress_when(worth_it));
    Router::new()
        .merge(api)
        .route("/healthz", get(start::health))
        .route("/api/{*rest}", axum::routing::any(start::no_such_endpoint))
        .fallback(assets::serve)
        .method_not_allowed_fallback(start::wrong_method)
        .layer(CatchPanicLayer::custom(start::panicked))
        .layer(middleware::from_fn_with_state(context.clone(), security_headers::guard))
        .with_state(context)
}
