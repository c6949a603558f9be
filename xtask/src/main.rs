//! `cargo xtask`: builds the browser bundle, runs the demonstration, tests and measures.
//!
//! A package of the workspace rather than a shell script, Trunk or cargo-leptos: it needs only rustup and a C compiler,
//! and no download besides crates.

mod bench;
mod bench_peers;
mod browser;
mod budget;
mod bundle;
mod check;
mod contributors;
mod css;
mod dist;
mod durations;
mod fault;
mod layers;
mod machine;
mod measured_on;
mod native;
mod page;
mod parity;
mod postgres;
mod report;
mod run;
mod server;
mod split;
mod step;
mod table;
mod test;
mod tidy;
mod wasm;
mod workspace;

use std::process::ExitCode;

use anyhow::{Result, bail};

use crate::wasm::Profile;

const USAGE: &str = "\
用法：cargo xtask <命令>

  run [--dev|--release] [-- 服务器参数…]
                                      构建并启动演示系统（http://127.0.0.1:8080）；--release 运行可部署的版本
  test [--quick] [步骤…] [-- 过滤…]   运行全部检查和测试；--quick 跳过 PostgreSQL 与浏览器
  check                               提交前的快速检查：格式、静态检查、约定
  build [--release]                   构建浏览器程序（target/dist）和服务器；--release 得到可部署的 omfund
  bench [部分…]                       运行基准测试并打印表格；全部运行时写入 BENCHMARKS.md
  bench peers [参数…]                 与其他表单引擎同场测量（需要对比程序，见 OMFUND_PEERS），写入 BENCHMARKS.md
  fault [--seed 整数]                 长时间随机检验：100 000 次随机操作，本机与 wasm 逐字节一致
  fault money [轮数…]                 资金的故障检验：支付中途终止、两个进程并发、磁盘满
  fault site [故事数 [首个种子]]      现场评价同步的故障检验：断网、重复、断电、存储满、设备停用，默认 10 000 个故事

test 的步骤：fmt tidy clippy clippy-wasm native parity browser；最后列出最慢的测试，总用时有上限
浏览器测试失败时，截图、操作轨迹与服务器日志在 target/failures/<测试名>
bench 的部分：native wasm browser evaluation growth server reads ledger payments evening
例：cargo xtask test native -- submit      只运行名称含 submit 的本机测试
    cargo xtask test browser -- desk       只运行文件名含 desk 的浏览器测试";

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    match dispatch(&args) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("\n错误：{error:#}");
            ExitCode::FAILURE
        }
    }
}

/// Runs a command; false if it failed and has already printed why.
fn dispatch(args: &[String]) -> Result<bool> {
    let Some((command, rest)) = args.split_first() else {
        println!("{USAGE}");
        return Ok(true);
    };
    let (own, passed_on) = split_at_dashes(rest);
    match command.as_str() {
        "build" => {
            let profile = profile(own, &[("--release", Profile::Release)], Profile::Dev)?;
            bundle::build(profile)?;
            server::build(profile)?;
        }
        "run" => {
            let flags = [("--dev", Profile::Dev), ("--release", Profile::Release)];
            run::run(profile(own, &flags, Profile::Tryout)?, passed_on)?;
        }
        "test" => return test::test(own, passed_on),
        "check" => {
            if let Some(unknown) = own.first() {
                bail!("不认识的参数“{unknown}”。\n\n{USAGE}");
            }
            check::check()?;
        }
        "bench" => bench::bench(own)?,
        "fault" => fault::fault(own)?,
        "help" | "--help" | "-h" => println!("{USAGE}"),
        other => bail!("没有命令“{other}”。\n\n{USAGE}"),
    }
    Ok(true)
}

/// The arguments before `--` and those after it.
fn split_at_dashes(args: &[String]) -> (&[String], &[String]) {
    match args.iter().position(|arg| arg == "--") {
        Some(at) => (&args[..at], &args[at + 1..]),
        None => (args, &[]),
    }
}

/// The profile of the last flag given, or `default`; an argument that is no flag is an error.
fn profile(args: &[String], flags: &[(&str, Profile)], default: Profile) -> Result<Profile> {
    let mut chosen = default;
    for arg in args {
        match flags.iter().find(|(flag, _)| flag == arg) {
            Some((_, profile)) => chosen = *profile,
            None => bail!("不认识的参数“{arg}”。\n\n{USAGE}"),
        }
    }
    Ok(chosen)
}
