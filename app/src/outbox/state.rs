//! 保存状态, and its words: 已存本机 · 已送达 · 有冲突.

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

impl SaveState {
    /// The state in one word, for styles and tests.
    pub fn word(&self) -> &'static str {
        match self {
            SaveState { failed: Some(_), .. } => "failed",
            SaveState { conflicts: 1.., .. } => "conflict",
            SaveState { unkept: 1.., .. } => "storing",
            SaveState { unsent: 1.., .. } => "stored",
            _ => "delivered",
        }
    }

    /// What the person reads.
    pub fn label(&self) -> String {
        match self.word() {
            "failed" if self.unsent > 0 => format!("有 {} 项未送达", self.unsent),
            "failed" => "有内容没有保存".to_string(),
            "conflict" => format!("有冲突 {} 处", self.conflicts),
            "storing" => "正在保存…".to_string(),
            "stored" if self.offline => format!("已存本机 · 网络不通，{} 项待送", self.unsent),
            "stored" => "已存本机 · 正在送达".to_string(),
            _ => "已送达".to_string(),
        }
    }
}
