//! 办公系统: a JSON request per notice, made from a template, with its key and a code over the body.

use super::OutwardNotice;
use super::sender::Delivery;
use anyhow::Context;
use serde_json::Value;
use shared::policy::outbox::body_code;
use std::time::Duration;

/// Headers of a request.
const KEY: &str = "X-Omfund-Key";
const CODE: &str = "X-Omfund-Signature";

/// Where notices are posted to.
#[derive(Clone)]
pub struct WebhookSettings {
    pub address: String,
    pub template: WebhookTemplate,
    /// Shared with the receiver, for the code over the body.
    pub secret: Option<String>,
}

impl std::fmt::Debug for WebhookSettings {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("WebhookSettings").field("template", &self.template).finish_non_exhaustive()
    }
}

/// JSON whose texts hold `{{title}}`, `{{link}}`, `{{person}}`, `{{name}}`, `{{deadline}}` and `{{key}}`; an object of
/// `create` and `done` for a system that holds tasks.
#[derive(Clone, Debug, PartialEq)]
pub struct WebhookTemplate {
    create: Value,
    /// What closes a task, under the same key.
    done: Option<Value>,
}

impl WebhookTemplate {
    /// The shipped ones by name, or the text of one.
    ///
    /// # Errors
    /// A text that is no JSON.
    pub fn read(text: &str) -> anyhow::Result<WebhookTemplate> {
        let text = match text.trim() {
            "plain" => PLAIN,
            "wecom" => WECOM,
            "todo" => OFFICE_TASKS,
            other => other,
        };
        let read: Value = serde_json::from_str(text).context("办公系统的消息模板不是有效的 JSON")?;
        match (read.get("create"), read.get("done")) {
            (Some(create), Some(done)) => {
                Ok(WebhookTemplate { create: create.clone(), done: Some(done.clone()) })
            }
            _ => Ok(WebhookTemplate { create: read, done: None }),
        }
    }

    /// Whether tasks are closed once they are done.
    pub(super) fn closes_tasks(&self) -> bool {
        self.done.is_some()
    }

    fn filled(&self, key: &str, notice: &OutwardNotice) -> Value {
        let (template, key) = match (&notice.closes, &self.done) {
            (Some(closes), Some(done)) => (done, closes.as_str()),
            _ => (&self.create, key),
        };
        let values = [
            ("{{title}}", notice.title.as_str()),
            ("{{link}}", &notice.link),
            ("{{person}}", &notice.person),
            ("{{name}}", &notice.name),
            ("{{deadline}}", notice.deadline.as_deref().unwrap_or_default()),
            ("{{key}}", key),
        ];
        filled(template, &values)
    }
}

const PLAIN: &str = r#"{"key": "{{key}}", "person": "{{person}}", "name": "{{name}}", "title": "{{title}}",
    "link": "{{link}}", "deadline": "{{deadline}}"}"#;

/// 政务微信 textcard; its own duplicate check drops the same text for the person within four hours.
const WECOM: &str = r#"{"touser": "{{person}}", "msgtype": "textcard", "textcard": {"title": "运维资金管理系统通知",
    "description": "{{title}}", "url": "{{link}}", "btntxt": "查看"}, "enable_duplicate_check": 1,
    "duplicate_check_interval": 14400}"#;

/// 统一待办: a task, and its end under the same key.
const OFFICE_TASKS: &str = r#"{"create": {"action": "create", "id": "{{key}}", "person": "{{person}}", "title": "{{title}}",
    "url": "{{link}}", "deadline": "{{deadline}}"}, "done": {"action": "done", "id": "{{key}}", "person": "{{person}}"}}"#;

/// Fills texts after the JSON is read, so that no value can change its shape. One pass: what a value holds is not filled.
fn filled(value: &Value, values: &[(&str, &str)]) -> Value {
    match value {
        Value::String(text) => Value::String(filled_text(text, values)),
        Value::Array(all) => Value::Array(all.iter().map(|one| filled(one, values)).collect()),
        Value::Object(all) => {
            Value::Object(all.iter().map(|(name, one)| (name.clone(), filled(one, values))).collect())
        }
        other => other.clone(),
    }
}

fn filled_text(text: &str, values: &[(&str, &str)]) -> String {
    let (mut out, mut rest) = (String::new(), text);
    while let Some(at) = rest.find("{{") {
        let (before, from) = rest.split_at(at);
        out.push_str(before);
        match values.iter().find(|(name, _)| from.starts_with(name)) {
            Some((name, value)) => {
                out.push_str(value);
                rest = from.get(name.len()..).unwrap_or_default();
            }
            None => {
                out.push_str("{{");
                rest = from.get(2..).unwrap_or_default();
            }
        }
    }
    out + rest
}

pub struct Poster {
    client: reqwest::Client,
    settings: WebhookSettings,
}

impl Poster {
    /// For requests that take `timeout` at most.
    ///
    /// # Errors
    /// No client can be made.
    pub fn new(settings: &WebhookSettings, timeout: Duration) -> anyhow::Result<Poster> {
        // The first that asks for TLS chooses; both choose ring.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = reqwest::Client::builder().timeout(timeout).redirect(reqwest::redirect::Policy::none());
        Ok(Poster { client: client.build()?, settings: settings.clone() })
    }

    pub(super) async fn send(&self, key: &str, notice: &OutwardNotice) -> Delivery {
        let body = self.settings.template.filled(key, notice).to_string();
        let request = self.client.post(&self.settings.address).header("content-type", "application/json");
        let request = match &self.settings.secret {
            Some(secret) => request.header(CODE, body_code(secret, &body)),
            None => request,
        };
        let response = match request.header(KEY, key).body(body).send().await {
            Ok(response) => response,
            Err(error) => return Delivery::Later(error.without_url().to_string(), None),
        };
        let status = response.status();
        let wait = response.headers().get("retry-after").and_then(|value| value.to_str().ok());
        let wait = wait.and_then(|text| text.trim().parse::<i64>().ok());
        let answer = status.as_u16().to_string();
        match status.as_u16() {
            200..=299 => Delivery::Accepted(answer),
            408 | 429 => Delivery::Later(answer, wait),
            400..=499 => Delivery::Refused(answer),
            _ => Delivery::Later(answer, wait),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_changes_neither_the_shape_of_a_message_nor_is_it_filled_itself() {
        let template = WebhookTemplate::read("plain").unwrap();
        let notice = OutwardNotice {
            title: "\", \"admin\": \"{{link}}".into(),
            link: "https://a.example/cases/1".into(),
            person: "P-1".into(),
            name: "王芳".into(),
            ..OutwardNotice::default()
        };
        let filled = template.filled("webhook:a:n1", &notice);
        assert_eq!(filled.as_object().unwrap().len(), 6);
        assert_eq!(filled["title"], notice.title);
        assert_eq!(filled["key"], "webhook:a:n1");
        assert!(WebhookTemplate::read("{{title}}").is_err());
        assert!(WebhookTemplate::read("wecom").is_ok());

        let todo = WebhookTemplate::read("todo").unwrap();
        assert_eq!(todo.filled("webhook:a:n1", &notice)["action"], "create");
        let done = OutwardNotice { closes: Some("webhook:a:n1".into()), ..notice };
        let filled = todo.filled("webhook:a:n1:done", &done);
        assert_eq!(filled["action"], "done");
        assert_eq!(filled["id"], "webhook:a:n1");
    }
}
