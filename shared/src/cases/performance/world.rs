//! 外部情况: what the performance kinds know of the rest of the world apart from the cases: third parties, devices, accounts,
//! and money facts of years whose payments were made elsewhere.

use crate::kernel::calendar::Date;
use crate::kernel::ids::{CaseId, PersonId};
use crate::kernel::money::Money;
use crate::kernel::people::{Actor, Role};
use crate::kernel::refusal::Refusal;
use crate::kernel::words::words;
use crate::policy::editions::parameters::EditionParameters;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

words! {
    /// What a money fact says of a request.
    MoneyFactKind {
        Paid "paid" "支付",
        Refund "refund" "退款",
        Adjust "adjust" "预算调整",
    }
}

/// A payment, refund or adjustment of a request recorded elsewhere; it posts nothing.
#[derive(Clone, Debug)]
pub struct MoneyFact {
    pub on: Date,
    pub request: CaseId,
    pub kind: MoneyFactKind,
    pub amount: Money,
}

impl MoneyFact {
    /// The bureau's treasurer records what was paid elsewhere, once it is paid and the request is approved.
    ///
    /// # Errors
    /// Another role, a day to come, an amount that is none.
    pub fn require(&self, by: &Actor, is_approved: bool, today: Date) -> Result<(), Refusal> {
        if by.role != Role::BureauTreasurer {
            let says = format!("这项工作不由{}办理，请由省局采购支付岗办理。", by.role.label());
            return Err(Refusal::new("authority.role", says));
        }
        let refuse = |says: &str| Err(Refusal::under(6, "F-04", says));
        let fits = match self.kind {
            MoneyFactKind::Paid | MoneyFactKind::Refund => self.amount > Money::ZERO,
            MoneyFactKind::Adjust => self.amount != Money::ZERO,
        };
        match (is_approved, self.on > today, fits) {
            (false, ..) => refuse("该申请未批复，请核对申请编号"),
            (_, true, _) => refuse("日期晚于今天，请于支付（调整）后登记"),
            (.., false) => refuse("金额应大于 0；预算调整可为负数，不为 0"),
            (true, false, true) => Ok(()),
        }
    }
}

/// Who has an account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccountHolder {
    /// The role it acts in; none of an account that is not active.
    pub role: Option<Role>,
    pub person: PersonId,
}

#[derive(Clone, Debug)]
pub struct Surroundings {
    /// Values of the policy edition.
    pub edition: Arc<EditionParameters>,
    /// 第三方机构 with the departments and providers each works or worked for.
    pub institutions: BTreeMap<String, BTreeSet<String>>,
    /// Devices that were revoked, with the day.
    pub revoked: BTreeMap<String, Date>,
    /// The third party an account of the role evaluator works for.
    pub employers: BTreeMap<String, String>,
    /// The people of the accounts.
    pub accounts: BTreeMap<String, AccountHolder>,
    pub money: Vec<MoneyFact>,
}

impl Surroundings {
    /// An edition, and nothing known of the rest.
    pub fn of(parameters: EditionParameters) -> Surroundings {
        Surroundings {
            edition: Arc::new(parameters),
            institutions: BTreeMap::new(),
            revoked: BTreeMap::new(),
            employers: BTreeMap::new(),
            accounts: BTreeMap::new(),
            money: Vec::new(),
        }
    }

    /// How many people these accounts are: two accounts of one person are one, and one nobody has is one of its own.
    pub fn count_people<'a>(&self, accounts: impl IntoIterator<Item = &'a str>) -> usize {
        let mut people: Vec<PersonId> = Vec::new();
        for account in accounts {
            let holder = self.accounts.get(account).map(|holder| holder.person.clone());
            let person = holder.unwrap_or_else(|| PersonId::new(account));
            if !people.iter().any(|other| other.involves(&person)) {
                people.push(person);
            }
        }
        people.len()
    }
}
