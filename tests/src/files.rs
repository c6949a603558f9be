//! Files that people attach, and the steps in which a page uploads them.

use crate::desk::{Answer, Desk};
use shared::api::Method;
use shared::api::attachments::{
    Attachment, AttachmentList, BeginUpload, FinishUpload, ReadAttachments, RemoveAttachment, UploadProgress,
    part_path,
};
use shared::kernel::attachment::AttachmentPlace;
use shared::kernel::content_hash::ContentHash;
use shared::kernel::ids::{AttachmentId, CaseId};

/// A picture of this many bytes, as far as anybody looks at it; others are different pictures.
pub fn png(bytes: usize, other: u8) -> Vec<u8> {
    let start = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR".iter().copied();
    start.chain(std::iter::repeat_n(other, bytes)).take(bytes).collect()
}

/// What a page sends to begin the upload of a file.
pub fn begin(case: &str, id: &str, name: &str, bytes: &[u8]) -> BeginUpload {
    BeginUpload {
        case: CaseId::new(case),
        attachment: AttachmentId::new(id),
        place: AttachmentPlace::Case,
        name: name.into(),
        size: bytes.len() as u64,
        hash: ContentHash::of(bytes),
    }
}

pub fn finish(case: &str, id: &str) -> FinishUpload {
    FinishUpload { case: CaseId::new(case), attachment: AttachmentId::new(id) }
}

pub fn remove(case: &str, id: &str) -> RemoveAttachment {
    RemoveAttachment { case: CaseId::new(case), attachment: AttachmentId::new(id) }
}

impl Desk {
    /// Sends one part with the hash of `claimed`, which is the part itself unless the line altered it.
    pub fn sends_part(&self, case: &str, id: &str, offset: u64, part: &[u8], claimed: &[u8]) -> Answer {
        let hash = ContentHash::of(claimed);
        let path = part_path(&CaseId::new(case), &AttachmentId::new(id), offset, &hash);
        let headers = [("content-type", "application/octet-stream"), ("sec-fetch-site", "same-origin")];
        self.raw(Method::Post, &path, Some(part), &headers)
    }

    /// Begins and sends all parts, from where the server is.
    pub fn sends_file(&self, case: &str, id: &str, name: &str, bytes: &[u8]) -> Option<Answer> {
        let UploadProgress { received, part, .. } = self.call(&begin(case, id, name, bytes));
        let (mut offset, part) = (received, usize::try_from(part).expect("a part"));
        for piece in bytes[usize::try_from(received).expect("an offset")..].chunks(part) {
            let answer = self.sends_part(case, id, offset, piece, piece);
            if answer.status != 200 {
                return Some(answer);
            }
            offset += piece.len() as u64;
        }
        None
    }

    /// Uploads a file that is accepted.
    pub fn attaches(&self, case: &str, id: &str, name: &str, bytes: &[u8]) -> Attachment {
        if let Some(answer) = self.sends_file(case, id, name, bytes) {
            panic!("a part of {name} was refused: {} {}", answer.status, answer.text);
        }
        self.call(&finish(case, id))
    }

    pub fn sees_attachments(&self, case: &str) -> AttachmentList {
        self.call(&ReadAttachments { case: CaseId::new(case) })
    }
}
