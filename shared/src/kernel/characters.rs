//! Characters that look like others or like nothing: what is stripped, narrowed or replaced before two texts are
//! compared or one is stored.

/// Default_Ignorable_Code_Point (Unicode 15): shows nothing, yet makes two texts differ. Bidi marks come from copied
/// phone numbers, soft hyphens and joiners from web pages, variation selectors from input methods.
pub fn is_unseen(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}'
            | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}'
            | '\u{fff0}'..='\u{fffb}' | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}'
            | '\u{e0000}'..='\u{e0fff}')
}

/// The half-width form (半角) of a full-width character, and the one dash and one space for their many kinds.
pub fn half_width(c: char) -> char {
    match c {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(c as u32 - 0xfee0).unwrap_or(c),
        '\u{ffe5}' => '¥',
        '\u{3000}' | '\u{a0}' | '\u{2000}'..='\u{200a}' | '\u{202f}' | '\u{205f}' => ' ',
        '\u{2212}' => '-',
        '\u{2236}' | '\u{fe30}' => ':',
        '\u{fe50}'..='\u{fe6b}' => SMALL.chars().nth(c as usize - 0xfe50).filter(|c| *c != '〓').unwrap_or(c),
        _ => c,
    }
}

/// Small forms (小型变体) U+FE50–FE6B: ﹪ is a percent sign, ﹕ a colon; 〓 where no ASCII character is meant.
const SMALL: &str = ",〓.〓;:?!〓(){}〓〓#&*+-<>=〓\\$%@";

/// The ordinary character for a radical (部首) that looks the same: text copied out of a PDF carries ⽔ for 水.
pub fn plain_character(c: char) -> char {
    let table = match c {
        '\u{2f00}'..='\u{2fd5}' => KANGXI.chars().nth(c as usize - 0x2f00),
        '\u{2e80}'..='\u{2ef3}' => SUPPLEMENT.chars().nth(c as usize - 0x2e80).filter(|c| *c != '〓'),
        _ => None,
    };
    table.unwrap_or(c)
}

/// 康熙部首 U+2F00–2FD5 in their order, by their compatibility decomposition.
const KANGXI: &str = "一丨丶丿乙亅二亠人儿入八冂冖冫几凵刀力勹匕匚匸十卜卩厂厶又口囗土士夂夊夕大女子宀寸小尢尸屮山巛工己巾干幺广廴廾弋弓彐彡彳心戈戶手支攴文斗斤方无日曰月木欠止歹殳毋比毛氏气水火爪父爻爿片牙牛犬玄玉瓜瓦甘生用田疋疒癶白皮皿目矛矢石示禸禾穴立竹米糸缶网羊羽老而耒耳聿肉臣自至臼舌舛舟艮色艸虍虫血行衣襾見角言谷豆豕豸貝赤走足身車辛辰辵邑酉釆里金長門阜隶隹雨靑非面革韋韭音頁風飛食首香馬骨高髟鬥鬯鬲鬼魚鳥鹵鹿麥麻黃黍黑黹黽鼎鼓鼠鼻齊齒龍龜龠";

/// 中日韩部首补充 U+2E80–2EF3 by Unicode's EquivalentUnifiedIdeograph; 〓 where there is none in the BMP.
const SUPPLEMENT: &str = "〓厂乛乚乙亻冂〓刀刂卜㔾小小兀尣尢〓巳幺彑彐忄㣺扌攵〓旡日月歺母民氵氺灬爫爫丬牛犭王〓目示礻〓糹纟罓罒〓〓〓羊〓〓耂肀聿肉〓艹艹艹虎衤覀西见角〓讠贝〓车辶辶辶阝钅長镸长门〓阝雨青韦页风飞食〓飠饣〓马骨鬼鱼鸟卤麦黄黾斉齐歯齿竜龙龜亀龟";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn small_forms_are_what_they_stand_for() {
        let narrow = |text: &str| text.chars().map(half_width).collect::<String>();
        assert_eq!(narrow("5.5﹪ ﹙1﹐2﹚ 单位∶﹣﹫﹨"), "5.5% (1,2) 单位:-@\\");
        assert_eq!(SMALL.chars().count(), 0xfe6b - 0xfe50 + 1);
    }

    #[test]
    fn radicals_are_the_characters_they_look_like() {
        let plain = |text: &str| text.chars().map(plain_character).collect::<String>();
        assert_eq!(plain("⽔资源管理平台"), "水资源管理平台");
        assert_eq!(plain("公⽂⻋⻔⿕⺠⻢⻓龠"), "公文车门龠民马长龠");
        assert_eq!(KANGXI.chars().count(), 214);
        assert_eq!(SUPPLEMENT.chars().count(), 0x2ef3 - 0x2e80 + 1);
        assert_eq!(plain_character('\u{2ef3}'), '龟');
        assert_eq!(plain_character('\u{2eb0}'), '纟');
        assert_eq!(plain_character('\u{2ecf}'), '阝');
        // Strokes and unassigned code points stay.
        assert_eq!(plain_character('\u{2e9a}'), '\u{2e9a}');
    }

    #[test]
    fn what_shows_nothing_is_unseen_and_what_shows_something_is_not() {
        for c in ['\u{ad}', '\u{202d}', '\u{fe0f}', '\u{e0100}', '\u{200b}', '\u{feff}', '\u{2068}', '\u{0}']
        {
            assert!(is_unseen(c), "{:x}", c as u32);
        }
        for c in ['一', 'a', '-', '\u{301}', '\u{2014}', '𠅤', '·'] {
            assert!(!is_unseen(c), "{c}");
        }
    }
}
