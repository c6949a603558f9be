//! 保存状态: 已存本机 · 已送达 · 有冲突.

/// The save state as the page shows it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SaveState {
    /// Operations not on the device yet.
    pub unsaved: usize,
    /// Operations not delivered yet, on the device or not.
    pub unsent: usize,
    pub sending: bool,
    /// Conflicts a person has to decide.
    pub conflicts: usize,
    /// The server is not reached; sending is tried again by itself.
    pub offline: bool,
    /// What cannot be delivered or kept and what to do, in Chinese.
    pub failed: Option<String>,
}
