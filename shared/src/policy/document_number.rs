//! 文号: `晋财行〔2024〕12号` — issuing office, year in 六角括号, serial without 第 and without leading zeros
//! (GB/T 9704).

use crate::kernel::refusal::Refusal;

/// The number as it is kept, or what is wrong with it.
pub fn document_number(text: &str) -> Result<String, Refusal> {
    let text = text.trim();
    let parts = text.split_once('〔').and_then(|(office, rest)| {
        let (year, rest) = rest.split_once('〕')?;
        Some((office, year, rest.strip_suffix('号')?))
    });
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    let fits = parts.is_some_and(|(office, year, serial)| {
        (1..=20).contains(&office.chars().count())
            && !office.chars().any(char::is_whitespace)
            && year.len() == 4
            && digits(year)
            && digits(serial)
            && serial.len() <= 5
            && !serial.starts_with('0')
    });
    if fits {
        return Ok(text.to_string());
    }
    Err(Refusal::new(
        "document.number",
        "文号应写作“晋财行〔2024〕12号”：发文机关代字、六角括号内的年份、序号。",
    ))
}

/// Refusal of a number that another document of the kind carries.
pub fn number_taken(number: &str) -> Refusal {
    Refusal::new("number.taken", format!("文号 {number} 已用于另一份文件，请核对文号。"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_has_office_year_and_serial() {
        assert_eq!(document_number(" 晋财行〔2024〕12号 ").unwrap(), "晋财行〔2024〕12号");
        for wrong in [
            "",
            "晋财行[2024]12号",
            "晋财行〔2024〕012号",
            "晋财行〔24〕1号",
            "〔2024〕1号",
            "晋财行〔2024〕号",
        ] {
            assert_eq!(document_number(wrong).unwrap_err().code, "document.number", "{wrong}");
        }
    }
}
