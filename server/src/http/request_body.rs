//! 读取请求: a body is read to its limit and no further, and what does not fit the type asked for is named by its
//! place. Nothing here ever guesses.

use crate::http::failure::Failure;
use axum::body::{Body, Bytes};
use axum::http::HeaderMap;
use axum::http::header::{CONTENT_LENGTH, CONTENT_TYPE};
use futures_util::StreamExt;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};
use shared::api::Endpoint;
use shared::api::problem::{Problem, code};
use validator::{ValidationErrors, ValidationErrorsKind};

/// Bytes read past at most before the connection is given up.
const MOST_PASSED_OVER: usize = 64 * 1024 * 1024;

/// Reads the fields of a JSON body.
pub async fn json_body(
    headers: &HeaderMap,
    body: Body,
    largest: usize,
) -> Result<Map<String, Value>, Failure> {
    let kind = headers.get(CONTENT_TYPE).and_then(|v| v.to_str().ok()).unwrap_or("");
    if kind.split(';').next().unwrap_or("").trim() != "application/json" {
        pass_over(body).await;
        let detail = "请以 application/json 发送。";
        return Err(Problem::new(415, code::NOT_JSON, "请求格式不受支持", detail).into());
    }
    let bytes = bytes(headers, body, largest).await?;
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

/// Reads at most `largest` bytes. What is over is read past and thrown away, so that the answer arrives and the
/// browser does not see a broken connection instead.
pub async fn bytes(headers: &HeaderMap, body: Body, largest: usize) -> Result<Bytes, Failure> {
    let announced = headers.get(CONTENT_LENGTH).and_then(|v| v.to_str().ok()?.parse::<usize>().ok());
    let too_large = || {
        let detail = format!("一次最多 {} KB，请减少内容后分次发送。", largest / 1024);
        Failure::from(Problem::new(413, code::TOO_LARGE, "内容过大", detail))
    };
    if announced.is_some_and(|length| length > largest) {
        pass_over(body).await;
        return Err(too_large());
    }
    let mut stream = body.into_data_stream();
    let mut read = Vec::with_capacity(announced.unwrap_or(0));
    while let Some(piece) = stream.next().await {
        let piece = piece.map_err(|_| Failure::malformed(400, "请求没有传完，请重试。"))?;
        if read.len() + piece.len() > largest {
            pass_over(Body::from_stream(stream)).await;
            return Err(too_large());
        }
        read.extend_from_slice(&piece);
    }
    Ok(read.into())
}

/// Reads a body nobody wants to its end, within reason.
pub async fn pass_over(body: Body) {
    let mut stream = body.into_data_stream();
    let mut passed = 0;
    while let Some(Ok(piece)) = stream.next().await {
        passed += piece.len();
        if passed > MOST_PASSED_OVER {
            return;
        }
    }
}

/// Text with U+0000 cannot be stored by every database; no person types it.
fn has_nul(value: &Value) -> bool {
    match value {
        Value::String(text) => text.contains('\0'),
        Value::Array(items) => items.iter().any(has_nul),
        Value::Object(fields) => fields.iter().any(|(name, value)| name.contains('\0') || has_nul(value)),
        Value::Null | Value::Bool(_) | Value::Number(_) => false,
    }
}

/// The typed request, checked by its own limits.
pub fn endpoint<E: Endpoint>(fields: Map<String, Value>) -> Result<E, Failure> {
    let value = Value::Object(fields);
    if has_nul(&value) {
        return Err(Failure::malformed(422, "文本中有不能保存的空字符（U+0000），请删除后重试。"));
    }
    let request: E = serde_path_to_error::deserialize(value).map_err(|error| misfit("", &error))?;
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

/// What serde said, in the language of the screen.
fn in_chinese(said: &str) -> String {
    let quoted = |prefix: &str| said.strip_prefix(prefix)?.split('`').next().map(str::to_string);
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
        said.strip_prefix("invalid type: ").and_then(|s| s.split_once(", expected "))
    {
        return format!("类型不对，收到 {found}，应为 {expected}");
    }
    said.to_string()
}

fn limits(errors: &ValidationErrors) -> Vec<String> {
    let mut said = Vec::new();
    for (field, kind) in errors.errors() {
        match kind {
            ValidationErrorsKind::Field(found) => said.extend(found.iter().map(|error| {
                let message = error.message.as_deref().unwrap_or("不合要求");
                format!("`{field}`：{message}")
            })),
            ValidationErrorsKind::Struct(inner) => said.extend(limits(inner)),
            ValidationErrorsKind::List(items) => said.extend(items.values().flat_map(|inner| limits(inner))),
        }
    }
    said.sort();
    said
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;
    use shared::api::session::SignIn;

    fn said<E: Endpoint>(value: Value) -> String {
        let Value::Object(fields) = value else { panic!("an object") };
        match endpoint::<E>(fields).err() {
            Some(Failure::Problem(problem)) => problem.detail,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn what_does_not_fit_is_named_by_its_place() {
        assert_eq!(said::<SignIn>(json!({"account": "a"})), "请求：缺少字段 `password`。");
        assert!(said::<SignIn>(json!({"account": 1, "password": "x"})).starts_with("`account`：类型不对"));
        assert!(said::<SignIn>(json!({"account": "a", "password": "x", "admin": true})).contains("`admin`"));
        assert!(said::<SignIn>(json!({"account": "", "password": "x"})).contains("请输入账号"));
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
