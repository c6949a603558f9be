//! 存储状态: the one word the top bar shows for a visit. The worst that is true, and never 已保存 alone.

use super::device::VisitDevice;
use super::operation::{ConflictId, SiteAct};
use super::receipt::SiteResult;
use super::transport::DeliveryFault;
use std::collections::BTreeSet;

/// Where the work of this visit is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StorageWord {
    /// 未存本机: something on the screen is not in storage.
    Unsaved,
    /// 已存本机: everything is in storage, nothing has been sent.
    Saved,
    /// 正在送达: `done` of `all` operations have a receipt.
    Sending { done: usize, all: usize },
    /// 已送达.
    Delivered,
    /// 有冲突: places where two values wait for a choice.
    Conflicts(usize),
    /// 需处理: operations that wait for a person, and positions this device has lost.
    Attention(usize),
    /// 离线: everything is in storage and waits for the network.
    Offline,
}

impl StorageWord {
    /// What the screen says.
    pub fn text(self) -> String {
        match self {
            StorageWord::Unsaved => "未存本机".to_string(),
            StorageWord::Saved => "已存本机".to_string(),
            StorageWord::Sending { done, all } => format!("正在送达 {done}/{all}"),
            StorageWord::Delivered => "已送达".to_string(),
            StorageWord::Conflicts(count) => format!("有冲突 {count}"),
            StorageWord::Attention(count) => format!("需处理 {count}"),
            StorageWord::Offline => "离线".to_string(),
        }
    }
}

impl VisitDevice {
    /// The word for this visit.
    pub fn storage_word(&self) -> StorageWord {
        let (attention, conflicts) = (self.attention_count(), self.conflict_count());
        let waiting = self.stored.outbox.len();
        let is_cut_off = matches!(self.delivery.fault, Some(fault) if fault != DeliveryFault::SignedOut);
        let all = self.delivery.goal.max(waiting);
        match () {
            () if !self.is_saved() => StorageWord::Unsaved,
            () if attention > 0 => StorageWord::Attention(attention),
            () if conflicts > 0 => StorageWord::Conflicts(conflicts),
            () if waiting > 0 && is_cut_off => StorageWord::Offline,
            () if self.delivery.sending.is_some() => StorageWord::Sending { done: all - waiting, all },
            () if waiting > 0 => StorageWord::Saved,
            () => StorageWord::Delivered,
        }
    }

    /// Whether storage refused the last transaction for want of room: 存储已满, stop and export.
    pub fn is_storage_full(&self) -> bool {
        self.is_full
    }

    /// Parked and rejected operations, positions the server has seen that this device does not have, and an order that is broken off.
    pub fn attention_count(&self) -> usize {
        let is_broken_off = matches!(self.delivery.fault, Some(DeliveryFault::BrokenOff { .. }));
        let waiting = self.stored.delivered.values().filter(|of| of.receipt.result.needs_attention()).count();
        let missing: u64 = self.missing().iter().map(|range| range.end() - range.start() + 1).sum();
        let missing = usize::try_from(missing).unwrap_or(usize::MAX);
        waiting.saturating_add(missing).saturating_add(usize::from(is_broken_off))
    }

    /// Open conflicts as the server listed them, less those resolved here, and operations that met another value since.
    pub fn conflict_count(&self) -> usize {
        let chosen: BTreeSet<&ConflictId> = self
            .stored
            .acts_above_base()
            .into_iter()
            .filter_map(|act| match act {
                SiteAct::Resolve { conflict, .. } => Some(conflict),
                _ => None,
            })
            .collect();
        let base = self.stored.base.as_ref();
        let listed = base.map_or(&[][..], |base| &base.conflicts);
        let listed = listed.iter().filter(|open| !chosen.contains(&open.id)).count();
        let newer = self.stored.delivered.values().filter(|of| {
            of.receipt.result == SiteResult::Conflict && base.is_none_or(|base| of.receipt.rev > base.rev)
        });
        listed + newer.count()
    }
}
