//! Faulty tablets and servers. Each breaks one rule; the simulation has to notice.

/// What is built wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Defect {
    None,
    /// Operations leave the outbox when they are sent.
    PopSend,
    /// Receipts count without their mac.
    UncheckedReceipts,
    /// Each write of a transaction is durable alone.
    SplitTransactions,
    /// Storage answers before the last transaction is durable.
    RelaxedDurability,
    /// Storage that refuses for want of room drops what was typed.
    DroppedOnFull,
    /// A refused operation holds up those behind it.
    BlockingRefusal,
    /// The server forgets which operations it has answered.
    ForgetfulServer,
    /// The server applies operations in the order they arrive.
    UnorderedServer,
    /// The server lets the last writer win.
    LastWriterWins,
    /// The server refuses what it cannot admit and does not store it.
    DiscardingServer,
}

impl Defect {
    pub const ALL: [Defect; 10] = [
        Defect::PopSend,
        Defect::UncheckedReceipts,
        Defect::SplitTransactions,
        Defect::RelaxedDurability,
        Defect::DroppedOnFull,
        Defect::BlockingRefusal,
        Defect::ForgetfulServer,
        Defect::UnorderedServer,
        Defect::LastWriterWins,
        Defect::DiscardingServer,
    ];
}
