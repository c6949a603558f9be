//! A plain table for the terminal; Chinese characters count as two columns.

/// Prints rows of equal length, the first of which is the header.
pub fn print(rows: &[Vec<String>]) {
    let columns = rows.first().map_or(0, Vec::len);
    let widths: Vec<usize> = (0..columns)
        .map(|column| {
            rows.iter().filter_map(|row| row.get(column)).map(|cell| width(cell)).max().unwrap_or(0)
        })
        .collect();
    for (index, row) in rows.iter().enumerate() {
        let cells = row.iter().zip(&widths).map(|(cell, wide)| pad(cell, *wide));
        println!("  {}", cells.collect::<Vec<_>>().join("  ").trim_end());
        if index == 0 {
            let rules = widths.iter().map(|wide| "─".repeat(*wide));
            println!("  {}", rules.collect::<Vec<_>>().join("  "));
        }
    }
}

fn pad(cell: &str, wide: usize) -> String {
    format!("{cell}{}", " ".repeat(wide - width(cell)))
}

/// Terminal columns of a text.
fn width(text: &str) -> usize {
    text.chars().map(|c| if is_wide(c) { 2 } else { 1 }).sum()
}

fn is_wide(c: char) -> bool {
    matches!(c, '\u{2e80}'..='\u{a4cf}' | '\u{ac00}'..='\u{d7a3}' | '\u{f900}'..='\u{faff}' | '\u{fe30}'..='\u{fe4f}' | '\u{ff00}'..='\u{ff60}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chinese_is_twice_as_wide() {
        assert_eq!(width("合计 a"), 6);
        assert_eq!(pad("合计", 6), "合计  ");
    }
}
