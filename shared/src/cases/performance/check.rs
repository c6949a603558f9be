//! 单表检查: computed cells and findings of one form from a file (`omfund check`), without a case or a flow.

use super::content::{Content, misfit};
use super::form::{Form, Part};
use super::judgement::{FormFacts, JudgeForm, Judgement, View};
use crate::cases::{
    application, correction, ex_ante, key_evaluation, monitoring, self_evaluation, site_visit,
};
use crate::kernel::refusal::Refusal;
use crate::policy::editions::Edition;
use crate::policy::editions::register::Register;
use serde_json::{Map, Value, json};

/// Forms by their key.
const FORMS: [(&Form, JudgeForm); 7] = [
    (&ex_ante::form::FORM, ex_ante::form::judge),
    (&monitoring::form::FORM, monitoring::form::judge),
    (&correction::form::FORM, correction::form::judge),
    (&self_evaluation::form::FORM, self_evaluation::form::judge),
    (&key_evaluation::form::FORM, key_evaluation::judge),
    (&site_visit::form::FORM, site_visit::judge),
    (&application::form::FORM, application::form::judge),
];

/// Whether a file is about a form of this side.
pub fn is_about(file: &Value) -> bool {
    file["form"].as_str().is_some_and(|key| FORMS.iter().any(|(form, _)| form.key == key))
}

/// `{"form", "document", "facts"?, "parameters"?, "parts"?}` → `{"computed", "findings"}`, under an edition, else the
/// newest.
///
/// # Errors
/// The file lacks a part or has one of another shape.
pub fn check(file: &Value, edition: Option<&Edition>) -> Result<Value, Refusal> {
    let form = FORMS.iter().find(|(form, _)| Some(form.key) == file["form"].as_str());
    let (form, judge) = form.ok_or_else(|| misfit("form", "没有这张表单"))?;
    let content = Content::try_from(&file["document"])?;
    let edition = edition.or_else(|| Register::shipped().newest().map(|newest| &**newest));
    let edition = edition.ok_or_else(|| misfit("parameters", "没有政策版本"))?;
    let overrides = object(file, "parameters")?;
    let parameters =
        edition.parameters.with(&overrides).map_err(|error| misfit("parameters", &error.to_string()))?;
    let facts: FormFacts = object(file, "facts")?
        .into_iter()
        .filter(|(_, fact)| !fact.is_null())
        .map(|(name, fact)| match fact {
            Value::String(text) => Ok((name, text)),
            Value::Number(_) | Value::Bool(_) => Ok((name, fact.to_string())),
            _ => Err(misfit(&format!("facts.{name}"), "应为文字或数字")),
        })
        .collect::<Result<_, Refusal>>()?;
    let parts = parts(file)?;
    let judged =
        Judgement::of(form, *judge, &View { content: &content, parameters: &parameters, facts: &facts });
    Ok(json!({ "computed": judged.computed(), "findings": judged.shown(&parts) }))
}

fn object(file: &Value, key: &str) -> Result<Map<String, Value>, Refusal> {
    match &file[key] {
        Value::Null => Ok(Map::new()),
        Value::Object(object) => Ok(object.clone()),
        _ => Err(misfit(key, "应为各项内容")),
    }
}

/// The parts to judge; all without `parts`.
fn parts(file: &Value) -> Result<Vec<Part>, Refusal> {
    let Value::Array(words) = &file["parts"] else { return Ok(Part::ALL.to_vec()) };
    let part = |word: &Value| Part::ALL.into_iter().find(|part| word.as_str() == Some(part.word()));
    words.iter().map(|word| part(word).ok_or_else(|| misfit("parts", "没有这一部分"))).collect()
}
