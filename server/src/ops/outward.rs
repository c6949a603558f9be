//! 外发渠道: how the operator sets up mail and the office system.

use crate::notify::outbox::{MailSettings, OutwardSettings, WebhookSettings, WebhookTemplate};
use clap::Args;
use std::time::Duration;

#[derive(Args)]
pub struct OutwardArguments {
    /// 邮件服务器：smtp://主机:端口、smtps://用户:密码@主机 或 smtp://主机?tls=required；不写时不发邮件
    #[arg(long, env = "OMFUND_SMTP", hide_env_values = true, requires = "mail_from")]
    smtp: Option<String>,
    /// 发件人，如 "运维资金 <omfund@sx.gov.cn>"
    #[arg(long, env = "OMFUND_MAIL_FROM")]
    mail_from: Option<String>,
    /// 办公系统接收提醒的地址；不写时不发
    #[arg(long, env = "OMFUND_WEBHOOK", hide_env_values = true)]
    webhook: Option<String>,
    /// 提醒的格式：plain、wecom（政务微信卡片）、todo（统一待办，办结时关闭），或 JSON 模板，可用 {{title}} {{link}} {{person}} {{name}} {{deadline}} {{key}}
    #[arg(long, env = "OMFUND_WEBHOOK_TEMPLATE", default_value = "plain", value_parser = WebhookTemplate::read)]
    webhook_template: WebhookTemplate,
    /// 与办公系统共享的密钥，用于消息校验码（X-Omfund-Signature）
    #[arg(long, env = "OMFUND_WEBHOOK_SECRET", hide_env_values = true)]
    webhook_secret: Option<String>,
    /// 最多等办公系统应答多少秒，逾时稍后重发
    #[arg(long, env = "OMFUND_WEBHOOK_TIMEOUT", default_value_t = 30, value_parser = clap::value_parser!(u64).range(1..=50))]
    webhook_timeout: u64,
}

impl OutwardArguments {
    pub fn settings(self) -> OutwardSettings {
        let mail = self.smtp.zip(self.mail_from).map(|(server, from)| MailSettings { server, from });
        let (template, secret) = (self.webhook_template, self.webhook_secret);
        let webhook = self.webhook.map(|address| WebhookSettings { address, template, secret });
        let timeout = Duration::from_secs(self.webhook_timeout);
        OutwardSettings { mail, webhook, timeout, ..OutwardSettings::default() }
    }
}
