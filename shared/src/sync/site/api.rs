//! 现场接口: what a tablet and the server say to each other. A tablet counts a reply only with the content type of
//! [`super::transport`]; a snapshot, a bundle, a receipt and an answer about a blob carry a mac besides.

pub mod register;

use super::blob::BlobReply;
use super::operation::SiteOperation;
use super::package::{ImportCount, PackedOperation};
use super::receipt::DeviceKey;
use super::transport::{CONTENT_TYPE, PushReply, VisitSnapshot};
use crate::api::{Endpoint, Method, Upload, ValueLimits};
use crate::cases::authority::Capability;
use crate::kernel::calendar::{Date, FiscalYear};
use crate::kernel::content_hash::ContentHash;
use crate::kernel::ids::{AccountId, CaseId, DeviceId};
use crate::kernel::timestamp::Timestamp;
use crate::policy::editions::json::canonical;
use crate::policy::editions::parameters::EditionParameters;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use validator::{Validate, ValidationError};

/// Largest body of a batch: the operations, or one larger operation alone.
const LARGEST_PUSH: usize = 1 << 20;
/// Largest file of an offline package without its blobs.
const LARGEST_PACKAGE: usize = 16 << 20;
/// Largest chunk of a blob that a server takes, in bytes.
const LARGEST_CHUNK: usize = 1 << 20;
/// A batch of operations has lists of its own: changes, cells, blobs of a manifest.
const PUSH_LIMITS: ValueLimits = ValueLimits { entries: 2_000, characters: 4_000 };
/// Operations of a package, all of one visit.
const PACKAGE_LIMITS: ValueLimits = ValueLimits { entries: 20_000, characters: 4_000 };

/// A reply that goes on where the server is: 200 when everything joined, 409 with the same body at a gap.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Joined<T> {
    pub content: T,
    #[serde(skip)]
    pub is_gap: bool,
}

impl<T> Joined<T> {
    /// Everything that was sent joined what is here.
    pub fn whole(content: T) -> Joined<T> {
        Joined { content, is_gap: false }
    }

    /// Something before it is missing; the content says where to go on.
    pub fn gap(content: T) -> Joined<T> {
        Joined { content, is_gap: true }
    }
}

/// 登记设备: makes the key of one device of the signed-in account. A device id belongs to one account and is enrolled once.
#[derive(Clone, Debug, Serialize, Deserialize, Validate)]
#[serde(deny_unknown_fields)]
pub struct EnrolDevice {
    #[validate(custom(function = "new_device"))]
    pub device: DeviceId,
    /// What the office calls the tablet.
    #[validate(length(min = 1, max = 40, message = "设备名称应为 1 至 40 个字"))]
    pub name: String,
}

impl Endpoint for EnrolDevice {
    const METHOD: Method = Method::Post;
    const PATH: &'static str = "/api/site/devices";
    const REQUIRES: Option<Capability> = Some(Capability::TakePart);
    const REPLY_TYPE: &'static str = CONTENT_TYPE;
    type Reply = EnrolledDevice;
}

/// An enrolled device with its key, which the server hands out this once.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EnrolledDevice {
    pub device: DeviceId,
    /// 32 random bytes in hex, for [`DeviceKey::new`] after decoding.
    pub key: String,
    pub account: AccountId,
    /// Name of the person.
    pub name: String,
    /// Milliseconds since 1970.
    pub server_time: i64,
}

/// 我的任务: the visits that are or were sent to this account.
#[derive(Clone, Debug, Serialize, Deserialize, Validate)]
#[serde(deny_unknown_fields)]
pub struct ReadSiteTasks {
    #[validate(custom(function = "device"))]
    pub device: DeviceId,
}

impl Endpoint for ReadSiteTasks {
    const METHOD: Method = Method::Get;
    const PATH: &'static str = "/api/site/visits";
    const REQUIRES: Option<Capability> = Some(Capability::TakePart);
    const REPLY_TYPE: &'static str = CONTENT_TYPE;
    type Reply = SiteTasks;
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SiteTasks {
    /// The first window that ends comes first.
    pub tasks: Vec<SiteTask>,
    /// Whether the device was revoked: it gets no visit, and what it hands in waits.
    pub is_revoked: bool,
    /// Milliseconds since 1970.
    pub server_time: i64,
}

/// A visit as a card shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SiteTask {
    pub visit: CaseId,
    /// 被评价单位.
    pub unit: String,
    /// The request that is evaluated.
    pub request: CaseId,
    /// Name of its department.
    pub department: String,
    pub year: FiscalYear,
    pub from: Date,
    pub to: Date,
    pub evaluators: Vec<SiteEvaluator>,
    /// Word of the stage (`assigned`, `received`, …) and how the page shows it.
    pub stage: String,
    pub stage_label: String,
    /// Whether the account is still assigned.
    pub is_assigned: bool,
    /// Revision of the visit.
    pub rev: u64,
    /// The last operation of this device the server has; a device that has fewer has lost some.
    pub last_seq: u64,
}

/// 评价人员.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SiteEvaluator {
    pub account: AccountId,
    pub name: String,
    /// Role of the signature in the document (评价人员一, 评价人员二); empty from the third on.
    pub signs_as: String,
}

/// 任务包: everything a tablet needs to work on a visit without network.
#[derive(Clone, Debug, Serialize, Deserialize, Validate)]
#[serde(deny_unknown_fields)]
pub struct ReadSiteBundle {
    #[validate(custom(function = "visit"))]
    pub visit: CaseId,
    #[validate(custom(function = "device"))]
    pub device: DeviceId,
}

impl Endpoint for ReadSiteBundle {
    const METHOD: Method = Method::Get;
    const PATH: &'static str = "/api/site/visits/{visit}/bundle";
    const REQUIRES: Option<Capability> = Some(Capability::TakePart);
    const REPLY_TYPE: &'static str = CONTENT_TYPE;
    type Reply = SiteBundle;
}

/// The content of a bundle (performance.md § 11.2), at most 2 MiB.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SiteBundle {
    /// Id of this bundle.
    pub bundle: String,
    pub visit: CaseId,
    pub device: DeviceId,
    pub account: AccountId,
    pub base_rev: u64,
    /// Version of the form the visit was sent out with.
    pub form_ver: String,
    /// Id of the edition it is judged by.
    pub policy_ver: String,
    pub issued_at: Timestamp,
    /// Last day on which the bundle opens a visit that was not begun.
    pub expires: Date,
    /// Milliseconds since 1970.
    pub server_time: i64,
    pub request: CaseId,
    /// Name of the department whose request is evaluated.
    pub department: String,
    pub unit: String,
    pub year: FiscalYear,
    pub from: Date,
    pub to: Date,
    pub evaluators: Vec<SiteEvaluator>,
    /// Accounts the visit was ever sent to, with their person: two accounts of one person are one evaluator (SIT-23).
    pub people: Vec<SitePerson>,
    /// What the form is judged by on the tablet.
    pub parameters: EditionParameters,
    pub snapshot: VisitSnapshot,
    /// Mac of everything else.
    pub mac: String,
}

/// Whose account it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SitePerson {
    pub account: AccountId,
    pub person: String,
}

impl SiteBundle {
    /// Whether it is the server's, unchanged, for the device that has this key.
    pub fn is_verified(&self, key: &DeviceKey) -> bool {
        self.mac == self.expected_mac(key)
    }

    /// Mac of everything but the mac.
    pub fn expected_mac(&self, key: &DeviceKey) -> String {
        let unsealed = SiteBundle { mac: String::new(), ..self.clone() };
        let json = canonical(&serde_json::to_value(&unsealed).unwrap_or(Value::Null));
        key.mac("bundle", &[self.device.as_str(), self.visit.as_str(), &json])
    }
}

/// The visit anew.
#[derive(Clone, Debug, Serialize, Deserialize, Validate)]
#[serde(deny_unknown_fields)]
pub struct ReadVisitSnapshot {
    #[validate(custom(function = "visit"))]
    pub visit: CaseId,
    #[validate(custom(function = "device"))]
    pub device: DeviceId,
}

impl Endpoint for ReadVisitSnapshot {
    const METHOD: Method = Method::Get;
    const PATH: &'static str = "/api/site/visits/{visit}/snapshot";
    const REQUIRES: Option<Capability> = Some(Capability::TakePart);
    const REPLY_TYPE: &'static str = CONTENT_TYPE;
    type Reply = VisitSnapshot;
}

/// 送达: a batch of operations of one device, in the order of `seq`. The body is a [`super::transport::PushBatch`].
#[derive(Clone, Debug, Serialize, Deserialize, Validate)]
#[serde(deny_unknown_fields)]
pub struct PushSiteOperations {
    #[validate(custom(function = "visit"))]
    pub visit: CaseId,
    #[validate(length(min = 1, max = 200, message = "一次应送 1 至 200 条操作"))]
    pub ops: Vec<SiteOperation>,
}

impl Endpoint for PushSiteOperations {
    const METHOD: Method = Method::Post;
    const PATH: &'static str = "/api/site/visits/{visit}/operations";
    const REQUIRES: Option<Capability> = Some(Capability::TakePart);
    const LARGEST_BODY: usize = LARGEST_PUSH;
    const LIMITS: ValueLimits = PUSH_LIMITS;
    const REPLY_TYPE: &'static str = CONTENT_TYPE;
    type Reply = Joined<PushReply>;

    fn is_conflict(reply: &Self::Reply) -> bool {
        reply.is_gap
    }
}

/// Begins the upload of a blob, or answers how far it is.
#[derive(Clone, Debug, Serialize, Deserialize, Validate)]
#[serde(deny_unknown_fields)]
pub struct AnnounceSiteBlob {
    #[validate(custom(function = "visit"))]
    pub visit: CaseId,
    #[validate(custom(function = "device"))]
    pub device: DeviceId,
    /// SHA-256 of the bytes.
    #[validate(custom(function = "blob_hash"))]
    pub hash: String,
    /// Size.
    pub bytes: u64,
}

impl Endpoint for AnnounceSiteBlob {
    const METHOD: Method = Method::Post;
    const PATH: &'static str = "/api/site/visits/{visit}/blobs";
    const REQUIRES: Option<Capability> = Some(Capability::TakePart);
    const REPLY_TYPE: &'static str = CONTENT_TYPE;
    type Reply = BlobReply;
}

/// How far a blob is.
#[derive(Clone, Debug, Serialize, Deserialize, Validate)]
#[serde(deny_unknown_fields)]
pub struct AskSiteBlob {
    #[validate(custom(function = "visit"))]
    pub visit: CaseId,
    #[validate(custom(function = "device"))]
    pub device: DeviceId,
    #[validate(custom(function = "blob_hash"))]
    pub hash: String,
}

impl Endpoint for AskSiteBlob {
    const METHOD: Method = Method::Get;
    const PATH: &'static str = "/api/site/visits/{visit}/blobs/{hash}";
    const REQUIRES: Option<Capability> = Some(Capability::TakePart);
    const REPLY_TYPE: &'static str = CONTENT_TYPE;
    type Reply = BlobReply;
}

/// A chunk of a blob, sent as `application/octet-stream`; 409 with the server's offset when it does not join.
#[derive(Clone, Debug, Serialize, Deserialize, Validate)]
#[serde(deny_unknown_fields)]
pub struct SendSiteChunk {
    #[validate(custom(function = "visit"))]
    pub visit: CaseId,
    #[validate(custom(function = "blob_hash"))]
    pub hash: String,
    /// First byte of the chunk.
    #[serde(deserialize_with = "crate::api::number")]
    pub offset: u64,
    #[validate(custom(function = "device"))]
    pub device: DeviceId,
    /// SM3 of the chunk.
    pub sm3: ContentHash,
}

impl Upload for SendSiteChunk {
    const PATH: &'static str = "/api/site/visits/{visit}/blobs/{hash}/chunks/{offset}";
    const REQUIRES: Option<Capability> = Some(Capability::TakePart);
    const LARGEST_FILE: usize = LARGEST_CHUNK;
    const TOO_LARGE: &'static str = "请按 512 KB 一片上传。";
    const REPLY_TYPE: &'static str = CONTENT_TYPE;
    type Reply = Joined<BlobReply>;

    fn is_conflict(reply: &Self::Reply) -> bool {
        reply.is_gap
    }
}

/// 导入离线包: operations of one visit that were carried by hand, any number of times. The file was decrypted by whoever imports it.
#[derive(Clone, Debug, Serialize, Deserialize, Validate)]
#[serde(deny_unknown_fields)]
pub struct ImportSitePackage {
    #[validate(custom(function = "visit"))]
    pub visit: CaseId,
    #[validate(length(min = 1, max = 20_000, message = "离线包应有 1 至 20000 条操作"))]
    pub operations: Vec<PackedOperation>,
}

impl Endpoint for ImportSitePackage {
    const METHOD: Method = Method::Post;
    const PATH: &'static str = "/api/site/visits/{visit}/packages";
    const REQUIRES: Option<Capability> = Some(Capability::TakePart);
    const LARGEST_BODY: usize = LARGEST_PACKAGE;
    const LIMITS: ValueLimits = PACKAGE_LIMITS;
    type Reply = ImportCount;
}

fn new_device(id: &DeviceId) -> Result<(), ValidationError> {
    if id.is_plain() {
        return Ok(());
    }
    let message = "设备编号应为 1 至 64 个字符，只用字母、数字和 . _ -，并以字母或数字开头";
    Err(ValidationError::new("device").with_message(message.into()))
}

fn device(id: &DeviceId) -> Result<(), ValidationError> {
    if id.well_formed() {
        return Ok(());
    }
    Err(ValidationError::new("device").with_message("设备编号应为 1 至 64 个字符，不含空格与引号".into()))
}

fn visit(id: &CaseId) -> Result<(), ValidationError> {
    crate::api::request_id(id)
}

fn blob_hash(hash: &str) -> Result<(), ValidationError> {
    let is_digest = hash.len() == 64 && hash.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
    if is_digest {
        return Ok(());
    }
    Err(ValidationError::new("hash").with_message("应为 64 位小写十六进制数（SHA-256）".into()))
}
