//! 账号事项: giving something to an account needs two administrators, of two roles and neither of them the person concerned.

mod flow;

pub use flow::{AccountOrder, AccountOrderEvent, AccountOrderFacts, AccountOrderStage, OrderedAct};
