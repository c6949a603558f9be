//! 签字的内容: the digest a signature is bound to, and which signatures a later change has voided.

use super::operation::{PHOTOS, SIGNATURES};
use crate::engine::document::{Document, Row};
use crate::engine::op::HEADER_ROW;
use crate::kernel::content_hash::ContentHash;
use crate::kernel::ids::RowId;
use crate::policy::editions::json::canonical;
use serde_json::{Value, json};

/// Table of the header: the key of the form.
pub const HEADER: &str = "site_visit";
/// 检查清单, 评分, 资产盘点: the tables that are signed besides header and photos.
pub const SIGNED_TABLES: [&str; 3] = ["checklist", "scores", "assets"];

/// SM3 of the canonical JSON of `{header, checklist, scores, assets, photos}`, photos by their hashes alone, rows in the order of
/// the document. The case `site_visit` takes the same digest for rule SIT-29.
pub fn content_hash(document: &Document) -> ContentHash {
    let header = document.row(HEADER, &RowId::new(HEADER_ROW)).map(|row| &row.cells);
    let rows = |table: &str| -> Vec<Value> {
        document.rows(table).iter().map(|row| json!({ "id": row.id, "cells": row.cells })).collect()
    };
    let photos: Vec<&str> = document.rows(PHOTOS).iter().map(photo_hash).collect();
    let mut signed = json!({ "header": header.cloned().unwrap_or_default(), PHOTOS: photos });
    for table in SIGNED_TABLES {
        signed[table] = Value::Array(rows(table));
    }
    ContentHash::of(canonical(&signed).as_bytes())
}

/// Hash of the bytes of a photo; empty where the row has none.
pub fn photo_hash(row: &Row) -> &str {
    row.cells.get("hash").map_or("", String::as_str)
}

/// 作废的签字: rows of signatures over another content than the document has now.
pub fn void_signatures(document: &Document) -> Vec<RowId> {
    let now = content_hash(document);
    let is_void = |row: &&Row| row.cells.get("content").map(String::as_str) != Some(now.as_str());
    document.rows(SIGNATURES).iter().filter(is_void).map(|row| row.id.clone()).collect()
}
