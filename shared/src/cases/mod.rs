//! 案卷: the workflow as functions of values. A kind of case is one folder and one line in the list below; everything
//! else asks [`AnyCase`].

pub mod acceptance;
pub mod account_order;
pub mod advance;
pub mod allocation;
pub mod application;
pub mod approval;
pub mod assessment;
pub mod authority;
pub mod change_of_use;
pub mod clearing;
pub mod consolidation;
pub mod contract;
pub mod correction;
pub mod edition;
pub mod ex_ante;
pub mod execution;
pub mod kernel;
pub mod key_evaluation;
pub mod mid_term_plan;
pub mod monitoring;
pub mod nudge;
pub mod oversight;
pub mod payment;
pub mod performance;
pub mod procurement;
pub mod provider;
pub mod publication;
pub mod request;
pub mod review;
pub mod sanction;
pub mod self_evaluation;
pub mod separate;
pub mod settlement;
pub mod site_visit;
pub mod user_evaluation;
pub mod year_close;

use crate::engine::definition::Definition;
use crate::engine::document::Document;
use crate::kernel::calendar::{Date, FiscalYear};
use crate::kernel::ids::CaseId;
use crate::kernel::people::Actor;
use crate::kernel::refusal::Refusal;
use authority::{AuthorityRow, AvailableCommand, Capability, Permit};
use kernel::{CaseHead, CaseKind, CellValue, Column, CommandSpec, Letter, Reason, Stage, SummaryLine, Verb};

/// Lists the kinds: variant, type, word on the wire and in rows, official name. Makes the enumeration [`Kind`], the case
/// of any kind [`AnyCase`], and [`with_case!`] and [`with_kind!`], the only dispatches over kinds.
macro_rules! kinds {
    ($dollar:tt $($(#[$doc:meta])* $kind:ident($folder:ident::$case:ident) $word:literal $label:literal;)+) => {
        crate::kernel::words::words! {
            /// 案件种类: what goes through the workflow.
            Kind { $($(#[$doc])* $kind $word $label),+ }
        }

        /// A case of whatever kind.
        #[derive(Clone, Debug, PartialEq, Eq)]
        pub enum AnyCase { $($kind(Box<$folder::$case>)),+ }

        $(impl From<$folder::$case> for AnyCase {
            fn from(case: $folder::$case) -> AnyCase {
                AnyCase::$kind(Box::new(case))
            }
        })+

        $(impl TryFrom<AnyCase> for $folder::$case {
            type Error = Kind;

            /// The case inside, or the kind it is of instead.
            fn try_from(case: AnyCase) -> Result<$folder::$case, Kind> {
                match case {
                    AnyCase::$kind(case) => Ok(*case),
                    other => Err(other.head().kind),
                }
            }
        })+

        impl AnyCase {
            /// Reads a stored case of this kind.
            ///
            /// # Errors
            /// The body is not the JSON of such a case.
            pub fn read(kind: Kind, body: &str) -> serde_json::Result<AnyCase> {
                Ok(match kind { $(Kind::$kind => AnyCase::$kind(Box::new(stored::read(body)?))),+ })
            }
        }

        impl Kind {
            /// 权限表 of the kind.
            pub fn authority(self) -> &'static [AuthorityRow] {
                match self { $(Kind::$kind => $folder::$case::AUTHORITY),+ }
            }

            /// What the command bar says of the kind's commands.
            pub fn commands(self) -> &'static [CommandSpec] {
                match self { $(Kind::$kind => $folder::$case::COMMANDS),+ }
            }

            /// The form of the kind; `None` for a kind without one.
            pub fn definition(self) -> Option<Definition> {
                match self { $(Kind::$kind => $folder::$case::FORM.map(|form| form())),+ }
            }

            /// Form and header field of the figure that stands beside a frozen version.
            pub fn total(self) -> Option<(&'static str, &'static str)> {
                match self { $(Kind::$kind => $folder::$case::TOTAL),+ }
            }

            /// Columns of the kind's lists besides those of every kind.
            pub fn columns(self) -> &'static [Column] {
                match self { $(Kind::$kind => $folder::$case::COLUMNS),+ }
            }

            /// What must be known before a case of the kind is begun.
            pub fn note(self) -> Option<&'static str> {
                match self { $(Kind::$kind => $folder::$case::NOTE),+ }
            }

            /// The page of a case of the kind, as [`CaseKind::PAGE`].
            fn page(self) -> &'static str {
                match self { $(Kind::$kind => $folder::$case::PAGE),+ }
            }

            /// The right to begin a case from the list of its kind.
            pub fn opened_by(self) -> Option<Capability> {
                match self { $(Kind::$kind => $folder::$case::OPEN),+ }
            }

            /// The reasons people wrote in the stored events of such a case.
            ///
            /// # Errors
            /// `events` is not a JSON list of the kind's events.
            pub fn reasons(self, events: &str) -> serde_json::Result<Vec<Reason>> {
                match self { $(Kind::$kind => reasons_of::<$folder::$case>(events)),+ }
            }
        }

        /// `with_case!(any, case => expression)`: evaluates the expression with the case inside `any`.
        #[macro_export]
        macro_rules! with_case {
            ($dollar any:expr, $dollar case:ident => $dollar body:expr) => {
                match $dollar any { $($crate::cases::AnyCase::$kind($dollar case) => $dollar body),+ }
            };
        }

        /// `with_kind!(kind, Case => expression)`: evaluates the expression with the kind's type under the name `Case`.
        #[macro_export]
        macro_rules! with_kind {
            ($dollar kind:expr, $dollar case:ident => $dollar body:expr) => {
                match $dollar kind {
                    $($crate::cases::Kind::$kind => {
                        type $dollar case = $crate::cases::$folder::$case;
                        $dollar body
                    })+
                }
            };
        }
    };
}

kinds! { $
    /// 运维服务申请 (spec § 3).
    Request(request::RequestCase) "request" "申请";
    /// 单独申请 (Art. 5).
    Separate(separate::SeparateApplication) "separate" "单独申请";
    /// 整体预算汇总 (Art. 4).
    Compilation(consolidation::Consolidation) "compilation" "整体预算";
    /// 中期财政规划 (Art. 3).
    Plan(mid_term_plan::MidTermPlan) "plan" "中期财政规划";
    /// 批复 (Art. 11).
    Batch(approval::ApprovalBatch) "batch" "批复";
    /// 政策版本变更 (Art. 18).
    Edition(edition::EditionCase) "edition" "政策版本";
}

// Below the list, so that its macros are in scope.
pub mod fold;
pub mod listed_kind;
pub mod listing;
pub mod play;
pub mod statement;
pub mod stored;

fn reasons_of<K: CaseKind>(events: &str) -> serde_json::Result<Vec<Reason>> {
    let events: Vec<K::Event> = serde_json::from_str(events)?;
    Ok(events.iter().flat_map(K::reasons).collect())
}

impl Kind {
    /// The kind of this word on the wire and in rows.
    pub fn from_word(word: &str) -> Option<Kind> {
        Kind::ALL.into_iter().find(|kind| kind.word() == word)
    }

    /// The address of the page of a case.
    pub fn address(self, case: &CaseId, year: FiscalYear) -> String {
        self.page().replace("{case}", case.as_str()).replace("{year}", &year.0.to_string())
    }

    /// What the bar says of one command of the kind; `None` for a command with a place of its own on the page.
    pub fn command(self, verb: Verb) -> Option<&'static CommandSpec> {
        self.commands().iter().find(|spec| spec.verb == verb)
    }
}

impl AnyCase {
    pub fn head(&self) -> CaseHead {
        with_case!(self, case => case.head())
    }

    pub fn stage(&self) -> Stage {
        with_case!(self, case => case.stage())
    }

    pub fn visible_to(&self, actor: &Actor) -> bool {
        with_case!(self, case => authority::visible(actor, case.as_ref()))
    }

    pub fn available_commands(&self, actor: &Actor, today: Date) -> Vec<AvailableCommand> {
        with_case!(self, case => authority::available_commands(actor, case.as_ref(), today))
    }

    /// Short title in lists that already say department and year.
    pub fn label(&self) -> String {
        with_case!(self, case => case.label())
    }

    /// The commands this person has, if the case waits for one of them; empty for a case that waits for somebody else.
    pub fn task(&self, actor: &Actor, today: Date) -> Vec<AvailableCommand> {
        with_case!(self, case => {
            let commands = match authority::visible(actor, case.as_ref()) {
                true => authority::available_commands(actor, case.as_ref(), today),
                false => Vec::new(),
            };
            if commands.iter().any(|command| case.waits_for(command.verb)) { commands } else { Vec::new() }
        })
    }

    /// Asks for leave to read it.
    ///
    /// # Errors
    /// The refusal that `authority::permit` gives.
    pub fn permit_read(&self, actor: &Actor, today: Date) -> Result<Permit, Refusal> {
        self.permit(actor, Verb::Read, today)
    }

    /// Asks for leave to do `verb`.
    ///
    /// # Errors
    /// The refusal that `authority::permit` gives.
    pub fn permit(&self, actor: &Actor, verb: Verb, today: Date) -> Result<Permit, Refusal> {
        with_case!(self, case => authority::permit(actor, case.as_ref(), verb, today))
    }

    /// The frozen version of the form this person reads; `None` for the live content.
    pub fn showing_version(&self, actor: &Actor) -> Option<u32> {
        with_case!(self, case => case.showing_version(actor))
    }

    /// The case as this person reads it.
    pub fn read_by(self, actor: &Actor) -> AnyCase {
        with_case!(self, case => AnyCase::from(case.read_by(actor)))
    }

    /// What stood in the case before its kind had a form.
    pub fn initial_document(&self) -> Option<Document> {
        with_case!(self, case => case.initial_document())
    }

    /// The tables of its form that concern it; `None` for all.
    pub fn shown_tables(&self) -> Option<&'static [&'static str]> {
        with_case!(self, case => case.shown_tables())
    }

    /// What the case page says of the case besides its form.
    pub fn summary(&self) -> Vec<SummaryLine> {
        with_case!(self, case => case.summary())
    }

    /// The official letters of the case that are signed.
    pub fn letters(&self, department: &str) -> Vec<Letter> {
        with_case!(self, case => case.letters(department))
    }

    /// What it says in the columns of its kind.
    pub fn cells(&self) -> Vec<CellValue> {
        with_case!(self, case => case.cells())
    }

    /// The case as it is stored over `before`, the body it was made from.
    ///
    /// # Errors
    /// See [`stored::write`].
    pub fn body(&self, before: Option<&str>) -> serde_json::Result<String> {
        with_case!(self, case => stored::write(case.as_ref(), before))
    }
}

#[cfg(test)]
mod tests;
