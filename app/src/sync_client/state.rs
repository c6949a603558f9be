//! 保存状态: 已存本机 · 已送达 · 有冲突.

/// How saving stands, as the page shows it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SaveState {
    /// Typed, and not on the device yet.
    pub unkept: usize,
    /// Made here and not delivered yet, on the device or not.
    pub unsent: usize,
    pub sending: bool,
    /// Conflicts a person has to decide.
    pub conflicts: usize,
    /// The server is not reached; it is tried again by itself.
    pub offline: bool,
    /// What cannot be delivered or kept and what to do, in Chinese.
    pub failed: Option<String>,
}
