//! 书面理由字数: fewest characters of the texts for which the catalogue of parameters has no name, each with its source. Every
//! other reason has the length the edition states (`reason_min`, `note_length`, `justify_length`, `growth_reason_min`).

/// 情节严重的提请暂停 (performance.md, COR-04).
pub const SERIOUS_ESCALATION: usize = 20;

/// 改进措施 of a case whose grade is 中 or 差 (performance.md, APP-10).
pub const IMPROVEMENT: u32 = 20;

/// 拒签 of the evaluated unit (performance.md, SIT-28 and KEY-16).
pub const REFUSED_SIGNATURE: u32 = 5;

/// 依据条款 of a problem that was found (performance.md, KEY-21).
pub const SHORTEST_CLAUSE: u32 = 2;

/// 逾期公开 (oversight.md § 2, PUB-10) and a mark that stays (PUB-06).
pub const LATE_PUBLICATION: usize = 10;
