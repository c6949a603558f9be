//! 附件: what may be attached to a case, where within it, and how much. How a file arrives is `upload`'s subject.

use super::upload::UploadRefusal;
use super::words::words;
use crate::kernel::content_hash::ContentHash;
use crate::kernel::ids::{AttachmentId, LONGEST};
use serde::{Deserialize, Serialize};

words! {
    /// 附件类型: what the content is, found by looking at it. The label is what people call it.
    FileKind {
        Pdf "pdf" "PDF",
        /// 版式文档, GB/T 33190.
        Ofd "ofd" "OFD",
        Png "png" "PNG",
        Jpeg "jpeg" "JPEG",
        Gif "gif" "GIF",
        Webp "webp" "WebP",
        Docx "docx" "Word（docx）",
        Xlsx "xlsx" "Excel（xlsx）",
        Pptx "pptx" "PowerPoint（pptx）",
        Doc "doc" "Word（doc）",
        Xls "xls" "Excel（xls）",
        Ppt "ppt" "PowerPoint（ppt）",
    }
}

impl FileKind {
    pub fn from_word(word: &str) -> Option<FileKind> {
        FileKind::ALL.into_iter().find(|kind| kind.word() == word)
    }

    /// Media type it is served with.
    pub fn media_type(self) -> &'static str {
        match self {
            FileKind::Pdf => "application/pdf",
            FileKind::Ofd => "application/ofd",
            FileKind::Png => "image/png",
            FileKind::Jpeg => "image/jpeg",
            FileKind::Gif => "image/gif",
            FileKind::Webp => "image/webp",
            FileKind::Docx => "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
            FileKind::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            FileKind::Pptx => "application/vnd.openxmlformats-officedocument.presentationml.presentation",
            FileKind::Doc => "application/msword",
            FileKind::Xls => "application/vnd.ms-excel",
            FileKind::Ppt => "application/vnd.ms-powerpoint",
        }
    }

    /// Extensions its name may end in. The formats of WPS have the content of the Microsoft formats.
    pub fn extensions(self) -> &'static [&'static str] {
        match self {
            FileKind::Pdf => &["pdf"],
            FileKind::Ofd => &["ofd"],
            FileKind::Png => &["png"],
            FileKind::Jpeg => &["jpg", "jpeg"],
            FileKind::Gif => &["gif"],
            FileKind::Webp => &["webp"],
            FileKind::Docx => &["docx"],
            FileKind::Xlsx => &["xlsx"],
            FileKind::Pptx => &["pptx"],
            FileKind::Doc => &["doc", "wps"],
            FileKind::Xls => &["xls", "et"],
            FileKind::Ppt => &["ppt", "dps"],
        }
    }

    /// Whether a browser shows it safely by itself: pictures without scripts, and PDF in the browser's own viewer.
    pub fn is_previewable(self) -> bool {
        self == FileKind::Pdf || self.is_picture()
    }

    pub fn is_picture(self) -> bool {
        matches!(self, FileKind::Png | FileKind::Jpeg | FileKind::Gif | FileKind::Webp)
    }
}

words! {
    /// 查毒状态.
    ScanState {
        /// A scanner is set and has not looked at it yet: nobody can open it.
        Held "held" "待查毒",
        /// Found clean, or no scanner is set.
        Clear "clear" "正常",
        /// The scanner found something; the content is gone and the entry says so.
        Infected "infected" "查出病毒，已拒收",
    }
}

impl ScanState {
    pub fn from_word(word: &str) -> Option<ScanState> {
        ScanState::ALL.into_iter().find(|state| state.word() == word)
    }
}

/// What an attachment belongs to within its case.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum AttachmentPlace {
    /// The case as a whole.
    #[default]
    Case,
    Version {
        version: u32,
    },
    Row {
        form: String,
        table: String,
        row: String,
    },
    Cell {
        form: String,
        table: String,
        row: String,
        field: String,
    },
}

impl AttachmentPlace {
    /// Where it is, for lists; nothing for the case as a whole.
    pub fn label(&self) -> Option<String> {
        match self {
            AttachmentPlace::Case => None,
            AttachmentPlace::Version { version } => Some(format!("第 {version} 版")),
            AttachmentPlace::Row { .. } => Some("表中一行".to_string()),
            AttachmentPlace::Cell { .. } => Some("表中一格".to_string()),
        }
    }

    /// Whether every name in it could be one.
    pub fn well_formed(&self) -> bool {
        let sound =
            |text: &String| !text.is_empty() && text.len() <= LONGEST && !text.chars().any(char::is_control);
        match self {
            AttachmentPlace::Case => true,
            AttachmentPlace::Version { version } => *version > 0,
            AttachmentPlace::Row { form, table, row } => [form, table, row].into_iter().all(sound),
            AttachmentPlace::Cell { form, table, row, field } => {
                [form, table, row, field].into_iter().all(sound)
            }
        }
    }
}

/// An attachment as a frozen version lists it: what was attached, where, and the content it had.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FrozenAttachment {
    pub id: AttachmentId,
    pub name: String,
    pub hash: ContentHash,
    /// Bytes.
    pub size: u64,
    pub at: AttachmentPlace,
}

/// Longest name, in characters.
pub const LONGEST_NAME: usize = 120;

/// How much may be attached, and what. Sizes in bytes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AttachmentLimits {
    /// Accepted types.
    pub kinds: Vec<FileKind>,
    pub largest_file: u64,
    /// Size of every part of an upload but the last.
    pub part: u64,
    pub most_per_case: u64,
    pub largest_case: u64,
    pub largest_tenant: u64,
    /// Hours without a part after which an unfinished upload is thrown away.
    pub unfinished_hours: u32,
}

impl Default for AttachmentLimits {
    fn default() -> AttachmentLimits {
        AttachmentLimits {
            kinds: FileKind::ALL.to_vec(),
            largest_file: 50 << 20,
            part: 1 << 20,
            most_per_case: 200,
            largest_case: 1 << 30,
            largest_tenant: 500 << 30,
            unfinished_hours: 24,
        }
    }
}

/// What is attached already, with what is being uploaded. Sizes in bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Usage {
    pub case_count: u64,
    pub case_bytes: u64,
    pub tenant_bytes: u64,
}

impl AttachmentLimits {
    /// Whether an upload of this name and size may begin.
    pub fn check_begin(&self, name: &str, size: u64, used: Usage) -> Result<(), UploadRefusal> {
        check_name(name)?;
        let extension = extension(name);
        if !self.kinds.iter().any(|kind| kind.extensions().contains(&extension.as_str())) {
            return Err(UploadRefusal::Extension { extension, accepted: self.accepted() });
        }
        if size == 0 {
            return Err(UploadRefusal::Empty);
        }
        if size > self.largest_file {
            return Err(UploadRefusal::TooLarge { largest: self.largest_file });
        }
        if used.case_count >= self.most_per_case {
            return Err(UploadRefusal::TooMany { most: self.most_per_case });
        }
        if used.case_bytes.saturating_add(size) > self.largest_case {
            let left = self.largest_case.saturating_sub(used.case_bytes);
            return Err(UploadRefusal::CaseFull { largest: self.largest_case, left });
        }
        if used.tenant_bytes.saturating_add(size) > self.largest_tenant {
            return Err(UploadRefusal::TenantFull);
        }
        Ok(())
    }

    /// Whether content of this type may be attached under this name.
    pub fn check_kind(&self, name: &str, found: Option<FileKind>) -> Result<FileKind, UploadRefusal> {
        let found = found.filter(|kind| self.kinds.contains(kind));
        let kind = found.ok_or_else(|| UploadRefusal::Kind { accepted: self.accepted() })?;
        let extension = extension(name);
        if !kind.extensions().contains(&extension.as_str()) {
            return Err(UploadRefusal::WrongExtension { extension, kind });
        }
        Ok(kind)
    }

    /// The accepted types as people call them.
    pub fn accepted(&self) -> String {
        let labels: Vec<&str> = self.kinds.iter().map(|kind| kind.label()).collect();
        labels.join("、")
    }

    /// The accepted extensions as a file input takes them.
    pub fn accepted_extensions(&self) -> String {
        let dotted = self.kinds.iter().flat_map(|kind| kind.extensions()).map(|e| format!(".{e}"));
        dotted.collect::<Vec<_>>().join(",")
    }
}

/// The extension in lower case, without its dot; empty when there is none.
fn extension(name: &str) -> String {
    name.rsplit_once('.').map(|(_, extension)| extension.to_ascii_lowercase()).unwrap_or_default()
}

/// A file name that every system can save and that shows as what it is.
fn check_name(name: &str) -> Result<(), UploadRefusal> {
    let wrong = |fault: &'static str| Err(UploadRefusal::Name { fault });
    if name.trim().is_empty() {
        return wrong("名称为空");
    }
    if name.chars().count() > LONGEST_NAME {
        return wrong("名称超过 120 个字");
    }
    if name.chars().any(|c| c.is_control() || r#"/\:*?"<>|"#.contains(c)) {
        return wrong("名称中不能有换行等控制字符，也不能有 / \\ : * ? \" < > |");
    }
    if name.chars().any(reorders_text) {
        return wrong("名称中有改变文字方向的隐藏字符");
    }
    if name.starts_with(['.', ' ']) || name.ends_with(['.', ' ']) {
        return wrong("名称不能以点或空格开头或结尾");
    }
    Ok(())
}

/// Invisible characters that make `cod.exe` read `exe.doc`.
fn reorders_text(c: char) -> bool {
    matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}

/// A size as people read it: rounded down to a tenth of a megabyte, or up to a whole kilobyte.
pub fn readable_size(bytes: u64) -> String {
    if bytes >= 1 << 20 {
        let tenths = bytes.saturating_mul(10) >> 20;
        return if tenths.is_multiple_of(10) {
            format!("{} MB", tenths / 10)
        } else {
            format!("{}.{} MB", tenths / 10, tenths % 10)
        };
    }
    format!("{} KB", bytes.div_ceil(1024))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn begin(name: &str, size: u64, used: Usage) -> Option<&'static str> {
        AttachmentLimits::default().check_begin(name, size, used).err().map(|refusal| refusal.code())
    }

    #[test]
    fn a_name_is_one_that_every_system_can_save() {
        let begins = |name: &str| begin(name, 1, Usage::default());
        assert_eq!(begins("合同 扫描件（盖章）.PDF"), None);
        let long = format!("{}.pdf", "长".repeat(120));
        for wrong in
            ["", " ", "a/b.pdf", "..\\b.pdf", "a\n.pdf", "a\u{202e}fdp.exe.pdf", ".pdf", "a.pdf ", &long]
        {
            assert_eq!(begins(wrong), Some("attachment.name"), "{wrong:?}");
        }
        for wrong in ["a.exe", "pdf", "a.html", "a.svg", "a.zip", "a.pdf.js"] {
            assert_eq!(begins(wrong), Some("attachment.extension"), "{wrong:?}");
        }
    }

    #[test]
    fn sizes_and_counts_are_kept_to_the_last_byte() {
        let limits = AttachmentLimits::default();
        let used = |case_count, case_bytes, tenant_bytes| Usage { case_count, case_bytes, tenant_bytes };
        let size = limits.largest_file;
        let check =
            |size, used, expected| assert_eq!(begin("a.pdf", size, used), expected, "{size} {used:?}");
        check(0, Usage::default(), Some("attachment.empty"));
        check(size, Usage::default(), None);
        check(size + 1, Usage::default(), Some("attachment.too_large"));
        check(1, used(limits.most_per_case - 1, 0, 0), None);
        check(1, used(limits.most_per_case, 0, 0), Some("attachment.too_many"));
        check(size, used(0, limits.largest_case - size, 0), None);
        check(size, used(0, limits.largest_case - size + 1, 0), Some("attachment.case_full"));
        check(1, used(0, 0, limits.largest_tenant), Some("attachment.tenant_full"));
        check(u64::MAX, used(0, u64::MAX, u64::MAX), Some("attachment.too_large"));
    }

    #[test]
    fn the_content_decides_the_type_and_the_name_must_agree() {
        let limits = AttachmentLimits::default();
        let kind = |name, found| limits.check_kind(name, found).map_err(|refusal| refusal.code());
        assert_eq!(kind("a.JPG", Some(FileKind::Jpeg)), Ok(FileKind::Jpeg));
        assert_eq!(kind("报表.et", Some(FileKind::Xls)), Ok(FileKind::Xls));
        assert_eq!(kind("a.png", None), Err("attachment.kind"));
        assert_eq!(kind("a.png", Some(FileKind::Pdf)), Err("attachment.wrong_extension"));
        let only_pdf = AttachmentLimits { kinds: vec![FileKind::Pdf], ..limits };
        assert!(only_pdf.check_kind("a.png", Some(FileKind::Png)).is_err());
        assert_eq!(only_pdf.accepted_extensions(), ".pdf");
    }

    #[test]
    fn a_place_is_read_as_it_is_written() {
        let cell = AttachmentPlace::Cell {
            form: "budget_request".into(),
            table: "hardware".into(),
            row: "h1".into(),
            field: "basis".into(),
        };
        let text = serde_json::to_string(&cell).unwrap();
        assert_eq!(serde_json::from_str::<AttachmentPlace>(&text).unwrap(), cell);
        assert_eq!(serde_json::to_string(&AttachmentPlace::Case).unwrap(), "\"case\"");
        assert!(!AttachmentPlace::Version { version: 0 }.well_formed());
    }

    #[test]
    fn sizes_read_well() {
        let shown = [0, 1, 1024, 1 << 20, (3 << 20) / 2, 50 << 20, (50 << 20) - 1].map(readable_size);
        assert_eq!(shown, ["0 KB", "1 KB", "1 KB", "1 MB", "1.5 MB", "50 MB", "49.9 MB"]);
    }
}
