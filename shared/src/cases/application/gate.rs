//! 批复审核 (Art. 14): what earlier results mean for the approval of a later year.

use super::flow::{Application, Stage};
use crate::cases::execution::judge::refuse_if;
use crate::cases::execution::world::ExecutionWorld;
use crate::kernel::ids::DepartmentId;
use crate::kernel::money::Money;
use crate::kernel::refusal::Refusal;

/// Refuses an approval while a proposed cut is undecided, or one above what the decided cuts leave.
///
/// # Errors
/// `APP-03`, `APP-04`.
pub fn require_decided(
    world: &ExecutionWorld,
    department: &DepartmentId,
    year: i32,
    requested: Money,
    approved: Money,
) -> Result<(), Refusal> {
    let undecided = |(_, of): (_, &Application)| of.stage != Stage::Decided && of.proposes_cut(world);
    let open = world.applications_to(department, year).any(undecided);
    refuse_if(open, 14, "APP-03", "该部门有拟调减的结果应用尚未决定，请先决定")?;
    let cut = world.decided_cuts(department, year);
    let says = format!("该部门本年按评价结果调减 {cut} 元，批复数应不超过 {}", requested - cut);
    refuse_if(approved > requested - cut, 14, "APP-04", says)
}
