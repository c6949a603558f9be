//! 引文: how an official document names a regulation and an article of it.

/// `第四条`; up to 99 articles.
pub fn article(number: u8) -> String {
    const DIGITS: [&str; 10] = ["", "一", "二", "三", "四", "五", "六", "七", "八", "九"];
    let (tens, ones) = (usize::from(number / 10 % 10), usize::from(number % 10));
    let tens = match tens {
        0 => String::new(),
        1 => "十".to_string(),
        tens => format!("{}十", DIGITS[tens]),
    };
    format!("第{tens}{}条", DIGITS[ones])
}

/// `依据《办法》第四条`: what a sentence of the product rests on.
pub fn grounds(number: u8) -> String {
    format!("依据《办法》{}", article(number))
}

/// `《…办法》（晋财行〔2022〕51号）`: the title in 书名号, its number after it.
pub fn regulation(title: &str) -> String {
    match title.find('（').filter(|at| *at > 0) {
        Some(at) if !title.starts_with('《') => format!("《{}》{}", &title[..at], &title[at..]),
        None if !title.starts_with(['《', '【']) => format!("《{title}》"),
        _ => title.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn articles_are_numbered_in_words() {
        let articles = [4, 10, 11, 20, 25].map(article);
        assert_eq!(articles, ["第四条", "第十条", "第十一条", "第二十条", "第二十五条"]);
    }

    #[test]
    fn a_regulation_stands_in_its_marks_with_its_number_behind() {
        assert_eq!(regulation("暂行办法（晋财行〔2022〕51号）"), "《暂行办法》（晋财行〔2022〕51号）");
        assert_eq!(regulation("《暂行办法》（1号）"), "《暂行办法》（1号）");
    }
}
