//! Codes as Excel, WPS and clerks write them.

use super::*;

fn text(code: &str, stored: &str) -> Option<String> {
    NumberFormat::parse(code).text(stored.parse().unwrap())
}

fn shown(code: &str, stored: &str) -> (String, String, u32) {
    let shown = NumberFormat::parse(code).shown(stored.parse().unwrap()).unwrap();
    (shown.number.normalize().to_string(), shown.words, shown.scaled_down)
}

#[test]
fn codes_are_shown_with_their_zeros_and_words() {
    for (code, stored, seen) in [
        ("0000", "1", "0001"),
        ("\"SX-\"000", "2", "SX-002"),
        ("\\S\\X\\-000", "2", "SX-002"),
        ("0.0%", "0.999", "99.9%"),
        ("#,##0.00", "1234567.5", "1,234,567.50"),
        ("0.##", "1.5", "1.5"),
        ("0.##", "2", "2"),
        ("#,##0.00_);[Red](#,##0.00)", "-12.5", "(12.50)"),
        ("0.00", "-0.5", "-0.50"),
        ("General", "12.50", "12.5"),
        ("G/通用格式\"台\"", "12", "12台"),
        ("[>=10000]0!.0,\"万元\";0\"元\"", "125000", "12.5万元"),
        ("[>=10000]0!.0,\"万元\";0\"元\"", "125", "125元"),
        ("[DBNum1][$-804]G/通用格式", "3", "3"),
        ("¥#,##0.00", "5", "¥5.00"),
        ("[$￥-804]#,##0.00", "5", "￥5.00"),
        ("000\"-\"0000", "1234567", "123-4567"),
        ("0000\"年\"00\"号\"", "202401", "2024年01号"),
        ("00\".\"00", "12", "00.12"),
        ("00\".\"00\".\"00", "10203", "01.02.03"),
        ("0\".\"", "5", "5."),
        ("0\"万\"0000\"元\"", "125000", "12万5000元"),
    ] {
        assert_eq!(text(code, stored).as_deref(), Some(seen), "{code}");
    }
}

#[test]
fn the_number_seen_is_told_from_the_number_stored() {
    let of = |number: &str, words: &str, scaled: u32| (number.to_string(), words.to_string(), scaled);
    assert_eq!(shown("0.00\"万元\"", "12.5"), of("12.5", "万元", 0));
    assert_eq!(shown("0.00,\"千元\"", "12500"), of("12.5", "千元", 3));
    assert_eq!(shown("0!.0,", "125000"), of("12.5", "", 4));
    assert_eq!(shown("0\\.0000", "125000"), of("12.5", "", 4));
    assert_eq!(shown("0\".\"0,\"万元\"", "125000"), of("12.5", "万元", 4));
    let split = NumberFormat::parse("0\"万\"0000\"元\"").shown("125000".parse().unwrap()).unwrap();
    assert_eq!((split.words.as_str(), split.between.as_str()), ("元", "万"));
    assert_eq!(shown("#,##0.00,,", "1234567890"), of("1234.57", "", 6));
    assert_eq!(shown("#,##0.00", "33333.33333333334"), of("33333.33", "", 0));
    assert_eq!(shown("#,##0", "1234.56"), of("1235", "", 0));
    assert_eq!(shown("@", "1234.56"), of("1234.56", "", 0));
    assert_eq!(NumberFormat::parse("0;-0;;@").shown(Decimal::ZERO), None);
    let percent = NumberFormat::parse("0.00%").shown("0.0555555".parse().unwrap()).unwrap();
    assert_eq!((percent.number.to_string().as_str(), percent.percent), ("5.56", true));
}

#[test]
fn dates_and_percentages_are_known() {
    for (code, date, percent) in [
        ("0.00%", false, true),
        ("0.0\"%\"", false, false),
        ("yyyy-mm-dd", true, false),
        ("yyyy\"年\"m\"月\"d\"日\";@", true, false),
        ("[$-804]yyyy年m月d日", true, false),
        ("[h]:mm", true, false),
        ("#,##0.00_);[Red](#,##0.00)", false, false),
        ("¥#,##0.00", false, false),
        ("0\"days\"", false, false),
        ("General", false, false),
        ("G/通用格式", false, false),
        ("@", false, false),
        ("\"没有收尾", false, false),
    ] {
        let format = NumberFormat::parse(code);
        assert_eq!((format.is_date(), format.is_percent()), (date, percent), "{code}");
    }
}

#[test]
fn a_code_may_ask_for_more_places_than_a_number_has() {
    let text = |code: &str, number: &str| NumberFormat::parse(code).text(number.parse().unwrap()).unwrap();
    let zeros = "0".repeat(40);
    assert_eq!(text(&format!("0.{zeros}"), "99999999999.995"), format!("99999999999.995{}", "0".repeat(37)));
    assert_eq!(text(&format!("0.{zeros}%"), "125"), format!("12500.{zeros}%"));
    assert_eq!(text("0.00##", "1.5"), "1.50");
}

proptest::proptest! {
    #[test]
    fn no_code_makes_a_panic(code in "[0#?.,;%E+!\\\\\"_*@\\[\\]<>=$a-z年万元]{0,24}", fen in -1_000_000_000i64..1_000_000_000) {
        let format = NumberFormat::parse(&code);
        let number = Decimal::new(fen, 2);
        let _ = (format.shown(number), format.text(number), format.is_date());
    }
}
