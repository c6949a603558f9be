//! A server in a process of its own, which a story can kill, or let run out of room.

use server::{AttachmentSettings, Clock, Settings};
use shared::kernel::calendar::Date;
use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};

/// What the process is given, one a line: address, database, folder of the files, and for a small disk the file that takes
/// its room and the file the database is copied to at the end.
const GIVEN: &str = "OMFUND_TEST_MONEY_CHILD";
const LISTENS: &str = "the money listens on ";
const TEST: [&str; 4] =
    ["--exact", "money_faults::process::a_server_of_the_money", "--ignored", "--nocapture"];

/// Serves until its input ends; a line of it removes the file that takes the room.
#[test]
#[ignore = "is run by other tests as a process of its own"]
fn a_server_of_the_money() {
    let Ok(given) = std::env::var(GIVEN) else { return };
    let given: Vec<&str> = given.split('\n').collect();
    let folder = PathBuf::from(given[2]);
    let store = Some(folder.join("attachments").display().to_string());
    let settings = Settings {
        listen: given[0].into(),
        database: given[1].into(),
        attachments: AttachmentSettings { store, ..AttachmentSettings::default() },
        audit_key: Some(folder.join("audit.key")),
        secret_key: Some(folder.join("secret.key")),
        heads: Some(folder.join("heads.jsonl")),
        demo: true,
        clock: Clock { fixed_day: Date::parse(super::DAY) },
        money: crate::money::year("money-small").settings(),
        sign_ins_per_minute: 10_000,
        ..Settings::default()
    };
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let running = runtime.block_on(server::start(settings)).expect("the server starts");
    println!("{LISTENS}{}", running.address);
    for _line in std::io::stdin().lines() {
        fs::remove_file(given[3]).expect("the file that takes the room");
        println!("room");
    }
    runtime.block_on(running.stop()).expect("the server stops");
    if let Some(original) = given.get(4) {
        fs::copy(given[1].trim_start_matches("sqlite:"), original).expect("the copy");
    }
}

pub struct Process {
    child: Child,
    input: Option<ChildStdin>,
    output: std::io::Lines<BufReader<std::process::ChildStdout>>,
    pub address: String,
}

fn folder(settings: &Settings) -> &Path {
    settings.audit_key.as_ref().and_then(|key| key.parent()).expect("a folder")
}

impl Process {
    /// Serves a world's database at an address.
    pub fn start(settings: &Settings, address: &str) -> Process {
        let folder = folder(settings).display().to_string();
        let given = [address, settings.database.as_str(), folder.as_str()].join("\n");
        let mut command = Command::new(std::env::current_exe().expect("this program"));
        Process::of(command.args(TEST).env(GIVEN, given))
    }

    /// The same on a disk of its own with little room: the database is copied to it, and back when the server stops. `None`
    /// where this machine lets nobody mount one.
    pub fn on_small_disk(settings: &Settings, address: &str, room_kb: u64) -> Option<Process> {
        let original = settings.database.strip_prefix("sqlite:").expect("a file");
        let (files, disk) = (folder(settings), folder(settings).join("small"));
        fs::create_dir_all(&disk).expect("a folder");
        let size_kb = fs::metadata(original).expect("the database").len() / 1024 + 2 * room_kb;
        let may = Command::new("unshare").args(["-rm", "mount", "-t", "tmpfs", "tmpfs"]).arg(&disk).status();
        if !may.is_ok_and(|status| status.success()) {
            eprintln!("no disk can be mounted here: the story of the full disk is not played");
            return None;
        }
        let (copy, room) = (disk.join("omfund.sqlite"), disk.join("room"));
        let script = "mount -t tmpfs -o size=$1k tmpfs $2 && cp $3 $4 && head -c $6 /dev/zero >$5 && shift 6 && exec \"$@\"";
        let given = [
            address.to_string(),
            format!("sqlite:{}", copy.display()),
            files.display().to_string(),
            room.display().to_string(),
            original.to_string(),
        ];
        let mut command = Command::new("unshare");
        command.args(["-rm", "sh", "-c", script, "sh", &size_kb.to_string()]);
        command.arg(&disk).arg(original).arg(&copy).arg(&room).arg((room_kb * 1024).to_string());
        command.arg(std::env::current_exe().expect("this program")).args(TEST);
        Some(Process::of(command.env(GIVEN, given.join("\n"))))
    }

    fn of(command: &mut Command) -> Process {
        let mut child =
            command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("the process starts");
        let input = child.stdin.take();
        let mut output = BufReader::new(child.stdout.take().expect("its output")).lines();
        let address = output
            .find_map(|line| Some(line.ok()?.rsplit_once(LISTENS)?.1.to_string()))
            .expect("the process listens");
        Process { child, input, output, address }
    }

    /// Removes what takes the room on the small disk.
    pub fn make_room(&mut self) {
        let input = self.input.as_mut().expect("its input");
        writeln!(input, "room").expect("the process reads");
        let answer = self.output.find(|line| line.as_ref().is_ok_and(|line| line == "room"));
        assert!(answer.is_some(), "there is room");
    }

    /// Lets the server stop by itself.
    pub fn stop(mut self) {
        drop(self.input.take());
        self.output.by_ref().for_each(drop);
        assert!(self.child.wait().expect("it ends").success());
    }

    /// kill -9.
    pub fn kill(&mut self) {
        self.child.kill().expect("the process is there");
        self.child.wait().expect("it ends");
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}
