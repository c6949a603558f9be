//! What the server costs.

fn main() {}
