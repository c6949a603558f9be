//! 所选合计: sum, average and count of several selected cells, as a spreadsheet shows them; over the corner of the rows, so
//! that nothing moves when it comes.

use super::Handle;
use super::cursor::Block;
use super::state::GridState;
use leptos::prelude::*;
use rust_decimal::{Decimal, RoundingStrategy};
use shared::engine::session::{Cell, Session};
use shared::kernel::money::grouped;

#[component]
pub fn SelectedSum(grid: Handle) -> AnyView {
    let (sheet, selected, spec) = grid.with_value(|grid| (grid.sheet, grid.rows.selected, grid.rows.spec));
    let words = Memo::new(move |_| {
        let block = selected.get()?;
        // Sorted otherwise, other rows are selected.
        spec.track();
        grid.with_value(|grid| sheet.follow(|session| grid.sum_of(session, &block)))
    });
    view! {
        <p class="grid-sum" role="status" hidden=move || words.with(Option::is_none)>
            {move || words.get()}
        </p>
    }
    .into_any()
}

impl GridState {
    /// `求和 … · 平均 … · 计数 …` of the cells of a block; `None` where nothing is filled in or a sum is beyond 28 digits.
    fn sum_of(&self, session: &Session, block: &Block) -> Option<String> {
        let columns = self.layout.columns.borrow();
        let (mut filled, mut numbers, mut sum) = (0_u32, 0_u32, Decimal::ZERO);
        for slot in self.slots(block) {
            for field in block.columns.clone().filter_map(|at| columns.field(at)) {
                let value = session.value(Cell { table: self.table, slot, field });
                filled += u32::from(!value.is_empty());
                if let Some(number) = value.number() {
                    numbers += 1;
                    sum = sum.checked_add(number)?;
                }
            }
        }
        let count = (filled > 0).then(|| format!("计数 {}", grouped(&filled.to_string())))?;
        let Some(average) = sum.checked_div(Decimal::from(numbers)) else { return Some(count) };
        let average = average.round_dp_with_strategy(2, RoundingStrategy::MidpointAwayFromZero);
        let [sum, average] = [sum, average].map(|number| grouped(&number.to_string()));
        Some(format!("求和 {sum} · 平均 {average} · {count}"))
    }
}
