//! 账号导入工作簿 on paper: the template, the preview of a filled one, and the sheets of links and codes.

use super::export::write_text;
use super::workbook::route::read_file;
use crate::context::Shared;
use crate::http::reply::File;
use crate::identity::accounts::{handout, import};
use crate::identity::departments;
use crate::kernel::failure::Failure;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use rust_xlsxwriter::{DataValidation, Format, Workbook};
use shared::api::account_imports::{
    HandoutFile, ImportPreview, MOST_ROWS, PreviewImport, ReadTemplate, SheetHalf, TakeSheet,
};
use shared::exchange::account_book::{self, BookSheet};
use shared::kernel::people::{Actor, Role};
use std::collections::BTreeMap;

const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

/// `GET /api/account-imports/template`.
pub async fn template(_: Shared, _: Actor, _: ReadTemplate) -> Result<File, Failure> {
    Ok(File { name: "部门与账号导入模板.xlsx".into(), content_type: XLSX, bytes: write_template()? })
}

fn write_template() -> anyhow::Result<Vec<u8>> {
    let mut workbook = Workbook::new();
    // As text, so that a spreadsheet drops no leading zero and makes no date of a number.
    let (heading, text) = (Format::new().set_bold(), Format::new().set_num_format("@"));
    for of in BookSheet::ALL {
        let sheet = workbook.add_worksheet();
        sheet.set_name(of.label())?.set_freeze_panes(1, 0)?;
        for (at, column) in (0_u16..).zip(of.columns()) {
            sheet.set_column_width(at, column.width)?.set_column_format(at, &text)?;
            let star = if column.is_required { "*" } else { "" };
            sheet.write_with_format(0, at, format!("{}{star}", column.label), &heading)?;
            sheet.insert_note(0, at, &rust_xlsxwriter::Note::new(column.hint))?;
        }
        if of == BookSheet::Accounts {
            let labels: Vec<&str> = importable().map(Role::label).collect();
            let choice = DataValidation::new().allow_list_strings(&labels)?;
            let last = u32::try_from(MOST_ROWS)?;
            sheet.add_data_validation(1, 3, last, 3, &choice)?;
        }
    }
    let sheet = workbook.add_worksheet();
    sheet.set_name("填写说明")?.set_column_width(0, 10)?.set_column_width(1, 14)?.set_column_width(2, 70)?;
    for (at, label) in (0_u16..).zip(["工作表", "列", "说明"]) {
        sheet.write_with_format(0, at, label, &heading)?;
    }
    let hints = BookSheet::ALL.into_iter().flat_map(|of| of.columns().iter().map(move |column| (of, column)));
    for (row, (of, column)) in (1_u32..).zip(hints) {
        sheet.write_string(row, 0, of.label())?;
        sheet.write_string(row, 1, column.label)?;
        let need = if column.is_required { "必填。" } else { "" };
        sheet.write_string(row, 2, format!("{need}{}", column.hint))?;
    }
    Ok(workbook.save_to_buffer()?)
}

/// Posts that a workbook may give.
fn importable() -> impl Iterator<Item = Role> {
    Role::ALL.into_iter().filter(|role| !role.is_administrator() && *role != Role::Provider)
}

/// `POST /api/account-imports/preview`.
pub async fn preview(
    context: Shared,
    _: Actor,
    _: PreviewImport,
    file: Vec<u8>,
) -> Result<ImportPreview, Failure> {
    let workbook = read_file(file).await?;
    match account_book::read(&workbook) {
        Ok(book) => {
            let rows = import::preview(&context, &book).await?;
            Ok(ImportPreview { book, rows, faults: Vec::new() })
        }
        Err(faults) => Ok(ImportPreview { faults, ..ImportPreview::default() }),
    }
}

/// `POST /api/account-imports/{order}/sheet`: the sheet is written before it is gone.
pub async fn sheet(context: Shared, actor: Actor, request: TakeSheet) -> Result<HandoutFile, Failure> {
    let mut connection = context.db.reader().acquire().await?;
    let named = departments::all(&context, &mut connection).await?;
    drop(connection);
    let names: BTreeMap<String, String> =
        named.into_iter().map(|department| (department.id.to_string(), department.name)).collect();
    let taken = handout::take(&context, &actor, &request.order).await?;
    let site = context.settings.public_url.clone().unwrap_or(request.site);
    let content = STANDARD.encode(write_sheet(&taken, &names, site.trim_end_matches('/'))?);
    let name = format!("{}-{}.xlsx", taken.half.label(), context.clock().today());
    taken.commit(&context, &actor).await?;
    Ok(HandoutFile { name, content })
}

fn write_sheet(
    taken: &handout::Handout,
    names: &BTreeMap<String, String>,
    site: &str,
) -> anyhow::Result<Vec<u8>> {
    let mut workbook = Workbook::new();
    let sheet = workbook.add_worksheet();
    sheet.set_name(taken.half.label())?.set_freeze_panes(2, 0)?.set_landscape().set_paper_size(9);
    sheet.set_print_fit_to_pages(1, 0);
    let (heading, plain) = (Format::new().set_bold(), Format::new());
    let duty = match taken.half {
        SheetHalf::Links => "请把链接逐一交给本人，不要与激活码一起交；72 小时内有效，只能使用一次。",
        SheetHalf::Codes => "请把激活码当面逐一交给本人，不要交给持有链接的管理员；输错 5 次链接作废。",
    };
    sheet.write_string(0, 0, duty)?;
    let columns = [("账号", 20), ("姓名", 14), ("部门", 28), ("岗位", 16), (taken.half.label(), 90)];
    for (at, (label, width)) in (0_u16..).zip(columns) {
        sheet.set_column_width(at, width)?;
        sheet.write_with_format(1, at, label, &heading)?;
    }
    for (row, line) in (2_u32..).zip(&taken.lines) {
        let department = line.department.as_ref().and_then(|id| names.get(id)).cloned().unwrap_or_default();
        let secret = match taken.half {
            SheetHalf::Links => format!("{site}{}", line.secret),
            SheetHalf::Codes => line.secret.clone(),
        };
        let role = line.role.map_or("", Role::label);
        for (at, text) in (0_u16..).zip([&line.account, &line.name, &department, role, &secret]) {
            write_text(sheet, (row, at), text, &plain)?;
        }
    }
    Ok(workbook.save_to_buffer()?)
}
