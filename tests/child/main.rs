//! A server in a process of its own, for the stories that kill it: `child LISTEN DATABASE AUDIT_KEY OFFICE` serves the
//! demonstration and sends notices to the office system at OFFICE.

use anyhow::bail;

fn main() -> anyhow::Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [listen, database, audit_key, office] = &arguments[..] else {
        bail!("child LISTEN DATABASE AUDIT_KEY OFFICE")
    };
    let settings = server::Settings {
        listen: listen.clone(),
        database: database.clone(),
        audit_key: Some(audit_key.into()),
        demo: true,
        clock: server::Clock { fixed_day: shared::kernel::calendar::Date::parse("2023-07-15") },
        public_url: Some("https://omfund.example".into()),
        outward: tests::webhook(office),
        sign_ins_per_minute: 10_000,
        ..server::Settings::default()
    };
    tokio::runtime::Runtime::new()?.block_on(async {
        let _running = server::start(settings).await?;
        std::future::pending().await
    })
}
