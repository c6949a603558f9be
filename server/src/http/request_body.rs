//! 读取请求: reads a body up to its limit and turns fields into a typed request; a problem names the field that does not
//! fit. Nothing here guesses.

use crate::kernel::failure::Failure;
use axum::body::Body;
use axum::http::HeaderMap;
use axum::http::header::{CONTENT_LENGTH, CONTENT_TYPE};
use futures_util::StreamExt;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};
use shared::api::problem::{Problem, code};
use shared::api::{FILE_TYPE, Fields};
use validator::{ValidationErrors, ValidationErrorsKind};

/// Most bytes of an unwanted body that are read before the connection is given up.
const MOST_DISCARDED: usize = 64 * 1024 * 1024;

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
    let value: Value = serde_json::from_slice(&bytes).map_err(|error| {
        Failure::malformed(
            400,
            format!("不是有效的 JSON（第 {} 行第 {} 列）。", error.line(), error.column()),
        )
    })?;
    match value {
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
    let mut read = Vec::with_capacity(announced.unwrap_or(0));
    while let Some(piece) = stream.next().await {
        let piece = piece.map_err(|_| Failure::malformed(400, "请求没有传完，请重试。"))?;
        if read.len() + piece.len() > largest {
            discard(Body::from_stream(stream)).await;
            return Err(too_large().into());
        }
        read.extend_from_slice(&piece);
    }
    Ok(read)
}

/// Reads an unwanted body to its end, up to [`MOST_DISCARDED`] bytes.
pub async fn discard(body: Body) {
    let mut stream = body.into_data_stream();
    let mut read = 0;
    while let Some(Ok(piece)) = stream.next().await {
        read += piece.len();
        if read > MOST_DISCARDED {
            return;
        }
    }
}

/// PostgreSQL cannot store U+0000 in a text, and nobody types it.
fn has_nul(value: &Value) -> bool {
    match value {
        Value::String(text) => text.contains('\0'),
        Value::Array(items) => items.iter().any(has_nul),
        Value::Object(fields) => fields.iter().any(|(name, value)| name.contains('\0') || has_nul(value)),
        Value::Null | Value::Bool(_) | Value::Number(_) => false,
    }
}

/// The typed request, checked by its own limits.
pub fn typed<R: Fields>(fields: Map<String, Value>) -> Result<R, Failure> {
    let value = Value::Object(fields);
    if has_nul(&value) {
        return Err(Failure::malformed(422, "文本中有不能保存的空字符（U+0000），请删除后重试。"));
    }
    let request: R = serde_path_to_error::deserialize(value).map_err(|error| misfit("", &error))?;
    request.validate().map_err(|errors| Failure::malformed(422, limits(&errors).join("；")))?;
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

fn limits(errors: &ValidationErrors) -> Vec<String> {
    let mut messages = Vec::new();
    for (field, kind) in errors.errors() {
        match kind {
            ValidationErrorsKind::Field(found) => messages.extend(found.iter().map(|error| {
                let message = error.message.as_deref().unwrap_or("不合要求");
                format!("`{field}`：{message}")
            })),
            ValidationErrorsKind::Struct(inner) => messages.extend(limits(inner)),
            ValidationErrorsKind::List(items) => {
                messages.extend(items.values().flat_map(|inner| limits(inner)))
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
        match typed::<R>(fields).err() {
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
    fn nul_is_found_at_any_depth() {
        assert!(has_nul(&json!({"a": [{"b": "x\0"}]})));
        assert!(!has_nul(&json!({"a": [{"b": "x"}]})));
    }
}
