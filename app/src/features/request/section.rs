//! 部分: what the request page is made of, in the order of the task list.

use shared::engine::definition::TableKind;
use shared::engine::findings::JUSTIFICATIONS;
use shared::engine::plan::{Plan, TableIx};

/// One part of the page; the centre shows one at a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Section {
    /// A header form or a table of lines.
    Table(TableIx),
    /// 报送.
    HandOver,
    /// 附件.
    Attachments,
    /// 本次修改.
    Changes,
    /// 办理记录与版本.
    Record,
}

impl Section {
    /// The part a table is shown in; reasons for accepted warnings have none of their own.
    pub fn of(plan: &Plan, table: TableIx) -> Section {
        match plan.tables[table].table.kind {
            TableKind::Justifications => Section::HandOver,
            TableKind::Header | TableKind::Lines => Section::Table(table),
        }
    }

    pub fn title(self, plan: &Plan) -> String {
        match self {
            Section::Table(table) => plan.tables[table].table.title.clone(),
            Section::HandOver => "报送".to_string(),
            Section::Attachments => "附件".to_string(),
            Section::Changes => "本次修改".to_string(),
            Section::Record => "办理记录与版本".to_string(),
        }
    }

    /// The word in the address, so that a reload comes back to the same part.
    pub fn word(self, plan: &Plan) -> String {
        match self {
            Section::Table(table) => plan.tables[table].table.key.clone(),
            Section::HandOver => "hand-over".to_string(),
            Section::Attachments => "attachments".to_string(),
            Section::Changes => "changes".to_string(),
            Section::Record => "record".to_string(),
        }
    }

    pub fn from_word(plan: &Plan, word: &str) -> Option<Section> {
        match word {
            "hand-over" => Some(Section::HandOver),
            "attachments" => Some(Section::Attachments),
            "changes" => Some(Section::Changes),
            "record" => Some(Section::Record),
            JUSTIFICATIONS => None,
            key => plan.table(key).map(Section::Table),
        }
    }

    /// All parts with tables, by form: `(title of the form, its tables)`.
    pub fn by_form(plan: &Plan) -> Vec<(String, Vec<TableIx>)> {
        let forms = plan.definition.forms.iter().enumerate();
        forms
            .map(|(form, definition)| {
                let shown = |table: &TableIx| {
                    plan.tables[*table].form == form
                        && plan.tables[*table].table.kind != TableKind::Justifications
                };
                (definition.title.clone(), (0..plan.tables.len()).filter(shown).collect())
            })
            .collect()
    }

    /// Where a part stands in the order of the page.
    pub fn position(self) -> usize {
        match self {
            Section::Table(table) => table,
            Section::HandOver => usize::MAX - 3,
            Section::Attachments => usize::MAX - 2,
            Section::Changes => usize::MAX - 1,
            Section::Record => usize::MAX,
        }
    }
}
