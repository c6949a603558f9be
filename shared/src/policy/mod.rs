//! The measures 晋财行〔2022〕51号, one file per article, and the editions of the parameters they leave open.

pub mod accounts;
pub mod art04_calendar;
pub mod art11_target_review;
pub mod art13_evaluators;
pub mod art13_parking;
pub mod art15_disclosure;
pub mod art16_trail;
pub mod art18_validity;
pub mod document_number;
pub mod editions;
pub mod grade;
pub mod notices;
pub mod outbox;
pub mod redaction;
pub mod scoring;
pub mod written_reasons;
