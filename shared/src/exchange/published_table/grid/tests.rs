//! Tables as provinces publish them: right ones have no finding, one planted error is found, and what is not read is named.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use super::*;
use crate::exchange::published_table::{TableReport, check};
use crate::policy::scoring::ScoringParameters;

const TITLE: &str = "项目支出绩效自评表（2023年度）\n项目名称\t干部培训费\n";
const FUND_HEADING: &str = "项目资金(万元)\t\t年初预算数\t全年预算数\t全年执行数\t分值\t执行率\t得分\n";
const FUNDS: &str = "\t年度资金总额\t100.00\t100.00\t95.00\t10\t95%\t9.5\n\t其中：当年财政拨款\t100.00\t100.00\t95.00\t—\t95%\t—\n\t其他资金\t\t\t\t—\t\t—\n";
const GOALS: &str =
    "年度总体目标\t预期目标\t\t\t实际完成情况\n\t全年预算执行率达到95%\t\t\t全年执行数95万元\n";
const HEADING: &str =
    "一级指标\t二级指标\t三级指标\t年度指标值\t实际完成值\t分值\t得分\t偏差原因分析及改进措施\n";
const ROWS: &str = "产出指标\t数量指标\t培训班次\t≥5期\t5期\t15\t15\t\n\t质量指标\t培训合格率\t≥95%\t97%\t15\t15\t\n\t时效指标\t及时率\t≥100%\t100%\t10\t10\t\n\t成本指标\t人均培训成本\t≤500元\t480元\t10\t10\t\n效益指标\t社会效益指标\t持证上岗率提升\t有所提升\t有所提升\t30\t28\t个别学员未考证\n满意度指标\t服务对象满意度指标\t学员满意度\t≥90%\t95%\t10\t10\t\n";
const TOTAL: &str = "总分\t\t\t\t\t100\t97.5\t\n";

fn whole() -> String {
    [TITLE, FUND_HEADING, FUNDS, GOALS, HEADING, ROWS, TOTAL].concat()
}

fn reports(text: &str) -> Vec<TableReport> {
    let parameters = ScoringParameters::newest().unwrap();
    let tables = read_tables("t", &grid_of_text(text).unwrap()).unwrap();
    tables.iter().map(|table| check(table, &parameters)).collect()
}

/// Codes of the findings, and what was not read, of a file with one table.
fn checked(text: &str) -> (Vec<&'static str>, Vec<String>) {
    let mut reports = reports(text);
    assert_eq!(reports.len(), 1, "{text}");
    let report = reports.remove(0);
    let codes = report.findings.iter().map(|finding| finding.code).collect();
    (codes, report.unread.into_iter().map(|part| format!("{} {}", part.place, part.text)).collect())
}

fn assert_clean(text: &str) {
    assert_eq!(checked(text), (vec![], vec![]), "{text}");
}

fn assert_found(text: &str, codes: &[&str]) {
    assert_eq!(checked(text), (codes.to_vec(), vec![]), "{text}");
}

fn assert_unread(text: &str, place: &str) {
    let (_, unread) = checked(text);
    assert!(unread.iter().any(|part| part.starts_with(place)), "{place}: {unread:?}\n{text}");
}

#[test]
fn a_table_that_is_not_understood_is_never_clean() {
    assert_clean(&whole());
    let transpose = |text: &str| {
        let rows: Vec<Vec<&str>> = text.lines().map(|line| line.split('\t').collect()).collect();
        let column = |at: usize| {
            rows.iter().map(|row| row.get(at).copied().unwrap_or("")).collect::<Vec<_>>().join("\t")
        };
        (0..8).map(column).collect::<Vec<_>>().join("\n")
    };
    let vertical = transpose(&[HEADING, ROWS].concat());
    let refused = read_tables("t", &grid_of_text(&[TITLE, &vertical].concat()).unwrap()).unwrap_err();
    assert!(refused.contains("转置"), "{refused}");
    assert_unread(&[TITLE, FUND_HEADING, FUNDS, &vertical].concat(), "第 8 行 二级指标");
    assert_unread(&whole().replace("年度指标值\t实际完成值\t分值\t得分", "拟达成\t达到\t分\t得"), "第 9 行");
    let renamed = "类别\t方面\t内容\t要求\t结果\t分\t得\t说明\n";
    let unleveled = ROWS.replace("指标\t", "\t");
    assert_unread(&[TITLE, FUND_HEADING, FUNDS, renamed, &unleveled].concat(), "指标");
    assert_unread(&whole().replace("年度指标值", "要求"), "第 4 列 要求");
    assert_unread(&whole().replace("\t得分\t偏差", "\t得\t偏差"), "指标");
    assert_unread(&whole().replace("\t10\t10\t\n总分", "\t10\t十\t\n总分"), "第 15 行 十");
    assert_unread(&whole().replace("总分\t\t\t\t\t100\t97.5", "总分\t97.5"), "第 16 行");
    assert_unread(&whole().replace("其他资金\t\t\t", "捐赠\t1\t1\t1"), "第 6 行 捐赠");
    assert_unread(&whole().replace("年度资金总额\t100.00", "年度资金总额\t约100"), "第 4 行 约100");
    assert_unread(&whole().replace("其他资金", "其他资金：5"), "第 6 行 其他资金：5");
    assert_unread(&whole().replace("年度资金总额", "资金"), "资金");
    assert_unread(&whole().replace("≥95%\t97%", "≥95%\t").replace("培训合格率", "≥95%"), "第 11 行");
}

#[test]
fn several_tables_of_one_sheet_are_all_checked() {
    let second = whole().replace("干部培训费", "档案数字化").replace("≥95%\t97%", "≥95%\t90%");
    let reports = reports(&[whole(), "注：总分90分以上为优\n\n".into(), second].concat());
    let ids: Vec<&str> = reports.iter().map(|report| report.id.as_str()).collect();
    assert_eq!(ids, ["t · 第 1 张 干部培训费", "t · 第 2 张 档案数字化"]);
    let codes = |report: &TableReport| report.findings.iter().map(|finding| finding.code).collect::<Vec<_>>();
    assert_eq!((codes(&reports[0]), codes(&reports[1])), (vec![], vec!["TAB-06", "TAB-08"]));
}

#[test]
fn signs_and_units_stand_in_columns_of_their_own() {
    let heading =
        "一级指标\t二级指标\t三级指标\t指标性质\t指标值\t度量单位\t完成值\t权重\t得分\t未完成原因分析\n";
    let rows = "产出指标\t数量指标\t培训班次\t≥\t5\t期\t5\t20\t20\t\n\t质量指标\t合格率\t=\t100\t%\t98%\t20\t19.6\t个别不合格\n\t时效指标\t投诉次数\t反向\t2\t次\t1\t10\t10\t\n效益指标\t社会效益指标\t群众认可\t定性\t好\t\t好\t30\t30\t\n满意度指标\t满意度指标\t服务对象满意度\t≥\t90\t%\t92%\t10\t10\t\n";
    let total = "合计\t\t\t\t\t\t\t100\t99.1\t\n评价结论\t自评总分99.1分，较好\n";
    let table = [TITLE, FUND_HEADING, FUNDS, heading, rows, total].concat();
    assert_clean(&table);
    assert_found(&table.replace("次\t1\t10", "次\t3\t10"), &["TAB-06", "TAB-08"]);
    assert_unread(&table.replace("反向", "？"), "第 10 行 ？");
    let merged = "一级指标\t二级指标\t三级指标\t年度指标值\t\t\t完成值\t分值\t得分\t原因\n\t\t\t符号\t值\t单位\t\t\t\t\n";
    assert_clean(&table.replace(heading, merged).replace("反向", "≤").replace("定性", ""));
    assert_clean(
        &table
            .replace(heading, merged.lines().next().map(|line| format!("{line}\n")).unwrap().as_str())
            .replace("反向", "≤")
            .replace("定性", ""),
    );
}

#[test]
fn two_figures_under_a_merged_heading_are_not_one() {
    let heading = HEADING.replace("年度指标值\t", "年度指标值\t\t");
    let rows = |twice: &str| {
        ROWS.replace("≥", "\t≥")
            .replace("≤", "\t≤")
            .replace("有所提升\t有", "\t有所提升\t有")
            .replace("\t\t≥5期", twice)
    };
    let total = TOTAL.replace("100", "\t100");
    let table = |twice: &str| [TITLE, FUND_HEADING, FUNDS, &heading, &rows(twice), &total].concat();
    assert_clean(&table("\t\t≥5期"));
    assert_found(&table("\t4\t5"), &["TAB-22"]);
    assert_unread(
        &table("\t\t≥5期").replace("\t分值\t", "\t分值\t\t").replace("\t15\t15", "\t15\t16\t15"),
        "第 8 行 15、16",
    );
}

#[test]
fn sources_of_funds_have_parts_of_their_own() {
    let nested = "\t年度资金总额\t100.00\t100.00\t95.00\t10\t95%\t9.5\n\t其中：财政拨款\t90.00\t90.00\t86.00\t\t\t\n\t其中：中央补助\t40.00\t40.00\t40.00\t\t\t\n\t省级资金\t50.00\t50.00\t46.00\t\t\t\n\t上年结转\t5.00\t5.00\t5.00\t\t\t\n\t单位资金\t5.00\t5.00\t4.00\t\t\t\n";
    let table = |funds: &str| whole().replace(FUNDS, funds);
    assert_clean(&table(nested));
    assert_clean(&table(&nested.replace("其中：中央", "中央")));
    assert_clean(&table(&nested.replace("年度资金总额", "合计")));
    assert_clean(&table(&nested.replace("年度资金总额", "总额")));
    assert_found(&table(&nested.replace("46.00", "45.00")), &["TAB-12"]);
    assert_found(&table(&nested.replace("5.00\t4.00", "6.00\t4.00")), &["TAB-12"]);
    let later =
        "\t基本支出\t50\t50\t50\t\t\t\n\t项目支出\t50\t50\t45\t\t\t\n\t合计\t100\t100\t95\t10\t95%\t9.5\n";
    assert_clean(&table(later));
    let written = "\t年度资金总额\t100万元\t100万元\t95万元\t10分\t95%\t9.5分\n";
    assert_clean(&table(written));
    assert_found(&table(&written.replace("9.5分", "10分")), &["TAB-03", "TAB-11"]);
}

#[test]
fn the_last_sum_is_the_total_and_the_execution_may_be_a_row() {
    let parts = "合计（不含执行率）\t\t\t\t\t90\t88\t\n";
    let table = |funds: &str, end: &str| whole().replace(FUNDS, funds).replace(TOTAL, end);
    let end = [parts, "总计\t\t\t\t\t100\t97.5\t\n"].concat();
    assert_clean(&table(FUNDS, &end));
    assert_found(&table(FUNDS, &end.replace("97.5", "98.5")), &["TAB-03"]);
    let unscored = FUNDS.replace("\t10\t95%\t9.5\n", "\t\t95%\t\n");
    let row = "预算执行率\t\t\t\t\t10\t9.5\t\n";
    let end = [parts, row, TOTAL, "自评等级\t优\n"].concat();
    assert_clean(&table(&unscored, &end));
    assert_found(&table(&unscored, &end.replace("9.5\t", "10\t")), &["TAB-03", "TAB-11"]);
    assert_found(&table(&unscored, &end.replace('优', "良")), &["TAB-09"]);
}

#[test]
fn a_target_table_prints_its_budget_without_a_heading() {
    let table = "项目支出绩效目标表（2024年度）\n年度资金总额（万元）\t50.00\n其中：财政拨款\t40.00\n其他资金\t10.00\n一级指标\t二级指标\t三级指标\t指标值\t权重\n产出指标\t数量指标\t扫描页数\t≥100万页\t50\n效益指标\t社会效益指标\t查阅率\t≥80%\t30\n满意度指标\t满意度指标\t用户满意度\t≥90%\t10\n合计\t\t\t\t90\n";
    assert_clean(table);
    assert_found(&table.replace("10.00", "9.00"), &["TAB-12"]);
    let pairs = whole()
        .replace(&[FUND_HEADING, FUNDS].concat(), "年初预算数\t100\t全年执行数\t95\t分值\t10\t得分\t9.5\n");
    assert_found(&pairs, &["TAB-15"]);
}

#[test]
fn a_row_that_lost_its_merged_cells_is_put_back() {
    let lost = ROWS.replace("\n\t", "\n");
    assert_clean(&whole().replace(ROWS, &lost));
    let named = "产出指标\t数量指标\t培训班次\t≥5期\t5期\t15\t15\t\n参训人数\t≥100人\t120人\t15\t15\t\n";
    let cut = whole()
        .replace(ROWS.lines().take(2).map(|line| format!("{line}\n")).collect::<String>().as_str(), named);
    assert_clean(&cut);
    let pages = ["\t效果\t明显\t明显\t\t\t\n", "项目支出绩效自评表（续）\n", HEADING, "效益指标"].concat();
    assert_clean(&whole().replace(
        "效益指标\t社会",
        &pages.replace("\t效果\t明显\t明显\t\t\t\n", "").replace("效益指标", "效益指标\t社会"),
    ));
}

#[test]
fn sums_and_costs_of_a_table_copied_from_a_pdf_are_placed() {
    let spaced = |text: &str| {
        let line =
            |line: &str| line.split('\t').filter(|cell| !cell.is_empty()).collect::<Vec<_>>().join(" ");
        text.lines().map(|text| line(text) + "\n").collect::<String>()
    };
    let parts = "合计（不含执行率）\t\t\t\t\t90\t88\t\n";
    let funds = FUNDS.lines().next().map(|line| format!("{line}\n")).unwrap();
    let table =
        whole().replace(FUNDS, &funds).replace(TOTAL, &[parts, "总计\t\t\t\t\t100\t97.5\t\n"].concat());
    assert_clean(&spaced(&table));
    assert_found(&spaced(&table.replace("97.5\t\n", "98.5\t\n")), &["TAB-03"]);
    let torn = spaced(&table).replace("年度资金总额 100.00", "年度资金总额");
    assert!(
        grid_of_text(&torn).unwrap_err().contains("第 4 行"),
        "a cell is missing, and nobody knows which"
    );
}

#[test]
fn names_point_where_they_point() {
    let row = |level: &str, name: &str, target: &str, actual: &str| {
        format!("\t{level}\t{name}\t{target}\t{actual}\t15\t15\t\n")
    };
    let table = |row: &str| whole().replace("\t质量指标\t培训合格率\t≥95%\t97%\t15\t15\t\n", row);
    let right = [("合格率", "≥９５．０％", "９６％"), ("等级保护", "三级", "三级")];
    for (name, target, actual) in right {
        assert_clean(&table(&row("质量指标", name, target, actual)));
    }
    assert_found(&table(&row("质量指标", "设备完好率", "≤98%", "99%")), &["TAB-21"]);
    assert_found(&table(&row("质量指标", "受益人数", "≥1.2万人", "1.1万人")), &["TAB-06", "TAB-08"]);
    assert_found(&table(&row("质量指标", "受益户", "≥12000户", "1.3万人")), &["TAB-22"]);
    assert_found(&table(&row("质量指标", "合格率", "≥95%", "0.96")), &["TAB-06", "TAB-08"]);
}

#[test]
fn a_table_of_two_levels_names_its_indicators_in_the_second() {
    let table = "项目支出绩效自评表\n一级指标\t二级指标\t指标值\t完成值\t分值\t扣分\t得分\n产出指标\t培训班次\t≥5期\t5期\t60\t0\t60\n效益指标\t持证率\t≥80%\t85%\t30\t0\t30\n满意度指标\t满意度\t≥90%\t95%\t10\t0\t10\n合计\t\t\t\t100\t0\t100\n";
    assert_clean(table);
    assert_found(&table.replace("85%", "60%"), &["TAB-06"]);
}

#[test]
fn a_department_table_of_other_levels_lacks_none_of_ours() {
    let table = "2023年度部门整体支出绩效自评表\n一级指标\t二级指标\t三级指标\t分值\t评分标准\t自评得分\n投入\t预算配置\t在职人员控制率\t5\t标准\t5\n过程\t预算执行\t预算完成率\t10\t标准\t9\n履职\t职责履行\t重点工作完成率\t45\t标准\t45\n效果\t履职效益\t社会公众评价\t40\t\t38\n合计\t\t\t100\t\t97\n";
    assert_clean(table);
    assert_found(&table.replace("5\t标准\t5\n", "5\t标准\t6\n"), &["TAB-03", "TAB-05"]);
    let weighted =
        ROWS.replace("产出指标", "一、产出指标（50分）").replace("\n效益指标", "\n二、效益指标30分");
    assert_clean(&whole().replace(ROWS, &weighted));
    assert_found(&whole().replace(ROWS, &weighted.replace("30分", "20分")), &["TAB-02"]);
    assert_clean(&whole().replace("服务对象满意度指标\t学员满意度", "服务对象满意度指标\t学员认可度"));
}
