//! 现场评价的计算与规则: averages, the inventory, photos and signatures (SIT-20 … 33).

use super::form::{
    ASSETS, CHECKLIST, FIRST_EVALUATOR, NOT_APPLICABLE, NOT_FOUND, NOT_MET, PARTLY, PHOTOS, SCORES,
    SECOND_EVALUATOR, SIGNATURES, UNBOOKED, UNIT,
};
use crate::cases::performance::content::{Cells, ContentRow};
use crate::cases::performance::judgement::{Judgement, View, percentage, rounded, two_decimals};
use crate::kernel::ids::PersonId;
use crate::policy::written_reasons::REFUSED_SIGNATURE;
use rust_decimal::Decimal;
use serde_json::Value;
use std::collections::BTreeSet;

pub fn judge(view: &View, out: &mut Judgement) {
    judge_checklist(view, out);
    judge_scores(view, out);
    judge_assets(view, out);
    judge_photos(view, out);
    judge_signatures(view, out);
    let day = view.header().date("visited_on");
    let before = day.zip(view.date_fact("window_from")).is_some_and(|(day, from)| day < from);
    let after = day.zip(view.date_fact("window_to")).is_some_and(|(day, to)| day > to);
    out.header_rule(before || after, "SIT-31", "visited_on");
}

/// Name of the fact that says whose account an evaluator is: two accounts of one person are one evaluator.
pub fn person_fact(account: &str) -> String {
    format!("person:{account}")
}

fn person_of(view: &View, evaluator: &str) -> PersonId {
    PersonId::new(view.fact(&person_fact(evaluator)).unwrap_or(evaluator))
}

fn judge_checklist(view: &View, out: &mut Judgement) {
    let (mut total, mut full) = (Decimal::ZERO, Decimal::ZERO);
    for row in view.rows(CHECKLIST) {
        let at = |field| (CHECKLIST, row.id.as_str(), field);
        let weight = row.cells.number("weight").unwrap_or_default();
        let result = row.cells.text("result");
        let own = view.rows(SCORES).iter().filter(|score| score.cells.text("item") == row.id);
        let own: Vec<(&str, Decimal)> = own
            .filter_map(|score| Some((score.cells.text("evaluator"), score.cells.number("score")?)))
            .collect();
        let sum: Decimal = own.iter().map(|(_, score)| score).sum();
        let average = sum.checked_div(Decimal::from(own.len())).map(rounded);
        let photos = view.rows(PHOTOS).iter().filter(|photo| photo.cells.text("item") == row.id).count();
        out.compute_row(CHECKLIST, &row.id, "average", two_decimals(average));
        out.compute_row(CHECKLIST, &row.id, "photos", photos);
        total += average.unwrap_or_default();
        let unexplained = [PARTLY, NOT_MET, NOT_APPLICABLE].contains(&result)
            && !row.cells.has_note("facts", view.parameters.note_length);
        out.row_rule(unexplained, "SIT-20", at("facts"));
        let least = usize::try_from(view.parameters.site_photo_required).unwrap_or(usize::MAX);
        out.row_rule(result == NOT_MET && photos < least, "SIT-21", at("photos"));
        if result != NOT_APPLICABLE {
            full += weight;
            let evaluators: BTreeSet<PersonId> =
                own.iter().map(|(evaluator, _)| person_of(view, evaluator)).collect();
            out.row_rule(evaluators.len() < 2, "SIT-23", at("average"));
        }
        let highest = own.iter().map(|(_, score)| *score).max().unwrap_or_default();
        let lowest = own.iter().map(|(_, score)| *score).min().unwrap_or_default();
        let apart = (highest - lowest) * Decimal::ONE_HUNDRED > view.parameters.site_gap * weight;
        out.row_rule(apart, "SIT-24", at("average"));
    }
    out.compute("score", two_decimals(Some(total)));
    out.compute("full", two_decimals(Some(full)));
    out.compute("percent", two_decimals(percentage(total, full)));
}

fn judge_scores(view: &View, out: &mut Judgement) {
    let mut seen = BTreeSet::new();
    for row in view.rows(SCORES) {
        let at = |field| (SCORES, row.id.as_str(), field);
        let (item, evaluator) = (row.cells.text("item"), row.cells.text("evaluator"));
        let checked = view.content.row(CHECKLIST, item);
        out.row_rule(!item.is_empty() && checked.is_none(), "SIT-32", at("item"));
        let named = !item.is_empty() && !evaluator.is_empty();
        out.row_rule(named && !seen.insert((item, evaluator)), "SIT-33", at("evaluator"));
        let weight = checked.and_then(|item| item.cells.number("weight"));
        let above = row.cells.number("score").zip(weight).is_some_and(|(score, weight)| score > weight);
        out.row_rule(above, "SIT-22", at("score"));
    }
}

fn judge_assets(view: &View, out: &mut Judgement) {
    let (mut book_sum, mut found_sum) = (0, 0);
    let (mut counted, mut equal, mut differences) = (0_u32, 0_u32, 0_u32);
    for row in view.rows(ASSETS) {
        let at = |field| (ASSETS, row.id.as_str(), field);
        let (book, found) = (row.cells.count("book"), row.cells.count("found"));
        book_sum += book.unwrap_or_default();
        found_sum += found.unwrap_or_default();
        let both = book.zip(found);
        let difference = both.map(|(book, found)| found - book);
        out.compute_row(ASSETS, &row.id, "difference", difference.map_or(Value::Null, Value::from));
        let Some((book, found)) = both else { continue };
        counted += 1;
        equal += u32::from(book == found);
        differences += u32::from(book != found);
        out.row_rule(
            book != found && !row.cells.has_note("reason", view.parameters.note_length),
            "SIT-25",
            at("reason"),
        );
        let state = row.cells.text("state");
        let lost = (found == 0 && book > 0) != (state == NOT_FOUND);
        let surplus = (book == 0 && found > 0) != (state == UNBOOKED);
        out.row_rule(lost || surplus, "SIT-26", at("state"));
    }
    out.compute("book", book_sum);
    out.compute("found", found_sum);
    out.compute("differences", differences);
    let rate = percentage(Decimal::from(equal), Decimal::from(counted));
    out.compute("match_rate", two_decimals(rate));
}

fn judge_photos(view: &View, out: &mut Judgement) {
    for row in view.rows(PHOTOS) {
        for (field, table) in [("item", CHECKLIST), ("asset", ASSETS)] {
            let named = row.cells.text(field);
            let unknown = !named.is_empty() && view.content.row(table, named).is_none();
            out.row_rule(unknown, "SIT-32", (PHOTOS, &row.id, field));
        }
    }
}

fn judge_signatures(view: &View, out: &mut Judgement) {
    let rows = view.rows(SIGNATURES);
    let signed = |who: &str| rows.iter().find(|row| row.cells.text("who") == who);
    let name = |row: Option<&ContentRow>| row.map(|row| row.cells.text("name").to_string());
    for who in [FIRST_EVALUATOR, SECOND_EVALUATOR] {
        out.table_rule(signed(who).is_none(), "SIT-27", (SIGNATURES, "who"), Some(who));
    }
    if let Some(second) = signed(SECOND_EVALUATOR) {
        let same = !second.cells.is_empty("name") && name(signed(FIRST_EVALUATOR)) == name(Some(second));
        out.row_rule(same, "SIT-27", (SIGNATURES, &second.id, "name"));
    }
    let header: &Cells = view.header();
    let refused = header.is_set("refused") && header.has_note("refusal_reason", REFUSED_SIGNATURE);
    out.header_rule(signed(UNIT).is_none() && !refused, "SIT-28", "refusal_reason");
    let Some(content) = view.fact("content_hash") else { return };
    for row in rows {
        let signed = row.cells.text("content");
        let other = !signed.is_empty() && signed != content;
        out.row_rule(other, "SIT-29", (SIGNATURES, &row.id, "content"));
    }
}
