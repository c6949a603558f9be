//! Unit words as clerks write them.

use super::*;

fn unclear(word: &UnitWord) -> bool {
    matches!(word, UnitWord::Unclear(_))
}

#[test]
fn headings_say_their_unit_in_brackets_or_behind_the_name() {
    for (heading, power) in [
        ("单价（万元）", 4),
        ("单价(万)", 4),
        ("单价（萬元）", 4),
        ("购置信息（万元）", 4),
        ("单价\n（单位：千元）", 3),
        ("单价（百万元）", 6),
        ("单价（亿）", 8),
        ("单价（千）", 3),
        ("单价（元/台）", 0),
        ("单价（万元/台，含税）", 4),
        ("单价（人民币万元）", 4),
        ("单价（RMB）", 0),
        ("单价万元", 4),
        ("购置单价-千元", 3),
        ("单价【万元】", 4),
        ("单价（含税）万元", 4),
        ("单价（以万元计）", 4),
        ("单价：万元", 4),
        ("金额（分）", -2),
        ("单价（万¥）", 4),
        ("单价（万元。）", 4),
        ("单价《千元》", 3),
        ("单价（金额：万元）", 4),
    ] {
        assert_eq!(in_heading(heading), UnitWord::Power(power), "{heading}");
    }
    for heading in [
        "单价",
        "单价（2023）",
        "单位购置费",
        "单价（必填）",
        "单价（不含安装）",
        "百度云费用",
        "合同额",
        "费用（第一批）",
    ] {
        assert_eq!(in_heading(heading), UnitWord::Silent, "{heading}");
    }
    for heading in [
        "单价（美元）",
        "单价（万美元）",
        "单价（k）",
        "单价（数万）",
        "单价（W）",
        "单价（元/万元）",
        "单价（万百）",
        "单价（×10000元）",
        "单价（10^4元）",
        "单价（10000元）",
        "单价(×1000)",
        "单价（10⁴元）",
        "单价（kCNY）",
        "单价（澳元）",
        "单价（M）",
        "单价 (ten thousand yuan)",
        "单价（万円）",
    ] {
        assert!(unclear(&in_heading(heading)), "{heading}");
    }
}

#[test]
fn notes_say_the_unit_of_the_whole_table() {
    for (note, power) in [
        ("单位：千元", 3),
        ("单位:万元", 4),
        ("金额单位：元", 0),
        ("填报单位：省水利厅    金额单位：万元", 4),
        ("编制单位：千阳县水利局 单位：元", 0),
        ("单位：万元 填报日期：2023年7月", 4),
        ("单位：台、万元", 4),
        ("（单位：百万元）", 6),
        ("2024年台账（单位：万元）", 4),
        ("(万元)", 4),
        ("人民币万元", 4),
        ("注：本表金额以万元为单位", 4),
        ("说明：金额均以千元计，保留两位小数", 3),
        ("计量单位：亿", 8),
        ("单位为万元", 4),
        ("单位：人民币（万元）", 4),
        ("金额单位：人民币【千元】", 3),
        ("单位：人民币（保留两位小数）", 0),
        ("单位∶万元。", 4),
        ("Unit：千元", 3),
    ] {
        assert_eq!(in_note(note), UnitWord::Power(power), "{note}");
    }
    for note in [
        "2024年硬件设备台账",
        "填报单位：省水利厅",
        "使用单位：千阳县水利局",
        "单价50万元以上设备清单",
        "注：三万元以下设备不列",
        "制表人：张万元",
        "单位负责人：万千里",
        "单位（盖章）",
    ] {
        assert!(!matches!(in_note(note), UnitWord::Power(_)), "{note}: {:?}", in_note(note));
    }
    assert!(in_note("单价50万元以上设备清单").is_silent());
    assert!(in_note("单位负责人：万千里").is_silent());
    for note in
        ["单位：万美元", "单位：见备注万", "金额精确到万元", "币种：USD", "unit: 10k RMB", "单位：10⁴元"]
    {
        assert!(unclear(&in_note(note)), "{note}: {:?}", in_note(note));
    }
}

#[test]
fn formats_and_rows_of_units() {
    assert_eq!(in_format("万元"), UnitWord::Power(4));
    assert_eq!(in_format("¥ 千"), UnitWord::Power(3));
    assert_eq!(in_format("百万元"), UnitWord::Power(6));
    assert_eq!(in_format("台"), UnitWord::Silent);
    assert_eq!(in_format("%"), UnitWord::Silent);
    assert!(unclear(&in_format("k")));
    assert!(unclear(&in_format("美元")));
    for cell in [
        "（台）",
        "（万元）",
        "(%)",
        "台/套",
        "万元",
        "台（套）",
        "元/月",
        "年月日",
        "计量单位",
        "单位：万元",
        "（万美元）",
    ] {
        assert!(is_unit_cell(cell), "{cell}");
    }
    for cell in ["服务器", "一号", "2", "原厂", "万达广场", "2019-06-03"] {
        assert!(!is_unit_cell(cell), "{cell}");
    }
    assert_eq!(in_unit_cell("（万元）"), UnitWord::Power(4));
    assert_eq!(trailing("12.5万元"), Some(("12.5", 4)));
    assert_eq!(trailing("3百万"), Some(("3", 6)));
    assert_eq!(trailing("12.5"), None);
}
