//! 账号规则: who may hold what, how a password and a code are judged, from where somebody signs in. Pure: the time and what
//! is stored are arguments.

pub mod address;
pub mod departments;
pub mod lockout;
pub mod password;
pub mod person;
pub mod posts;
pub mod step_up;
pub mod succession;
pub mod totp;
