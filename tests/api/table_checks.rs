//! 公开绩效表核对 over HTTP: whoever may use it gets a table explained, within its limits, and nothing of it stays.

use serde_json::Value;
use shared::api::published::{CheckTable, ExplainedTable, ReadTableChecker};
use shared::api::{FILE_TYPE, Method, Upload, upload_path};
use sqlx::{AnyConnection, Connection};
use tests::{Answer, Database, Desk, World, on_each_database};

fn checks(desk: &Desk, name: &str, content: &[u8]) -> Answer {
    let path = upload_path(&CheckTable { name: name.into() }).expect("a path");
    let headers = [("content-type", FILE_TYPE), ("sec-fetch-site", "same-origin")];
    desk.raw(Method::Post, &path, Some(content), &headers)
}

fn explained(desk: &Desk, name: &str, content: &[u8]) -> ExplainedTable {
    let answer = checks(desk, name, content);
    assert_eq!(answer.status, 200, "{}", answer.text);
    serde_json::from_str(&answer.text).expect("an explained table")
}

fn published(id: &str, ending: &str) -> Vec<u8> {
    let path = format!("{}/cases/{id}{ending}", env!("CARGO_MANIFEST_DIR"));
    std::fs::read(&path).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// Rows of every table a check might write to.
fn rows(world: &World) -> Vec<(&'static str, i64)> {
    let tables = ["audit_trail", "operations", "attachments", "case_events", "cases", "sessions", "notices"];
    world.block_on(async {
        let mut connection = AnyConnection::connect(&world.settings.database).await.expect("the database");
        let mut counts = Vec::new();
        for table in tables {
            let sql = sqlx::AssertSqlSafe(format!("select count(*) from {table}"));
            let count: i64 = sqlx::query_scalar(sql).fetch_one(&mut connection).await.expect("a count");
            counts.push((table, count));
        }
        connection.close().await.expect("the connection closes");
        counts
    })
}

#[test]
fn where_the_house_does_not_open_it_only_people_who_signed_in_check_tables() {
    on_each_database(|world| {
        let (visitor, table) = (world.visitor(), published("published/jishan-2020-medins", ".json"));
        assert!(!visitor.call(&ReadTableChecker {}).is_public);
        let answer = checks(&visitor, "jishan.json", &table);
        assert_eq!((answer.status, answer.problem().code.as_str()), (401, "sign_in"));
        let report = explained(&world.desk("auditor"), "jishan.json", &table);
        let codes: Vec<&str> = report.findings.iter().map(|finding| finding.code.as_str()).collect();
        let expected: Value =
            serde_json::from_slice(&published("published-expected/jishan-2020-medins", ".json"))
                .expect("JSON");
        let worked: Vec<&str> = expected["findings"]
            .as_array()
            .expect("findings")
            .iter()
            .map(|finding| finding["code"].as_str().expect("a code"))
            .collect();
        assert_eq!(codes, worked);
        assert!(report.findings.iter().all(|finding| finding.sentence.ends_with('。')));
    });
}

fn on_open_servers(story: impl Fn(&World)) {
    let databases = [Database::Sqlite, Database::Postgres];
    for database in databases.into_iter().filter(|of| *of == Database::Sqlite || World::has_postgres()) {
        story(&World::demo_with(database, |settings| settings.public_checker = true));
    }
}

#[test]
fn a_visitor_checks_what_was_pasted_and_nothing_stays() {
    on_open_servers(|world| {
        let visitor = world.visitor();
        assert!(visitor.call(&ReadTableChecker {}).is_public);
        let before = rows(world);
        let text = published("published-text/paste-modern", ".tsv");
        let pasted = explained(&visitor, "粘贴的表格", &text);
        let expected: Value =
            serde_json::from_slice(&published("published-text/paste-modern", ".expected.json"))
                .expect("JSON");
        assert_eq!(pasted.findings.len(), expected["findings"].as_array().expect("findings").len());
        let text = String::from_utf8(text).expect("text");
        let cells = |line: &str| line.split('\t').map(|cell| format!("<td>{cell}</td>")).collect::<String>();
        let lines = text.lines().map(|line| format!("<tr>{}</tr>", cells(line)));
        let html = format!("<html><body><table>{}</table></body></html>", lines.collect::<String>());
        let of_page = explained(&visitor, "粘贴的表格", html.as_bytes());
        assert_eq!((&of_page.findings, &of_page.rows), (&pasted.findings, &pasted.rows));
        let book = published("published-text/paste-modern", ".xlsx");
        let of_book = explained(&visitor, "自评表.xlsx", &book);
        assert_eq!((&of_book.findings, &of_book.name), (&pasted.findings, &"自评表".to_string()));
        assert_eq!(rows(world), before);
    });
}

#[test]
fn a_page_of_several_tables_is_explained_whole_and_what_was_not_read_is_named() {
    on_open_servers(|world| {
        let visitor = world.visitor();
        let cells = |line: &str| line.split(' ').map(|cell| format!("<td>{cell}</td>")).collect::<String>();
        let table = |lines: &[&str]| {
            let rows = lines.iter().map(|line| format!("<tr>{}</tr>", cells(line)));
            format!("<table>{}</table>", rows.collect::<String>())
        };
        let heading = "一级指标 二级指标 三级指标 指标值 完成值 分值 得分";
        let row = "产出指标 数量指标 系统数 3 3 90 90";
        let known = table(&["项目支出绩效自评表", heading, row]);
        let unknown = table(&["项目支出绩效自评表", &heading.replace("指标值", "要求"), row]);
        let sideways = table(&["三级指标 系统数", "完成值 3", "得分 90"]);
        let page = [known, unknown, sideways, table(&["联系我们"])].concat();
        let checked = explained(&visitor, "公开页", format!("<html><body>{page}</body></html>").as_bytes());
        assert_eq!(checked.name, "公开页 · 网页第 1 个表格");
        let further: Vec<&str> = checked.further.iter().map(|table| table.name.as_str()).collect();
        assert_eq!(further, ["公开页 · 网页第 2 个表格"]);
        assert_eq!(checked.further[0].unread[0].text, "要求");
        assert_eq!(checked.unread[0].place, "网页第 3 个表格");
        assert_eq!(checked.skipped[0].place, "网页第 4 个表格");
    });
}

#[test]
fn what_is_no_table_or_too_much_is_refused_with_what_to_do() {
    on_open_servers(|world| {
        let visitor = world.visitor();
        let refused = |name: &str, content: &[u8], status: u16, words: &str| {
            let answer = checks(&visitor, name, content);
            assert_eq!(answer.status, status, "{name}: {}", answer.text);
            assert!(answer.text.contains(words), "{name}: {}", answer.text);
        };
        refused("a.xlsx", b"PK\x03\x04 broken", 422, "无法读取这张表");
        refused("a.json", b"{\"id\": 1", 422, "第 1 行");
        refused("a.txt", "甲\t乙".as_bytes(), 422, "三级指标");
        refused("a.txt", b"\xff", 422, "另存为 .xlsx");
        refused("a.html", b"<p>none</p>", 422, "没有表格");
        refused("a.txt", &vec![b' '; CheckTable::LARGEST_FILE + 1], 413, "只留下要核对的那一张表");
        let many = "产出指标\t数量指标\t数量\t3\t3\n".repeat(2_100);
        let many = format!("一级指标\t二级指标\t三级指标\t指标值\t完成值\n{many}");
        refused("a.txt", many.as_bytes(), 422, "最多 2000 行");
        let headers = [("content-type", FILE_TYPE), ("sec-fetch-site", "cross-site")];
        let answer = visitor.raw(Method::Post, "/api/table-checks?name=a", Some(b"a"), &headers);
        assert_eq!(answer.status, 403);
    });
}
