//! 现场登记接口: what the offices see of the tablets.

use super::super::operation::SiteOperation;
use crate::api::{Endpoint, Method};
use crate::kernel::calendar::Date;
use crate::kernel::ids::{AccountId, CaseId, DeviceId};
use crate::kernel::timestamp::Timestamp;
use serde::{Deserialize, Serialize};
use validator::Validate;

/// 现场登记: devices, what each delivered, and what waits for a person.
#[derive(Clone, Debug, Default, Serialize, Deserialize, Validate)]
#[serde(deny_unknown_fields)]
pub struct ReadSiteRegister {}

impl Endpoint for ReadSiteRegister {
    const METHOD: Method = Method::Get;
    const PATH: &'static str = "/api/site/register";
    type Reply = SiteRegister;
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SiteRegister {
    /// By name.
    pub devices: Vec<SiteDeviceLine>,
    /// Visits the person sees that a device has something of.
    pub visits: Vec<SiteVisitLine>,
    /// 待处理: parked and rejected operations, newest first.
    pub quarantine: Vec<QuarantinedOperation>,
    /// 报警: operations whose id was known with another body, newest first.
    pub alarms: Vec<QuarantinedOperation>,
}

/// A device as the register lists it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SiteDeviceLine {
    pub device: DeviceId,
    pub name: String,
    pub account: AccountId,
    /// Name of the account's person.
    pub person: String,
    pub enrolled: Timestamp,
    /// When it last handed something in.
    pub last_seen: Option<Timestamp>,
    pub revoked_on: Option<Date>,
}

/// What the server has of a visit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SiteVisitLine {
    pub visit: CaseId,
    pub unit: String,
    pub stage_label: String,
    pub rev: u64,
    /// Last position received of each device.
    pub received: Vec<DeviceProgress>,
    /// Photos of the document whose bytes are not here, by SHA-256.
    pub missing_blobs: Vec<String>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeviceProgress {
    pub device: DeviceId,
    pub last_seq: u64,
}

/// An operation that waits for a person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct QuarantinedOperation {
    pub visit: CaseId,
    /// When the server received it.
    pub at: Timestamp,
    pub op: SiteOperation,
    /// Name of the sender.
    pub person: String,
    /// Why, in Chinese.
    pub reason: String,
}
