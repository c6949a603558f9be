//! A provincial platform of OAuth 2.0: codes that serve once under PKCE, access tokens, user information in its own shape.
//! It can be made to go wrong.

use super::service::{Asked, Reply, decoded, query_of, serve};
use base64::Engine;
use base64::prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD};
use ring::digest;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

pub const CLIENT: &str = "omfund";
pub const SECRET: &str = "a secret+of/the client";

/// What is wrong with what it gives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flaw {
    None,
    /// The token endpoint takes longer than anybody waits.
    Slow,
    /// The answer of the token endpoint never seems to end.
    TooBig,
    /// The token endpoint leads on to another address.
    Redirect,
    /// The user information is a page of HTML.
    Page,
    Away,
}

struct Grant {
    /// `None` where the client sent none.
    challenge: Option<String>,
    redirect: String,
    userinfo: Value,
}

struct Inside {
    flaw: Flaw,
    grants: BTreeMap<String, Grant>,
    /// User information by access token.
    tokens: BTreeMap<String, Value>,
    number: u32,
    /// Paths that were asked for, in order.
    asked: Vec<String>,
}

pub struct Platform {
    pub address: String,
    site: String,
    inside: Arc<Mutex<Inside>>,
}

/// The user information of a person, as the platform writes it.
pub fn userinfo(person: &str, name: &str) -> Value {
    json!({ "code": 0, "data": { "user": { "idcard_hash": person, "name": name, "roles": ["finance_leader"] } } })
}

impl Platform {
    /// For a client at `site`.
    pub fn start(site: &str) -> Platform {
        let inside = Inside {
            flaw: Flaw::None,
            grants: BTreeMap::new(),
            tokens: BTreeMap::new(),
            number: 0,
            asked: Vec::new(),
        };
        let inside = Arc::new(Mutex::new(inside));
        let served = inside.clone();
        let address = serve(move |asked| answer(&served, asked));
        Platform { address, site: site.to_string(), inside }
    }

    pub fn errs_by(&self, flaw: Flaw) {
        self.inside.lock().unwrap().flaw = flaw;
    }

    /// How often `path` was asked for.
    pub fn asked_for(&self, path: &str) -> usize {
        self.inside.lock().unwrap().asked.iter().filter(|asked| *asked == path).count()
    }

    /// Somebody signs in there whose user information is this: the code and state that their browser brings back.
    pub fn authorize(&self, address: &str, userinfo: Value) -> (String, String) {
        assert!(address.starts_with(&format!("{}/oauth2/authorize?", self.address)), "{address}");
        let asked = query_of(address);
        assert_eq!((asked["response_type"].as_str(), asked["client_id"].as_str()), ("code", CLIENT));
        assert_eq!(asked["redirect_uri"], format!("{}/sso/oauth2", self.site));
        assert!(asked["state"].len() >= 32, "{address}");
        let challenge = asked.get("code_challenge").cloned();
        if challenge.is_some() {
            assert_eq!(asked["code_challenge_method"], "S256");
        }
        let grant = Grant { challenge, redirect: asked["redirect_uri"].clone(), userinfo };
        let mut inside = self.inside.lock().unwrap();
        inside.number += 1;
        let code = format!("code/{}", inside.number);
        inside.grants.insert(code.clone(), grant);
        (code, asked["state"].clone())
    }
}

fn answer(inside: &Mutex<Inside>, asked: &Asked) -> Reply {
    let flaw = inside.lock().unwrap().flaw;
    if flaw == Flaw::Slow && asked.path == "/oauth2/token" {
        thread::sleep(Duration::from_millis(1_500));
    }
    inside.lock().unwrap().answer(asked)
}

fn json_reply(status: u16, body: &Value) -> Reply {
    Reply { status, kind: "application/json;charset=UTF-8", body: body.to_string() }
}

impl Inside {
    fn answer(&mut self, asked: &Asked) -> Reply {
        self.asked.push(asked.path.clone());
        match (self.flaw, asked.path.as_str()) {
            (Flaw::Away, _) => json_reply(502, &json!({})),
            (Flaw::Redirect, "/oauth2/token") => {
                Reply { status: 307, kind: "text/plain\r\nlocation: /elsewhere", body: String::new() }
            }
            (Flaw::TooBig, "/oauth2/token") => {
                json_reply(200, &json!({ "access_token": "a", "filler": "x".repeat(300 * 1024) }))
            }
            (_, "/oauth2/token") => self.token(asked),
            (Flaw::Page, "/oauth2/userinfo") => {
                Reply { status: 200, kind: "text/html", body: "<h1>请登录</h1>".into() }
            }
            (_, "/oauth2/userinfo") => self.userinfo(asked),
            _ => json_reply(404, &json!({})),
        }
    }

    fn token(&mut self, asked: &Asked) -> Reply {
        let wrong = |error: &str| json_reply(400, &json!({ "error": error }));
        let client = asked.headers.get("authorization").and_then(|text| text.strip_prefix("Basic "));
        let client = client.and_then(|text| BASE64_STANDARD.decode(text).ok());
        let client = client.and_then(|bytes| String::from_utf8(bytes).ok()).unwrap_or_default();
        let (id, secret) = client.split_once(':').unwrap_or_default();
        if (decoded(id).as_str(), decoded(secret).as_str()) != (CLIENT, SECRET) {
            return wrong("invalid_client");
        }
        let Some(grant) = self.grants.remove(&asked.form["code"]) else { return wrong("invalid_grant") };
        let verifier = asked.form.get("code_verifier");
        let verified = verifier.map(|verifier| {
            BASE64_URL_SAFE_NO_PAD.encode(digest::digest(&digest::SHA256, verifier.as_bytes()))
        });
        if verified != grant.challenge || asked.form["redirect_uri"] != grant.redirect {
            return wrong("invalid_grant");
        }
        let token = format!("token-{}", self.tokens.len());
        self.tokens.insert(token.clone(), grant.userinfo);
        // Without a type, and with its time as text: what such platforms write.
        json_reply(200, &json!({ "access_token": token, "expires_in": "7200", "refresh_token": null }))
    }

    fn userinfo(&self, asked: &Asked) -> Reply {
        let token = asked.headers.get("authorization").and_then(|text| text.strip_prefix("Bearer "));
        match token.and_then(|token| self.tokens.get(token)) {
            Some(userinfo) => json_reply(200, userinfo),
            None => json_reply(401, &json!({ "error": "invalid_token" })),
        }
    }
}
