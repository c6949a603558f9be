//! The container: finds parts by name and inflates them under one budget of bytes, ratio and time.

use super::limits;
use super::refused::WorkbookRefusal;
use quick_xml::XmlVersion;
use quick_xml::events::{BytesStart, Event};
use std::collections::BTreeMap;
use std::io::{BufReader, Cursor, Read};
use std::time::Instant;
use zip::ZipArchive;
use zip::read::ZipFile;

type Bytes<'b> = Cursor<&'b [u8]>;

pub struct Package<'b> {
    archive: ZipArchive<Bytes<'b>>,
    /// Entries by lower-case name: writers disagree about case and slashes.
    names: BTreeMap<String, usize>,
    budget: Budget,
}

/// What may still be inflated, and until when.
struct Budget {
    left: u64,
    deadline: Instant,
}

impl<'b> Package<'b> {
    pub fn open(bytes: &'b [u8], deadline: Instant) -> Result<Package<'b>, WorkbookRefusal> {
        if bytes.len() > limits::CONTAINER {
            return Err(WorkbookRefusal::TooLarge);
        }
        let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(|_| WorkbookRefusal::Damaged)?;
        if archive.len() > limits::PARTS {
            return Err(WorkbookRefusal::TooManyParts);
        }
        let mut names = BTreeMap::new();
        for index in 0..archive.len() {
            let entry = archive.by_index_raw(index).map_err(|_| WorkbookRefusal::Damaged)?;
            let name = entry.name().map_err(|_| WorkbookRefusal::Damaged)?;
            names.insert(name.replace('\\', "/").to_lowercase(), index);
        }
        let budget = Budget { left: limits::INFLATED, deadline };
        let package = Package { archive, names, budget };
        match package {
            _ if package.has("xl/workbook.bin") => Err(WorkbookRefusal::Binary),
            _ if package.has("content.xml") && package.has("mimetype") => Err(WorkbookRefusal::OpenDocument),
            _ if !package.has("[content_types].xml") => Err(WorkbookRefusal::NotAWorkbook),
            _ => Ok(package),
        }
    }

    fn has(&self, name: &str) -> bool {
        self.names.contains_key(name)
    }

    /// A part's XML, `None` when there is no such part.
    pub fn part(&mut self, name: &str) -> Result<Option<Part<'_, 'b>>, WorkbookRefusal> {
        let Some(index) = self.names.get(&name.to_lowercase()) else { return Ok(None) };
        let entry = self.archive.by_index(*index).map_err(|error| match error {
            zip::result::ZipError::UnsupportedArchive(_) => WorkbookRefusal::OldOrLocked,
            _ => WorkbookRefusal::Damaged,
        })?;
        let compressed = entry.compressed_size().max(1);
        let counted = Counted { entry, budget: &mut self.budget, compressed, inflated: 0, piece: 0 };
        let mut xml = quick_xml::Reader::from_reader(BufReader::with_capacity(1 << 16, counted));
        xml.config_mut().expand_empty_elements = true;
        Ok(Some(Part { xml, buffer: Vec::new() }))
    }
}

/// Counts what really comes out of a part.
struct Counted<'p, 'b> {
    entry: ZipFile<'p, Bytes<'b>>,
    budget: &'p mut Budget,
    compressed: u64,
    inflated: u64,
    /// Bytes since the last event.
    piece: u64,
}

impl Read for Counted<'_, '_> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        if Instant::now() > self.budget.deadline {
            return Err(std::io::Error::other(WorkbookRefusal::TookTooLong));
        }
        let count = self.entry.read(buffer)?;
        let bytes = u64::try_from(count).unwrap_or(u64::MAX);
        self.inflated = self.inflated.saturating_add(bytes);
        self.piece = self.piece.saturating_add(bytes);
        if self.piece > limits::PIECE {
            return Err(std::io::Error::other(WorkbookRefusal::TooMuchText));
        }
        let swollen = self.inflated > limits::RATIO_FROM && self.inflated / self.compressed > limits::RATIO;
        match self.budget.left.checked_sub(bytes) {
            Some(left) if !swollen => {
                self.budget.left = left;
                Ok(count)
            }
            _ => Err(std::io::Error::other(WorkbookRefusal::Inflates)),
        }
    }
}

/// Bytes that the buffer of an event keeps between events.
const LARGEST_BUFFER: usize = 1 << 16;

/// The XML of one part, event by event.
pub struct Part<'p, 'b> {
    xml: quick_xml::Reader<BufReader<Counted<'p, 'b>>>,
    buffer: Vec<u8>,
}

impl Part<'_, '_> {
    /// The next event; a document type definition is refused before anything in it is read.
    pub fn next(&mut self) -> Result<Event<'_>, WorkbookRefusal> {
        self.buffer.clear();
        self.buffer.shrink_to(LARGEST_BUFFER);
        self.xml.get_mut().get_mut().piece = 0;
        match self.xml.read_event_into(&mut self.buffer) {
            Ok(Event::DocType(_)) => Err(WorkbookRefusal::Entities),
            Ok(event) => Ok(event),
            Err(quick_xml::Error::Io(error)) => Err(error
                .get_ref()
                .and_then(|e| e.downcast_ref::<WorkbookRefusal>())
                .cloned()
                .unwrap_or(WorkbookRefusal::Damaged)),
            Err(_) => Err(WorkbookRefusal::Damaged),
        }
    }

    /// The text up to the end of the element just begun. Of a rich text (`si`, `is`) that is what stands in its
    /// `t` elements, without the phonetic reading (`rPh`).
    pub fn text(&mut self, element: &str) -> Result<String, WorkbookRefusal> {
        let rich = matches!(element, "si" | "is");
        let mut text = String::new();
        let (mut in_text, mut in_phonetic) = (!rich, false);
        loop {
            match self.next()? {
                Event::Start(start) => match start.local_name().as_ref() {
                    "t" if rich => in_text = !in_phonetic,
                    "rPh" => in_phonetic = true,
                    _ => {}
                },
                Event::End(end) => match end.local_name().as_ref() {
                    name if name == element => return Ok(text.replace("_x000D_", "\r")),
                    "t" if rich => in_text = false,
                    "rPh" => in_phonetic = false,
                    _ => {}
                },
                Event::Text(piece) if in_text => text.push_str(&piece.xml10_content()),
                Event::CData(piece) if in_text => text.push_str(&piece.xml10_content()),
                Event::GeneralRef(entity) if in_text => {
                    let known = quick_xml::escape::resolve_xml_entity(entity.as_ref());
                    match (known, entity.resolve_char_ref()) {
                        (Some(known), _) => text.push_str(known),
                        (None, Ok(Some(character))) => text.push(character),
                        _ => return Err(WorkbookRefusal::Entities),
                    }
                }
                Event::Eof => return Err(WorkbookRefusal::Damaged),
                _ => {}
            }
            if text.len() > limits::TEXT {
                return Err(WorkbookRefusal::TooMuchText);
            }
        }
    }
}

/// An attribute by its local name.
pub fn attribute(element: &BytesStart<'_>, name: &str) -> Result<Option<String>, WorkbookRefusal> {
    for attribute in element.attributes().with_checks(false) {
        let attribute = attribute.map_err(|_| WorkbookRefusal::Damaged)?;
        if attribute.key.local_name().as_ref() == name {
            let value =
                attribute.normalized_value(XmlVersion::Explicit1_0).map_err(|_| WorkbookRefusal::Entities)?;
            return Ok(Some(value.into_owned()));
        }
    }
    Ok(None)
}
