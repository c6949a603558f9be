//! 运维服务申请: the annual request (Art. 1–4, 9, 11).

pub mod decide;
