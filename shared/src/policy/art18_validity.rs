//! Article 18: the measures hold for two years; a fiscal year outside every edition has no rules to be asked under.

use super::editions::Edition;
use super::editions::register::Register;
use crate::kernel::calendar::FiscalYear;
use crate::kernel::refusal::Refusal;

/// The edition a case of `year` is judged by.
pub fn edition_for(year: FiscalYear) -> Result<&'static Edition, Refusal> {
    Register::shipped().edition_for(year)
}

/// The edition that frozen content names.
pub fn named(name: &str) -> Result<&'static Edition, Refusal> {
    let unknown = || {
        Refusal::new(
            "edition.unknown",
            format!("没有政策版本 {name}，冻结的内容无法核对；请由安全管理员录入该版本。"),
        )
    };
    Register::shipped().find(name).ok_or_else(unknown)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_measures_cover_two_fiscal_years_and_a_third_is_refused_by_article_18() {
        assert_eq!(edition_for(FiscalYear(2022)).unwrap_err().code, "edition.none");
        assert_eq!(edition_for(FiscalYear(2023)).unwrap().code(), "2022-51#1");
        assert!(edition_for(FiscalYear(2024)).is_ok());
        let refusal = edition_for(FiscalYear(2025)).unwrap_err();
        assert_eq!(refusal.article, Some(18));
        assert!(refusal.message.contains("安全管理员录入延续执行文件"), "{}", refusal.message);
    }
}
