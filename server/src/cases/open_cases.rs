//! 在办事项: what a department has under way, of whatever kind. As long as there is anything it may not be closed.

use crate::cases::money::world;
use crate::cases::store;
use crate::context::Context;
use crate::kernel::failure::Failure;
use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use shared::kernel::ids::DepartmentId;
use sqlx::AnyConnection;

/// The open cases of a department and the years in which its money is not used up, in words.
pub fn of_department<'a>(
    context: &'a Context,
    connection: &'a mut AnyConnection,
    department: &'a DepartmentId,
) -> BoxFuture<'a, Result<Vec<String>, Failure>> {
    async move {
        let mut open = Vec::new();
        for listed in store::listed(context, &mut *connection, None).await? {
            let head = listed.case.head();
            if head.department.as_ref() == Some(department) && !head.stage.is_concluded() {
                open.push(format!("{}（{}）", head.title, head.stage.label()));
            }
        }
        let world = world::of_pages(context, connection).await?.world;
        for (_, entry) in world.open_cases_of(department) {
            let (kind, stage) = (entry.case.kind().label(), entry.case.stage_label());
            open.push(format!("{kind} {}（{stage}）", world.title_of(entry)?));
        }
        for year in world.unused_years_of(department) {
            open.push(format!("{year} 年度批复资金（未用完，年度未关账）"));
        }
        Ok(open)
    }
    .boxed()
}
