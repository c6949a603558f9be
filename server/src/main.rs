//! `omfund`: the command line.

use clap::{Args, Parser, Subcommand};
use server::{
    AttachmentSettings, AuditKeyMissing, CheckSsoArguments, Clock, ConnectionLimits, DEMO_PASSWORD,
    S3Settings,
};
use server::{LedgerVerifyArguments, ReplayArguments, ReportCommand, RotateKeyArguments, VerifyArguments};
use server::{OutwardArguments, RateArguments, Settings, SsoArguments, VectorReport};
use shared::kernel::calendar::Date;
use shared::kernel::ids::TenantId;
use shared::policy::accounts::address::AddressRange;
use shared::policy::accounts::password::PasswordProfile;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// How long a thread without work waits for more: until it ends it holds the memory its last work needed.
const THREAD_REST: std::time::Duration = std::time::Duration::from_secs(2);

#[derive(Parser)]
#[command(name = "omfund", version, about = "运维资金管理系统", disable_help_subcommand = true)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// 启动服务
    Serve(Box<Serve>),
    /// 离线校验一份申请文件，输出计算结果与校验发现（JSON）；或校验一份政策版本文件
    Check(Check),
    /// 逐条计算检验用例文件并与预期对比；有不符退出码为 1，有不能计算的为 2
    Vectors {
        /// 检验用例文件；其所引政策版本先在文件旁的 editions 目录中查找
        file: PathBuf,
    },
    /// 推演一份办理脚本，输出每一步的结果（JSON）；脚本本身有误时退出码为 2
    Play {
        /// 脚本文件；所用政策版本可以是版本文件，在脚本所在目录及其上各级的 editions 目录中查找
        file: PathBuf,
        /// 接受演示版本
        #[arg(long)]
        demo: bool,
    },
    /// 试读一个工作簿（.xlsx .xls .et .csv 或粘贴的表格），输出导入会写入什么（JSON）；文件读不了时退出码为 2
    Import(Import),
    /// 核对一份公开的绩效表（JSON、xlsx、xls、et、csv、网页或粘贴的文字），重新计算并说明每处差异（JSON）；读不了时退出码为 2
    CheckTable {
        /// 表格文件
        file: PathBuf,
    },
    /// 核对 OAuth2 单点登录的对应关系文件，可在用户信息样本上试取人员编号和姓名；不合要求时退出码为 2
    CheckSso(CheckSsoArguments),
    /// 核验各类日志、冻结内容与填报内容是否与写入时一致（只读）；完好退出码为 0，有不符为 1，无法判定为 2
    Verify(VerifyArguments),
    /// 按当时的表单定义和政策版本重新判定一个版本或某一时点的填报内容（只读，JSON）；与存储一致退出码为 0，不一致为 1，无法判定为 2
    Replay(ReplayArguments),
    /// 更换审计密钥：先停止服务；旧密钥文件须保留，核验以前的记录仍要用到
    RotateAuditKey(RotateKeyArguments),
    /// 总账
    #[command(subcommand)]
    Ledger(LedgerCommand),
}

#[derive(Subcommand)]
enum LedgerCommand {
    /// 核验总账是否合乎各项账务规则，只读；有不符退出码为 1，读不了为 2
    Verify(LedgerVerifyArguments),
}

#[derive(Args)]
struct Import {
    /// 要试读的文件
    file: PathBuf,
    /// 导入到哪张表，如 hardware、systems、indicators
    #[arg(long)]
    table: String,
    /// 工作表的名称；不写时取最像的一张
    #[arg(long)]
    sheet: Option<String>,
    /// 对应关系文件（JSON）：表头行、各列的栏目与单位
    #[arg(long)]
    mapping: Option<PathBuf>,
    /// 已有的申请文件（JSON）：其信息系统清单用于认出系统
    #[arg(long)]
    request: Option<PathBuf>,
}

#[derive(Args)]
struct Check {
    /// 申请文件
    #[arg(required_unless_present = "edition")]
    file: Option<PathBuf>,
    /// 政策版本文件：单独给出时只校验它，否则申请按它校验；文件不合要求时退出码为 2
    #[arg(long)]
    edition: Option<PathBuf>,
    /// 接受演示版本
    #[arg(long, requires = "edition")]
    demo: bool,
}

#[derive(Args)]
struct Serve {
    /// 监听地址
    #[arg(long, env = "OMFUND_LISTEN", default_value = "127.0.0.1:8080")]
    listen: String,
    /// 数据库：sqlite:文件路径 或 postgres://用户:密码@主机/库名
    #[arg(long, env = "OMFUND_DATABASE", default_value = "sqlite:omfund.sqlite")]
    database: String,
    /// 演示模式：固定日期、演示数据与演示账号
    #[arg(long)]
    demo: bool,
    /// 演示日期
    #[arg(long, requires = "demo", default_value = "2023-07-15", value_parser = date)]
    today: Date,
    /// 浏览器端程序所在目录（未内嵌时）
    #[arg(long, env = "OMFUND_ASSETS")]
    assets: Option<PathBuf>,
    /// 浏览器访问本系统的地址；以 https 开头时会话 Cookie 仅经加密连接发送
    #[arg(long, env = "OMFUND_PUBLIC_URL")]
    public_url: Option<String>,
    /// 可信的反向代理所在网段（逗号分隔，如 10.0.0.0/8）：仅信任由其转来的 X-Forwarded-For；不写时不采信
    #[arg(long, env = "OMFUND_TRUSTED_PROXY", value_delimiter = ',')]
    trusted_proxy: Vec<AddressRange>,
    /// 同一网段（/24 或 /64）每分钟最多尝试登录多少次
    #[arg(long, env = "OMFUND_SIGN_INS_PER_MINUTE", default_value_t = 50, value_parser = clap::value_parser!(u32).range(5..=10_000))]
    sign_ins_per_minute: u32,
    /// 口令策略：mlps3（等保三级）或 plain；不写时为 mlps3，演示为 plain
    #[arg(long, env = "OMFUND_PASSWORD_PROFILE", value_parser = password_profile)]
    password_profile: Option<PasswordProfile>,
    /// 省份（租户）代码
    #[arg(long, env = "OMFUND_TENANT", default_value = "shanxi")]
    tenant: String,
    /// 无操作多少分钟后须重新登录
    #[arg(long, env = "OMFUND_IDLE_MINUTES", default_value_t = 30, value_parser = clap::value_parser!(u32).range(1..=480))]
    idle_minutes: u32,
    /// 登录后最多多少小时须重新登录
    #[arg(long, env = "OMFUND_SESSION_HOURS", default_value_t = 12, value_parser = clap::value_parser!(u32).range(1..=72))]
    session_hours: u32,
    /// 首位系统管理员的姓名（仅空数据库首次启动时使用）
    #[arg(long, env = "OMFUND_FIRST_ADMINISTRATOR", default_value = "系统管理员")]
    first_administrator: String,
    /// 最多同时保持多少个连接；不写时按系统允许打开的文件数
    #[arg(long, env = "OMFUND_CONNECTIONS", value_parser = clap::value_parser!(u32).range(16..=100_000))]
    connections: Option<u32>,
    /// 每个来源地址最多多少个连接；本机地址（反向代理）不限
    #[arg(long, env = "OMFUND_CONNECTIONS_PER_ADDRESS", default_value_t = 256, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    connections_per_address: u32,
    /// 公开绩效表核对无须登录即可使用；不写时须登录
    #[arg(long, env = "OMFUND_PUBLIC_CHECKER")]
    public_checker: bool,
    #[command(flatten)]
    outward: OutwardArguments,
    #[command(flatten)]
    sso: SsoArguments,
    #[command(flatten)]
    rates: RateArguments,
    #[command(flatten)]
    attachments: Attachments,
    /// 审计密钥文件（仅本服务可读）：空数据库首次启动时生成；请与数据库分开保管。不写时放在 SQLite 文件旁
    #[arg(long, env = "OMFUND_AUDIT_KEY")]
    audit_key: Option<PathBuf>,
    /// 动态口令等秘密的密钥文件（仅本服务可读）：首次需要时生成；请与数据库分开备份。不写时放在 SQLite 文件旁
    #[arg(long, env = "OMFUND_SECRET_KEY")]
    secret_key: Option<PathBuf>,
    /// 链头文件：每日零时、每 10000 条及停止时追加各日志的末尾，请放在另一台设备上
    #[arg(long, env = "OMFUND_HEADS")]
    heads: Option<PathBuf>,
    /// 每日几点起自动核验（只读），不符时在审计日志页告警
    #[arg(long, env = "OMFUND_VERIFY_FROM", default_value_t = 2, value_parser = clap::value_parser!(u32).range(0..=23))]
    verify_from: u32,
}

#[derive(Args)]
struct Attachments {
    /// 附件存放处：目录，或 s3://存储桶[/前缀]；不写时放在 SQLite 文件旁
    #[arg(long = "attachments", env = "OMFUND_ATTACHMENTS")]
    store: Option<String>,
    /// S3 服务地址，例如 https://s3.example.gov.cn
    #[arg(long, env = "OMFUND_S3_ENDPOINT", requires_all = ["s3_access_key", "s3_secret_key"])]
    s3_endpoint: Option<String>,
    /// S3 区域
    #[arg(long, env = "OMFUND_S3_REGION", default_value = "us-east-1")]
    s3_region: String,
    /// S3 访问密钥编号
    #[arg(long, env = "OMFUND_S3_ACCESS_KEY", hide_env_values = true)]
    s3_access_key: Option<String>,
    /// S3 访问密钥；请用环境变量给出，命令行参数会被其他用户看到
    #[arg(long, env = "OMFUND_S3_SECRET_KEY", hide_env_values = true)]
    s3_secret_key: Option<String>,
    /// 查毒服务 clamd 的地址（主机:端口）；设置后附件查毒通过才能打开
    #[arg(long, env = "OMFUND_CLAMD")]
    clamd: Option<String>,
}

impl Attachments {
    fn settings(self) -> AttachmentSettings {
        let Attachments { store, s3_endpoint, s3_region, s3_access_key, s3_secret_key, clamd } = self;
        let s3 = s3_endpoint.zip(s3_access_key).zip(s3_secret_key);
        let s3 = s3.map(|((endpoint, access_key), secret_key)| S3Settings {
            endpoint,
            region: s3_region,
            access_key,
            secret_key,
        });
        AttachmentSettings { store, s3, clamd, ..AttachmentSettings::default() }
    }
}

fn date(text: &str) -> Result<Date, String> {
    Date::parse(text).ok_or_else(|| "日期应写作 YYYY-MM-DD".to_string())
}

fn password_profile(text: &str) -> Result<PasswordProfile, String> {
    match text {
        "plain" => Ok(PasswordProfile::Plain),
        "mlps3" => Ok(PasswordProfile::Mlps3),
        _ => Err("口令策略应写作 mlps3 或 plain".to_string()),
    }
}

/// Exit status for a file that as a whole cannot be judged.
const UNUSABLE: u8 = 2;

/// Exit status where the audit key is missing.
const LOCKED: u8 = 3;

/// Prints what was found in a file; one that cannot be used ends with [`UNUSABLE`].
fn print_report(report: anyhow::Result<String>) -> ExitCode {
    match report {
        Ok(report) => {
            println!("{report}");
            ExitCode::SUCCESS
        }
        Err(error) => unusable(&error),
    }
}

/// What an import would store.
fn import(import: &Import) -> anyhow::Result<String> {
    server::import_report(&ReportCommand {
        file: &import.file,
        table: &import.table,
        sheet: import.sheet.as_deref(),
        mapping: import.mapping.as_deref(),
        request: import.request.as_deref(),
    })
}

/// Checks a published table; a file that cannot be read, or not all of it, ends with [`UNUSABLE`].
fn check_table(file: &Path) -> anyhow::Result<ExitCode> {
    let read = std::fs::read(file).map_err(|error| format!("读不到文件：{error}"));
    match read.and_then(|bytes| server::check_table(file, &bytes)) {
        Ok(report) => {
            println!("{}", serde_json::to_string_pretty(&report)?);
            if report.unread_parts() == 0 {
                return Ok(ExitCode::SUCCESS);
            }
            eprintln!("注意：{}：有 {} 处没有读懂，没有核对", file.display(), report.unread_parts());
        }
        Err(error) => eprintln!("错误：{}：{error}", file.display()),
    }
    Ok(ExitCode::from(UNUSABLE))
}

fn main() -> ExitCode {
    match execute() {
        Ok(status) => status,
        Err(error) => {
            eprintln!("错误：{error:#}");
            if error.downcast_ref::<AuditKeyMissing>().is_some() {
                return ExitCode::from(LOCKED);
            }
            ExitCode::FAILURE
        }
    }
}

/// Says what is wrong with a file.
fn unusable(error: &anyhow::Error) -> ExitCode {
    eprintln!("错误：{error:#}");
    ExitCode::from(UNUSABLE)
}

fn execute() -> anyhow::Result<ExitCode> {
    match Cli::parse().command {
        Command::Check(Check { file, edition, demo }) => {
            let edition = match edition.map(|path| server::read_edition(&path, demo)).transpose() {
                Ok(edition) => edition,
                Err(error) => return Ok(unusable(&error)),
            };
            println!("{}", server::check_offline(file.as_deref(), edition.as_ref())?);
            Ok(ExitCode::SUCCESS)
        }
        Command::Vectors { file } => match server::evaluate_vectors(&file, &mut std::io::stdout()) {
            Ok(VectorReport { different: 0, unevaluated }) if unevaluated.is_empty() => Ok(ExitCode::SUCCESS),
            Ok(VectorReport { unevaluated, .. }) if unevaluated.is_empty() => Ok(ExitCode::FAILURE),
            Ok(VectorReport { unevaluated, .. }) => {
                Ok(unusable(&anyhow::anyhow!("不能计算：\n{}", unevaluated.join("\n"))))
            }
            Err(error) => Ok(unusable(&error)),
        },
        Command::Play { file, demo } => Ok(print_report(server::play_script(&file, demo))),
        Command::Import(arguments) => Ok(print_report(import(&arguments))),
        Command::CheckTable { file } => check_table(&file),
        Command::CheckSso(arguments) => Ok(print_report(arguments.report())),
        Command::Verify(arguments) => Ok(ExitCode::from(arguments.execute()?)),
        Command::Replay(arguments) => Ok(ExitCode::from(arguments.execute()?)),
        Command::RotateAuditKey(arguments) => Ok(ExitCode::from(arguments.execute()?)),
        Command::Ledger(LedgerCommand::Verify(arguments)) => Ok(ExitCode::from(arguments.execute()?)),
        Command::Serve(serve) => {
            tracing_subscriber::fmt()
                .with_env_filter(
                    tracing_subscriber::EnvFilter::try_from_default_env().unwrap_or_else(|_| "warn".into()),
                )
                .with_writer(std::io::stderr)
                .init();
            let mut runtime = tokio::runtime::Builder::new_multi_thread();
            runtime.enable_all().thread_keep_alive(THREAD_REST).build()?.block_on(run(*serve))?;
            Ok(ExitCode::SUCCESS)
        }
    }
}

async fn run(serve: Serve) -> anyhow::Result<()> {
    let demo = serve.demo;
    let public_url = serve.public_url.clone();
    let running = server::start(settings(serve)?).await?;
    println!("listening on http://{}", running.address);
    if demo {
        introduce();
    }
    if let Some(link) = &running.invitation {
        let base = public_url.unwrap_or_else(|| format!("http://{}", running.address));
        println!("首位系统管理员（账号 admin）请在 72 小时内打开一次性链接设置密码：");
        println!("{}{link}", base.trim_end_matches('/'));
    }
    if let Some(code) = &running.setup_code {
        println!("首位安全管理员激活账号时须输入激活码 {code}（请当面交给本人，不要交给系统管理员）");
    }
    told_to_stop().await?;
    println!("正在停止……");
    running.stop().await
}

fn settings(serve: Serve) -> anyhow::Result<Settings> {
    Ok(Settings {
        listen: serve.listen,
        database: serve.database,
        tenant: TenantId::new(serve.tenant),
        demo: serve.demo,
        clock: Clock { fixed_day: serve.demo.then_some(serve.today) },
        assets: serve.assets,
        public_url: serve.public_url,
        trusted_proxies: serve.trusted_proxy,
        sign_ins_per_minute: serve.sign_ins_per_minute,
        password_profile: serve.password_profile,
        idle_minutes: serve.idle_minutes,
        session_hours: serve.session_hours,
        first_administrator: serve.first_administrator,
        attachments: serve.attachments.settings(),
        audit_key: serve.audit_key,
        secret_key: serve.secret_key,
        heads: serve.heads,
        verify_from: Some(serve.verify_from),
        connections: ConnectionLimits::raised(serve.connections, serve.connections_per_address),
        outward: serve.outward.settings(),
        sso: serve.sso.settings()?,
        rates: serve.rates.settings(),
        public_checker: serve.public_checker,
        ..Settings::default()
    })
}

fn introduce() {
    println!("演示账号（密码均为 {DEMO_PASSWORD}）：");
    println!("  省水利厅 填报人 water.filler · 负责人 water.approver");
    println!(
        "  其他部门 forest transport education health culture agriculture ecology，同上加 .filler / .approver"
    );
    println!("  省政务信息管理局 bureau.reviewer · bureau.leader");
    println!("  省财政厅 finance.reviewer · finance.leader；审计 auditor");
    println!("  三员 admin.system · admin.security · admin.audit");
}

/// Ctrl+C or the service manager's SIGTERM.
async fn told_to_stop() -> anyhow::Result<()> {
    #[cfg(unix)]
    {
        let mut terminated = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate())?;
        tokio::select! {
            interrupted = tokio::signal::ctrl_c() => interrupted?,
            _ = terminated.recv() => {}
        }
    }
    #[cfg(not(unix))]
    tokio::signal::ctrl_c().await?;
    Ok(())
}
