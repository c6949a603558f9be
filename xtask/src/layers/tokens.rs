//! A lexer for Rust sources that keeps words and punctuation; comments, literals and lifetimes are dropped.

/// A word, `::`, or one other punctuation character.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Token<'a> {
    pub text: &'a str,
    /// Line in the file, from 1.
    pub line: usize,
}

/// The tokens of a source text, in order.
pub fn tokens(source: &str) -> Vec<Token<'_>> {
    let mut tokens = Vec::new();
    let (mut rest, mut line) = (source, 1);
    loop {
        let trimmed = rest.trim_start();
        line += rest[..rest.len() - trimmed.len()].matches('\n').count();
        rest = trimmed;
        let Some(first) = rest.chars().next() else { break };
        let (length, is_token) = measure(rest, first);
        let (text, after) = rest.split_at(length);
        if is_token {
            tokens.push(Token { text: text.trim_start_matches("r#"), line });
        }
        line += text.matches('\n').count();
        rest = after;
    }
    tokens
}

/// Bytes of what `rest` begins with, and whether it is a token to keep.
fn measure(rest: &str, first: char) -> (usize, bool) {
    match first {
        '/' if rest.starts_with("//") => return (rest.find('\n').unwrap_or(rest.len()), false),
        '/' if rest.starts_with("/*") => return (block_comment(rest), false),
        ':' if rest.starts_with("::") => return (2, true),
        '\'' => return (quote(rest), false),
        '"' | 'b' | 'c' | 'r' => {
            if let Some(length) = string(rest) {
                return (length, false);
            }
        }
        _ => {}
    }
    if !is_word(first) {
        return (first.len_utf8(), true);
    }
    // A raw identifier, `r#type`; raw strings are handled above.
    let prefix = if rest.starts_with("r#") { 2 } else { 0 };
    (prefix + rest[prefix..].find(|c| !is_word(c)).unwrap_or(rest.len() - prefix), true)
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// Block comments nest.
fn block_comment(rest: &str) -> usize {
    let (mut at, mut depth) = (2, 1);
    while depth > 0 {
        let Some(found) = rest[at..].find(['/', '*']) else { return rest.len() };
        at += found;
        let step = match rest[at..].get(..2) {
            Some("/*") => 1,
            Some("*/") => -1,
            _ => 0,
        };
        depth += step;
        at += if step == 0 { 1 } else { 2 };
    }
    at
}

/// Bytes of the string literal that `rest` begins with: plain, byte or C string, raw or not.
fn string(rest: &str) -> Option<usize> {
    let prefixes = ["br", "cr", "r", "b", "c", ""];
    prefixes.into_iter().find_map(|prefix| {
        let after = rest.strip_prefix(prefix)?;
        let hashes = after.len() - after.trim_start_matches('#').len();
        let is_raw = prefix.ends_with('r');
        if (hashes > 0 && !is_raw) || !after[hashes..].starts_with('"') {
            return None;
        }
        let begin = prefix.len() + hashes + 1;
        let end = if is_raw {
            let closing = format!("\"{}", "#".repeat(hashes));
            rest[begin..].find(&closing).map(|at| begin + at + closing.len())
        } else {
            closing_quote(&rest[begin..], '"').map(|at| begin + at)
        };
        Some(end.unwrap_or(rest.len()))
    })
}

/// Bytes up to and including the first `quote` that no backslash precedes.
fn closing_quote(text: &str, quote: char) -> Option<usize> {
    let mut is_escaped = false;
    for (at, c) in text.char_indices() {
        match c {
            _ if is_escaped => is_escaped = false,
            '\\' => is_escaped = true,
            _ if c == quote => return Some(at + c.len_utf8()),
            _ => {}
        }
    }
    None
}

/// Bytes of a character literal or a lifetime: `'a'` ends with a quote, `'a` does not.
fn quote(rest: &str) -> usize {
    let mut chars = rest[1..].chars();
    let (first, second) = (chars.next(), chars.next());
    if first == Some('\\') || second == Some('\'') {
        return closing_quote(&rest[1..], '\'').map_or(rest.len(), |at| at + 1);
    }
    1 + rest[1..].find(|c| !is_word(c)).unwrap_or(rest.len() - 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(source: &str) -> Vec<&str> {
        tokens(source).into_iter().map(|token| token.text).collect()
    }

    #[test]
    fn comments_and_literals_are_dropped() {
        assert_eq!(words("a // use b;\nc /* d /* e */ f */ g"), ["a", "c", "g"]);
        assert_eq!(words(r#"a("use b; \" c", 'x', '\'', '"', b"d", c"e") f"#).join(""), "a(,,,,,)f");
        assert_eq!(words("a r#\"use \"b\"\"# c br##\"\"#\"## d"), ["a", "c", "d"]);
        assert_eq!(words("/* never closed"), Vec::<&str>::new());
    }

    #[test]
    fn lifetimes_are_no_character_literals() {
        assert_eq!(
            words("fn f<'a>(x: &'a str) -> char { 'a' }").join(" "),
            "fn f < > ( x : & str ) - > char { }"
        );
        assert_eq!(words("&'_ x; 'static"), ["&", "x", ";"]);
    }

    #[test]
    fn paths_and_raw_identifiers_are_words() {
        assert_eq!(words("crate::a::r#type"), ["crate", "::", "a", "::", "type"]);
        assert_eq!(words("report[0]"), ["report", "[", "0", "]"]);
    }

    #[test]
    fn a_token_knows_its_line() {
        let lines: Vec<usize> = tokens("a\n/*\n*/ b \"\n\" c").into_iter().map(|token| token.line).collect();
        assert_eq!(lines, [1, 3, 4]);
    }
}
