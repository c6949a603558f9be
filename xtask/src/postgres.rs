//! A temporary PostgreSQL cluster for the tests.
//!
//! A small shell script owns the server and its data folder and waits on its standard input, which this program holds open.
//! However this program ends, the input closes, the server stops and the folder is removed.

use std::io::{BufRead, BufReader};
use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use anyhow::{Context, Result, bail};

use crate::machine;
use crate::step::step;
use crate::workspace;

/// Arguments: the folder of the binaries, the port, and where commits flush the library that says how long that takes.
const SCRIPT: &str = r#"
set -eu
data=$(mktemp -d)
server=
finish() {
    trap '' EXIT INT TERM HUP
    if [ -n "$server" ]; then kill -INT "$server" 2>/dev/null || true; wait "$server" || true; fi
    rm -rf "$data"
}
trap finish EXIT
trap 'exit 1' INT TERM HUP
# A closed output must end in `finish`, not kill the script.
trap '' PIPE
cd "$data"
"$1/initdb" -D "$data/cluster" -U postgres -A trust -E UTF8 --locale=C --no-sync >"$data/initdb.log" 2>&1 || { cat "$data/initdb.log" >&2; exit 1; }
: >"$data/server.log"
# The data are temporary: nothing is flushed unless the flush is what is measured.
durable=off
if [ -n "$3" ]; then
    [ -r "$3" ] || { echo "$3: not readable" >&2; exit 1; }
    durable=on
    export LD_PRELOAD="$3"
fi
"$1/postgres" -D "$data/cluster" -p "$2" -c listen_addresses=127.0.0.1 -c unix_socket_directories= \
    -c fsync=$durable -c synchronous_commit=$durable -c full_page_writes=$durable -c max_connections=200 >>"$data/server.log" 2>&1 &
server=$!
unset LD_PRELOAD
tries=0
until grep -q "ready to accept connections" "$data/server.log"; do
    tries=$((tries + 1))
    if [ "$tries" -gt 300 ] || ! kill -0 "$server" 2>/dev/null; then cat "$data/server.log" >&2; exit 1; fi
    sleep 0.1
done
echo ready
while read -r _; do :; done
"#;

/// A running cluster; dropping it stops it and removes its data.
pub struct Cluster {
    script: Child,
    port: u16,
}

impl Cluster {
    /// Starts a fresh cluster on a free port of 127.0.0.1, which flushes nothing.
    pub fn start() -> Result<Self> {
        Self::start_with("")
    }

    /// Starts one whose commits wait for a flush, which takes what `library` says.
    pub fn start_flushing(library: &Path) -> Result<Self> {
        Self::start_with(library.to_str().context("路径不是 UTF-8")?)
    }

    fn start_with(library: &str) -> Result<Self> {
        step("启动临时 PostgreSQL", || {
            let bin = machine::postgresql().context("找不到 initdb")?;
            let port = free_port()?;
            let mut script = as_ordinary_user()?
                .args(["sh", "-c", SCRIPT, "postgres-for-tests"])
                .arg(bin)
                .args([port.to_string().as_str(), library])
                .stdin(Stdio::piped())
                .stdout(Stdio::piped())
                .spawn()
                .context("无法启动 PostgreSQL")?;
            let printed = script.stdout.take().context("读不到 PostgreSQL 的输出")?;
            let cluster = Self { script, port };
            let mut line = String::new();
            BufReader::new(printed).read_line(&mut line)?;
            if line.trim() != "ready" {
                bail!("PostgreSQL 没有启动，原因见上");
            }
            Ok(cluster)
        })
    }

    /// The address for a connection that may create databases.
    pub fn url(&self) -> String {
        format!("postgres://postgres@127.0.0.1:{}/postgres", self.port)
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        drop(self.script.stdin.take());
        if let Err(error) = self.script.wait() {
            eprintln!("等待 PostgreSQL 停止时出错：{error}");
        }
    }
}

/// A command prefix that drops root, which PostgreSQL refuses: Debian's package brings the user `postgres`.
fn as_ordinary_user() -> Result<Command> {
    let root = workspace::output(Command::new("id").arg("-u"))?.trim() == "0";
    let mut command = Command::new(if root { "runuser" } else { "env" });
    if root {
        command.args(["-u", "postgres", "--"]);
    }
    Ok(command)
}

fn free_port() -> Result<u16> {
    let listener = TcpListener::bind(("127.0.0.1", 0)).context("没有空闲端口")?;
    Ok(listener.local_addr()?.port())
}
