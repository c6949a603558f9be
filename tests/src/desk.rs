//! A person at their desk: speaks the API's own types over HTTP and hears replies or problems.

use serde_json::{Value, json};
use shared::api::operations::{OpResult, SendOperations};
use shared::api::problem::Problem;
use shared::api::requests::{OpenRequest, ReadRequest, RequestView};
use shared::api::review::{Published, ReadReview, ReviewView, SendReview};
use shared::api::session::{Me, SignIn};
use shared::api::transition::{Moved, Transition};
use shared::api::{Endpoint, Method, address};
use shared::cases::kernel::NamedCommand;
use shared::cases::review::language::Act;
use shared::engine::document::Document;
use shared::engine::op::{CellAt, Change, HEADER_ROW, Op};
use shared::kernel::calendar::FiscalYear;
use shared::kernel::ids::{CaseId, OpId, RowId};
use shared::policy::art11_target_review::ScoreSheet;
use std::io::{BufRead, BufReader, Read};
use std::sync::atomic::{AtomicU32, Ordering};
use ureq::Agent;

/// What the server said, before it is read as anything.
pub struct Answer {
    pub status: u16,
    pub headers: Vec<(String, String)>,
    pub text: String,
}

impl Answer {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(n, _)| n == name).map(|(_, value)| value.as_str())
    }

    /// The problem it must be.
    pub fn problem(&self) -> Problem {
        let read = serde_json::from_str(&self.text);
        read.unwrap_or_else(|error| panic!("not a problem ({error}): {} {}", self.status, self.text))
    }
}

#[derive(Clone)]
pub struct Desk {
    agent: Agent,
    host: String,
    pub cookie: Option<String>,
}

impl Desk {
    pub fn new(host: &str) -> Desk {
        let agent = Agent::config_builder().http_status_as_error(false).build().into();
        Desk { agent, host: host.to_string(), cookie: None }
    }

    /// Anything at all, with headers of the story's own.
    pub fn raw(&self, method: Method, path: &str, body: Option<&[u8]>, headers: &[(&str, &str)]) -> Answer {
        self.try_raw(method, path, body, headers).unwrap_or_else(|error| panic!("{path}: {error}"))
    }

    fn try_raw(
        &self,
        method: Method,
        path: &str,
        body: Option<&[u8]>,
        headers: &[(&str, &str)],
    ) -> Result<Answer, ureq::Error> {
        let url = format!("http://{}{path}", self.host);
        let mut all: Vec<(&str, String)> = headers.iter().map(|(n, v)| (*n, v.to_string())).collect();
        all.extend(self.cookie.iter().map(|cookie| ("cookie", cookie.clone())));
        let response = match method {
            Method::Get => all.iter().fold(self.agent.get(&url), |r, (n, v)| r.header(*n, v)).call(),
            Method::Post => all
                .iter()
                .fold(self.agent.post(&url), |r, (n, v)| r.header(*n, v))
                .send(body.unwrap_or_default()),
        };
        let mut response = response?;
        let headers = response
            .headers()
            .iter()
            .map(|(name, value)| (name.to_string(), value.to_str().unwrap_or_default().to_string()))
            .collect();
        let limit = 64 * 1024 * 1024;
        let text = response.body_mut().with_config().limit(limit).read_to_string()?;
        Ok(Answer { status: response.status().as_u16(), headers, text })
    }

    /// A file: its headers and bytes.
    pub fn fetches(&self, path: &str) -> (Vec<(String, String)>, Vec<u8>) {
        let request = self.agent.get(format!("http://{}{path}", self.host));
        let request = request.header("cookie", self.cookie.as_deref().unwrap_or_default());
        let mut response = request.call().unwrap_or_else(|error| panic!("{path}: {error}"));
        assert_eq!(response.status().as_u16(), 200, "{path}");
        let text = |value: &ureq::http::HeaderValue| value.to_str().unwrap_or_default().to_string();
        let headers = response.headers().iter().map(|(n, v)| (n.to_string(), text(v))).collect();
        (headers, response.body_mut().read_to_vec().expect("a file"))
    }

    /// JSON as a page of ours would post it.
    pub fn post(&self, path: &str, body: &Value) -> Answer {
        self.post_text(path, &body.to_string())
    }

    pub fn post_text(&self, path: &str, body: &str) -> Answer {
        let headers = [("content-type", "application/json"), ("sec-fetch-site", "same-origin")];
        self.raw(Method::Post, path, Some(body.as_bytes()), &headers)
    }

    pub fn get(&self, path: &str) -> Answer {
        self.raw(Method::Get, path, None, &[])
    }

    pub fn ask<E: Endpoint>(&self, request: &E) -> Answer {
        let address = address(request).expect("an address");
        match address.body {
            Some(body) => self.post_text(&address.path, &body),
            None => self.get(&address.path),
        }
    }

    /// The answer; `None` where the connection ended before it came.
    pub fn tries<E: Endpoint>(&self, request: &E) -> Option<Answer> {
        let address = address(request).expect("an address");
        let method = if address.body.is_some() { Method::Post } else { Method::Get };
        let headers = [("content-type", "application/json"), ("sec-fetch-site", "same-origin")];
        let body = address.body.as_ref().map(String::as_bytes);
        self.try_raw(method, &address.path, body, &headers).ok()
    }

    /// The reply, which it must be.
    pub fn call<E: Endpoint>(&self, request: &E) -> E::Reply {
        let answer = self.ask(request);
        assert_eq!(answer.status, 200, "{} said {}", E::PATH, answer.text);
        serde_json::from_str(&answer.text).unwrap_or_else(|error| panic!("{}: {error}", E::PATH))
    }

    /// The problem, which it must be.
    pub fn refused<E: Endpoint>(&self, request: &E) -> Problem {
        let answer = self.ask(request);
        assert!(answer.status >= 400, "{} accepted: {}", E::PATH, answer.text);
        let problem = answer.problem();
        assert_eq!(problem.status, answer.status);
        problem
    }

    pub fn sign_in(&mut self, account: &str, password: &str) -> Me {
        let answer = self.ask(&SignIn { account: account.into(), password: password.into(), code: None });
        assert_eq!(answer.status, 200, "{account}: {}", answer.text);
        self.keep_cookie(&answer);
        serde_json::from_str(&answer.text).expect("me")
    }

    /// The same person at another server.
    pub fn at(&self, host: &str) -> Desk {
        Desk { host: host.to_string(), ..self.clone() }
    }

    /// The same desk with another cookie.
    pub fn with_cookie(&self, cookie: Option<String>) -> Desk {
        Desk { cookie, ..self.clone() }
    }

    pub fn keep_cookie(&mut self, answer: &Answer) {
        let cookie = answer.header("set-cookie").expect("a cookie");
        self.cookie = cookie.split(';').next().map(str::to_string);
    }

    /// Starts the year's request.
    pub fn opens(&self, id: &str) -> RequestView {
        self.call(&OpenRequest { request: CaseId::new(id), fiscal_year: FiscalYear(2024) })
    }

    pub fn reads(&self, id: &str) -> RequestView {
        self.call(&ReadRequest { request: CaseId::new(id) })
    }

    pub fn edits(&self, id: &str, changes: Vec<Change>) -> OpResult {
        let op = Op { id: fresh_id(), changes };
        let sent = self.call(&SendOperations { request: CaseId::new(id), ops: vec![op] });
        sent.results.into_iter().next().expect("a result")
    }

    /// Gives a command on what this person sees now; answers with what they see then.
    pub fn tells(&self, id: &str, command: impl NamedCommand) -> RequestView {
        let moved: Moved = self.call(&self.command(id, command));
        let view = self.reads(id);
        assert_eq!(view.case.revision, moved.revision);
        assert_eq!(moved.stage, view.case.stage);
        view
    }

    pub fn is_refused(&self, id: &str, command: impl NamedCommand) -> Problem {
        self.refused(&self.command(id, command))
    }

    /// Acts in a review, together.
    pub fn reviews(&self, id: &str, acts: Vec<Act>) -> Published {
        self.call(&self.review_of(id, acts))
    }

    /// The batch as the review page would send it.
    pub fn review_of(&self, id: &str, acts: Vec<Act>) -> SendReview {
        SendReview { request: CaseId::new(id), operation: fresh_id(), acts, published: Vec::new() }
    }

    pub fn sees_review(&self, id: &str) -> ReviewView {
        self.call(&ReadReview { request: CaseId::new(id) })
    }

    /// Looks through every section and gives the targets 92 points: a review with nothing to object to.
    pub fn looks_through(&self, id: &str) {
        let sections = self.sees_review(id).progress.expect("a reviewer").unviewed;
        let mut acts: Vec<Act> = sections.into_iter().map(|section| Act::View { section }).collect();
        let sheet = ScoreSheet { points: vec![9, 9, 9, 9, 14, 14, 14, 14], opinion: String::new() };
        acts.push(Act::Score { sheet });
        self.reviews(id, acts);
    }

    /// The command as a page showing the current state would send it.
    pub fn command(&self, id: &str, command: impl NamedCommand) -> Transition {
        let seen = self.reads(id).case.revision;
        Transition::of(CaseId::new(id), fresh_id(), seen, &command).expect("a command")
    }

    /// Opens the stream of a window with this request open and hands on what it tells of the request.
    pub fn listens(&self, id: &str, after: u64) -> impl Iterator<Item = Value> + use<> {
        let path = shared::api::live::path("", Some((&CaseId::new(id), after)));
        self.hears(&path, None).map(|(_, data)| data).filter(|data| data.get("type").is_none())
    }

    /// Opens a stream, from after the event it got to, and hands on the id and data of each event that is not of desks.
    pub fn hears(&self, path: &str, last: Option<&str>) -> impl Iterator<Item = (String, Value)> + use<> {
        self.events(path, last).filter(|(_, data)| data["type"] != "desk_changed")
    }

    /// Opens the stream of a window that shows the desk and hands on how often it has changed.
    pub fn desk_changes(&self) -> impl Iterator<Item = ()> + use<> {
        let events = self.events(&shared::api::live::path("", None), None);
        events.filter(|(_, data)| data["type"] == "desk_changed").map(|_| ())
    }

    fn events(&self, path: &str, last: Option<&str>) -> impl Iterator<Item = (String, Value)> + use<> {
        let mut request = self.agent.get(format!("http://{}{path}", self.host));
        if let Some(last) = last {
            request = request.header("last-event-id", last);
        }
        let request = request.header("cookie", self.cookie.as_deref().unwrap_or_default());
        let response = request.call().expect("a stream");
        assert_eq!(response.status().as_u16(), 200);
        let reader: Box<dyn Read + Send> = Box::new(response.into_body().into_reader());
        let (mut id, mut data) = (String::new(), None);
        BufReader::new(reader).lines().map_while(Result::ok).filter_map(move |line| {
            if let Some(text) = line.strip_prefix("id:") {
                id = text.trim().to_string();
            } else if let Some(text) = line.strip_prefix("data:") {
                data = Some(serde_json::from_str(text.trim()).expect("an event is JSON"));
            }
            // An empty line ends an event.
            if line.is_empty() { Some((id.clone(), data.take()?)) } else { None }
        })
    }
}

/// An id nobody else makes.
pub fn fresh_id() -> OpId {
    static NUMBER: AtomicU32 = AtomicU32::new(0);
    OpId::new(format!("op-{}-{}", std::process::id(), NUMBER.fetch_add(1, Ordering::Relaxed)))
}

/// Changes as a person makes them.
pub struct Draft;

impl Draft {
    pub fn set(table: &str, row: &str, field: &str, from: Option<&str>, to: Option<&str>) -> Change {
        let at = CellAt { table: table.into(), row: RowId::new(row), field: field.into() };
        Change::Set { at, from: from.map(Into::into), to: to.map(Into::into) }
    }

    pub fn header(form: &str, field: &str, from: Option<&str>, to: Option<&str>) -> Change {
        Draft::set(form, HEADER_ROW, field, from, to)
    }

    /// The changes that type a whole document.
    pub fn typed(document: &Document) -> Vec<Change> {
        let mut changes = Vec::new();
        for (table, rows) in &document.tables {
            for row in rows {
                if row.id.as_str() == HEADER_ROW {
                    let cells = row.cells.iter();
                    changes.extend(cells.map(|(field, text)| Draft::header(table, field, None, Some(text))));
                } else {
                    let (table, id, cells) = (table.clone(), row.id.clone(), row.cells.clone());
                    changes.push(Change::InsertRow { table, row: id, rank: row.rank, cells });
                }
            }
        }
        changes
    }

    /// The document of a worked case.
    pub fn case(text: &str) -> Document {
        let value = serde_json::from_str(text).expect("JSON");
        shared::forms::case::read_case(&value).expect("a request")
    }

    /// A body no type of ours would make.
    pub fn operations(id: &str, change: Value) -> Value {
        json!({ "ops": [{ "id": id, "changes": [change] }] })
    }
}
