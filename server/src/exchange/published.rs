//! 公开表格核对 of a file: JSON, a workbook, a saved page, or text pasted from one.

use super::table_file::{self, TableFile};
use crate::context::Shared;
use crate::identity::visitor::{SessionChange, Visitor};
use crate::kernel::failure::Failure;
use shared::api::problem::{Problem, code};
use shared::api::published::{CheckTable, ReadTableChecker, TableChecker};
use shared::exchange::import::clipboard::parse_innermost_tables;
use shared::exchange::published_table::{
    self, ExplainedTable, PublishedTable, TableReport, UnreadPart, explain, grid_of_text, looks_like_a_table,
};
use shared::policy::scoring::ScoringParameters;
use std::path::Path;
use std::time::Duration;
use tokio::sync::Semaphore;

/// Longest wait for a turn.
const TIME: Duration = Duration::from_secs(10);
/// Most lines of a table; published ones have some dozens.
const MOST_LINES: usize = 2_000;
/// Tables checked at the same time, so that a public tool leaves room for the work of the house.
const AT_ONCE: usize = 2;

static CHECKS: Semaphore = Semaphore::const_new(AT_ONCE);

/// `GET /api/table-checks`: whether visitors may check tables here.
pub async fn checker(
    context: Shared,
    _: Visitor,
    _: ReadTableChecker,
) -> Result<(TableChecker, SessionChange), Failure> {
    Ok((TableChecker { is_public: context.settings.public_checker }, SessionChange::None))
}

/// `POST /api/table-checks`: recomputes and explains a table. Nothing of it is stored or logged.
pub async fn check(
    context: Shared,
    visitor: Visitor,
    sent: CheckTable,
    file: Vec<u8>,
) -> Result<ExplainedTable, Failure> {
    let place = context.table_checks.take(&visitor.client.network).ok_or_else(|| Failure::try_later(5))?;
    let permit = tokio::time::timeout(TIME, CHECKS.acquire());
    let permit = permit.await.map_err(|_| Failure::try_later(5))?.map_err(anyhow::Error::from)?;
    let outcome = tokio::task::spawn_blocking(move || {
        let (_place, _permit) = (place, permit);
        let parameters = ScoringParameters::newest().ok_or("没有政策版本")?;
        let (tables, skipped) = read_tables(Path::new(&sent.name), &file)?;
        let mut explained =
            tables.iter().map(|table| explain(table, &published_table::check(table, &parameters)));
        let first = explained.next().ok_or("没有找到表")?;
        let further = explained.collect();
        Ok::<ExplainedTable, String>(ExplainedTable { further, skipped, ..first })
    });
    let read = outcome.await.map_err(anyhow::Error::from)?;
    read.map_err(|fault| Problem::new(422, code::MALFORMED, "无法读取这张表", fault).into())
}

/// Checks the tables in `bytes`, the content of the file `path`: a report of the first that holds those of the further ones.
///
/// # Errors
/// Why the file cannot be read and where, in Chinese.
pub fn check_table(path: &Path, bytes: &[u8]) -> Result<TableReport, String> {
    let parameters = ScoringParameters::newest().ok_or("没有政策版本")?;
    let (tables, skipped) = read_tables(path, bytes)?;
    let mut reports = tables.iter().map(|table| published_table::check(table, &parameters));
    let first = reports.next().ok_or("没有找到表")?;
    let further = reports.collect();
    Ok(TableReport { further, skipped, ..first })
}

/// Tables of a file, and the sheets that hold none.
type ReadTables = (Vec<PublishedTable>, Vec<UnreadPart>);

/// Reads the tables in `bytes`.
fn read_tables(path: &Path, bytes: &[u8]) -> Result<ReadTables, String> {
    let id = path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
    let of_text = |text: &str| published_table::read_tables(&id, &grid_of_text(text)?);
    let (tables, skipped) = match table_file::read(path, bytes)? {
        TableFile::Json(text) => (vec![PublishedTable::from_json(&text)?], Vec::new()),
        TableFile::Html(text) => tables_of_html(&id, &text)?,
        TableFile::Text(text) => (of_text(&text)?, Vec::new()),
        TableFile::Sheets(sheets) => {
            let named = sheets.into_iter().map(|(name, grid)| (format!("工作表“{name}”"), grid));
            tables_of_grids(&id, &named.collect::<Vec<_>>())?
        }
    };
    match tables.iter().map(PublishedTable::lines).sum::<usize>() {
        lines if lines > MOST_LINES => {
            Err(format!("表格有 {lines} 行，最多 {MOST_LINES} 行；请只留下要核对的那一张表"))
        }
        _ => Ok((tables, skipped)),
    }
}

/// The tables of a page.
fn tables_of_html(id: &str, html: &str) -> Result<ReadTables, String> {
    let rectangles = parse_innermost_tables(html);
    if rectangles.is_empty() {
        return Err("网页里没有表格；请只复制表格，或另存为 xlsx".into());
    }
    let named = (1..).zip(rectangles).map(|(number, table)| (format!("网页第 {number} 个表格"), table.texts));
    tables_of_grids(id, &named.collect::<Vec<_>>())
}

/// The tables of every grid by its name. One that holds none is named; where it looks like one, it counts as not understood.
fn tables_of_grids(id: &str, sheets: &[(String, Vec<Vec<String>>)]) -> Result<ReadTables, String> {
    let (mut tables, mut skipped, mut unread) = (Vec::new(), Vec::new(), Vec::new());
    for (name, grid) in sheets {
        let is_blank = grid.iter().flatten().all(|cell| cell.trim().is_empty());
        match published_table::read_tables(id, grid) {
            Ok(read) => tables.push((name, read)),
            Err(_) if is_blank => skipped.push(without_table(name, "空表".into())),
            Err(reason) if looks_like_a_table(grid) => unread.push(without_table(name, reason)),
            Err(reason) => skipped.push(without_table(name, reason)),
        }
    }
    let several = tables.len() > 1;
    let named = tables.into_iter().flat_map(|(name, read)| {
        read.into_iter().map(move |table| match several {
            true => PublishedTable { id: table.id.replacen(id, &format!("{id} · {name}"), 1), ..table },
            false => table,
        })
    });
    let mut tables: Vec<PublishedTable> = named.collect();
    match tables.first_mut() {
        Some(first) => {
            first.unread.extend(unread);
            Ok((tables, skipped))
        }
        None if sheets.is_empty() => Err("工作簿里没有可见的工作表".into()),
        None => {
            let all = unread.into_iter().chain(skipped);
            Err(all.map(|sheet| format!("{}：{}", sheet.place, sheet.reason)).collect::<Vec<_>>().join("；"))
        }
    }
}

fn without_table(name: &str, reason: String) -> UnreadPart {
    UnreadPart { place: name.to_string(), text: String::new(), reason }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

    use super::*;

    #[test]
    fn text_is_told_from_json_and_broken_bytes_are_named() {
        let text = "项目支出绩效自评表\n一级指标\t二级指标\t三级指标\t指标值\t完成值\n产出指标\t数量指标\t数量\t3\t3\n";
        let report = check_table(Path::new("a/own.txt"), text.as_bytes()).unwrap();
        assert_eq!((report.id.as_str(), report.complete), ("own", false));
        let comma = check_table(Path::new("own.csv"), text.replace('\t', ",").as_bytes()).unwrap();
        assert_eq!(comma.findings.len(), report.findings.len());
        assert!(check_table(Path::new("x.tsv"), b"ab\xff").is_err());
        assert!(check_table(Path::new("x.xlsx"), b"no zip").unwrap_err().contains(".xlsx"));
        assert!(check_table(Path::new("x"), b"{]").unwrap_err().contains("第 1 行"));
    }

    fn grid(text: &str) -> Vec<Vec<String>> {
        text.lines().map(|line| line.split('\t').map(str::to_string).collect()).collect()
    }

    #[test]
    fn every_sheet_of_a_workbook_is_checked_or_named() {
        let own = grid(
            "项目支出绩效自评表\n一级指标\t二级指标\t三级指标\t指标值\t完成值\t分值\t得分\n产出指标\t数量指标\t系统数\t3\t3\t90\t90\n合计\t\t\t\t\t90\t90\n",
        );
        let sideways = grid("三级指标\t系统数\n指标值\t3\n完成值\t3\n得分\t90\n");
        let sheet = |name: &str, grid: &[Vec<String>]| (format!("工作表“{name}”"), grid.to_vec());
        let sheets = [
            sheet("封面", &grid("某省数据局\n2023年度绩效自评\n")),
            sheet("甲", &own),
            sheet("乙", &own),
            sheet("丙", &sideways),
            sheet("Sheet5", &[]),
        ];
        let (tables, skipped) = tables_of_grids("自评", &sheets).unwrap();
        let ids: Vec<&str> = tables.iter().map(|table| table.id.as_str()).collect();
        assert_eq!(ids, ["自评 · 工作表“甲”", "自评 · 工作表“乙”"]);
        let places = |parts: &[UnreadPart]| parts.iter().map(|part| part.place.clone()).collect::<Vec<_>>();
        assert_eq!(places(&skipped), ["工作表“封面”", "工作表“Sheet5”"]);
        assert_eq!(
            places(&tables[0].unread),
            ["工作表“丙”"],
            "it looks like a table, and is none that is read"
        );
        assert!(tables[0].unread[0].reason.contains("转置"));
        let (one, _) = tables_of_grids("自评", &sheets[1..2]).unwrap();
        assert_eq!(one[0].id, "自评");
        assert!(tables_of_grids("自评", &sheets[3..4]).unwrap_err().contains("工作表“丙”：表头竖着"));
    }

    #[test]
    fn a_report_counts_what_no_table_of_the_file_read() {
        let text = "项目支出绩效自评表\n一级指标\t二级指标\t三级指标\t要求\t完成值\t分值\t得分\n产出指标\t数量指标\t系统数\t3\t3\t90\t90\n合计\t\t\t\t\t90\t90\n";
        let report = check_table(Path::new("own.txt"), [text, text].concat().as_bytes()).unwrap();
        assert_eq!((report.further.len(), report.unread_parts()), (1, 2));
        let printed = serde_json::to_value(&report).unwrap();
        assert_eq!(printed["further"][0]["unread"][0]["text"], "要求");
        assert!(printed.get("skipped").is_none());
        let misspelt = r#"{"id": "t", "doc_type": "self_evaluation_table", "indicators": [{"name": "系统数", "points": "9"}]}"#;
        let report = check_table(Path::new("own.json"), misspelt.as_bytes()).unwrap();
        assert_eq!(report.unread[0].place, "indicators[0]");
        let nothing = r#"{"id": "t", "doc_type": "self_evaluation_table", "indicator": []}"#;
        assert!(check_table(Path::new("own.json"), nothing.as_bytes()).unwrap_err().contains("indicators"));
    }
}
