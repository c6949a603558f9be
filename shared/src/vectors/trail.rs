//! Calls about the logs: links, codes, and what a check finds after each way of tampering with a sample of stored logs.

use super::sample_trail::tampered;
use super::{Answer, answer, arguments};
use crate::kernel::hash::sm3_hex;
use crate::policy::art16_trail::{ChainedRecord, TrailEntry, TrailKey, chain_link_1, sealed};
use serde::Deserialize;
use serde_json::Value;

/// `None` for a call this file does not know.
pub fn evaluate(call: &str, with: &Value) -> Option<Answer> {
    Some(match call {
        "tampered" => sample(with),
        "sealed" => entry(with),
        "link_1" => link(with),
        "mac" => mac(with),
        "hex3" => hash(with),
        _ => return None,
    })
}

fn sample(with: &Value) -> Answer {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct With {
        key: String,
        how: String,
    }
    let With { key, how } = arguments(with)?;
    answer(&tampered(&TrailKey::new(key), &how).ok_or_else(|| format!("没有“{how}”这种改动"))?)
}

fn entry(with: &Value) -> Answer {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct With {
        key: String,
        log: String,
        entry: TrailEntry,
    }
    let With { key, log, entry } = arguments(with)?;
    answer(&sealed(&TrailKey::new(key), &log, entry))
}

fn link(with: &Value) -> Answer {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct With {
        e: ChainedRecord,
    }
    let With { e } = arguments(with)?;
    Ok(Value::from(chain_link_1(&e)))
}

fn mac(with: &Value) -> Answer {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct With {
        key: String,
        parts: Vec<String>,
    }
    let With { key, parts } = arguments(with)?;
    let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
    Ok(Value::from(TrailKey::new(key).mac(&parts)))
}

fn hash(with: &Value) -> Answer {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct With {
        text: String,
    }
    let With { text } = arguments(with)?;
    Ok(Value::from(sm3_hex(text.as_bytes())))
}
