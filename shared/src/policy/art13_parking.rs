//! 待处理: why something handed in from a site visit waits for a person (Art. 13). Nothing of it is refused or deleted.

use crate::kernel::words::words;

words! {
    /// 待处理原因: why an operation waits for a person; it is stored whole.
    ParkReason {
        Revoked "revoked" "设备已停用",
        Closed "closed" "任务已关闭",
        Accepted "accepted" "任务已验收",
        Reassigned "reassigned" "已改派他人",
        Late "late" "超过报送期限",
        VoidSignature "void_signature" "签字与内容不符",
        Unsigned "unsigned" "签字不全",
        Second "second" "已有正式记录",
        /// Made without knowledge of the record.
        Finalized "finalized" "已经定稿",
        /// Another operation has this position: the tablet was set back to an older state.
        Sequence "sequence" "序号已被另一操作使用",
        /// The operation before it is not the one the server has.
        Chain "chain" "与前一操作不衔接",
    }
}
