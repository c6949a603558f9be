//! 核验结论的文字: one line for every log, one for every finding.

use super::{LogCount, VerifyReport, is_gap};
use shared::policy::art16_trail::{TrailExit, TrailFinding};

/// The report as an office reads it.
pub fn lines(report: &VerifyReport) -> Vec<String> {
    let mut lines: Vec<String> = report.logs.iter().map(|count| log_line(count, report)).collect();
    lines.push(format!("冻结内容：{} 份已重新计算摘要", report.frozen));
    lines.extend(report.faults.iter().map(finding));
    if !report.unknown_tables.is_empty() {
        lines.push(format!("未核验的数据表（本版本不认识）：{}", report.unknown_tables.join("、")));
    }
    let retention = &report.retention;
    if !retention.first.is_empty() {
        let gap = if report.faults.iter().any(is_gap) { "有缺号" } else { "无缺号" };
        let (first, months) = (&retention.first, retention.months);
        lines.push(format!("留存：自 {first} 起，已满 {months} 个月，{gap}；{}", retention.text()));
    }
    lines.push(match report.exit {
        TrailExit::Intact => "结论：未发现与写入时不符之处".to_string(),
        TrailExit::Broken => "结论：有记录与写入时不符".to_string(),
        TrailExit::Unjudged => "结论：缺少密钥，校验码未能核验；其余未发现不符".to_string(),
    });
    lines
}

fn log_line(count: &LogCount, report: &VerifyReport) -> String {
    let of = |finding: &&TrailFinding| {
        let rest = finding.log.strip_prefix(count.log);
        matches!(finding.code, "AUD-01" | "AUD-02" | "AUD-03" | "AUD-04")
            && rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    };
    let faults = report.faults.iter().filter(of).count();
    let (name, intact) = (log_name(count.log), count.intact);
    match faults {
        0 => format!("{name}：{intact} 条，完好"),
        _ => format!("{name}：{intact} 条完好，{faults} 处起与写入时不符"),
    }
}

/// What a log is called: `case/ID` is 案卷 ID 办理记录.
fn log_name(log: &str) -> String {
    let (word, case) = log.split_once('/').map_or((log, None), |(word, case)| (word, Some(case)));
    let name = match word {
        "audit" => "审计日志",
        "case" => "办理记录",
        "review" => "审核记录",
        "operations" => "操作记录",
        "ledger" => "总账",
        "editions" => "政策版本",
        other => other,
    };
    case.map_or_else(|| name.to_string(), |case| format!("案卷 {case} {name}"))
}

fn finding(finding: &TrailFinding) -> String {
    let TrailFinding { code, log, seq, first, last, audit, thing } = finding;
    let name = log_name(log);
    let seq = seq.unwrap_or_default();
    let thing = thing.as_deref().map(thing_name);
    let range = format!("第 {}–{} 条", first.unwrap_or_default(), last.unwrap_or_default());
    let text = match *code {
        "AUD-01" => format!("{name} 第 {seq} 条：内容与其链接不符"),
        "AUD-02" => format!("{name} 第 {seq} 条：与上一条衔接不上"),
        "AUD-03" => format!("{name} {range}：缺失"),
        "AUD-04" => format!("{name} 第 {seq} 条：校验码不符，不是由本系统密钥写入"),
        "AUD-05" => format!("{name} {range}：末尾缺失，链头文件记载曾有这些记录"),
        "AUD-06" => format!("{name} 第 {seq} 条：与链头文件记载的不是同一条"),
        "AUD-07" => {
            format!("{}：与 {name} 第 {seq} 条所记载的内容不符", thing.unwrap_or_default())
        }
        "AUD-08" => match thing {
            Some(thing) => {
                format!("{thing}：审计日志第 {} 条有记载，数据库中没有", audit.unwrap_or_default())
            }
            None => {
                format!("{name} 第 {seq} 条：审计日志第 {} 条有记载，日志中没有", audit.unwrap_or_default())
            }
        },
        "AUD-09" => match thing {
            Some(thing) => format!("{thing}：审计日志没有记载它由本系统写入"),
            None => format!("{name} 第 {seq} 条：审计日志没有记载"),
        },
        "AUD-10" => "未提供审计密钥：链接已核验，校验码未核验。请用 --audit-key 给出全部密钥文件".to_string(),
        "AUD-11" => "未提供链头文件：末尾被截去时无从发现。请用 --heads 给出链头文件".to_string(),
        "AUD-12" => format!("链头文件中 {name} 第 {seq} 条的链头不是由本系统密钥写入"),
        other => format!("{other} {name}"),
    };
    format!("{code} {text}")
}

/// What a thing is called: `version/CASE/1` is 冻结版本 CASE/1.
fn thing_name(thing: &str) -> String {
    let (word, rest) = thing.split_once('/').unwrap_or((thing, ""));
    let name = match word {
        "account" => "账号",
        "approved_line" => "批复行",
        "attachment" => "附件",
        "balance" => "账户余额",
        "case" => "案卷",
        "cash_movement" => "收付",
        "closed_year" => "关账年度",
        "definition" => "表单定义",
        "department" => "部门",
        "department_name" => "部门名称",
        "draft" => "填报内容",
        "evaluator" => "评价人员",
        "institution" => "第三方机构",
        "late_window" => "延期申报",
        "law" => "账务规则",
        "live_payment" => "在办支付",
        "money_fact" => "另行支付",
        "notice" => "通知",
        "package_row" => "采购行",
        "revoked_device" => "停用设备",
        "session" => "会话",
        "sso_subject" => "单点登录绑定",
        "state" => "办理状态",
        "sums" => "版本小计",
        "transfer" => "转账",
        "version" => "冻结版本",
        "voucher" => "凭证",
        other => other,
    };
    format!("{name} {rest}")
}
