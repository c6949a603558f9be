//! Entry point of the tablet's app.

fn main() {
    app::run_site();
}
