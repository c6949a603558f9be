//! 信息公开 (Art. 15): one item of one subject, prepared, reviewed for secrecy by one person, confirmed by another, published.

mod flow;

pub use flow::{Publication, PublicationEvent, PublicationFacts, PublicationStage};
