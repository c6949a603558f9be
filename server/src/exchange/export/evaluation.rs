//! 自评表工作簿: a self-evaluation as xlsx in the ministry's layout, and what a filled-in one would change. Reading it stores
//! nothing.

use super::cell_text::write_text;
use super::route::{XLSX, note, place, write_file};
use crate::cases::money::{command_world, world::StoredWorld};
use crate::context::{Context, Shared};
use crate::exchange::workbook::route::read_file;
use crate::http::reply::File;
use crate::kernel::failure::Failure;
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use rust_xlsxwriter::{Color, DataValidation, Format, FormatBorder, Workbook, Worksheet};
use shared::api::performance::{EvaluationImport, ExportEvaluation, ReadEvaluationSheet};
use shared::cases::execution::registry::AnyExecutionCase;
use shared::cases::execution::world::Party;
use shared::cases::performance::form::Takes;
use shared::cases::self_evaluation::{EvaluationSheet, SelfEvaluation, SheetCellKind, read_sheet};
use shared::kernel::ids::CaseId;
use shared::kernel::people::Actor;

const SHEET: &str = "绩效自评表";
/// Widths of the columns in characters.
const WIDTHS: [f64; 15] =
    [16.0, 12.0, 14.0, 24.0, 14.0, 14.0, 8.0, 8.0, 10.0, 8.0, 10.0, 9.0, 34.0, 18.0, 8.0];
/// Rows of long texts are this high, in points.
const TALL: f64 = 60.0;

/// `GET /api/money-cases/{case}/workbook`.
pub async fn export(context: Shared, actor: Actor, request: ExportEvaluation) -> Result<File, Failure> {
    let place = place(&context, &actor)?;
    let read = Read::of(&context, &actor, &request.case).await?;
    note(&context, &actor, "export.evaluation", request.case.as_str()).await?;
    let name = format!("{SHEET}-{}.xlsx", read.department());
    let bytes = write_file(place, move || write(&read)).await?;
    Ok(File { name, content_type: XLSX, bytes })
}

/// `POST /api/money-cases/{case}/workbook`: what a filled-in workbook changes, cell by cell.
pub async fn import(
    context: Shared,
    actor: Actor,
    request: ReadEvaluationSheet,
    file: Vec<u8>,
) -> Result<EvaluationImport, Failure> {
    let workbook = read_file(file).await?;
    let Read { case, stored, revision } = Read::of(&context, &actor, &request.case).await?;
    let named = workbook.sheets.iter().find(|sheet| sheet.name == SHEET);
    let sheet = named.or(workbook.sheets.first());
    let sheet = sheet.ok_or_else(|| Failure::malformed(422, "工作簿里没有工作表。"))?;
    Ok(EvaluationImport { seen: revision, import: read_sheet(&case, &stored.world, sheet) })
}

/// A self-evaluation this person may see, in its world.
struct Read {
    case: SelfEvaluation,
    stored: StoredWorld,
    revision: u64,
}

impl Read {
    async fn of(context: &Context, actor: &Actor, id: &CaseId) -> Result<Read, Failure> {
        let mut connection = context.db.reader().acquire().await?;
        let stored = command_world::of_case(context, &mut connection, id).await?;
        let party = Party { actor: actor.clone() };
        let entry = stored.world.visible(&party, id);
        let case = entry.and_then(|entry| match &entry.case {
            AnyExecutionCase::SelfEvaluation(case) => Some(case.as_ref().clone()),
            _ => None,
        });
        let case = case.ok_or_else(|| Failure::unknown("份绩效自评"))?;
        let revision = stored.rows.get(id).map(|row| row.revision).unwrap_or_default();
        Ok(Read { case, stored, revision })
    }

    fn department(&self) -> String {
        let department = self.case.department.as_ref();
        department.map(|id| self.stored.world.department_name(id)).unwrap_or_default()
    }
}

fn write(read: &Read) -> anyhow::Result<Vec<u8>> {
    let layout = EvaluationSheet::of(&read.case, &read.stored.world);
    let mut workbook = Workbook::new();
    let sheet = workbook.add_worksheet();
    sheet.set_name(SHEET)?.set_landscape().set_paper_size(9).set_print_fit_to_pages(1, 0);
    for (column, width) in (0_u16..).zip(WIDTHS) {
        sheet.set_column_width(column, width)?;
    }
    for cell in &layout.cells {
        let column = u16::try_from(cell.column)?;
        let to = u16::try_from(cell.to)?;
        let format = format_of(cell.kind);
        if to > column {
            sheet.merge_range(cell.row, column, cell.row, to, "", &format)?;
        }
        let takes = cell.place.map(|place| place.field.takes);
        write_cell(sheet, (cell.row, column), &cell.text, takes, &format)?;
        if matches!(takes, Some(Takes::Text(_, most)) if most > 200) && to > column {
            sheet.set_row_height(cell.row, TALL)?;
        }
        if !cell.choices().is_empty() && cell.kind == SheetCellKind::Typed {
            let choice = DataValidation::new().allow_list_strings(cell.choices())?;
            sheet.add_data_validation(cell.row, column, cell.row, column, &choice)?;
        }
    }
    Ok(workbook.save_to_buffer()?)
}

/// What is typed is white, what is not is grey.
fn format_of(kind: SheetCellKind) -> Format {
    let plain = Format::new().set_border(FormatBorder::Thin).set_text_wrap();
    match kind {
        SheetCellKind::Fixed => plain.set_bold().set_background_color(Color::RGB(0xEEEEEE)),
        SheetCellKind::Shown | SheetCellKind::Locked => plain.set_background_color(Color::RGB(0xF7F7F7)),
        SheetCellKind::Typed => plain,
    }
}

fn write_cell(
    sheet: &mut Worksheet,
    at: (u32, u16),
    text: &str,
    takes: Option<Takes>,
    format: &Format,
) -> anyhow::Result<()> {
    let number = match takes {
        Some(Takes::Number) => text.parse::<Decimal>().ok().and_then(|number| number.to_f64()),
        _ => None,
    };
    match (number, takes) {
        (Some(number), _) => {
            let format = format.clone().set_num_format("0.00");
            sheet.write_number_with_format(at.0, at.1, number, &format)?;
        }
        (None, Some(Takes::Number)) => {
            let format = format.clone().set_num_format("0.00");
            sheet.write_blank(at.0, at.1, &format)?;
        }
        // As text, so that a spreadsheet makes no date of a value.
        _ => write_text(sheet, at, text, &format.clone().set_num_format("@"))?,
    }
    Ok(())
}
