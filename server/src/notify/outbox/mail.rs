//! 邮件: one short message per notice over SMTP, as text with a link.

use super::OutwardNotice;
use super::sender::Delivery;
use anyhow::Context;
use lettre::message::Mailbox;
use lettre::message::header::ContentType;
use lettre::{AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor};
use shared::kernel::hash::digest;
use std::fmt::Write;
use std::time::Duration;

/// Longest conversation with the mail server.
const TIMEOUT: Duration = Duration::from_secs(30);

/// Where mail goes out.
#[derive(Clone)]
pub struct MailSettings {
    /// `smtp://`, `smtps://` or `smtp://…?tls=required`, with user and password where the server asks for them.
    pub server: String,
    /// 发件人.
    pub from: String,
}

impl std::fmt::Debug for MailSettings {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // The address may hold a password.
        f.debug_struct("MailSettings").field("from", &self.from).finish_non_exhaustive()
    }
}

pub struct Mailer {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    from: Mailbox,
}

impl Mailer {
    pub fn new(settings: &MailSettings) -> anyhow::Result<Mailer> {
        let transport = AsyncSmtpTransport::<Tokio1Executor>::from_url(&settings.server);
        let transport = transport.context("邮件服务器地址应以 smtp:// 或 smtps:// 开头")?;
        let from = settings.from.parse().context("发件人不是有效的邮箱地址")?;
        Ok(Mailer { transport: transport.timeout(Some(TIMEOUT)).build(), from })
    }

    /// The same key has the same `Message-ID`, by which a mailbox drops a second copy.
    pub(super) async fn send(&self, key: &str, notice: &OutwardNotice) -> Delivery {
        let message = match self.message(key, notice) {
            Ok(message) => message,
            Err(error) => return Delivery::Refused(format!("{error:#}")),
        };
        match self.transport.send(message).await {
            Ok(response) => Delivery::Accepted(response.code().to_string()),
            Err(error) if error.is_permanent() => Delivery::Refused(error.to_string()),
            Err(error) => Delivery::Later(error.to_string(), None),
        }
    }

    fn message(&self, key: &str, notice: &OutwardNotice) -> anyhow::Result<Message> {
        let address = notice.mail.as_deref().context("没有登记邮箱")?.parse()?;
        let domain = self.from.email.domain();
        let text = text(notice);
        let message = Message::builder()
            .from(self.from.clone())
            .to(Mailbox::new(Some(notice.name.clone()), address))
            .message_id(Some(format!("<{}@{domain}>", digest(&["notice", key]))))
            .subject(format!("运维资金管理系统通知：{}", notice.title))
            .header(ContentType::TEXT_PLAIN)
            .body(text)?;
        Ok(message)
    }
}

fn text(notice: &OutwardNotice) -> String {
    let mut what = format!("您有一条通知：{}\r\n", notice.title);
    if let Some(deadline) = &notice.deadline {
        let _ = write!(what, "期限：{deadline}\r\n");
    }
    let items = notice.items.iter();
    for item in items {
        let _ = write!(what, "- {}\r\n  {}\r\n", item.title, item.link);
    }
    let more = notice.total.saturating_sub(notice.items.len());
    if more > 0 {
        let _ = write!(what, "- 另有 {more} 条，请登录系统查看。\r\n");
    }
    format!(
        "{}：\r\n\r\n{what}请登录系统查看：{}\r\n\r\n本邮件由系统自动发送，请勿回复。\r\n",
        notice.name, notice.link
    )
}
