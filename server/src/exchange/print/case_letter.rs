//! 公文 of a case of any kind, as its kind wrote it.

use super::letter::{Head, Imprint, long_date};
use super::paper::{Align, BODY, Paper, TEXT};
use shared::cases::kernel::{Letter, LetterPart};

/// The PDF's bytes.
pub fn letter(letter: &Letter) -> anyhow::Result<Vec<u8>> {
    let organ = letter.organ.organ();
    let mut paper = Paper::new()?;
    paper.letterhead(&Head { organ: format!("{organ}文件"), number: &letter.number, signer: None });
    paper.title(&letter.title);
    paper.space(8.0);
    paper.paragraph(&format!("{}：", letter.to), BODY, Align::Left);
    for part in &letter.parts {
        match part {
            LetterPart::Heading(text) => paper.heading(text),
            LetterPart::Paragraph(text) => paper.paragraph(&format!("　　{text}"), BODY, Align::Left),
        }
    }
    paper.need(BODY.size * 9.0);
    paper.space(24.0);
    paper.signed(organ, BODY);
    paper.signed(&long_date(letter.signed_on), BODY);
    paper.paragraph(&format!("（系统签发：{}）", letter.signed_by), TEXT, Align::Left);
    let copies = letter.copies.map(|office| office.organ()).unwrap_or_default();
    paper.imprint(&Imprint { copies, organ, date: Some(letter.signed_on) });
    paper.finish(&letter.title, &format!("{}　由系统签发记录生成", letter.number))
}
