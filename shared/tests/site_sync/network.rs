//! What is between a tablet and the server.

use super::fault::Defect;
use super::story::NetFate;
use super::world::{World, identity};
use shared::sync::site::blob::BlobRequest;
use shared::sync::site::receipt::{SiteReceipt, SiteResult};
use shared::sync::site::storage::StoreWrite;
use shared::sync::site::transport::{CONTENT_TYPE, PushBatch, PushReply, RawReply};

/// Bytes of a chunk in the stories.
const CHUNK_BYTES: u64 = 512;

#[derive(Clone)]
pub enum Request {
    Push(PushBatch),
    Pull,
    Blob(BlobRequest, Vec<u8>),
}

/// Something that arrives at a later step.
#[derive(Clone)]
pub enum Late {
    Request(usize, Request),
    Reply(usize, Request, RawReply),
}

impl World {
    pub fn push(&mut self, device: usize, fate: NetFate) {
        let tablet = &mut self.tablets[device];
        let refused = |tablet: &super::world::Tablet| {
            tablet.machine.stored().delivered.values().any(|of| of.receipt.result.needs_attention())
        };
        if self.defect == Defect::BlockingRefusal && refused(tablet) {
            return;
        }
        let Some(batch) = tablet.machine.next_batch(tablet.now) else { return };
        if self.defect == Defect::PopSend {
            for op in &batch.ops {
                tablet.disk.force(&StoreWrite::RemoveOutbox(op.seq));
            }
        }
        self.exchange(device, Request::Push(batch), fate);
    }

    pub fn pull(&mut self, device: usize, fate: NetFate) {
        self.exchange(device, Request::Pull, fate);
    }

    pub fn blob(&mut self, device: usize, fate: NetFate) {
        let tablet = &mut self.tablets[device];
        let Some(request) = tablet.machine.next_blob(tablet.now, CHUNK_BYTES) else { return };
        let hash = match &request {
            BlobRequest::Announce { hash, .. }
            | BlobRequest::Chunk { hash, .. }
            | BlobRequest::AskOffset { hash } => hash,
        };
        let content = tablet.disk.contents.get(hash).cloned().unwrap_or_default();
        self.exchange(device, Request::Blob(request, content), fate);
    }

    /// Something late arrives: a request at the server, or a reply at a tablet that has given up on it.
    pub fn arrive(&mut self, which: usize) {
        if self.late.is_empty() {
            return;
        }
        let at = which % self.late.len();
        match self.late.remove(at) {
            Late::Request(device, request) => {
                self.answer(device, &request, usize::MAX);
            }
            Late::Reply(device, request, reply) => self.hand_over(device, &request, &reply),
        }
        self.note("late arrival");
    }

    fn exchange(&mut self, device: usize, request: Request, fate: NetFate) {
        let failed = |status, retry_after_ms| RawReply { status, retry_after_ms, ..RawReply::nothing() };
        let reply = match fate {
            NetFate::Sound => self.answer(device, &request, usize::MAX),
            NetFate::RequestLost => RawReply::nothing(),
            NetFate::RequestLate => {
                self.late.push(Late::Request(device, request.clone()));
                RawReply::nothing()
            }
            NetFate::ReplyLost => {
                self.answer(device, &request, usize::MAX);
                RawReply::nothing()
            }
            NetFate::ReplyLate => {
                let reply = self.answer(device, &request, usize::MAX);
                self.late.push(Late::Reply(device, request.clone(), reply));
                RawReply::nothing()
            }
            NetFate::Repeated(times) => self.repeat(device, &request, times),
            NetFate::Truncated => {
                let reply = self.answer(device, &request, usize::MAX);
                let most = reply.body.chars().count() / 2;
                RawReply { body: reply.body.chars().take(most).collect(), ..reply }
            }
            NetFate::PortalPage => RawReply {
                content_type: "text/html".to_string(),
                body: "<html>请登录</html>".to_string(),
                ..failed(200, None)
            },
            NetFate::PortalForgery => self.forgery(device, &request),
            NetFate::FailsAfter => {
                self.answer(device, &request, usize::MAX);
                failed(500, None)
            }
            NetFate::FailsMidway => {
                self.answer(device, &request, 1);
                failed(500, None)
            }
            NetFate::Busy(seconds) => failed(503, Some(seconds * 1_000)),
            NetFate::SignedOut => failed(401, None),
        };
        self.hand_over(device, &request, &reply);
    }

    /// The same request several times. The same receipts come back each time.
    fn repeat(&mut self, device: usize, request: &Request, times: usize) -> RawReply {
        let first = self.answer(device, request, usize::MAX);
        let mut last = first.clone();
        for _ in 1..times {
            last = self.answer(device, request, usize::MAX);
        }
        if let Request::Push(_) = request {
            self.require(receipts(&first) == receipts(&last), "I2: the same operation has two receipts");
        }
        last
    }

    fn answer(&mut self, device: usize, request: &Request, most: usize) -> RawReply {
        let (of, key) = (identity(device).device, self.tablets[device].key.clone());
        match request {
            Request::Push(batch) => self.office.push(&of, &key, batch, most),
            Request::Pull => self.office.pull(&of, &key),
            Request::Blob(step, content) => self.office.blob(&of, &key, step, content),
        }
    }

    fn hand_over(&mut self, device: usize, request: &Request, reply: &RawReply) {
        let random = self.number().wrapping_mul(0x9E37_79B9_7F4A_7C15);
        if reply.status == 409 {
            self.note("409");
        }
        let tablet = &mut self.tablets[device];
        match request {
            Request::Push(_) => tablet.machine.push_answered(reply, tablet.now, random),
            Request::Pull => tablet.machine.snapshot_answered(reply, tablet.now, random),
            Request::Blob(..) => tablet.machine.blob_answered(reply, tablet.now, random),
        }
    }

    /// A reply as somebody on the way could make it up: a true word of the server from an earlier reply, with receipts of its own. A
    /// tablet that checks no mac takes them for the server's.
    fn forgery(&self, device: usize, request: &Request) -> RawReply {
        let Request::Push(batch) = request else {
            return RawReply { status: 200, content_type: CONTENT_TYPE.to_string(), ..RawReply::nothing() };
        };
        let (key, of) = (&self.tablets[device].key, identity(device).device);
        let is_taken = self.defect == Defect::UncheckedReceipts;
        let receipt = |op| {
            let sealed = SiteReceipt::seal(key, op, &op.body_hash(), SiteResult::Applied, 1);
            SiteReceipt { mac: if is_taken { sealed.mac } else { "0".repeat(64) }, ..sealed }
        };
        let receipts = batch.ops.iter().map(receipt).collect();
        RawReply::of(200, &self.office.state.push_reply(&of, key, receipts))
    }
}

fn receipts(reply: &RawReply) -> Vec<SiteReceipt> {
    reply.read::<PushReply>().map(|reply| reply.receipts).unwrap_or_default()
}
