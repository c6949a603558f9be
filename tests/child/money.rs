//! The server of a year of money.

use anyhow::bail;
use server::{AttachmentSettings, Clock, Settings};
use shared::kernel::calendar::Date;
use std::fs;
use std::path::Path;

/// `child money LISTEN DATABASE FOLDER DAY [ROOM ORIGINAL]` serves the year money-small with the keys in FOLDER until its
/// input ends. Each line of its input removes the file ROOM, which takes the room of a small disk, and is answered `room`; at
/// the end the database is copied to ORIGINAL.
pub fn serve(arguments: &[String]) -> anyhow::Result<()> {
    let [listen, database, folder, day, disk @ ..] = arguments else {
        bail!("child money LISTEN DATABASE FOLDER DAY [ROOM ORIGINAL]")
    };
    let folder = Path::new(folder);
    let store = Some(folder.join("attachments").display().to_string());
    let settings = Settings {
        listen: listen.clone(),
        database: database.clone(),
        attachments: AttachmentSettings { store, ..AttachmentSettings::default() },
        audit_key: Some(folder.join("audit.key")),
        secret_key: Some(folder.join("secret.key")),
        heads: Some(folder.join("heads.jsonl")),
        demo: true,
        clock: Clock { fixed_day: Date::parse(day) },
        money: Some(tests::setting_of("money-small")),
        sign_ins_per_minute: 10_000,
        ..Settings::default()
    };
    let runtime = tokio::runtime::Runtime::new()?;
    let running = runtime.block_on(server::start(settings))?;
    println!("{}{}", tests::LISTENS, running.address);
    for _line in std::io::stdin().lines() {
        if let [room, ..] = disk {
            fs::remove_file(room)?;
            println!("room");
        }
    }
    runtime.block_on(running.stop())?;
    if let [_, original] = disk {
        fs::copy(database.trim_start_matches("sqlite:"), original)?;
    }
    Ok(())
}
