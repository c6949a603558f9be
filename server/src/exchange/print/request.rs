//! 申请的正式文本: both forms with every table and its totals, the amount in capitals, who signed, and the content's
//! hash at the foot of every page.

use super::paper::{Align, Paper, TEXT, Turn};
use super::table::{PrintColumn, PrintTable};
use crate::exchange::export::ExportContent;
use rust_decimal::Decimal;
use shared::engine::definition::{Field, FieldKind, Table as FormTable, TableKind};
use shared::engine::expr::{Expr, What};
use shared::engine::plan::TableIx;
use shared::engine::session::{Cell, Session};
use shared::exchange::export::layout::summed;
use shared::exchange::import::shown::{Names, shown_as, shown_names};
use shared::forms::budget_request;
use shared::kernel::capitals::in_capitals;
use shared::kernel::money::{Money, grouped, in_ten_thousands};
use shared::kernel::people::Signature;

/// Columns up to which a table stands upright.
const UPRIGHT: usize = 8;

struct Printing<'c> {
    content: &'c ExportContent,
    session: Session,
    names: Names,
    paper: Paper,
}

/// The PDF's bytes.
pub fn request(content: &ExportContent) -> anyhow::Result<Vec<u8>> {
    let session = content.session();
    let names = shown_names(&content.plan.definition, &content.document);
    let mut printing = Printing { content, session, names, paper: Paper::new()? };
    for (at, form) in content.plan.definition.forms.iter().enumerate() {
        if at > 0 {
            printing.paper.turn = Turn::Upright;
            printing.paper.next_page();
        }
        printing.paper.title(&form.title);
        printing.opening(at == 0);
        let shown = form.tables.iter().filter(|table| table.kind != TableKind::Justifications);
        for (number, table) in shown.enumerate() {
            printing.table(table, number);
        }
    }
    printing.signatures();
    let state = match &content.version {
        Some((version, hash)) => format!("第{version}版　内容摘要 SM3 {hash}"),
        None => "填报中，未提交，不作为正式文件".to_string(),
    };
    printing.paper.finish(&content.title(), &state)
}

/// How many lines a table has is an aid of the screen, no part of an official form.
fn is_printed(field: &Field) -> bool {
    !field.formula.as_ref().is_some_and(counts_rows)
}

fn counts_rows(expr: &Expr) -> bool {
    match expr {
        Expr::Aggregate(aggregate) => aggregate.what == What::Count,
        Expr::Add(parts) => parts.iter().all(counts_rows),
        _ => false,
    }
}

impl Printing<'_> {
    /// Whose request it is, and what it asks for.
    fn opening(&mut self, with_amount: bool) {
        let case = &self.content.case;
        let line = format!("{}　{} 年度", self.content.department, case.fiscal_year.0);
        self.paper.paragraph(&line, TEXT, Align::Centre);
        let total = self.session.header(budget_request::FORM, "total");
        let total = total.and_then(|cell| self.session.value(cell).number()).unwrap_or(Decimal::ZERO);
        if let Some(money) = Money::from_yuan(total).filter(|_| with_amount) {
            let amount = format!("申报总额：人民币 {money} 元（{} 万元）", in_ten_thousands(total));
            self.paper.paragraph(&amount, TEXT, Align::Centre);
            self.paper.paragraph(&format!("大写：{}", in_capitals(money)), TEXT, Align::Centre);
        }
        self.paper.space(6.0);
    }

    fn table(&mut self, table: &FormTable, number: usize) {
        let Some(at) = self.session.plan().table(&table.key) else { return };
        const NUMBERS: [&str; 10] = ["一", "二", "三", "四", "五", "六", "七", "八", "九", "十"];
        let heading = match NUMBERS.get(number) {
            Some(number) => format!("{number}、{}", table.title),
            None => table.title.clone(),
        };
        if table.kind == TableKind::Header {
            self.paper.turn(Turn::Upright);
            self.paper.heading(&heading);
            return self.header(table, at);
        }
        if self.session.rows(at).is_empty() {
            self.paper.heading(&heading);
            return self.paper.paragraph("（无）", TEXT, Align::Left);
        }
        self.paper.turn(if table.fields.len() > UPRIGHT { Turn::Across } else { Turn::Upright });
        self.paper.heading(&heading);
        self.lines(table, at);
    }

    fn header(&mut self, table: &FormTable, at: TableIx) {
        let Some(slot) = self.session.rows(at).first().copied() else { return };
        let fields = table.fields.iter().enumerate().filter(|(_, field)| is_printed(field));
        let rows = fields.map(|(field, definition)| {
            vec![definition.label.clone(), self.shown(definition, Cell { table: at, slot, field })]
        });
        let rows = rows.collect();
        let column =
            |heading: &str, weight| PrintColumn { heading: heading.into(), weight, align: Align::Left };
        let columns = vec![column("项目", 1.0), column("内容", 3.0)];
        self.paper.table(&PrintTable { columns, rows, size: 10.5, totals: false });
    }

    fn lines(&mut self, table: &FormTable, at: TableIx) {
        let mut columns = vec![PrintColumn { heading: "序号".into(), weight: 3.0, align: Align::Centre }];
        columns.extend(table.fields.iter().filter(|field| is_printed(field)).map(|field| PrintColumn {
            heading: field.label.clone(),
            weight: f32::from(field.width),
            align: if matches!(field.kind, FieldKind::Number { .. }) { Align::Right } else { Align::Left },
        }));
        let mut rows: Vec<Vec<String>> = Vec::new();
        for (number, slot) in self.session.rows(at).iter().copied().enumerate() {
            let mut row = vec![(number + 1).to_string()];
            let cells = table.fields.iter().enumerate().filter(|(_, field)| is_printed(field));
            row.extend(cells.map(|(field, of)| self.shown(of, Cell { table: at, slot, field })));
            rows.push(row);
        }
        let totals = self.totals(table, at);
        let with_totals = totals.is_some();
        rows.extend(totals);
        let size = if table.fields.len() > UPRIGHT { 7.5 } else { 9.0 };
        self.paper.table(&PrintTable { columns, rows, size, totals: with_totals });
    }

    /// The totals row, where any column is summed.
    fn totals(&self, table: &FormTable, at: TableIx) -> Option<Vec<String>> {
        let sums = summed(&self.content.plan.definition, &table.key);
        if sums.is_empty() {
            return None;
        }
        let mut row = vec!["合计".to_string()];
        for (field, definition) in table.fields.iter().enumerate().filter(|(_, field)| is_printed(field)) {
            if !sums.contains(&definition.key.as_str()) {
                row.push(String::new());
                continue;
            }
            let slots = self.session.rows(at).iter();
            let cells = slots.map(|slot| self.session.value(Cell { table: at, slot: *slot, field }));
            let sum: Decimal = cells.filter_map(|value| value.number()).sum();
            row.push(grouped(&format!("{sum:.2}")));
        }
        Some(row)
    }

    /// A cell as it is read on paper.
    fn shown(&self, field: &Field, cell: Cell) -> String {
        let text = self.session.text(cell);
        match &field.kind {
            FieldKind::Number { measure, .. } => match self.session.value(cell).number() {
                Some(number) => grouped(&format!("{number:.*}", measure.decimals() as usize)),
                None => text,
            },
            _ => shown_as(&self.names, field, &text),
        }
    }

    fn signatures(&mut self) {
        let case = &self.content.case;
        let named = |signed: &Option<Signature>| signed.as_ref().map_or("", |s| s.name.as_str()).to_string();
        let lines = [
            format!("填报人：{}", named(&case.filled_by)),
            format!("部门负责人：{}", named(&case.approved_by)),
            format!("省局审核：{}", named(&case.reviewed_by)),
            format!("省局负责人：{}", named(&case.confirmed_by)),
        ];
        self.paper.need(TEXT.size * 8.0);
        self.paper.space(16.0);
        for line in lines {
            self.paper.paragraph(&line, TEXT, Align::Left);
        }
        self.paper.signed("（单位盖章）　　　　年　　月　　日", TEXT);
    }
}
