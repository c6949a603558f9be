//! 失败: what a handler may return instead of a reply. A problem is shown to the person; anything else is logged under an
//! incident number and never shown.

use shared::api::problem::{Problem, code};
use shared::kernel::refusal::Refusal;
use shared::kernel::timestamp::InvalidTimestamp;

#[derive(Debug)]
pub enum Failure {
    Problem(Box<Problem>),
    Internal(anyhow::Error),
}

impl Failure {
    /// It does not exist, or this person must not know that it does.
    pub fn unknown(what: &str) -> Failure {
        Problem::new(404, code::UNKNOWN, format!("没有这{what}"), "请核对链接，或从待办重新打开。").into()
    }

    pub fn sign_in() -> Failure {
        let detail = "请重新登录；已填写的内容都在本机，登录后继续。";
        Problem::new(401, code::SIGN_IN, "尚未登录或登录已过期", detail).into()
    }

    /// A weighty act needs a fresh sign-in. The code is that of a session that is over, so that the page does the same.
    pub fn step_up() -> Failure {
        let detail = "这项办理须再次验证身份，请重新输入密码（及动态口令）；验证后自动继续。";
        Problem::new(401, code::SIGN_IN, "请再次验证身份", detail).into()
    }

    pub fn password_expired() -> Failure {
        let detail = "密码已超过有效期，请先在“账号设置”修改密码，再继续办理；已填写的内容都在。";
        Problem::new(403, code::PASSWORD_EXPIRED, "密码已过期", detail).into()
    }

    pub fn second_factor_missing() -> Failure {
        let detail = "本系统要求全部人员使用动态口令，请先在“账号设置”启用，再继续办理；已填写的内容都在。";
        let problem = Problem::new(403, code::SECOND_FACTOR, "尚未启用动态口令", detail);
        Problem { refusal: Some(Refusal::new("ACT-30", detail)), ..problem }.into()
    }

    /// The code of the rule that refused, if one did.
    pub fn refusal_code(&self) -> Option<&str> {
        match self {
            Failure::Problem(problem) => problem.refusal.as_ref().map(|refusal| refusal.code.as_str()),
            Failure::Internal(_) => None,
        }
    }

    /// Whether what is stored could not be read, while the database answers: it holds what nothing here writes.
    pub fn is_unreadable(&self) -> bool {
        match self {
            Failure::Problem(_) => false,
            Failure::Internal(error) => error.downcast_ref::<sqlx::Error>().is_none_or(|error| {
                matches!(error, sqlx::Error::ColumnDecode { .. } | sqlx::Error::Decode(_))
            }),
        }
    }

    pub fn stale(current: u64) -> Failure {
        let detail = "其他人已先办理，请查看最新状态后再办理。";
        let problem = Problem::new(409, code::STALE, "页面上的状态已过时", detail);
        Problem { current: Some(current), ..problem }.into()
    }

    pub fn operation_reused() -> Failure {
        let detail = "同一操作编号已用于其他内容，本次未作任何改动。请刷新页面后重试。";
        Problem::new(409, code::OPERATION_REUSED, "操作编号重复", detail).into()
    }

    pub fn exists(detail: &str) -> Failure {
        Problem::new(409, code::EXISTS, "已经存在", detail).into()
    }

    pub fn malformed(status: u16, detail: impl Into<String>) -> Failure {
        Problem::new(status, code::MALFORMED, "请求内容不合要求", detail).into()
    }

    /// Too much at once; what has ended makes room, and the same may be asked again after `seconds`.
    pub fn too_many(seconds: u64, detail: impl Into<String>) -> Failure {
        let problem = Problem::new(429, code::TOO_MANY, "操作过于频繁", detail);
        Problem { retry_after: Some(seconds), ..problem }.into()
    }

    /// The disk is full; what the person typed stays on their device.
    pub fn no_room() -> Failure {
        let detail = "服务器存储空间不足，请告知系统管理员；已填写的内容保留在本机，有空间后会自动送达。";
        let problem = Problem::new(507, code::STORE_FULL, "存储空间不足", detail);
        Problem { retry_after: Some(60), ..problem }.into()
    }

    pub fn try_later(seconds: u64) -> Failure {
        let problem = Problem::new(503, code::TRY_LATER, "系统正忙", "请稍后重试，已填写的内容不会丢失。");
        Problem { retry_after: Some(seconds), ..problem }.into()
    }
}

impl From<Problem> for Failure {
    fn from(problem: Problem) -> Failure {
        Failure::Problem(Box::new(problem))
    }
}

impl From<Box<Problem>> for Failure {
    fn from(problem: Box<Problem>) -> Failure {
        Failure::Problem(problem)
    }
}

impl From<Refusal> for Failure {
    fn from(refusal: Refusal) -> Failure {
        Problem::refused(refusal).into()
    }
}

impl From<sqlx::Error> for Failure {
    fn from(error: sqlx::Error) -> Failure {
        match trouble(&error) {
            Some(StorageTrouble::Taken) => {
                tracing::info!(%error, "taken by a request at the same time");
                Failure::exists("同样的编号、文号或操作刚刚由另一次办理占用，请刷新页面核对后再办理。")
            }
            Some(StorageTrouble::Full) => {
                tracing::error!(%error, "no room left");
                Failure::no_room()
            }
            Some(StorageTrouble::Away) => {
                tracing::warn!(%error, "database away");
                Failure::try_later(5)
            }
            None => Failure::Internal(error.into()),
        }
    }
}

/// What went wrong in the database through nobody's defect.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum StorageTrouble {
    /// Somebody else inserted the same key at the same time.
    Taken,
    /// The disk is full.
    Full,
    /// Locked, restarting, out of connections or unreachable; it passes.
    Away,
}

fn trouble(error: &sqlx::Error) -> Option<StorageTrouble> {
    match error {
        sqlx::Error::PoolTimedOut
        | sqlx::Error::PoolClosed
        | sqlx::Error::WorkerCrashed
        | sqlx::Error::Io(_) => Some(StorageTrouble::Away),
        sqlx::Error::Database(database) if database.is_unique_violation() => Some(StorageTrouble::Taken),
        sqlx::Error::Database(database) => trouble_of_code(&database.code()?),
        _ => None,
    }
}

/// By SQLSTATE of five characters, or by SQLite's number, whose low byte is the primary code.
fn trouble_of_code(code: &str) -> Option<StorageTrouble> {
    if code.len() == 5 {
        return match (code, &code[..2]) {
            ("53100", _) => Some(StorageTrouble::Full),
            // Connection, resources, lock and deadlock, operator intervention, read-only standby, I/O of the system.
            (_, "08" | "53" | "40" | "57" | "58") | ("55P03" | "25006", _) => Some(StorageTrouble::Away),
            _ => None,
        };
    }
    match code.parse::<u32>().ok()? & 0xff {
        13 => Some(StorageTrouble::Full),
        // BUSY, LOCKED, READONLY, IOERR, CANTOPEN, PROTOCOL.
        5 | 6 | 8 | 10 | 14 | 15 => Some(StorageTrouble::Away),
        _ => None,
    }
}

impl From<serde_json::Error> for Failure {
    fn from(error: serde_json::Error) -> Failure {
        Failure::Internal(error.into())
    }
}

/// A row holds a moment that is none: the program writes no such text.
impl From<InvalidTimestamp> for Failure {
    fn from(error: InvalidTimestamp) -> Failure {
        Failure::Internal(error.into())
    }
}

impl From<anyhow::Error> for Failure {
    fn from(error: anyhow::Error) -> Failure {
        Failure::Internal(error)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn storage_trouble_is_known_by_its_code() {
        for away in ["5", "6", "261", "517", "10", "522", "14", "57P01", "53300", "40P01", "08006", "55P03"] {
            assert_eq!(trouble_of_code(away), Some(StorageTrouble::Away), "{away}");
        }
        for full in ["13", "53100"] {
            assert_eq!(trouble_of_code(full), Some(StorageTrouble::Full), "{full}");
        }
        for defect in ["1", "787", "42601", "22001", "x"] {
            assert_eq!(trouble_of_code(defect), None, "{defect}");
        }
    }
}
