//! A server in a process of its own, which a story can kill, or let run out of room.

use server::Settings;
use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, Command, Stdio};

const PROGRAM: &str = env!("CARGO_BIN_EXE_child");

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
        let mut command = Command::new(PROGRAM);
        command.args(["money", address, &settings.database]).arg(folder(settings)).arg(super::DAY);
        Process::of(&mut command)
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
        let mut command = Command::new("unshare");
        command.args(["-rm", "sh", "-c", script, "sh", &size_kb.to_string()]);
        command.arg(&disk).arg(original).arg(&copy).arg(&room).arg((room_kb * 1024).to_string());
        command.args([PROGRAM, "money", address]).arg(format!("sqlite:{}", copy.display()));
        command.arg(files).arg(super::DAY).arg(&room).arg(original);
        Some(Process::of(&mut command))
    }

    fn of(command: &mut Command) -> Process {
        let mut child =
            command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("the process starts");
        let input = child.stdin.take();
        let mut output = BufReader::new(child.stdout.take().expect("its output")).lines();
        let address = output
            .find_map(|line| Some(line.ok()?.rsplit_once(tests::LISTENS)?.1.to_string()))
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
