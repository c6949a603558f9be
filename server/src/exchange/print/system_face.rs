//! 系统字体: a face of the machine for a character that the program's own fonts lack.

use fontdb::{Database, Style};
use krilla::text::{Font, GlyphId};
use skrifa::instance::{LocationRef, Size};
use skrifa::{FontRef, MetadataProvider};
use std::sync::LazyLock;

/// The faces of the machine, read when the first rare character is printed.
static FACES: LazyLock<Database> = LazyLock::new(|| {
    let mut faces = Database::new();
    faces.load_system_fonts();
    faces
});

/// A character in a face that has it.
pub struct SystemGlyph {
    pub font: Font,
    pub glyph: GlyphId,
    /// In em.
    pub width: f32,
}

/// The first upright face that has the character, by name: a second print takes the same one.
pub fn find(c: char) -> Option<SystemGlyph> {
    let mut upright: Vec<_> = FACES.faces().filter(|face| face.style == Style::Normal).collect();
    upright.sort_by(|one, other| {
        (&one.post_script_name, one.index).cmp(&(&other.post_script_name, other.index))
    });
    upright
        .into_iter()
        .find_map(|face| FACES.with_face_data(face.id, |data, index| read(data, index, c)).flatten())
}

fn read(data: &[u8], index: u32, c: char) -> Option<SystemGlyph> {
    let reading = FontRef::from_index(data, index).ok()?;
    let glyph = reading.charmap().map(c)?;
    let font = Font::new(data.to_vec().into(), index)?;
    let metrics = reading.glyph_metrics(Size::unscaled(), LocationRef::default());
    let units = font.units_per_em();
    let width = metrics.advance_width(glyph).unwrap_or(units) / units;
    Some(SystemGlyph { font, glyph: GlyphId::new(glyph.to_u32()), width })
}
