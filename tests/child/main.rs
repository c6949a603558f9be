//! A server in a process of its own, for the stories that kill it or let it run out of room. `child notices LISTEN DATABASE
//! AUDIT_KEY OFFICE` serves the demonstration and sends notices to the office system at OFFICE; `child money` serves a year of
//! money ([`money::serve`]).

mod money;

use anyhow::bail;

fn main() -> anyhow::Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match &arguments[..] {
        [kind, listen, database, audit_key, office] if kind == "notices" => {
            notices(listen, database, audit_key, office)
        }
        [kind, arguments @ ..] if kind == "money" => money::serve(arguments),
        _ => bail!("child notices LISTEN DATABASE AUDIT_KEY OFFICE, or child money …"),
    }
}

fn notices(listen: &str, database: &str, audit_key: &str, office: &str) -> anyhow::Result<()> {
    let settings = server::Settings {
        listen: listen.into(),
        database: database.into(),
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
