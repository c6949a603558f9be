//! 频次限制: how the operator sets how often one account may do what keeps the server busy.

use crate::context::RateLimits;
use clap::{Args, value_parser};

#[derive(Args)]
pub struct RateArguments {
    /// 每个账号每小时最多导出、打印多少份文件
    #[arg(long, env = "OMFUND_EXPORTS_PER_HOUR", default_value_t = RateLimits::default().exports_per_hour, value_parser = value_parser!(u32).range(1..=100_000))]
    exports_per_hour: u32,
    /// 每个账号每小时最多上传多少份文件
    #[arg(long, env = "OMFUND_UPLOADS_PER_HOUR", default_value_t = RateLimits::default().uploads_per_hour, value_parser = value_parser!(u32).range(1..=100_000))]
    uploads_per_hour: u32,
    /// 每个账号每分钟最多保存多少次
    #[arg(long, env = "OMFUND_SAVES_PER_MINUTE", default_value_t = RateLimits::default().saves_per_minute, value_parser = value_parser!(u32).range(10..=1_000_000))]
    saves_per_minute: u32,
}

impl RateArguments {
    pub fn settings(self) -> RateLimits {
        let RateArguments { exports_per_hour, uploads_per_hour, saves_per_minute } = self;
        RateLimits { exports_per_hour, uploads_per_hour, saves_per_minute }
    }
}
