//! CSV (RFC 4180): one cell. Text that a spreadsheet would take for a formula gets a leading apostrophe.

/// A cell of text.
pub fn csv_text(text: &str) -> String {
    let formula = text.starts_with(['=', '+', '-', '@', '\t', '\r', '\0']);
    quoted(if formula { format!("'{text}") } else { text.to_string() })
}

/// A cell of a number, written plainly.
pub fn csv_number(number: rust_decimal::Decimal) -> String {
    number.to_string()
}

fn quoted(text: String) -> String {
    match text.contains([',', '"', '\n', '\r']) {
        true => format!("\"{}\"", text.replace('"', "\"\"")),
        false => text,
    }
}
