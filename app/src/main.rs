//! The program that the page loads.

fn main() {
    app::run();
}
