//! Article 18: the measures hold for two years; a fiscal year outside every edition has no rules to be asked under.

use super::editions::Edition;
use crate::kernel::calendar::FiscalYear;
use crate::kernel::refusal::Refusal;

/// The edition a request of `year` is judged by.
pub fn edition_for(year: FiscalYear) -> Result<Edition, Refusal> {
    Edition::of(year).ok_or_else(|| {
        Refusal::under(
            18,
            "edition.none",
            format!("{} 年度不在任何政策版本的有效期内，不能申报；请联系省局确认延续执行的文件", year.0),
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_year_after_the_measures_end_is_refused_by_article_18() {
        assert!(edition_for(FiscalYear(2024)).is_ok());
        assert_eq!(edition_for(FiscalYear(2025)).unwrap_err().article, Some(18));
        assert_eq!(edition_for(FiscalYear(2022)).unwrap_err().code, "edition.none");
    }
}
