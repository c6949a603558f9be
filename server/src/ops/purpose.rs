//! 演示库与正式库: a database is one or the other for good. Demonstration accounts have a password that everybody knows.

use crate::context::Context;
use crate::identity::accounts;
use crate::store::audit_trail;

/// What the demonstration records when it fills a database.
pub const DEMO_FILL: &str = "demo.fill";

/// Refuses to start a demonstration database in earnest, and real accounts as a demonstration.
pub async fn require(context: &Context) -> anyhow::Result<()> {
    let failed = |failure| anyhow::anyhow!("{failure:?}");
    let mut connection = context.db.reader().acquire().await?;
    let is_demo = audit_trail::has_act(&mut connection, DEMO_FILL).await.map_err(failed)?;
    let accounts = accounts::all(context, &mut connection).await.map_err(failed)?;
    match (context.settings.demo, is_demo) {
        (false, true) => anyhow::bail!(
            "这个数据库是演示数据库，其中账号的密码是公开的，不能正式使用。请加 --demo 启动演示，或用 --database 另指定一个数据库。"
        ),
        (true, false) if !accounts.is_empty() => anyhow::bail!(
            "这个数据库已有正式账号，不能以 --demo 启动，否则会加入密码公开的演示账号。请去掉 --demo，或用 --database 另指定一个数据库。"
        ),
        _ => Ok(()),
    }
}
