//! 同步: what a browser decides between the person's typing, this device's storage and the server, as functions of
//! values. Storage, sending and the screen are the app's; what is sent, what is applied and what conflicts is here.

pub mod conflicts;
pub mod difference;
pub mod follower;
pub mod queue;
pub mod replica;
pub mod site;
pub mod submission;
