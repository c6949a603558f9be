//! 边填边算: the form of a case judged while somebody types into it, by what the server judges it by.

use super::content::Content;
use super::form::Part;
use super::judgement::{FormFacts, Judgement, View};
use super::shown::{self, ShownFinding};
use crate::cases::execution::content::{ContentLine, ContentValue};
use crate::cases::execution::registry::ExecutionKindName;
use crate::kernel::finding::Place;
use crate::kernel::refusal::Refusal;
use crate::policy::editions::parameters::EditionParameters;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeMap;
use std::ops::ControlFlow;

/// What the form of a case is judged by; the content is what stands there now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FormJudging {
    pub kind: ExecutionKindName,
    pub content: Content,
    pub facts: FormFacts,
    pub parameters: EditionParameters,
    /// What the screen says for the ids that stand in the content.
    pub names: BTreeMap<String, String>,
}

/// A form as it stands with what was typed: what it comes to, and what breaks its rules.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct JudgedForm {
    pub lines: Vec<ContentLine>,
    /// Of the parts somebody types into, in the order of the form.
    pub findings: Vec<(Place, ShownFinding)>,
}

/// A form on its way from what is typed to what is shown. A form of hundreds of rows is judged for longer than a key may wait, so
/// a page judges it step by step and serves keys between two.
pub enum Judging {
    /// What a `fill` would carry.
    Typed(Value),
    Filled(Content),
    Judged(Content, Judgement),
}

impl FormJudging {
    pub fn of(
        kind: ExecutionKindName,
        content: &Content,
        facts: FormFacts,
        parameters: &EditionParameters,
    ) -> FormJudging {
        let (content, parameters) = (content.clone(), parameters.clone());
        FormJudging { kind, content, facts, parameters, names: BTreeMap::new() }
    }

    /// Types `document` of a `fill` into the content and judges the result.
    ///
    /// # Errors
    /// `command.body`: something nobody may type there, or the kind has no form.
    pub fn with(&self, document: Value, open: &[Part]) -> Result<JudgedForm, Refusal> {
        let mut judging = Judging::Typed(document);
        loop {
            judging = match self.step(judging, open)? {
                ControlFlow::Continue(further) => further,
                ControlFlow::Break(judged) => return Ok(judged),
            }
        }
    }

    /// Judges one step further, to the result with the last.
    ///
    /// # Errors
    /// As [`FormJudging::with`].
    pub fn step(&self, judging: Judging, open: &[Part]) -> Result<ControlFlow<JudgedForm, Judging>, Refusal> {
        let of_kind = self.kind.judged_form();
        let (form, judge) = of_kind.ok_or_else(|| Refusal::new("command.body", "本类案卷没有表单。"))?;
        match judging {
            Judging::Typed(document) => {
                let content = self.content.fill(form, open, &document)?;
                Ok(ControlFlow::Continue(Judging::Filled(content)))
            }
            Judging::Filled(content) => {
                let view = View { content: &content, parameters: &self.parameters, facts: &self.facts };
                let judged = Judgement::of(form, judge, &view);
                Ok(ControlFlow::Continue(Judging::Judged(content, judged)))
            }
            Judging::Judged(content, judged) => {
                let mut lines = shown::results(form, &content, &judged, (&self.parameters, open));
                self.name(&mut lines);
                let findings = judged.findings(open).map(|finding| {
                    let shown = shown::finding(form, &content, finding);
                    (finding.place.clone(), shown)
                });
                Ok(ControlFlow::Break(JudgedForm { lines, findings: findings.collect() }))
            }
        }
    }

    fn name(&self, lines: &mut [ContentLine]) {
        for line in lines {
            match &mut line.value {
                ContentValue::Text(text) => {
                    if let Some(name) = self.names.get(text) {
                        text.clone_from(name);
                    }
                }
                ContentValue::Rows(rows) => rows.iter_mut().for_each(|row| self.name(row)),
            }
        }
    }

    /// Learns the names by which `named` calls what `lines` says, which are the same lines.
    pub fn learn_names(&mut self, lines: &[ContentLine], named: &[ContentLine]) {
        for (line, named) in lines.iter().zip(named) {
            match (&line.value, &named.value) {
                (ContentValue::Text(id), ContentValue::Text(name)) if id != name => {
                    self.names.insert(id.clone(), name.clone());
                }
                (ContentValue::Rows(rows), ContentValue::Rows(named)) => {
                    rows.iter().zip(named).for_each(|(row, named)| self.learn_names(row, named));
                }
                (ContentValue::Text(_), _) | (ContentValue::Rows(_), _) => {}
            }
        }
    }
}
