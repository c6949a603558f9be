//! Delivery from the tablet: peek, send, confirm. Nothing leaves the outbox here; a verified reply becomes a transaction, and only that
//! transaction moves operations. A refused or parked operation is delivered like any other and holds up nothing.

use super::backoff::pause_ms;
use super::blob::{BlobReply, BlobRequest, BlobUpload, next_request};
use super::device::{DeviceMoment, VerifiedReply, VisitDevice};
use super::receipt::SiteResult;
use super::transport::{DeliveryFault, PushBatch, PushReply, RawReply, VisitSnapshot};

impl VisitDevice {
    /// The next batch, if it is time: the oldest operations in order. They stay in the outbox.
    pub fn next_batch(&mut self, now: DeviceMoment) -> Option<PushBatch> {
        let is_busy = self.delivery.sending.is_some() || !self.replies.is_empty();
        if is_busy || now.mono_ms < self.delivery.not_before_ms {
            return None;
        }
        let waiting = self.stored.outbox.len();
        let batch = PushBatch::of(self.stored.outbox.values());
        self.delivery.sending = Some(batch.ops.last()?.seq);
        self.delivery.goal = self.delivery.goal.max(waiting);
        Some(batch)
    }

    /// What came back for the batch; [`RawReply::nothing`] after a time-out. `random` spreads the pause after a failure.
    pub fn push_answered(&mut self, reply: &RawReply, now: DeviceMoment, random: u64) {
        self.delivery.sending = None;
        let (device, visit) = (&self.identity.device, &self.identity.visit);
        let verified = reply.read::<PushReply>().and_then(|read| {
            if read.is_verified(&self.key, device, visit) { Ok(read) } else { Err(DeliveryFault::Unverified) }
        });
        match verified {
            // A gap without a single receipt brings the outbox no further: it counts as a failure, so that the next attempt waits.
            Ok(read) if read.receipts.is_empty() => {
                let expected = read.head.seq + 1;
                let is_here = self.stored.outbox.contains_key(&expected)
                    || self.stored.delivered.contains_key(&expected);
                self.replies.push_back(VerifiedReply::Push(read));
                let fault = match is_here {
                    true => DeliveryFault::Unavailable { retry_after_ms: None },
                    false => DeliveryFault::BrokenOff { expected },
                };
                self.delay(fault, now, random);
            }
            Ok(read) => {
                self.replies.push_back(VerifiedReply::Push(read));
                self.reached();
            }
            Err(fault) => self.delay(fault, now, random),
        }
    }

    /// Whether to read the visit anew: never read, or an operation met what the draft does not show. After operations that were applied
    /// alone the draft is the server's document already.
    pub fn wants_snapshot(&self) -> bool {
        let Some(base) = &self.stored.base else { return true };
        let mut receipts = self.stored.delivered.values().map(|delivered| &delivered.receipt);
        receipts.any(|receipt| receipt.rev > base.rev && receipt.result != SiteResult::Applied)
    }

    /// What came back when the visit was read.
    pub fn snapshot_answered(&mut self, reply: &RawReply, now: DeviceMoment, random: u64) {
        let verified = reply.read::<VisitSnapshot>().and_then(|read| {
            let is_verified = read.is_verified(&self.key, &self.identity.device, &self.identity.visit);
            if is_verified { Ok(read) } else { Err(DeliveryFault::Unverified) }
        });
        match verified {
            Ok(read) => {
                self.replies.push_back(VerifiedReply::Snapshot(Box::new(read)));
                self.reached();
            }
            Err(fault) => self.delay(fault, now, random),
        }
    }

    /// The next step of the photo uploads, if it is time. They never hold up operations.
    pub fn next_blob(&mut self, now: DeviceMoment, chunk_bytes: u64) -> Option<BlobRequest> {
        let is_busy = self.delivery.sending_blob.is_some();
        if is_busy || now.mono_ms < self.delivery.not_before_ms {
            return None;
        }
        let record = self.stored.blobs.values().find(|record| record.upload != BlobUpload::Delivered)?;
        self.delivery.sending_blob = Some(record.hash.clone());
        Some(next_request(record, self.delivery.is_offset_known, chunk_bytes))
    }

    /// What came back for a step of an upload. After 409 or a failure the server is asked for its offset first.
    pub fn blob_answered(&mut self, reply: &RawReply, now: DeviceMoment, random: u64) {
        let Some(hash) = self.delivery.sending_blob.take() else { return };
        let verified = reply.read::<BlobReply>().and_then(|read| {
            let is_verified = read.hash == hash && read.is_verified(&self.key, &self.identity.device);
            if is_verified { Ok(read) } else { Err(DeliveryFault::Unverified) }
        });
        self.delivery.is_offset_known = reply.status == 200 && verified.is_ok();
        match verified {
            Ok(read) => {
                if let Some(record) = self.stored.blobs.get(&hash) {
                    self.replies.push_back(VerifiedReply::Blob(record.answered(read.answer)));
                }
                self.reached();
            }
            Err(fault) => self.delay(fault, now, random),
        }
    }

    /// Why the last attempt confirmed nothing; nothing after one that did.
    pub fn delivery_fault(&self) -> Option<DeliveryFault> {
        self.delivery.fault
    }

    /// Milliseconds until the server may be asked again, 0 for now.
    pub fn pause_left_ms(&self, now: DeviceMoment) -> u64 {
        self.delivery.not_before_ms.saturating_sub(now.mono_ms)
    }

    /// Whether anything waits for the server: operations, photos, or a visit to be read anew.
    pub fn has_delivery(&self) -> bool {
        let has_blob = self.stored.blobs.values().any(|record| record.upload != BlobUpload::Delivered);
        has_blob || !self.stored.outbox.is_empty() || self.wants_snapshot()
    }

    /// The network came back, or the person pressed 同步: try at once, unless the server asked for a pause.
    pub fn try_now(&mut self) {
        if !matches!(self.delivery.fault, Some(DeliveryFault::Unavailable { .. })) {
            self.delivery.not_before_ms = 0;
        }
    }

    fn reached(&mut self) {
        self.delivery.failures = 0;
        self.delivery.not_before_ms = 0;
        self.delivery.fault = None;
    }

    fn delay(&mut self, fault: DeliveryFault, now: DeviceMoment, random: u64) {
        let retry_after_ms = match fault {
            DeliveryFault::Unavailable { retry_after_ms } => retry_after_ms,
            DeliveryFault::Offline
            | DeliveryFault::SignedOut
            | DeliveryFault::Unverified
            | DeliveryFault::BrokenOff { .. } => None,
        };
        self.delivery.failures = self.delivery.failures.saturating_add(1);
        let pause = pause_ms(self.delivery.failures, retry_after_ms, random);
        self.delivery.not_before_ms = now.mono_ms.saturating_add(pause);
        self.delivery.fault = Some(fault);
    }
}
