//! 办理要素: the inputs of a command's fields, what is wrong with them and the command they make.

use super::drafts::{StoredDraft, keep_words};
use crate::ui::Field;
use leptos::prelude::*;
use serde_json::{Map, Value, json};
use shared::cases::kernel::{CommandField, CommandSpec, FieldSpec};
use shared::kernel::calendar::{Date, FiscalYear};
use shared::kernel::ids::CaseId;
use shared::kernel::money::Money;
use shared::policy::document_number::document_number;

/// One field with what is written in it. A choice holds `true` or `false`.
#[derive(Clone, Copy)]
pub struct Input {
    spec: &'static FieldSpec,
    written: RwSignal<String>,
}

/// The fields of one command. What is written in them stays on this device until the command is accepted.
#[derive(Clone, Copy)]
pub struct CommandFields {
    spec: &'static CommandSpec,
    inputs: StoredValue<Vec<Input>>,
    unsent: StoredValue<Vec<StoredDraft>>,
}

impl CommandFields {
    pub fn new(spec: &'static CommandSpec, case: &CaseId) -> CommandFields {
        let asked = spec.fields.iter().filter(|field| field.kind != CommandField::ContentHash);
        let begin = |field: &FieldSpec| match field.kind {
            CommandField::Choice { .. } => "true".to_string(),
            _ => String::new(),
        };
        let inputs: Vec<Input> =
            asked.map(|spec| Input { spec, written: RwSignal::new(begin(spec)) }).collect();
        let word = spec.verb.word();
        let unsent = |input: &Input| keep_words(case, &format!("{word}/{}", input.spec.key), input.written);
        let unsent = StoredValue::new(inputs.iter().map(unsent).collect());
        CommandFields { spec, inputs: StoredValue::new(inputs), unsent }
    }

    /// The command was accepted.
    pub fn forget(self) {
        self.unsent.try_with_value(|unsent| unsent.iter().for_each(StoredDraft::forget));
    }

    pub fn inputs(self) -> Vec<Input> {
        self.inputs.get_value()
    }

    pub fn has_faults(self) -> bool {
        self.inputs.with_value(|inputs| inputs.iter().any(|input| untrack(|| input.fault()).is_some()))
    }

    /// The command as it travels; an empty optional field is left out.
    pub fn command(self, content_hash: Option<&str>) -> Value {
        let mut body = Map::new();
        body.insert("verb".to_string(), json!(self.spec.verb.word()));
        if self.spec.fields.iter().any(|field| field.kind == CommandField::ContentHash) {
            body.insert(FieldSpec::CONTENT_HASH.key.to_string(), json!(content_hash.unwrap_or_default()));
        }
        self.inputs.with_value(|inputs| {
            for input in inputs {
                if let Some(value) = untrack(|| input.value()) {
                    body.insert(input.spec.key.to_string(), value);
                }
            }
        });
        Value::Object(body)
    }
}

impl Input {
    fn text(self) -> String {
        self.written.with(|text| text.trim().to_string())
    }

    /// What is wrong with it, and what to write instead.
    fn fault(self) -> Option<String> {
        let FieldSpec { label, kind, required, .. } = *self.spec;
        let text = self.text();
        if text.is_empty() {
            return required.then(|| format!("请填写{label}"));
        }
        match kind {
            CommandField::Text { least, most } | CommandField::Reasons { least, most } => {
                let length = text.chars().count();
                let fits = (least..=most).contains(&length);
                (!fits).then(|| format!("请写明{label}，{least} 至 {most} 个字；已写 {length} 字"))
            }
            CommandField::DocumentNumber => document_number(&text).err().map(|refusal| refusal.message),
            CommandField::Amount => {
                amount(&text).is_none().then(|| "金额写作数字，以元计，最多两位小数".to_string())
            }
            CommandField::Date => Date::parse(&text).is_none().then(|| "请选择日期".to_string()),
            CommandField::Year => {
                let year = text.parse().ok().map(FiscalYear).is_some_and(FiscalYear::well_formed);
                (!year).then(|| "请填写四位年份".to_string())
            }
            CommandField::Choice { .. } | CommandField::ContentHash => None,
        }
    }

    fn value(self) -> Option<Value> {
        let text = self.text();
        if text.is_empty() {
            return None;
        }
        Some(match self.spec.kind {
            CommandField::Reasons { .. } => json!([{ "text": text }]),
            CommandField::Amount => serde_json::to_value(amount(&text)?).ok()?,
            CommandField::Choice { .. } => json!(text == "true"),
            CommandField::Year => json!(text.parse::<i32>().ok()?),
            _ => Value::String(text),
        })
    }
}

/// An amount as a person writes it: 千分位 and the unit are passed over.
fn amount(text: &str) -> Option<Money> {
    let plain: String =
        text.trim().trim_end_matches('元').chars().filter(|c| !matches!(c, ',' | '，' | ' ')).collect();
    Money::from_yuan(plain.parse().ok()?).filter(|money| *money >= Money::default())
}

#[component]
pub fn FieldInput(input: Input, tried: RwSignal<bool>) -> impl IntoView {
    let Input { spec, written } = input;
    let fault = Signal::derive(move || tried.get().then(|| input.fault()).flatten());
    match spec.kind {
        CommandField::Text { most, .. } | CommandField::Reasons { most, .. } => {
            let (id, error) = (format!("command-{}", spec.key), format!("command-{}-error", spec.key));
            view! {
                <div class="field">
                    <label for=id.clone()>{spec.label}</label>
                    <textarea id=id name=spec.key rows="4" maxlength=most aria-describedby=error.clone()
                        aria-invalid=move || if fault.with(Option::is_some) { "true" } else { "false" }
                        bind:value=written></textarea>
                    {(!spec.hint.is_empty()).then(|| view! { <p class="field-hint">{spec.hint}</p> })}
                    <p class="field-error" id=error role="alert">{move || fault.get()}</p>
                </div>
            }
            .into_any()
        }
        CommandField::Choice { yes, no } => view! { <Choice label=spec.label name=spec.key written yes no/> }.into_any(),
        CommandField::Date => {
            view! { <Field label=spec.label name=spec.key value=written kind="date" hint=spec.hint error=fault/> }.into_any()
        }
        CommandField::DocumentNumber
        | CommandField::Amount
        | CommandField::Year
        | CommandField::ContentHash => {
            view! { <Field label=spec.label name=spec.key value=written hint=spec.hint error=fault/> }.into_any()
        }
    }
}

/// One of two, as buttons that stay pressed.
#[component]
fn Choice(
    label: &'static str,
    name: &'static str,
    written: RwSignal<String>,
    yes: &'static str,
    no: &'static str,
) -> impl IntoView {
    let button = move |value: &'static str, text: &'static str| {
        let pressed = move || if written.with(|chosen| chosen == value) { "true" } else { "false" };
        view! {
            <button type="button" data-choice=format!("{name}:{value}") aria-pressed=pressed
                on:click=move |_| written.set(value.to_string())>{text}</button>
        }
    };
    view! {
        <div class="field">
            <span class="of-label">{label}</span>
            <div class="chips" role="group" aria-label=label>{button("true", yes)}{button("false", no)}</div>
        </div>
    }
}
