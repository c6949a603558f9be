//! 留痕命令: the subcommands of `omfund` that read the trail: verify, replay, rotate the key. Each answers its exit status.

use crate::kernel::clock::Clock;
use crate::ops::adopt;
use crate::ops::ledger_verify::verify_ledger;
use crate::ops::replay::{ReplayPoint, ReplayRequest, replay};
use crate::ops::verify::{VerifyRequest, verify};
use clap::Args;
use shared::kernel::ids::{CaseId, TenantId};
use shared::kernel::timestamp::Timestamp;
use std::path::PathBuf;

/// Exit status of what cannot be judged.
const UNJUDGED: u8 = 2;

/// Which database and whose trail.
#[derive(Args)]
struct Evidence {
    /// 数据库：sqlite:文件路径 或 postgres://用户:密码@主机/库名
    #[arg(long, env = "OMFUND_DATABASE", default_value = "sqlite:omfund.sqlite")]
    database: String,
    /// 省份（租户）代码
    #[arg(long, env = "OMFUND_TENANT", default_value = "shanxi")]
    tenant: String,
}

#[derive(Args)]
pub struct VerifyArguments {
    #[command(flatten)]
    evidence: Evidence,
    /// 链头文件；不给出时无从发现末尾被截去
    #[arg(long, env = "OMFUND_HEADS")]
    heads: Option<PathBuf>,
    /// 审计密钥文件；更换过密钥的，逐个给出。不写时取 SQLite 文件旁的 .audit-key
    #[arg(long = "audit-key", env = "OMFUND_AUDIT_KEY")]
    audit_keys: Vec<PathBuf>,
    /// 输出 JSON
    #[arg(long)]
    json: bool,
}

#[derive(Args)]
pub struct ReplayArguments {
    /// 案卷编号
    case: String,
    #[command(flatten)]
    point: Point,
    #[command(flatten)]
    evidence: Evidence,
}

/// One of these.
#[derive(Args)]
#[group(required = true, multiple = false)]
struct Point {
    /// 冻结的第几版
    #[arg(long)]
    version: Option<u32>,
    /// 填报内容的第几条操作之后
    #[arg(long)]
    operation: Option<u64>,
    /// 填报内容在某一时刻：YYYY-MM-DD HH:MM:SS
    #[arg(long, value_parser = moment)]
    at: Option<Timestamp>,
}

#[derive(Args)]
pub struct LedgerVerifyArguments {
    #[command(flatten)]
    evidence: Evidence,
}

#[derive(Args)]
pub struct RotateKeyArguments {
    #[command(flatten)]
    evidence: Evidence,
    /// 现用密钥文件；不写时取 SQLite 文件旁的 .audit-key
    #[arg(long, env = "OMFUND_AUDIT_KEY")]
    audit_key: Option<PathBuf>,
    /// 新密钥文件；不存在时生成
    #[arg(long)]
    new_key: PathBuf,
}

fn moment(text: &str) -> Result<Timestamp, String> {
    text.parse().map_err(|_| "时刻应写作 YYYY-MM-DD HH:MM:SS".to_string())
}

impl VerifyArguments {
    /// 0 intact, 1 broken, 2 cannot be judged.
    pub fn execute(self) -> anyhow::Result<u8> {
        let VerifyArguments { evidence: Evidence { database, tenant }, heads, audit_keys, json } = self;
        let request = VerifyRequest { database, tenant: TenantId::new(tenant), heads, audit_keys };
        let report = match run(verify(&request))? {
            Ok(report) => report,
            Err(error) => return Ok(unjudged(&error)),
        };
        if json {
            println!("{}", serde_json::to_string_pretty(&report)?);
        } else {
            report.lines().iter().for_each(|line| println!("{line}"));
        }
        Ok(report.exit as u8)
    }
}

impl ReplayArguments {
    /// 0 the same as stored, 1 different, 2 cannot be judged.
    pub fn execute(self) -> anyhow::Result<u8> {
        let ReplayArguments { case, point, evidence: Evidence { database, tenant } } = self;
        let point = match point {
            Point { version: Some(version), .. } => ReplayPoint::Version(version),
            Point { operation: Some(operation), .. } => ReplayPoint::Operation(operation),
            Point { at: Some(at), .. } => ReplayPoint::Moment(at),
            Point { .. } => anyhow::bail!("请在 --version、--operation、--at 中给出一个"),
        };
        let request =
            ReplayRequest { database, tenant: TenantId::new(tenant), case: CaseId::new(case), point };
        match run(replay(&request))? {
            Ok(report) => {
                println!("{}", serde_json::to_string_pretty(&report)?);
                Ok(u8::from(!report.same))
            }
            Err(error) => Ok(unjudged(&error)),
        }
    }
}

impl LedgerVerifyArguments {
    /// 0 every law holds, 1 one is broken, 2 cannot be judged.
    pub fn execute(self) -> anyhow::Result<u8> {
        let Evidence { database, tenant } = self.evidence;
        let found = match run(verify_ledger(&database, &TenantId::new(tenant)))? {
            Ok(found) => found,
            Err(error) => return Ok(unjudged(&error)),
        };
        println!("总账：{} 笔，{} 个账户", found.transfers, found.accounts);
        found.breaches.iter().for_each(|breach| println!("不符 {breach}"));
        if found.breaches.is_empty() {
            println!("各项账务规则均相符");
        }
        Ok(u8::from(!found.breaches.is_empty()))
    }
}

impl RotateKeyArguments {
    pub fn execute(self) -> anyhow::Result<u8> {
        let RotateKeyArguments { evidence: Evidence { database, tenant }, audit_key, new_key } = self;
        let (tenant, at) = (TenantId::new(tenant), Clock::default().stamp());
        let key = run(adopt::rotate(&database, &tenant, audit_key.as_deref(), &new_key, at))??;
        println!("已启用审计密钥 {key}。请以 --audit-key {} 启动服务。", new_key.display());
        Ok(0)
    }
}

fn run<T>(command: impl Future<Output = T>) -> anyhow::Result<T> {
    Ok(tokio::runtime::Runtime::new()?.block_on(command))
}

fn unjudged(error: &anyhow::Error) -> u8 {
    eprintln!("错误：{error:#}");
    UNJUDGED
}
