//! A provider of OpenID Connect: discovery, keys, codes that serve once under PKCE, ID tokens signed with ES256. It can be
//! made to go wrong.

use super::service::{Asked, Reply, query_of, serve};
use base64::Engine;
use base64::prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD};
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair};
use ring::{digest, hmac};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::{SystemTime, UNIX_EPOCH};

pub const CLIENT: &str = "omfund";
pub const SECRET: &str = "a-secret-of-the-client+and/more";

/// What is wrong with what it gives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flaw {
    None,
    Nonce,
    NoNonce,
    Issuer,
    Audience,
    /// Meant for another one as well, who could hand it on.
    SecondAudience,
    Expired,
    AlgorithmNone,
    /// Signed with the secret that the client knows, as if that were a key of the provider.
    SharedSecret,
    /// Signed with a key that is not among its keys.
    ForeignKey,
    /// Changed after it was signed.
    Altered,
    NoToken,
    Away,
}

struct Grant {
    nonce: String,
    challenge: String,
    redirect: String,
    subject: String,
}

struct Inside {
    flaw: Flaw,
    key: EcdsaKeyPair,
    foreign: EcdsaKeyPair,
    grants: BTreeMap<String, Grant>,
    number: u32,
}

pub struct Provider {
    pub issuer: String,
    site: String,
    inside: Arc<Mutex<Inside>>,
}

fn fresh_key() -> EcdsaKeyPair {
    let random = SystemRandom::new();
    let document = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &random).unwrap();
    EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, document.as_ref(), &random).unwrap()
}

fn encoded(bytes: impl AsRef<[u8]>) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(bytes)
}

impl Provider {
    /// For a client at `site`.
    pub fn start(site: &str) -> Provider {
        let inside = Inside {
            flaw: Flaw::None,
            key: fresh_key(),
            foreign: fresh_key(),
            grants: BTreeMap::new(),
            number: 0,
        };
        let inside = Arc::new(Mutex::new(inside));
        let served = inside.clone();
        let issuer = serve(move |asked| served.lock().unwrap().answer(asked));
        Provider { issuer, site: site.to_string(), inside }
    }

    pub fn errs_by(&self, flaw: Flaw) {
        self.inside.lock().unwrap().flaw = flaw;
    }

    /// Somebody signs in there as `subject`: the code and state that their browser brings back.
    pub fn authorize(&self, address: &str, subject: &str) -> (String, String) {
        assert!(address.starts_with(&format!("{}/auth?", self.issuer)), "{address}");
        let asked = query_of(address);
        assert_eq!((asked["response_type"].as_str(), asked["client_id"].as_str()), ("code", CLIENT));
        assert_eq!(asked["code_challenge_method"], "S256");
        assert_eq!(asked["redirect_uri"], format!("{}/sso/oidc", self.site));
        assert!(asked["scope"].split(' ').any(|scope| scope == "openid"));
        assert!(asked["state"].len() >= 32 && asked["nonce"].len() >= 32 && asked["state"] != asked["nonce"]);
        let grant = Grant {
            nonce: asked["nonce"].clone(),
            challenge: asked["code_challenge"].clone(),
            redirect: asked["redirect_uri"].clone(),
            subject: subject.to_string(),
        };
        let mut inside = self.inside.lock().unwrap();
        inside.number += 1;
        let code = format!("code-{}", inside.number);
        inside.grants.insert(code.clone(), grant);
        (code, asked["state"].clone())
    }
}

impl Inside {
    fn answer(&mut self, asked: &Asked) -> Reply {
        let here = format!("http://{}", asked.headers["host"]);
        let (status, body) = match (self.flaw, asked.path.as_str()) {
            (Flaw::Away, _) => (502, json!({})),
            (_, "/.well-known/openid-configuration") => (200, about(&here)),
            (_, "/keys") => (200, json!({ "keys": [public(&self.key)] })),
            (_, "/token") => self.token(&here, asked),
            _ => (404, json!({})),
        };
        Reply { status, kind: "application/json", body: body.to_string() }
    }

    fn token(&mut self, here: &str, asked: &Asked) -> (u16, Value) {
        let wrong = |error: &str| (400, json!({ "error": error }));
        let client = asked.headers.get("authorization").and_then(|text| text.strip_prefix("Basic "));
        let client = client.and_then(|text| BASE64_STANDARD.decode(text).ok());
        let client = client.and_then(|bytes| String::from_utf8(bytes).ok()).unwrap_or_default();
        let (id, secret) = client.split_once(':').unwrap_or_default();
        if (super::service::decoded(id).as_str(), super::service::decoded(secret).as_str())
            != (CLIENT, SECRET)
        {
            return wrong("invalid_client");
        }
        if asked.form["grant_type"] != "authorization_code" {
            return wrong("unsupported_grant_type");
        }
        let Some(grant) = self.grants.remove(&asked.form["code"]) else { return wrong("invalid_grant") };
        let verified = encoded(digest::digest(&digest::SHA256, asked.form["code_verifier"].as_bytes()));
        if verified != grant.challenge || asked.form["redirect_uri"] != grant.redirect {
            return wrong("invalid_grant");
        }
        let mut answer = json!({ "access_token": "unused", "token_type": "Bearer", "expires_in": 60 });
        if self.flaw != Flaw::NoToken {
            answer["id_token"] = Value::from(self.id_token(here, &grant));
        }
        (200, answer)
    }

    fn id_token(&self, here: &str, grant: &Grant) -> String {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs();
        let mut claims = json!({
            "iss": here, "aud": CLIENT, "sub": grant.subject, "nonce": grant.nonce, "iat": now, "exp": now + 300,
        });
        let mut header = json!({ "alg": "ES256", "kid": "key-1", "typ": "JWT" });
        match self.flaw {
            Flaw::Nonce => claims["nonce"] = Value::from("of-another-sign-in"),
            Flaw::NoNonce => drop(claims.as_object_mut().unwrap().remove("nonce")),
            Flaw::Issuer => claims["iss"] = Value::from("https://elsewhere.example"),
            Flaw::Audience => claims["aud"] = Value::from("another-client"),
            Flaw::SecondAudience => claims["aud"] = json!([CLIENT, "another-client"]),
            Flaw::Expired => {
                claims["iat"] = Value::from(now - 7_200);
                claims["exp"] = Value::from(now - 3_600);
            }
            Flaw::AlgorithmNone => header = json!({ "alg": "none" }),
            Flaw::SharedSecret => header = json!({ "alg": "HS256" }),
            _ => {}
        }
        let signed = format!("{}.{}", encoded(header.to_string()), encoded(claims.to_string()));
        let by =
            |key: &EcdsaKeyPair| encoded(key.sign(&SystemRandom::new(), signed.as_bytes()).unwrap().as_ref());
        match self.flaw {
            Flaw::AlgorithmNone => format!("{signed}."),
            Flaw::SharedSecret => {
                let key = hmac::Key::new(hmac::HMAC_SHA256, SECRET.as_bytes());
                format!("{signed}.{}", encoded(hmac::sign(&key, signed.as_bytes())))
            }
            Flaw::ForeignKey => format!("{signed}.{}", by(&self.foreign)),
            Flaw::Altered => {
                claims["sub"] = Value::from("boss");
                claims["name"] = Value::from("added");
                format!("{}.{}.{}", encoded(header.to_string()), encoded(claims.to_string()), by(&self.key))
            }
            _ => format!("{signed}.{}", by(&self.key)),
        }
    }
}

fn about(here: &str) -> Value {
    json!({
        "issuer": here,
        "authorization_endpoint": format!("{here}/auth"),
        "token_endpoint": format!("{here}/token"),
        "jwks_uri": format!("{here}/keys"),
        "end_session_endpoint": format!("{here}/end"),
        "response_types_supported": ["code"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["ES256", "RS256"],
        "code_challenge_methods_supported": ["S256"],
    })
}

fn public(key: &EcdsaKeyPair) -> Value {
    let point = key.public_key().as_ref();
    let (x, y) = (encoded(&point[1..33]), encoded(&point[33..65]));
    json!({ "kty": "EC", "crv": "P-256", "use": "sig", "alg": "ES256", "kid": "key-1", "x": x, "y": y })
}
