//! A tablet of a story: the machine of the app, a storage that always answers, and the real server.

use shared::api::transition::{Moved, Transition};
use shared::api::{Method, upload_path};
use shared::cases::execution::registry::ExecutionKindName;
use shared::engine::op::Change;
use shared::kernel::content_hash::ContentHash;
use shared::kernel::hash::{from_hex, sha256_hex};
use shared::kernel::ids::{AccountId, CaseId, DeviceId, RowId};
use shared::sync::site::api::{
    AnnounceSiteBlob, AskSiteBlob, EnrolDevice, PushSiteOperations, ReadSiteBundle, ReadVisitSnapshot,
    SendSiteChunk, SiteBundle,
};
use shared::sync::site::blob::{BlobRequest, CHUNK_BYTES};
use shared::sync::site::device::{DeviceMoment, VisitDevice, VisitIdentity};
use shared::sync::site::operation::{SiteOperation, SitePhoto, SiteSignature};
use shared::sync::site::receipt::DeviceKey;
use shared::sync::site::storage::StoredVisit;
use shared::sync::site::transport::RawReply;
use std::collections::BTreeMap;
use tests::office::Office;
use tests::{Answer, Desk, Draft, World, fresh_id};

pub const VISIT: &str = "visit-site";

/// The office sends two evaluators to a visit of an approved request; the window is open.
pub fn sent_out(world: &World) {
    let evaluator = serde_json::json!({ "role": "evaluator" });
    let people = serde_json::json!({ "evaluator.qin": evaluator, "evaluator.cao": evaluator });
    Office::of(world, &serde_json::json!({ "departments": {}, "people": people }));
    let demonstration: serde_json::Value =
        serde_json::from_str(include_str!("../../server/src/ops/demo/performance.json")).expect("a script");
    let approval = &demonstration["steps"][0];
    let mut approve = approval["with"].as_object().expect("a command").clone();
    approve.insert("verb".to_string(), approval["do"].clone());
    let request = CaseId::new(approval["case"].as_str().expect("a case"));
    let kind = Some(ExecutionKindName::Request.word().to_string());
    let (operation, command) = (fresh_id(), serde_json::Value::Object(approve));
    world.desk("finance.leader").call(&Transition { request, operation, seen: 0, command, kind });
    let checklist = serde_json::json!([
        { "id": "i1", "matter": "巡检记录是否完整", "method": "查账", "weight": "10" },
        { "id": "i2", "matter": "设备在用情况", "method": "实物盘点", "weight": "10" },
    ]);
    let opening = serde_json::json!({
        "verb": "open", "request": "approved-agriculture-2023", "unit": "省农业农村厅信息中心",
        "evaluators": ["evaluator.qin", "evaluator.cao"], "from": "2023-07-10", "to": "2023-07-20", "form": "f3",
        "checklist": checklist,
    });
    commands(&world.desk("finance.reviewer"), 0, opening);
}

/// A command on the visit at a desk.
pub fn commands(desk: &Desk, seen: u64, command: serde_json::Value) -> Moved {
    desk.call(&command_of(seen, command))
}

pub fn command_of(seen: u64, command: serde_json::Value) -> Transition {
    Transition {
        request: CaseId::new(VISIT),
        operation: fresh_id(),
        seen,
        command,
        kind: Some(ExecutionKindName::SiteVisit.word().to_string()),
    }
}

pub struct Tablet {
    pub desk: Desk,
    pub machine: VisitDevice,
    pub key: DeviceKey,
    pub bundle: SiteBundle,
    photos: BTreeMap<String, Vec<u8>>,
    random: u128,
}

const NOW: DeviceMoment = DeviceMoment { wall_ms: 1_689_400_000_000, mono_ms: 1_000_000 };

pub fn raw(answer: &Answer) -> RawReply {
    let content_type = answer.header("content-type").unwrap_or_default().to_string();
    RawReply { status: answer.status, content_type, retry_after_ms: None, body: answer.text.clone() }
}

impl Tablet {
    /// Enrols a device, downloads the visit and opens it.
    pub fn enrolled(world: &World, account: &str, device: &str) -> Tablet {
        let desk = world.desk(account);
        let (visit, device) = (CaseId::new(VISIT), DeviceId::new(device));
        let enrolled = desk.call(&EnrolDevice { device: device.clone(), name: "一号平板".into() });
        let key = DeviceKey::new(from_hex(&enrolled.key).expect("a key"));
        let bundle = desk.call(&ReadSiteBundle { visit: visit.clone(), device: device.clone() });
        assert!(bundle.is_verified(&key));
        assert!(!bundle.is_verified(&DeviceKey::new([0; 32])));
        let identity = VisitIdentity {
            device,
            account: AccountId::new(account),
            visit,
            form_ver: bundle.form_ver.clone(),
            policy_ver: bundle.policy_ver.clone(),
            app_ver: "1".to_string(),
            year: bundle.year,
        };
        let machine = VisitDevice::open(identity, key.clone(), StoredVisit::default());
        let random = u128::from(account.len() as u64 * 7919 + u64::from(account.as_bytes()[10])) << 64;
        let mut tablet = Tablet { desk, machine, key, bundle, photos: BTreeMap::new(), random };
        tablet.reads();
        tablet
    }

    /// Stores whatever waits.
    pub fn saves(&mut self) {
        self.random += 1;
        while self.machine.next_transaction(NOW, self.random).is_some() {
            self.machine.committed();
            self.random += 1;
        }
    }

    pub fn reads(&mut self) {
        let identity = self.machine.identity();
        let read = ReadVisitSnapshot { visit: identity.visit.clone(), device: identity.device.clone() };
        let answer = self.desk.ask(&read);
        assert_eq!(answer.status, 200, "{}", answer.text);
        self.machine.snapshot_answered(&raw(&answer), NOW, 0);
        self.saves();
    }

    /// Delivers everything, and reads the visit anew where others changed it.
    pub fn delivers(&mut self) {
        self.saves();
        while let Some(batch) = self.machine.next_batch(NOW) {
            let answer = self.pushes(&batch.ops);
            assert_eq!(answer.status, 200, "{}", answer.text);
            self.machine.push_answered(&raw(&answer), NOW, 0);
            self.saves();
        }
        assert!(self.machine.stored().outbox.is_empty());
        if self.machine.wants_snapshot() {
            self.reads();
        }
    }

    /// The bytes of a batch on the wire.
    pub fn pushes(&self, ops: &[SiteOperation]) -> Answer {
        self.desk.ask(&PushSiteOperations { visit: CaseId::new(VISIT), ops: ops.to_vec() })
    }

    /// Delivered operations in order.
    pub fn delivered(&self) -> Vec<SiteOperation> {
        self.machine.stored().delivered.values().map(|of| of.op.clone()).collect()
    }

    /// Words of the answers to what was delivered.
    pub fn results(&self) -> Vec<&'static str> {
        self.machine.stored().delivered.values().map(|of| of.receipt.result.word()).collect()
    }

    pub fn types(&mut self, table: &str, row: &str, field: &str, text: &str) {
        self.machine.type_cells(vec![Draft::set(table, row, field, None, Some(text))]).expect("open");
        self.saves();
    }

    pub fn scores(&mut self, row: &str, item: &str, evaluator: &str, score: &str) {
        let cells = [("item", item), ("evaluator", evaluator), ("score", score)];
        let cells = cells.map(|(key, text)| (key.to_string(), text.to_string())).into();
        let insert = Change::InsertRow { table: "scores".into(), row: RowId::new(row), rank: 0, cells };
        self.machine.type_cells(vec![insert]).expect("open");
        self.saves();
    }

    pub fn photographs(&mut self, row: &str, item: &str, bytes: Vec<u8>) -> String {
        let hash = sha256_hex(&bytes);
        let photo = SitePhoto {
            hash: hash.clone(),
            item: Some(item.into()),
            bytes: bytes.len() as u64,
            width: 2048,
            height: 1536,
            ..SitePhoto::default()
        };
        self.machine.add_photo(RowId::new(row), photo, bytes.clone()).expect("open");
        self.photos.insert(hash.clone(), bytes);
        self.saves();
        hash
    }

    pub fn signs(&mut self, row: &str, who: &str, name: &str) {
        let signature = SiteSignature {
            who: who.into(),
            name: name.into(),
            hash: sha256_hex(name.as_bytes()),
            content: ContentHash::of(b""),
            method: "手写".into(),
        };
        self.machine.sign(RowId::new(row), signature).expect("open");
        self.saves();
    }

    /// Sends the next step of the uploads, if there is one.
    pub fn uploads_a_step(&mut self) -> Option<u16> {
        let request = self.machine.next_blob(NOW, CHUNK_BYTES)?;
        let answer = self.sends(&request);
        self.machine.blob_answered(&raw(&answer), NOW, 0);
        self.saves();
        Some(answer.status)
    }

    pub fn sends(&self, request: &BlobRequest) -> Answer {
        let (visit, device) = (CaseId::new(VISIT), self.machine.identity().device.clone());
        match request.clone() {
            BlobRequest::Announce { hash, bytes } => {
                self.desk.ask(&AnnounceSiteBlob { visit, device, hash, bytes })
            }
            BlobRequest::AskOffset { hash } => self.desk.ask(&AskSiteBlob { visit, device, hash }),
            BlobRequest::Chunk { hash, offset, length } => {
                let (from, to) = (offset as usize, (offset + length) as usize);
                self.sends_chunk(&hash, offset, &self.photos[&hash][from..to])
            }
        }
    }

    pub fn sends_chunk(&self, hash: &str, offset: u64, bytes: &[u8]) -> Answer {
        let device = self.machine.identity().device.clone();
        let (visit, hash, sm3) = (CaseId::new(VISIT), hash.to_string(), ContentHash::of(bytes));
        let path = upload_path(&SendSiteChunk { visit, hash, offset, device, sm3 }).expect("a path");
        let headers = [("content-type", "application/octet-stream"), ("sec-fetch-site", "same-origin")];
        self.desk.raw(Method::Post, &path, Some(bytes), &headers)
    }
}
