//! Calls about accounts and people, notices outward and cells of a CSV file.

use super::{Answer, answer, arguments};
use crate::exchange::export::csv::{csv_number, csv_text};
use crate::kernel::calendar::Date;
use crate::policy::accounts::address::{AddressRange, client_address};
use crate::policy::accounts::lockout::{SignInAttempt, lockout};
use crate::policy::accounts::password::{PasswordCandidate, PasswordProfile};
use crate::policy::accounts::person::{person_id, person_name};
use crate::policy::accounts::posts::{Post, delegate, may_hold};
use crate::policy::accounts::totp::TotpSecret;
use crate::policy::outbox::backoff_minutes;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::net::IpAddr;

/// `None` for a call this file does not know.
pub fn evaluate(call: &str, with: &Value) -> Option<Answer> {
    Some(match call {
        "client_address" => address(with),
        "lockout" => attempts(with),
        "password" => password(with),
        "totp" => totp(with),
        "may_hold" => hold(with),
        "delegate" => delegation(with),
        "person_id" => person(with, "id", "ACT-03", person_id),
        "person_name" => person(with, "name", "ACT-04", person_name),
        "backoff" => backoff(with),
        "csv_cell" => cell(with),
        _ => return None,
    })
}

fn address(with: &Value) -> Answer {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct With {
        peer: IpAddr,
        forwarded: Vec<String>,
        trusted: Vec<String>,
    }
    let With { peer, forwarded, trusted } = arguments(with)?;
    let trusted = trusted.iter().map(|range| range.parse::<AddressRange>()).collect::<Result<Vec<_>, _>>()?;
    answer(&client_address(peer, &forwarded, &trusted))
}

fn attempts(with: &Value) -> Answer {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct With {
        attempts: Vec<SignInAttempt>,
    }
    let With { attempts } = arguments(with)?;
    answer(&lockout(&attempts))
}

/// `ok`, or the fault.
fn judged<T, E: Serialize>(outcome: Result<T, E>) -> Answer {
    outcome.map_or_else(|fault| answer(&fault), |_| Ok(Value::from("ok")))
}

fn password(with: &Value) -> Answer {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct With {
        profile: PasswordProfile,
        password: String,
        account: String,
        name: String,
        #[serde(default)]
        common: Vec<String>,
        #[serde(default)]
        history: Vec<String>,
        #[serde(default)]
        age_days: u32,
    }
    let With { profile, password, account, name, common, history, age_days } = arguments(with)?;
    judged(profile.judge(&PasswordCandidate {
        password: &password,
        account: &account,
        name: &name,
        common: &common,
        history: &history,
        age_days,
    }))
}

fn totp(with: &Value) -> Answer {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct With {
        secret: String,
        at: u64,
        code: Option<String>,
        used_step: Option<u64>,
    }
    let With { secret, at, code, used_step } = arguments(with)?;
    let secret = TotpSecret::from_base32(&secret).ok_or("密钥不是 Base32")?;
    match code {
        None => answer(&secret.code(at).ok_or("无法计算动态口令")?),
        Some(code) => Ok(match secret.check(at, &code, used_step) {
            Ok(step) => json!({ "step": step }),
            Err(fault) => json!({ "refused": fault }),
        }),
    }
}

fn hold(with: &Value) -> Answer {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct With {
        held: Vec<Post>,
        post: Post,
    }
    let With { held, post } = arguments(with)?;
    judged(may_hold(&held, &post))
}

fn delegation(with: &Value) -> Answer {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct With {
        post: Post,
        deputy_posts: Vec<Post>,
        first: Date,
        last: Date,
        today: Date,
    }
    let With { post, deputy_posts, first, last, today } = arguments(with)?;
    judged(delegate(&post, &deputy_posts, first, last, today))
}

fn person(with: &Value, key: &str, fault: &str, normalise: fn(&str) -> Option<String>) -> Answer {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct With {
        text: String,
    }
    let With { text } = arguments(with)?;
    Ok(normalise(&text).map_or_else(|| json!({ "refused": fault }), |text| json!({ key: text })))
}

fn backoff(with: &Value) -> Answer {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct With {
        attempts: usize,
    }
    let With { attempts } = arguments(with)?;
    answer(&backoff_minutes(attempts))
}

fn cell(with: &Value) -> Answer {
    #[derive(Deserialize)]
    #[serde(untagged, deny_unknown_fields)]
    enum Cell {
        Text(String),
        Number { number: Decimal },
    }
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct With {
        value: Option<Cell>,
    }
    let With { value } = arguments(with)?;
    Ok(Value::from(match value {
        None => String::new(),
        Some(Cell::Text(text)) => csv_text(&text),
        Some(Cell::Number { number }) => csv_number(number),
    }))
}
