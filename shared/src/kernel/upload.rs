//! 续传: how a file arrives in parts, and every reason for which an attachment is not accepted.
//!
//! Parts come in order, each with the SM3 of its bytes; the whole is checked once more at the end. Bytes that are
//! stored already are never taken for another content, so a repeated part is harmless and an altered one shows.

use super::attachment::{FileKind, readable_size};
use crate::kernel::content_hash::ContentHash;
use crate::kernel::refusal::Refusal;

/// Why an attachment is not accepted or not handed out, said to the person.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum UploadRefusal {
    #[error("附件名称不合要求：{fault}。请改名后重新选择。")]
    Name { fault: &'static str },
    #[error("不接受扩展名为“{extension}”的文件；可以上传 {accepted}。")]
    Extension { extension: String, accepted: String },
    #[error("文件内容不是可以上传的类型（以内容为准，不看扩展名）；可以上传 {accepted}。")]
    Kind { accepted: String },
    #[error("文件内容是 {}，扩展名却是“{extension}”；请改正扩展名后重新上传。", kind.label())]
    WrongExtension { extension: String, kind: FileKind },
    #[error("文件中有宏，不能上传；请另存为不含宏的文件或 PDF 后重新上传。")]
    Macros,
    #[error("文件已损坏或设有打开密码，无法核对类型；请核对后重新上传。")]
    Damaged,
    #[error("文件是空的，请重新选择。")]
    Empty,
    #[error("一个附件不能超过 {}；请压缩或拆分后上传。", readable_size(*largest))]
    TooLarge { largest: u64 },
    #[error("一个案卷最多 {most} 个附件（含未传完的）；请先移除不用的附件。")]
    TooMany { most: u64 },
    #[error("一个案卷的附件合计不能超过 {}，还可上传 {}；请先移除不用的附件。", readable_size(*largest), readable_size(*left))]
    CaseFull { largest: u64, left: u64 },
    #[error("全省附件空间已用完，请告知系统管理员扩容；其他内容照常填报。")]
    TenantFull,
    #[error("存储空间已满，附件没有保存，请告知系统管理员；已传部分仍在，扩容后可以续传。")]
    StoreFull,
    #[error("已收到前 {received} 字节，这一段从第 {offset} 字节起，接不上；请从第 {received} 字节续传。")]
    Gap { offset: u64, received: u64 },
    #[error("第 {number} 段应为 {expected} 字节，收到 {found} 字节；请重传这一段。")]
    PartSize { number: u64, expected: u64, found: u64 },
    #[error("第 {number} 段（第 {from} 至 {to} 字节）与校验值不符，传输中有改动；请重传这一段。")]
    AlteredPart { number: u64, from: u64, to: u64 },
    #[error("第 {number} 段已经收到，这次的内容与之不同；请移除这次上传，重新选择文件。")]
    OtherPart { number: u64 },
    #[error("文件还没有传完：共 {size} 字节，已收到 {received} 字节；请续传后再完成。")]
    Incomplete { size: u64, received: u64 },
    #[error("收到的文件与选定的文件不一致，这次上传已作废；请重新上传。")]
    AlteredWhole,
    #[error("这个编号的上传属于另一个文件；请重新选择文件上传。")]
    OtherUpload,
    #[error("附件“{name}”正在查毒，查完后才能打开；请稍后再试。")]
    Held { name: String },
    #[error("附件“{name}”查出病毒（{threat}），已拒收；请清除病毒后重新上传。")]
    Infected { name: String, threat: String },
    #[error("附件“{name}”还没有查完毒，现在不能提交；请稍后再试，或先移除该附件。")]
    NotScanned { name: String },
}

impl UploadRefusal {
    /// Lasting name of the reason.
    pub fn code(&self) -> &'static str {
        match self {
            UploadRefusal::Name { .. } => "attachment.name",
            UploadRefusal::Extension { .. } => "attachment.extension",
            UploadRefusal::Kind { .. } => "attachment.kind",
            UploadRefusal::WrongExtension { .. } => "attachment.wrong_extension",
            UploadRefusal::Macros => "attachment.macros",
            UploadRefusal::Damaged => "attachment.damaged",
            UploadRefusal::Empty => "attachment.empty",
            UploadRefusal::TooLarge { .. } => "attachment.too_large",
            UploadRefusal::TooMany { .. } => "attachment.too_many",
            UploadRefusal::CaseFull { .. } => "attachment.case_full",
            UploadRefusal::TenantFull => "attachment.tenant_full",
            UploadRefusal::StoreFull => "attachment.store_full",
            UploadRefusal::Gap { .. } => "attachment.gap",
            UploadRefusal::PartSize { .. } => "attachment.part_size",
            UploadRefusal::AlteredPart { .. } => "attachment.altered_part",
            UploadRefusal::OtherPart { .. } => "attachment.other_part",
            UploadRefusal::Incomplete { .. } => "attachment.incomplete",
            UploadRefusal::AlteredWhole => "attachment.altered",
            UploadRefusal::OtherUpload => "attachment.other_upload",
            UploadRefusal::Held { .. } => "attachment.held",
            UploadRefusal::Infected { .. } => "attachment.infected",
            UploadRefusal::NotScanned { .. } => "attachment.not_scanned",
        }
    }

    /// Bytes the server has, where the answer is to go on from there.
    pub fn received(&self) -> Option<u64> {
        match self {
            UploadRefusal::Gap { received, .. } | UploadRefusal::Incomplete { received, .. } => {
                Some(*received)
            }
            _ => None,
        }
    }
}

impl From<UploadRefusal> for Refusal {
    fn from(refusal: UploadRefusal) -> Refusal {
        Refusal::new(refusal.code(), refusal.to_string())
    }
}

/// How far an upload has come. Sizes and offsets in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UploadState {
    pub size: u64,
    /// Everything before this offset is stored.
    pub received: u64,
    /// Size of every part but the last.
    pub part: u64,
}

/// A part as it came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReceivedPart {
    pub offset: u64,
    /// Bytes that came.
    pub size: u64,
    /// What the sender says they hash to.
    pub claimed: ContentHash,
    /// What they do hash to.
    pub found: ContentHash,
}

/// What a part does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PartStep {
    /// It is stored, and the upload has come to this offset.
    Append { received: u64 },
    /// It is there already.
    Repeat,
}

impl UploadState {
    /// Decides what a part does; `stored` is the hash of the part stored at its offset, if any.
    pub fn decide(
        &self,
        part: &ReceivedPart,
        stored: Option<&ContentHash>,
    ) -> Result<PartStep, UploadRefusal> {
        let ReceivedPart { offset, size, claimed, found } = part;
        let aligned = self.part > 0 && offset.is_multiple_of(self.part);
        if !aligned || *offset > self.received || *offset >= self.size {
            return Err(UploadRefusal::Gap { offset: *offset, received: self.received });
        }
        let number = offset / self.part + 1;
        let expected = self.part.min(self.size - offset);
        if *size != expected {
            return Err(UploadRefusal::PartSize { number, expected, found: *size });
        }
        if claimed != found {
            return Err(UploadRefusal::AlteredPart { number, from: offset + 1, to: offset + size });
        }
        match stored {
            Some(stored) if stored == found => Ok(PartStep::Repeat),
            Some(_) => Err(UploadRefusal::OtherPart { number }),
            None if *offset == self.received => Ok(PartStep::Append { received: offset + size }),
            None => Err(UploadRefusal::Gap { offset: *offset, received: self.received }),
        }
    }

    /// Whether the whole is there.
    pub fn check_complete(&self) -> Result<(), UploadRefusal> {
        if self.received == self.size {
            return Ok(());
        }
        Err(UploadRefusal::Incomplete { size: self.size, received: self.received })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 25 bytes in parts of 10, of which the first is stored.
    const STATE: UploadState = UploadState { size: 25, received: 10, part: 10 };

    fn part(offset: u64, size: u64) -> ReceivedPart {
        let hash = ContentHash::of(&offset.to_be_bytes());
        ReceivedPart { offset, size, claimed: hash.clone(), found: hash }
    }

    fn decide(
        state: &UploadState,
        part: &ReceivedPart,
        stored: Option<&ContentHash>,
    ) -> Result<PartStep, &'static str> {
        state.decide(part, stored).map_err(|refusal| refusal.code())
    }

    #[test]
    fn parts_follow_each_other_to_the_end() {
        assert_eq!(decide(&STATE, &part(10, 10), None), Ok(PartStep::Append { received: 20 }));
        let near = UploadState { received: 20, ..STATE };
        assert_eq!(decide(&near, &part(20, 5), None), Ok(PartStep::Append { received: 25 }));
        let whole = UploadState { received: 25, ..STATE };
        assert_eq!(decide(&whole, &part(30, 5), None), Err("attachment.gap"));
        assert!(whole.check_complete().is_ok());
        let missing = near.check_complete().unwrap_err();
        assert_eq!((missing.code(), missing.received()), ("attachment.incomplete", Some(20)));
    }

    #[test]
    fn a_part_that_does_not_follow_is_told_where_to_go_on() {
        for offset in [5, 11, 20, 30, u64::MAX, u64::MAX - u64::MAX % 10] {
            let refusal = STATE.decide(&part(offset, 10), None).unwrap_err();
            assert_eq!((refusal.code(), refusal.received()), ("attachment.gap", Some(10)), "{offset}");
        }
    }

    #[test]
    fn a_repeated_part_is_harmless_and_another_content_is_not() {
        let first = part(0, 10);
        assert_eq!(decide(&STATE, &first, Some(&first.found)), Ok(PartStep::Repeat));
        assert_eq!(decide(&STATE, &first, Some(&ContentHash::of(b"x"))), Err("attachment.other_part"));
    }

    #[test]
    fn a_cut_or_altered_part_is_named_by_its_place() {
        assert_eq!(decide(&STATE, &part(10, 9), None), Err("attachment.part_size"));
        assert_eq!(decide(&STATE, &part(10, 11), None), Err("attachment.part_size"));
        let near = UploadState { received: 20, ..STATE };
        assert_eq!(decide(&near, &part(20, 10), None), Err("attachment.part_size"));
        let altered = ReceivedPart { found: ContentHash::of(b"altered"), ..part(10, 10) };
        let refusal = STATE.decide(&altered, None).unwrap_err();
        assert_eq!(
            refusal.to_string(),
            "第 2 段（第 11 至 20 字节）与校验值不符，传输中有改动；请重传这一段。"
        );
    }
}
