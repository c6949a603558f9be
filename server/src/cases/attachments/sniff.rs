//! 类型识别: what content is, found by looking at it. Names and announced types count for nothing.
//!
//! `infer` tells by magic numbers. What stands in a container (zip, compound file) is recognised by its entries, because
//! `infer` looks only at the first few and passes over macros.

use shared::kernel::attachment::FileKind;
use shared::kernel::upload::UploadRefusal;
use std::io::Cursor;

/// Entries of the formats that stand in a zip, with what they mean.
const ZIPPED: [(&str, FileKind); 4] = [
    ("word/document.xml", FileKind::Docx),
    ("xl/workbook.xml", FileKind::Xlsx),
    ("ppt/presentation.xml", FileKind::Pptx),
    ("OFD.xml", FileKind::Ofd),
];

/// Streams of the formats that stand in a compound file, with what they mean.
const COMPOUND: [(&str, FileKind); 4] = [
    ("/WordDocument", FileKind::Doc),
    ("/Workbook", FileKind::Xls),
    ("/Book", FileKind::Xls),
    ("/PowerPoint Document", FileKind::Ppt),
];

/// Where macros stand in a compound file.
const COMPOUND_MACROS: [&str; 2] = ["/Macros", "/_VBA_PROJECT_CUR"];

/// Magic numbers of the two containers.
const ZIP: &[u8] = b"PK\x03\x04";
const COMPOUND_FILE: &[u8] = &[0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1];

/// The type of the content; `None` for one that is not among the known.
pub fn sniff(bytes: &[u8]) -> Result<Option<FileKind>, UploadRefusal> {
    if bytes.starts_with(ZIP) {
        return zipped(bytes);
    }
    if bytes.starts_with(COMPOUND_FILE) {
        return compound(bytes);
    }
    Ok(by_magic(bytes))
}

/// Whether a first part already shows that the content cannot be accepted.
pub fn is_hopeless(start: &[u8]) -> bool {
    let container = start.starts_with(ZIP) || start.starts_with(COMPOUND_FILE);
    // Too short to tell: the whole is looked at in the end.
    start.len() >= 16 && !container && by_magic(start).is_none()
}

fn by_magic(bytes: &[u8]) -> Option<FileKind> {
    match infer::get(bytes)?.mime_type() {
        "application/pdf" => Some(FileKind::Pdf),
        "image/png" => Some(FileKind::Png),
        "image/jpeg" => Some(FileKind::Jpeg),
        "image/gif" => Some(FileKind::Gif),
        "image/webp" => Some(FileKind::Webp),
        _ => None,
    }
}

fn zipped(bytes: &[u8]) -> Result<Option<FileKind>, UploadRefusal> {
    let archive = zip::ZipArchive::new(Cursor::new(bytes)).map_err(|_| UploadRefusal::Damaged)?;
    let names: Result<Vec<_>, _> = archive.file_names().collect();
    let names = names.map_err(|_| UploadRefusal::Damaged)?;
    if names.iter().any(|name| name.to_ascii_lowercase().ends_with("vbaproject.bin")) {
        return Err(UploadRefusal::Macros);
    }
    let has = |wanted: &str| names.iter().any(|name| name.as_ref() == wanted);
    Ok(ZIPPED.iter().find(|(name, _)| has(name)).map(|(_, kind)| *kind))
}

fn compound(bytes: &[u8]) -> Result<Option<FileKind>, UploadRefusal> {
    let file = cfb::CompoundFile::open(Cursor::new(bytes)).map_err(|_| UploadRefusal::Damaged)?;
    if COMPOUND_MACROS.iter().any(|path| file.exists(path)) {
        return Err(UploadRefusal::Macros);
    }
    // A docx or xlsx with a password stands in a compound file; nobody could look into it, a scanner neither.
    if file.exists("/EncryptedPackage") {
        return Err(UploadRefusal::Damaged);
    }
    Ok(COMPOUND.iter().find(|(path, _)| file.exists(path)).map(|(_, kind)| *kind))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    fn zip_of(names: &[&str]) -> Vec<u8> {
        let mut archive = zip::ZipWriter::new(Cursor::new(Vec::new()));
        for name in names {
            archive.start_file(*name, zip::write::SimpleFileOptions::default()).unwrap();
            archive.write_all(b"<x/>").unwrap();
        }
        archive.finish().unwrap().into_inner()
    }

    fn compound_of(streams: &[&str]) -> Vec<u8> {
        let mut file = cfb::CompoundFile::create(Cursor::new(Vec::new())).unwrap();
        for stream in streams {
            if let Some(storage) = stream.strip_suffix('/') {
                file.create_storage(storage).unwrap();
            } else {
                file.create_stream(stream).unwrap().write_all(b"x").unwrap();
            }
        }
        file.flush().unwrap();
        file.into_inner().into_inner()
    }

    #[test]
    fn content_is_told_by_itself() {
        let check = |bytes: &[u8], expected| assert_eq!(sniff(bytes).ok().flatten(), expected, "{bytes:?}");
        check(b"%PDF-1.7\n", Some(FileKind::Pdf));
        check(b"\x89PNG\r\n\x1a\n", Some(FileKind::Png));
        check(b"\xff\xd8\xff\xe0\0\x10JFIF", Some(FileKind::Jpeg));
        check(b"GIF89a", Some(FileKind::Gif));
        check(b"RIFF\x10\0\0\0WEBPVP8 ", Some(FileKind::Webp));
        check(b"<!DOCTYPE html><script>", None);
        check(b"<svg xmlns='http://www.w3.org/2000/svg'>", None);
        check(b"MZ\x90\0", None);
        check(b"\x7fELF", None);
        check(b"#!/bin/sh\n", None);
        check(b"", None);
    }

    #[test]
    fn containers_are_told_by_what_stands_in_them() {
        let check = |bytes: Vec<u8>, expected: Result<_, UploadRefusal>| assert_eq!(sniff(&bytes), expected);
        check(zip_of(&["[Content_Types].xml", "xl/workbook.xml"]), Ok(Some(FileKind::Xlsx)));
        check(zip_of(&["[Content_Types].xml", "word/document.xml"]), Ok(Some(FileKind::Docx)));
        check(zip_of(&["Doc_0/Document.xml", "OFD.xml"]), Ok(Some(FileKind::Ofd)));
        check(zip_of(&["a.exe"]), Ok(None));
        check(zip_of(&["word/document.xml", "word/vbaProject.bin"]), Err(UploadRefusal::Macros));
        check(compound_of(&["/WordDocument"]), Ok(Some(FileKind::Doc)));
        check(compound_of(&["/Workbook", "/_VBA_PROJECT_CUR/"]), Err(UploadRefusal::Macros));
        check(compound_of(&["/EncryptedPackage"]), Err(UploadRefusal::Damaged));
        check(compound_of(&["/x"]), Ok(None));
        let mut cut = zip_of(&["word/document.xml"]);
        cut.truncate(40);
        check(cut, Err(UploadRefusal::Damaged));
        check([COMPOUND_FILE, b"cut"].concat(), Err(UploadRefusal::Damaged));
    }

    #[test]
    fn a_first_part_can_be_enough_to_refuse() {
        assert!(is_hopeless(b"<!DOCTYPE html><script>alert(1)</script>"));
        assert!(!is_hopeless(b"%PDF-1.7\n0123456789"));
        assert!(!is_hopeless(b"PK\x03\x04 0123456789 012"));
        assert!(!is_hopeless(b"%P"));
    }
}
