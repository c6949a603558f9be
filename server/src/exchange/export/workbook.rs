//! 导出工作簿: writes a document's layout down as xlsx. What a person typed is a number, a date or a text; what is
//! computed is a formula with its result beside it.

use super::cell_text::write_text;
use super::content::ExportContent;
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use rust_xlsxwriter::{
    DataValidation, ExcelDateTime, Format, FormatAlign, FormatBorder, Formula, Workbook, Worksheet,
};
use shared::engine::definition::{Field, FieldKind, Measure, TableKind};
use shared::engine::scalar::Scalar;
use shared::engine::session::{Cell, Session};
use shared::exchange::export::formula::FormulaPos;
use shared::exchange::export::layout::{
    Area, FIRST_ROW, HEADER_KEY, HEADER_LABEL, HEADER_VALUE, HEADING_ROW, ID, KEY_ROW, Layout, PRESENT,
    SHOWN, SPARE, TITLE_ROW, TOTAL, id_of, summed,
};
use shared::exchange::export::manifest::{Manifest, SHEET};
use shared::exchange::import::shown::{shown_as, shown_names};
use shared::kernel::calendar::FiscalYear;
use std::collections::BTreeMap;

/// Most characters a list of choices may have in a cell's validation.
const LONGEST_LIST: usize = 255;

struct Writing<'c> {
    session: &'c Session,
    layout: &'c Layout<'c>,
    year: FiscalYear,
    /// What the rows of each table are called where another table names them.
    names: BTreeMap<String, BTreeMap<String, String>>,
}

/// The workbook's bytes.
pub fn write(content: &ExportContent) -> anyhow::Result<Vec<u8>> {
    let session = content.session();
    let definition = &content.plan.definition;
    let lines = |table: &str| session.plan().table(table).map_or(0, |table| session.rows(table).len());
    let layout = Layout::of(definition, lines);
    let names = shown_names(definition, &content.document);
    let writing = Writing { session: &session, layout: &layout, year: content.case.fiscal_year, names };
    let mut workbook = Workbook::new();
    for area in &layout.areas {
        let sheet = workbook.add_worksheet();
        sheet.set_name(&area.sheet)?.set_formula_result_default("");
        // On paper: A4 across, as wide as the page, the headings on every page.
        sheet.set_paper_size(9).set_landscape().set_print_fit_to_pages(1, 0);
        match area.table.kind {
            TableKind::Header => writing.header(sheet, area, &content.title())?,
            _ => writing.lines(sheet, area, &content.title())?,
        }
    }
    let manifest = Manifest::new(&content.case.id, &content.definition, &layout, &content.document);
    let sheet = workbook.add_worksheet();
    sheet.set_name(SHEET)?.set_very_hidden(true);
    for (row, line) in (0..).zip(manifest.lines()?) {
        for (column, text) in (0..).zip(line) {
            write_text(sheet, (row, column), &text, &Format::new())?;
        }
    }
    Ok(workbook.save_to_buffer()?)
}

impl Writing<'_> {
    fn header(&self, sheet: &mut Worksheet, area: &Area<'_>, title: &str) -> anyhow::Result<()> {
        let table = self.session.plan().table(&area.table.key).unwrap_or_default();
        sheet.write_with_format(TITLE_ROW, HEADER_LABEL as u16, title_of(area, title), &heading(14))?;
        sheet.set_column_hidden(HEADER_KEY as u16)?.set_column_width(HEADER_LABEL as u16, 24)?;
        sheet.set_column_width(HEADER_VALUE as u16, 60)?;
        sheet.write_string(KEY_ROW, HEADER_KEY as u16, ID)?.set_row_hidden(KEY_ROW)?;
        let Some(slot) = self.session.rows(table).first().copied() else { return Ok(()) };
        for (at, field) in area.table.fields.iter().enumerate() {
            let Some(row) = area.place(&field.key) else { continue };
            sheet.write_string(row, HEADER_KEY as u16, &field.key)?;
            sheet.write_with_format(row, HEADER_LABEL as u16, &field.label, &boxed().set_bold())?;
            let cell = Cell { table, slot, field: at };
            self.value(sheet, area, (row, HEADER_VALUE as u16), field, Some(cell))?;
        }
        Ok(())
    }

    fn lines(&self, sheet: &mut Worksheet, area: &Area<'_>, title: &str) -> anyhow::Result<()> {
        let plan = self.session.plan();
        let table = plan.table(&area.table.key).unwrap_or_default();
        let first = area.table.fields.first().and_then(|field| area.place(&field.key)).unwrap_or(0);
        sheet.write_with_format(TITLE_ROW, first as u16, title_of(area, title), &heading(14))?;
        for (key, column) in area.places() {
            sheet.write_string(KEY_ROW, column as u16, key)?;
            if key.starts_with('#') {
                sheet.set_column_hidden(column as u16)?;
            }
        }
        sheet.set_row_hidden(KEY_ROW)?.set_freeze_panes(FIRST_ROW, first as u16 + 1)?;
        sheet.set_repeat_rows(HEADING_ROW, HEADING_ROW)?;
        for field in &area.table.fields {
            let Some(column) = area.place(&field.key) else { continue };
            let words = format!("{}{}", field.label, if field.required { " *" } else { "" });
            sheet.write_with_format(
                HEADING_ROW,
                column as u16,
                words,
                &heading(11).set_border(FormatBorder::Thin).set_text_wrap(),
            )?;
            sheet.set_column_width(column as u16, f64::from(field.width) * 2.0 + 1.0)?;
            choices(sheet, area, field, column as u16)?;
        }
        let slots = self.session.rows(table).iter().copied().map(Some);
        for (row, slot) in (FIRST_ROW..).zip(slots.chain((0..SPARE).map(|_| None))) {
            self.bookkeeping(sheet, area, row, slot.map(|slot| self.session.row_id(table, slot)))?;
            for (at, field) in area.table.fields.iter().enumerate() {
                let Some(column) = area.place(&field.key) else { continue };
                let cell = slot.map(|slot| Cell { table, slot, field: at });
                self.value(sheet, area, (row, column as u16), field, cell)?;
            }
        }
        self.totals(sheet, area)
    }

    /// The hidden columns of a row.
    fn bookkeeping(
        &self,
        sheet: &mut Worksheet,
        area: &Area<'_>,
        row: u32,
        id: Option<&str>,
    ) -> anyhow::Result<()> {
        let at = |key: &str| area.place(key).map(|column| column as u16);
        let typed = || area.table.fields.iter().filter(|field| field.formula.is_none());
        let own: Vec<String> = typed().filter_map(|field| area.cell(&field.key, row)).collect();
        if let (Some(column), Some(id)) = (at(ID), id) {
            sheet.write_string(row, column, id)?;
        } else if let Some(column) = at(ID) {
            // A blank row's own id: what is typed into it can be named by other tables at once.
            sheet.write_string(row, column, format!("x-{}", crate::kernel::token::random_hex(8)?))?;
        }
        match (at(PRESENT), id) {
            (Some(column), Some(_)) => drop(sheet.write_number(row, column, 1)?),
            (Some(column), None) => {
                let formula = format!("=IF(COUNTA({})>0,1,0)", own.join(","));
                sheet.write_formula(row, column, Formula::new(formula).set_result("0"))?;
            }
            _ => {}
        }
        if let Some(column) = at(SHOWN) {
            let name = id.and_then(|id| self.names.get(&area.table.key)?.get(id));
            match (name, called_by(self.layout, area).and_then(|label| area.cell(label, row))) {
                (Some(name), _) => write_text(sheet, (row, column), name, &Format::new())?,
                (None, Some(cell)) => {
                    sheet.write_formula(row, column, Formula::new(format!("={cell}&\"\"")).set_result(""))?;
                }
                (None, None) => {}
            }
        }
        for field in &area.table.fields {
            let FieldKind::RowOf { table, .. } = &field.kind else { continue };
            let (Some(column), Some(cell), Some(asked)) =
                (at(&id_of(&field.key)), area.cell(&field.key, row), self.layout.area(table))
            else {
                continue;
            };
            let (Some(shown), Some(ids)) = (asked.range(SHOWN), asked.range(ID)) else { continue };
            let formula =
                format!("=IF({cell}=\"\",\"\",IFERROR(INDEX({ids},MATCH({cell},{shown},0)),{cell}))");
            let named = id.and_then(|id| {
                self.session.cell(&area.table.key, id, &field.key).map(|cell| self.session.text(cell))
            });
            sheet.write_formula(row, column, Formula::new(formula).set_result(named.unwrap_or_default()))?;
        }
        Ok(())
    }

    /// One visible cell; of a row that is not there yet only its formulas.
    fn value(
        &self,
        sheet: &mut Worksheet,
        area: &Area<'_>,
        (row, column): (u32, u16),
        field: &Field,
        cell: Option<Cell>,
    ) -> anyhow::Result<()> {
        let format = if cell.is_some() { format_of(field) } else { blank_until_filled(field) };
        if let Some(expr) = &field.formula {
            let spot = FormulaPos { layout: self.layout, area, row, year: self.year };
            let result = cell.map(|cell| self.session.text(cell)).unwrap_or_default();
            match spot.say(expr) {
                Some(formula) => {
                    let formula = Formula::new(format!("={formula}")).set_result(result);
                    sheet.write_formula_with_format(row, column, formula, &format)?;
                }
                // What a spreadsheet cannot compute stands there as it is here.
                None => write_text(sheet, (row, column), &result, &format)?,
            }
            return Ok(());
        }
        let Some(cell) = cell else {
            sheet.write_blank(row, column, &format)?;
            return Ok(());
        };
        let typed = self.session.typed(cell).unwrap_or("");
        match self.session.value(cell) {
            Scalar::Number(number) if fits(*number) => {
                sheet.write_number_with_format(row, column, number.to_f64().unwrap_or_default(), &format)?;
            }
            Scalar::Date(date) => {
                let day = ExcelDateTime::from_ymd(u16::try_from(date.year())?, date.month(), date.day())?;
                sheet.write_datetime_with_format(row, column, day, &format)?;
            }
            _ if typed.is_empty() => drop(sheet.write_blank(row, column, &format)?),
            _ => {
                let text = shown_as(&self.names, field, typed);
                write_text(sheet, (row, column), &text, &format)?;
            }
        }
        Ok(())
    }

    fn totals(&self, sheet: &mut Worksheet, area: &Area<'_>) -> anyhow::Result<()> {
        let row = area.total_row();
        let Some(column) = area.place(ID) else { return Ok(()) };
        sheet.write_string(row, column as u16, TOTAL)?;
        let Some(table) = self.session.plan().table(&area.table.key) else { return Ok(()) };
        let bold = |field: &Field| format_of(field).set_bold();
        for (at, field) in area.table.fields.iter().enumerate() {
            let (Some(column), Some(range)) = (area.place(&field.key), area.range(&field.key)) else {
                continue;
            };
            if !summed(self.layout.definition, &area.table.key).contains(&field.key.as_str()) {
                let words = if at == 0 { "合计" } else { "" };
                sheet.write_with_format(row, column as u16, words, &boxed().set_bold())?;
                continue;
            }
            let slots = self.session.rows(table).iter();
            let sum: Decimal = slots
                .filter_map(|slot| self.session.value(Cell { table, slot: *slot, field: at }).number())
                .sum();
            let formula = Formula::new(format!("=SUM({range})")).set_result(sum.to_string());
            sheet.write_formula_with_format(row, column as u16, formula, &bold(field))?;
        }
        Ok(())
    }
}

/// Whether a spreadsheet's number holds it exactly: fifteen digits.
fn fits(number: Decimal) -> bool {
    number.normalize().mantissa().unsigned_abs() < 1_000_000_000_000_000
}

/// The field other tables call a row of this one by.
fn called_by<'d>(layout: &Layout<'d>, area: &Area<'_>) -> Option<&'d str> {
    let mut fields = layout.definition.tables().flat_map(|(_, table)| &table.fields);
    fields.find_map(|field| match &field.kind {
        FieldKind::RowOf { table, label } if *table == area.table.key => Some(label.as_str()),
        _ => None,
    })
}

fn title_of(area: &Area<'_>, title: &str) -> String {
    format!("{} · {title}", area.table.title)
}

/// A list to choose from, where it is short enough for a cell.
fn choices(sheet: &mut Worksheet, area: &Area<'_>, field: &Field, column: u16) -> anyhow::Result<()> {
    let values: Vec<&str> = match &field.kind {
        FieldKind::Choice { choices, .. } => choices.iter().map(|choice| choice.value.as_str()).collect(),
        FieldKind::Flag => vec!["是", "否"],
        _ => return Ok(()),
    };
    if values.join(",").len() <= LONGEST_LIST {
        let list = DataValidation::new().allow_list_strings(&values)?;
        sheet.add_data_validation(FIRST_ROW, column, area.total_row() - 1, column, &list)?;
    }
    Ok(())
}

fn boxed() -> Format {
    Format::new().set_border(FormatBorder::Thin).set_align(FormatAlign::VerticalCenter)
}

fn heading(size: u8) -> Format {
    Format::new().set_bold().set_font_size(size).set_align(FormatAlign::VerticalCenter)
}

/// As [`format_of`], for a row nobody has filled yet: its formulas come to zero, which is nothing to show.
fn blank_until_filled(field: &Field) -> Format {
    let format = format_of(field);
    match &field.kind {
        FieldKind::Number { measure: Measure::Count, .. } => format.set_num_format("0;-0;;@"),
        FieldKind::Number { measure: Measure::Money, .. } => format.set_num_format("#,##0.00;-#,##0.00;;@"),
        FieldKind::Number { .. } => format.set_num_format("0.00;-0.00;;@"),
        _ => format,
    }
}

/// How a field's cells look; what is computed stands on grey.
fn format_of(field: &Field) -> Format {
    let format = match &field.kind {
        FieldKind::Number { measure: Measure::Count, .. } => boxed().set_num_format("0"),
        FieldKind::Number { measure: Measure::Money, .. } => boxed().set_num_format("#,##0.00"),
        FieldKind::Number { .. } => boxed().set_num_format("0.00"),
        FieldKind::Date => boxed().set_num_format("yyyy-mm-dd"),
        _ => boxed().set_num_format("@").set_text_wrap(),
    };
    if field.formula.is_some() { format.set_background_color("F2F2F2") } else { format }
}
