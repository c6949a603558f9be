//! 接口: every request with its method, path and reply. The app cannot call a route that does not exist nor misread
//! its reply; the server mounts exactly these types, behind one door that signs in, checks the capability and reads.
//!
//! Four kinds of route: [`Endpoint`] (JSON in, JSON out), [`Upload`] (a file in), [`Download`] (a file out) and
//! [`EventStream`] (events out for as long as the session lasts).

pub mod account_imports;
pub mod accounts;
pub mod attachments;
pub mod audit;
pub mod cases;
pub mod consolidation;
pub mod desk;
pub mod editions;
pub mod export;
pub mod finance;
pub mod live;
pub mod money;
pub mod notices;
pub mod nudges;
pub mod operations;
pub mod outward;
pub mod performance;
pub mod plans;
pub mod posts;
pub mod problem;
pub mod providers;
pub mod published;
pub mod replay;
pub mod requests;
pub mod review;
pub mod second_factor;
pub mod separates;
pub mod session;
pub mod setup;
pub mod sso;
pub mod statements;
pub mod transition;
pub mod workbook;

use crate::cases::authority::Capability;
use crate::kernel::ids::{AccountId, AttachmentId, CaseId, DepartmentId, NoticeId, OpId};
use serde::{Deserialize, Deserializer, Serialize, de::DeserializeOwned};
use serde_json::value::RawValue;
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt::Write;
use validator::{Validate, ValidationError};

/// Reads are GET and change nothing; writes are POST.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    Get,
    Post,
}

/// Who may call an endpoint at all. The authority table decides what they may then do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// Anyone, before sign-in.
    Open,
    /// Anyone where the installation opens it to the public, elsewhere anyone who has signed in.
    Public,
    /// Anyone who has signed in.
    SignedIn,
}

/// The fields of a request, with their own limits. Fields named in a route's `PATH` as `{field}` travel in the path,
/// the others in the JSON body of a POST [`Endpoint`] and otherwise in the query.
pub trait Fields: Serialize + DeserializeOwned + Validate + Send + 'static {}

impl<T: Serialize + DeserializeOwned + Validate + Send + 'static> Fields for T {}

/// The most that any single value of a request holds, however deep it lies. A field may be narrower, none is wider.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ValueLimits {
    /// Entries of a list, and fields of an object.
    pub entries: usize,
    /// Characters of a text.
    pub characters: usize,
}

impl ValueLimits {
    pub const USUAL: ValueLimits = ValueLimits { entries: 500, characters: 4_000 };
}

/// A request type that knows its route and its JSON reply.
pub trait Endpoint: Fields {
    const METHOD: Method;
    const PATH: &'static str;
    const ACCESS: Access = Access::SignedIn;
    /// What the caller's role must allow, where that does not depend on the case. Checked before the body is read.
    const REQUIRES: Option<Capability> = None;
    /// Largest body accepted, in bytes.
    const LARGEST_BODY: usize = 256 * 1024;
    /// How much one value in the body may hold.
    const LIMITS: ValueLimits = ValueLimits::USUAL;
    /// Content type of the reply.
    const REPLY_TYPE: &'static str = JSON_TYPE;
    type Reply: Serialize + DeserializeOwned + Send + 'static;

    /// Whether the reply travels with 409 instead of 200: what was sent does not join what is here.
    fn is_conflict(_: &Self::Reply) -> bool {
        false
    }

    /// 再次验证身份: whether whoever sends it must have signed in a moment ago.
    fn needs_step_up(&self) -> bool {
        false
    }
}

/// A POST whose body is a file, sent as [`FILE_TYPE`], with a JSON reply.
pub trait Upload: Fields {
    const PATH: &'static str;
    const ACCESS: Access = Access::SignedIn;
    const REQUIRES: Option<Capability> = None;
    /// Largest file accepted, in bytes.
    const LARGEST_FILE: usize;
    /// What to do about a file that is larger, in Chinese; follows its size limit in the problem.
    const TOO_LARGE: &'static str;
    /// As [`Endpoint::REPLY_TYPE`].
    const REPLY_TYPE: &'static str = JSON_TYPE;
    type Reply: Serialize + DeserializeOwned + Send + 'static;

    /// As [`Endpoint::is_conflict`].
    fn is_conflict(_: &Self::Reply) -> bool {
        false
    }
}

/// A GET whose reply is a file to be saved. Signed-in callers only.
pub trait Download: Fields {
    const PATH: &'static str;
    const REQUIRES: Option<Capability> = None;
}

/// A GET whose reply is a stream of events (`text/event-stream`) that ends with the session. Signed-in callers only.
pub trait EventStream: Fields {
    const PATH: &'static str;
    const REQUIRES: Option<Capability> = None;
    /// The JSON of an event's `data`.
    type Event: Serialize + Send + 'static;
}

/// Content type of a reply.
pub const JSON_TYPE: &str = "application/json";
/// Content type of an uploaded file.
pub const FILE_TYPE: &str = "application/octet-stream";

/// Where a request goes and what it carries.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Address {
    pub method: Method,
    /// Path with its query.
    pub path: String,
    /// JSON, for a POST.
    pub body: Option<String>,
}

/// The address of a JSON request.
pub fn address<E: Endpoint>(request: &E) -> Result<Address, serde_json::Error> {
    addressed(E::METHOD, E::PATH, &serde_json::to_string(request)?)
}

/// Path and query of an upload.
pub fn upload_path<U: Upload>(request: &U) -> Result<String, serde_json::Error> {
    Ok(addressed(Method::Get, U::PATH, &serde_json::to_string(request)?)?.path)
}

/// Not generic, so that it is compiled once and not for every request type.
fn addressed(method: Method, pattern: &str, request: &str) -> Result<Address, serde_json::Error> {
    let mut fields: BTreeMap<&str, &RawValue> = serde_json::from_str(request)?;
    let mut path = String::new();
    for segment in pattern.split('/').skip(1) {
        path.push('/');
        match segment.strip_prefix('{').and_then(|s| s.strip_suffix('}')) {
            Some(name) => path.push_str(&fields.remove(name).map(plain).unwrap_or_default()),
            None => path.push_str(segment),
        }
    }
    if method == Method::Post {
        let fields: Vec<String> = fields.iter().map(|(name, value)| format!("\"{name}\":{value}")).collect();
        return Ok(Address { method, path, body: Some(format!("{{{}}}", fields.join(","))) });
    }
    let mut joint = '?';
    for (name, value) in fields.into_iter().filter(|(_, value)| value.get() != "null") {
        path.push(joint);
        path.push_str(name);
        path.push('=');
        path.push_str(&plain(value));
        joint = '&';
    }
    Ok(Address { method, path, body: None })
}

/// A value as an address spells it: a text without its quotes.
fn plain(value: &RawValue) -> String {
    let text: Result<String, _> = serde_json::from_str(value.get());
    escaped(text.as_deref().unwrap_or(value.get()))
}

/// Percent-encodes everything but the unreserved characters of RFC 3986.
pub fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => out.push(char::from(byte)),
            _ => {
                // Writing to a String cannot fail.
                let _ = write!(out, "%{byte:02X}");
            }
        }
    }
    out
}

/// Reads a whole number of a path or a query, where everything is text.
pub(crate) fn number<'de, D, N>(deserializer: D) -> Result<N, D::Error>
where
    D: Deserializer<'de>,
    N: std::str::FromStr + TryFrom<u64>,
{
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Written<'a> {
        Number(u64),
        Text(Cow<'a, str>),
    }
    let wrong = || serde::de::Error::custom("应为非负整数");
    match Written::deserialize(deserializer)? {
        Written::Number(n) => N::try_from(n).map_err(|_| wrong()),
        Written::Text(text) => text.parse().map_err(|_| wrong()),
    }
}

/// As [`number`], absent when not given.
pub(crate) fn number_if_given<'de, D, N>(deserializer: D) -> Result<Option<N>, D::Error>
where
    D: Deserializer<'de>,
    N: std::str::FromStr + TryFrom<u64>,
{
    number(deserializer).map(Some)
}

macro_rules! check_id {
    ($name:ident, $id:ty) => {
        pub(crate) fn $name(id: &$id) -> Result<(), ValidationError> {
            if id.well_formed() {
                return Ok(());
            }
            Err(ValidationError::new("id").with_message("编号应为 1 至 64 个字符，不含空格与引号".into()))
        }
    };
}

macro_rules! check_new_id {
    ($name:ident, $id:ty) => {
        pub(crate) fn $name(id: &$id) -> Result<(), ValidationError> {
            if id.is_plain() {
                return Ok(());
            }
            let message = "编号应为 1 至 64 个字符，只用字母、数字和 . _ -，并以字母或数字开头";
            Err(ValidationError::new("id").with_message(message.into()))
        }
    };
}

check_new_id!(new_case_id, CaseId);
check_new_id!(new_account_id, AccountId);
check_new_id!(new_department_id, DepartmentId);

check_id!(request_id, CaseId);
check_id!(account_id, AccountId);
check_id!(department_id, DepartmentId);
check_id!(op_id, OpId);
check_id!(notice_id, NoticeId);
check_id!(attachment_id, AttachmentId);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_finds_its_own_address() {
        let read = operations::ReadOperations { request: CaseId::new("水 1"), after: 7 };
        let address = address(&read).unwrap();
        assert_eq!(address.path, "/api/requests/%E6%B0%B4%201/operations?after=7");
        assert_eq!(address.body, None);
        let desk = super::address(&desk::ReadDesk { fiscal_year: None }).unwrap();
        assert_eq!(desk.path, "/api/desk");
    }

    #[test]
    fn a_post_carries_what_the_path_does_not() {
        let send = operations::SendOperations { request: CaseId::new("r1"), ops: vec![] };
        let address = address(&send).unwrap();
        assert_eq!(address.path, "/api/requests/r1/operations");
        assert_eq!(address.body.as_deref(), Some("{\"ops\":[]}"));
    }

    #[test]
    fn numbers_of_a_query_are_read_from_text_and_nothing_else() {
        let read = |json: &str| serde_json::from_str::<operations::ReadOperations>(json).map(|r| r.after);
        assert_eq!(read(r#"{"request":"r1","after":"12"}"#).unwrap(), 12);
        assert_eq!(read(r#"{"request":"r1","after":12}"#).unwrap(), 12);
        assert!(read(r#"{"request":"r1","after":"-1"}"#).is_err());
        assert!(read(r#"{"request":"r1","after":"1","x":"1"}"#).is_err());
    }
}
