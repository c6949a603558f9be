//! 批量导入账号: a workbook of departments and accounts is previewed, asked for as one order and agreed to by another
//! administrator; then the asker takes the sheet of links and the other the sheet of codes, each once.

use super::{Download, Endpoint, Method, Upload, ValueLimits};
use crate::cases::authority::Capability;
pub use crate::exchange::account_book::{
    AccountBook, BookFault, BookSheet, MOST_ROWS, PreviewRow, RowOutcome,
};
use crate::kernel::calendar::Date;
use crate::kernel::ids::OpId;
use crate::kernel::words::words;
use serde::{Deserialize, Serialize};
use validator::Validate;

/// Where the template is downloaded.
pub const TEMPLATE: &str = "/api/account-imports/template";
/// Where a workbook is previewed.
pub const PREVIEW: &str = "/api/account-imports/preview";

/// 下载模板.
#[derive(Clone, Debug, Default, Serialize, Deserialize, Validate)]
#[serde(deny_unknown_fields)]
pub struct ReadTemplate {}

impl Download for ReadTemplate {
    const PATH: &'static str = TEMPLATE;
    const REQUIRES: Option<Capability> = Some(Capability::OrderAccount);
}

/// 预览: reads a workbook and says what it would change. Changes nothing.
#[derive(Clone, Debug, Default, Serialize, Deserialize, Validate)]
#[serde(deny_unknown_fields)]
pub struct PreviewImport {}

impl Upload for PreviewImport {
    const PATH: &'static str = PREVIEW;
    const REQUIRES: Option<Capability> = Some(Capability::OrderAccount);
    const LARGEST_FILE: usize = super::workbook::LARGEST;
    const TOO_LARGE: &'static str = "请使用下载的模板，只保留部门和账号两张表。";
    type Reply = ImportPreview;
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImportPreview {
    /// The rows as they were read; what is asked for later.
    pub book: AccountBook,
    /// What becomes of each row.
    pub rows: Vec<PreviewRow>,
    /// Cells that cannot be read at all; then there are no rows.
    pub faults: Vec<BookFault>,
}

/// 提出批量导入.
#[derive(Clone, Debug, Serialize, Deserialize, Validate)]
#[serde(deny_unknown_fields)]
pub struct AskImport {
    #[validate(custom(function = "super::op_id"))]
    pub order: OpId,
    pub book: AccountBook,
    /// 确属不同人员: persons of one name under different numbers are different persons.
    #[serde(default)]
    pub namesakes: bool,
}

impl Endpoint for AskImport {
    const METHOD: Method = Method::Post;
    const PATH: &'static str = "/api/account-imports";
    const REQUIRES: Option<Capability> = Some(Capability::OrderAccount);
    const LARGEST_BODY: usize = 2 << 20;
    const LIMITS: ValueLimits = ValueLimits { entries: MOST_ROWS, characters: 400 };
    type Reply = ();

    fn needs_step_up(&self) -> bool {
        true
    }
}

/// What an order of this kind asks for, judged by what there is now.
#[derive(Clone, Debug, Serialize, Deserialize, Validate)]
#[serde(deny_unknown_fields)]
pub struct ReadImport {
    #[validate(custom(function = "super::op_id"))]
    pub order: OpId,
}

impl Endpoint for ReadImport {
    const METHOD: Method = Method::Get;
    const PATH: &'static str = "/api/account-imports/{order}";
    const REQUIRES: Option<Capability> = Some(Capability::OrderAccount);
    type Reply = AskedImport;
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AskedImport {
    pub rows: Vec<PreviewRow>,
    /// Whoever asked has confirmed that namesakes are different persons; whoever agrees does so too.
    pub namesakes: bool,
    pub asked_by: String,
    pub asked_on: Date,
    /// Nobody has decided on it.
    pub is_open: bool,
}

words! {
    /// Which half of the one-time links a sheet holds.
    SheetHalf {
        Links "links" "激活链接",
        Codes "codes" "激活码",
    }
}

/// A sheet that waits for this person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SheetLine {
    pub order: OpId,
    pub half: SheetHalf,
    /// How many accounts are on it.
    pub accounts: usize,
    /// Unix second after which it is gone.
    pub until: i64,
}

/// 下载激活清单: the links for whoever asked, the codes for whoever agreed. Once; the secrets are made as it is taken.
#[derive(Clone, Debug, Serialize, Deserialize, Validate)]
#[serde(deny_unknown_fields)]
pub struct TakeSheet {
    #[validate(custom(function = "super::op_id"))]
    pub order: OpId,
    /// How this person's browser reaches the site, for links where the server does not know.
    #[validate(length(max = 200, message = "站点地址过长"))]
    pub site: String,
}

impl Endpoint for TakeSheet {
    const METHOD: Method = Method::Post;
    const PATH: &'static str = "/api/account-imports/{order}/sheet";
    const REQUIRES: Option<Capability> = Some(Capability::OrderAccount);
    type Reply = HandoutFile;
}

/// A workbook to be saved.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HandoutFile {
    /// With its extension.
    pub name: String,
    /// Base64.
    pub content: String,
}
