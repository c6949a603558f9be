//! 附件接口: the list of a case's attachments, the steps of an upload, and where files are fetched.
//!
//! An upload is begun, its parts are posted in order as `application/octet-stream` to [`PART`], and it is finished.
//! Beginning again under the same id answers how far it has come, which is how it is resumed.

use super::{Download, Endpoint, Method, Upload};
use crate::cases::authority::Capability;
use crate::kernel::attachment::{AttachmentLimits, AttachmentPlace, FileKind, ScanState};
use crate::kernel::content_hash::ContentHash;
use crate::kernel::ids::{AttachmentId, CaseId};
use crate::kernel::refusal::Refusal;
use serde::{Deserialize, Serialize};
use validator::{Validate, ValidationError};

/// One part of an upload: its first byte's offset in the path, the SM3 of its bytes in the query. Answers with
/// [`UploadProgress`].
pub const PART: &str = "/api/cases/{case}/attachments/{attachment}/parts/{offset}";
/// The file, to be saved.
pub const FILE: &str = "/api/cases/{case}/attachments/{attachment}/file";
/// The file, to be shown in the page; only for pictures and PDF.
pub const PREVIEW: &str = "/api/cases/{case}/attachments/{attachment}/preview";

/// Largest part any server accepts, in bytes; what it does accept is in its limits.
pub const LARGEST_PART: usize = 16 << 20;

/// The address of one of the files of an attachment.
pub fn file_path(file: &str, case: &CaseId, attachment: &AttachmentId) -> String {
    let path = file.replace("{case}", &super::escaped(case.as_str()));
    path.replace("{attachment}", &super::escaped(attachment.as_str()))
}

/// The address of one part of an upload.
pub fn part_path(case: &CaseId, attachment: &AttachmentId, offset: u64, hash: &ContentHash) -> String {
    let path = file_path(PART, case, attachment).replace("{offset}", &offset.to_string());
    format!("{path}?sm3={hash}")
}

/// 附件清单.
#[derive(Clone, Debug, Serialize, Deserialize, Validate)]
#[serde(deny_unknown_fields)]
pub struct ReadAttachments {
    #[validate(custom(function = "super::request_id"))]
    pub case: CaseId,
}

impl Endpoint for ReadAttachments {
    const METHOD: Method = Method::Get;
    const PATH: &'static str = "/api/cases/{case}/attachments";
    type Reply = AttachmentList;
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AttachmentList {
    /// Oldest first.
    pub attachments: Vec<Attachment>,
    /// This person's own uploads that are not finished, oldest first.
    pub unfinished: Vec<UnfinishedUpload>,
    /// Why this person cannot add or remove now; `None` means they can.
    pub may_write: Option<Refusal>,
    pub limits: AttachmentLimits,
}

/// An attachment as it is listed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attachment {
    pub id: AttachmentId,
    pub place: AttachmentPlace,
    pub name: String,
    /// Bytes.
    pub size: u64,
    pub hash: ContentHash,
    pub kind: FileKind,
    pub state: ScanState,
    /// What the scanner found.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub threat: Option<String>,
    /// Name of the person who attached it.
    pub by: String,
    /// `YYYY-MM-DD HH:MM:SS`.
    pub at: String,
}

/// An upload that can go on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct UnfinishedUpload {
    pub id: AttachmentId,
    pub place: AttachmentPlace,
    pub name: String,
    /// Bytes.
    pub size: u64,
    pub hash: ContentHash,
    /// Bytes the server has.
    pub received: u64,
}

/// 开始上传, under an id the client makes.
#[derive(Clone, Debug, Serialize, Deserialize, Validate)]
#[serde(deny_unknown_fields)]
pub struct BeginUpload {
    #[validate(custom(function = "super::request_id"))]
    pub case: CaseId,
    #[validate(custom(function = "super::attachment_id"))]
    pub attachment: AttachmentId,
    #[serde(default)]
    #[validate(custom(function = "sound_place"))]
    pub place: AttachmentPlace,
    pub name: String,
    /// Bytes.
    pub size: u64,
    /// SM3 of the whole.
    pub hash: ContentHash,
}

impl Endpoint for BeginUpload {
    const METHOD: Method = Method::Post;
    const PATH: &'static str = "/api/cases/{case}/attachments";
    const REQUIRES: Option<Capability> = Some(Capability::TakePart);
    type Reply = UploadProgress;
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct UploadProgress {
    /// Bytes the server has; the next part begins here.
    pub received: u64,
    /// Bytes of the whole.
    pub size: u64,
    /// Bytes of every part but the last.
    pub part: u64,
}

/// 上传一个分片; repeating it answers the same.
#[derive(Clone, Debug, Serialize, Deserialize, Validate)]
#[serde(deny_unknown_fields)]
pub struct SendPart {
    #[validate(custom(function = "super::request_id"))]
    pub case: CaseId,
    #[validate(custom(function = "super::attachment_id"))]
    pub attachment: AttachmentId,
    /// First byte of the part.
    #[serde(deserialize_with = "super::number")]
    pub offset: u64,
    /// SM3 of the part's bytes.
    pub sm3: ContentHash,
}

impl Upload for SendPart {
    const PATH: &'static str = PART;
    const REQUIRES: Option<Capability> = Some(Capability::TakePart);
    const LARGEST_FILE: usize = LARGEST_PART;
    const TOO_LARGE: &'static str = "请按服务器给出的分片大小上传。";
    type Reply = UploadProgress;
}

/// 下载附件.
#[derive(Clone, Debug, Serialize, Deserialize, Validate)]
#[serde(deny_unknown_fields)]
pub struct FetchAttachment {
    #[validate(custom(function = "super::request_id"))]
    pub case: CaseId,
    #[validate(custom(function = "super::attachment_id"))]
    pub attachment: AttachmentId,
}

impl Download for FetchAttachment {
    const PATH: &'static str = FILE;
}

/// 预览附件: pictures and PDF.
#[derive(Clone, Debug, Serialize, Deserialize, Validate)]
#[serde(deny_unknown_fields)]
pub struct PreviewAttachment {
    #[validate(custom(function = "super::request_id"))]
    pub case: CaseId,
    #[validate(custom(function = "super::attachment_id"))]
    pub attachment: AttachmentId,
}

impl Download for PreviewAttachment {
    const PATH: &'static str = PREVIEW;
}

/// 完成上传; repeating it answers the same.
#[derive(Clone, Debug, Serialize, Deserialize, Validate)]
#[serde(deny_unknown_fields)]
pub struct FinishUpload {
    #[validate(custom(function = "super::request_id"))]
    pub case: CaseId,
    #[validate(custom(function = "super::attachment_id"))]
    pub attachment: AttachmentId,
}

impl Endpoint for FinishUpload {
    const METHOD: Method = Method::Post;
    const PATH: &'static str = "/api/cases/{case}/attachments/{attachment}/finish";
    const REQUIRES: Option<Capability> = Some(Capability::TakePart);
    type Reply = Attachment;
}

/// 移除附件, or throws away an unfinished upload; repeating it answers the same.
#[derive(Clone, Debug, Serialize, Deserialize, Validate)]
#[serde(deny_unknown_fields)]
pub struct RemoveAttachment {
    #[validate(custom(function = "super::request_id"))]
    pub case: CaseId,
    #[validate(custom(function = "super::attachment_id"))]
    pub attachment: AttachmentId,
}

impl Endpoint for RemoveAttachment {
    const METHOD: Method = Method::Post;
    const PATH: &'static str = "/api/cases/{case}/attachments/{attachment}/remove";
    const REQUIRES: Option<Capability> = Some(Capability::TakePart);
    type Reply = ();
}

fn sound_place(place: &AttachmentPlace) -> Result<(), ValidationError> {
    if place.well_formed() {
        return Ok(());
    }
    Err(ValidationError::new("place").with_message("附件所属位置不合要求".into()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_carry_ids_that_need_escaping() {
        let (case, attachment) = (CaseId::new("水 1"), AttachmentId::new("a1"));
        assert_eq!(file_path(FILE, &case, &attachment), "/api/cases/%E6%B0%B4%201/attachments/a1/file");
        let hash = ContentHash::of(b"abc");
        let expected = format!("/api/cases/%E6%B0%B4%201/attachments/a1/parts/1024?sm3={hash}");
        assert_eq!(part_path(&case, &attachment, 1024, &hash), expected);
    }
}
