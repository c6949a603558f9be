//! 读取请求: reads a body up to its limit and turns fields into a typed request; a problem names the field that does not
//! fit. Nothing here guesses.

use crate::http::strict_json;
use crate::kernel::failure::Failure;
use axum::body::{Body, BodyDataStream};
use axum::http::HeaderMap;
use axum::http::header::{CONTENT_LENGTH, CONTENT_TYPE};
use bytes::Bytes;
use futures_util::StreamExt;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};
use shared::api::problem::{Problem, code};
use shared::api::{FILE_TYPE, Fields, ValueLimits};
use std::time::Duration;
use tokio::time::Instant;
use validator::{ValidationErrors, ValidationErrorsKind};

/// Most bytes of an unwanted body that are read before the connection is given up.
const MOST_DISCARDED: usize = 64 * 1024 * 1024;
/// Longest pause of a sender in the middle of a body.
const BODY_IDLE: Duration = Duration::from_secs(30);
/// Longest name of a field, in bytes.
const LONGEST_NAME: usize = 200;
/// Longest time for a whole body, so that a byte now and then keeps no connection.
const BODY_TIME: Duration = Duration::from_secs(300);

/// Reads the fields of a JSON body.
pub async fn json_body(
    headers: &HeaderMap,
    body: Body,
    largest: usize,
) -> Result<Map<String, Value>, Failure> {
    if content_type(headers) != "application/json" {
        discard(body).await;
        let detail = "请以 application/json 发送。";
        return Err(Problem::new(415, code::NOT_JSON, "请求格式不受支持", detail).into());
    }
    let too_large = || {
        let detail = format!("一次最多 {} KB，请减少内容后分次发送。", largest / 1024);
        Problem::new(413, code::TOO_LARGE, "内容过大", detail)
    };
    let bytes = bytes(headers, body, largest, too_large).await?;
    match strict_json::read(&bytes)? {
        Value::Object(fields) => Ok(fields),
        _ => Err(Failure::malformed(422, "请求内容应为一个 JSON 对象。")),
    }
}

/// Reads an uploaded file. `hint` says what to do about one that is larger than `largest` bytes.
pub async fn file(headers: &HeaderMap, body: Body, largest: usize, hint: &str) -> Result<Vec<u8>, Failure> {
    if content_type(headers) != FILE_TYPE {
        discard(body).await;
        let detail = format!("请以 {FILE_TYPE} 发送文件。");
        return Err(Problem::new(415, code::NOT_A_FILE, "请求格式不受支持", detail).into());
    }
    let too_large = || {
        let detail = format!("文件超过 {} MB。{hint}", largest >> 20);
        Problem::new(413, code::TOO_LARGE, "文件过大", detail)
    };
    bytes(headers, body, largest, too_large).await
}

/// A small text of whatever type; `None` when it is too long or breaks off.
pub async fn text(headers: &HeaderMap, body: Body, largest: usize) -> Option<String> {
    let too_large = || Problem::new(413, code::TOO_LARGE, "内容过大", "");
    let read = bytes(headers, body, largest, too_large).await.ok()?;
    String::from_utf8(read).ok()
}

/// The media type, without its parameters.
fn content_type(headers: &HeaderMap) -> &str {
    let kind = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or("");
    kind.split(';').next().unwrap_or("").trim()
}

/// Reads at most `largest` bytes. A longer body is read to its end and thrown away: a browser that cannot finish sending
/// reports a broken connection instead of our reply.
async fn bytes(
    headers: &HeaderMap,
    body: Body,
    largest: usize,
    too_large: impl Fn() -> Problem,
) -> Result<Vec<u8>, Failure> {
    let announced = headers.get(CONTENT_LENGTH).and_then(|v| v.to_str().ok()?.parse::<usize>().ok());
    if announced.is_some_and(|length| length > largest) {
        discard(body).await;
        return Err(too_large().into());
    }
    let mut stream = body.into_data_stream();
    let mut read = Vec::new();
    let until = Instant::now() + BODY_TIME;
    while let Some(piece) = next_piece(&mut stream, until).await? {
        if read.len() + piece.len() > largest {
            discard(Body::from_stream(stream)).await;
            return Err(too_large().into());
        }
        read.extend_from_slice(&piece);
    }
    Ok(read)
}

/// The next piece of a body, `None` at its end.
async fn next_piece(stream: &mut BodyDataStream, until: Instant) -> Result<Option<Bytes>, Failure> {
    let until = until.min(Instant::now() + BODY_IDLE);
    match tokio::time::timeout_at(until, stream.next()).await {
        Ok(piece) => piece.transpose().map_err(|_| Failure::malformed(400, "请求没有传完，请重试。")),
        Err(_) => Err(Failure::malformed(408, "请求内容传送太慢，请检查网络后重试。")),
    }
}

/// Reads an unwanted body to its end, up to [`MOST_DISCARDED`] bytes.
pub async fn discard(body: Body) {
    let mut stream = body.into_data_stream();
    let mut read = 0;
    let until = Instant::now() + BODY_TIME;
    while let Ok(Some(piece)) = next_piece(&mut stream, until).await {
        read += piece.len();
        if read > MOST_DISCARDED {
            return;
        }
    }
}

/// What in a request no endpoint takes: what is wrong, and where. PostgreSQL cannot store U+0000 in a text, and nobody types
/// it.
fn unfit(value: &Value, limits: ValueLimits) -> Option<(String, String)> {
    let ValueLimits { entries, characters } = limits;
    let crowded = |count: usize| {
        (count > entries).then(|| (String::new(), format!("有 {count} 项，最多 {entries} 项")))
    };
    match value {
        Value::String(text) if text.contains('\0') => {
            Some((String::new(), "文本中有不能保存的空字符（U+0000），请删除后重试".into()))
        }
        Value::String(text) if text.len() > characters => {
            let count = text.chars().count();
            (count > characters).then(|| (String::new(), format!("有 {count} 个字，最多 {characters} 个字")))
        }
        Value::Array(items) => crowded(items.len()).or_else(|| {
            let of_item =
                |(at, item)| unfit(item, limits).map(|(place, what)| (format!("[{at}]{place}"), what));
            items.iter().enumerate().find_map(of_item)
        }),
        Value::Object(fields) => crowded(fields.len()).or_else(|| {
            fields.iter().find_map(|(name, value)| {
                if name.contains('\0') || name.len() > LONGEST_NAME {
                    return Some((String::new(), "字段名不合要求".into()));
                }
                unfit(value, limits).map(|(place, what)| (format!(".{name}{place}"), what))
            })
        }),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => None,
    }
}

/// The typed request, checked by the limits of its endpoint and by its own.
pub fn typed<R: Fields>(fields: Map<String, Value>, limits: ValueLimits) -> Result<R, Failure> {
    let value = Value::Object(fields);
    if let Some((place, what)) = unfit(&value, limits) {
        return Err(Failure::malformed(422, format!("`{}`：{what}。", place.trim_start_matches('.'))));
    }
    let request: R = serde_path_to_error::deserialize(value).map_err(|error| misfit("", &error))?;
    request.validate().map_err(|errors| Failure::malformed(422, limits_of(&errors).join("；")))?;
    Ok(request)
}

/// A part of a request that only its case's kind can read; `name` is where it stands in the request.
///
/// # Errors
/// 422 naming the field that does not fit.
pub fn part<T: DeserializeOwned>(name: &str, value: &Value) -> Result<T, Failure> {
    serde_path_to_error::deserialize(value).map_err(|error| misfit(name, &error))
}

fn misfit(within: &str, error: &serde_path_to_error::Error<serde_json::Error>) -> Failure {
    let path = error.path().to_string();
    let place = match (within, path.as_str()) {
        ("", ".") => "请求".to_string(),
        ("", path) => format!("`{path}`"),
        (within, ".") => format!("`{within}`"),
        (within, path) => format!("`{within}.{path}`"),
    };
    Failure::malformed(422, format!("{place}：{}。", in_chinese(&error.inner().to_string())))
}

/// Serde's message in Chinese.
fn in_chinese(message: &str) -> String {
    let quoted = |prefix: &str| message.strip_prefix(prefix)?.split('`').next().map(str::to_string);
    if let Some(name) = quoted("unknown field `") {
        return format!("不认识的字段 `{name}`");
    }
    if let Some(name) = quoted("missing field `") {
        return format!("缺少字段 `{name}`");
    }
    if let Some(name) = quoted("unknown variant `") {
        return format!("不认识的取值 `{name}`");
    }
    if let Some((found, expected)) =
        message.strip_prefix("invalid type: ").and_then(|s| s.split_once(", expected "))
    {
        return format!("类型不对，收到 {found}，应为 {expected}");
    }
    message.to_string()
}

fn limits_of(errors: &ValidationErrors) -> Vec<String> {
    let mut messages = Vec::new();
    for (field, kind) in errors.errors() {
        match kind {
            ValidationErrorsKind::Field(found) => messages.extend(found.iter().map(|error| {
                let message = error.message.as_deref().unwrap_or("不合要求");
                format!("`{field}`：{message}")
            })),
            ValidationErrorsKind::Struct(inner) => messages.extend(limits_of(inner)),
            ValidationErrorsKind::List(items) => {
                messages.extend(items.values().flat_map(|inner| limits_of(inner)))
            }
        }
    }
    messages.sort();
    messages
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;
    use shared::api::session::SignIn;

    fn problem_of<R: Fields>(value: Value) -> String {
        let Value::Object(fields) = value else { panic!("an object") };
        match typed::<R>(fields, ValueLimits::USUAL).err() {
            Some(Failure::Problem(problem)) => problem.detail,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn what_does_not_fit_is_named_by_its_place() {
        assert_eq!(problem_of::<SignIn>(json!({"account": "a"})), "请求：缺少字段 `password`。");
        assert!(
            problem_of::<SignIn>(json!({"account": 1, "password": "x"})).starts_with("`account`：类型不对")
        );
        assert!(
            problem_of::<SignIn>(json!({"account": "a", "password": "x", "admin": true})).contains("`admin`")
        );
        assert!(problem_of::<SignIn>(json!({"account": "", "password": "x"})).contains("请输入账号"));
        let command: Result<shared::cases::request::Command, Failure> =
            part("command", &json!({"verb": "fly"}));
        let Err(Failure::Problem(problem)) = command else { panic!("{command:?}") };
        assert!(
            problem.detail.starts_with("`command.verb`") && problem.detail.contains("`fly`"),
            "{problem:?}"
        );
    }

    #[test]
    fn what_is_too_much_is_found_at_any_depth() {
        let limits = ValueLimits { entries: 3, characters: 4 };
        let place = |value: Value| unfit(&value, limits).map(|(place, _)| place);
        assert_eq!(place(json!({"a": [{"b": "x\0"}]})).as_deref(), Some(".a[0].b"));
        assert_eq!(place(json!({"a": [1, [1, 2, 3, 4]]})).as_deref(), Some(".a[1]"));
        assert_eq!(place(json!({"a": {"b": "五个字的话"}})).as_deref(), Some(".a.b"));
        assert_eq!(place(json!({"a": 1, "b": 2, "c": 3, "d": 4})).as_deref(), Some(""));
        assert_eq!(place(json!({"a": [{"b": "四个汉字"}, 2, 3]})), None);
    }
}
