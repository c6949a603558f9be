//! Notes: how the database takes down which covered rows and which log entries a transaction of the server writes.

use super::tables::COVERED;
use crate::store::logs;
use std::fmt::Write as _;
use std::sync::LazyLock;

/// Statements that make the server's own SQLite connection note what it writes. They end with the connection, and another
/// connection notes nothing.
pub static SQLITE_NOTES: LazyLock<String> = LazyLock::new(|| {
    let mut sql = String::from(
        "pragma temp_store = memory; create temp table if not exists changed_rows (line text not null);",
    );
    for Noted { table, columns, events } in noted() {
        for event in &events {
            let event = event.as_str();
            let row = if event == "delete" { "old" } else { "new" };
            let of: Vec<String> = columns.iter().map(|column| format!("{row}.{column}")).collect();
            let (verb, of) = (event.split(' ').next().unwrap_or(event), of.join(", "));
            // Writing to a String cannot fail.
            let _ = write!(
                sql,
                "create temp trigger if not exists note_{table}_{verb} after {event} on main.{table} begin \
                 insert into changed_rows values (json_array('{table}', {row}.tenant, {of})); end;"
            );
        }
    }
    sql
});

/// The same for PostgreSQL: triggers of the tables note into a variable of the transaction.
pub static POSTGRES_NOTES: LazyLock<Vec<(String, String)>> = LazyLock::new(|| {
    let trigger = |Noted { table, columns, events }: Noted| {
        let arguments: Vec<String> = columns.iter().map(|column| format!("'{column}'")).collect();
        let (events, arguments) = (events.join(" or "), arguments.join(", "));
        let name = format!("note_{table}");
        let sql = format!(
            "create or replace trigger {name} after {events} on {table} \
             for each row execute function note_change({arguments})"
        );
        (name, sql)
    };
    noted().into_iter().map(trigger).collect()
});

/// The function of [`POSTGRES_NOTES`].
pub const POSTGRES_FUNCTION: &str = "create or replace function note_change() returns trigger language plpgsql as $$ \
     declare changed jsonb; line jsonb; part text; begin \
     if tg_op = 'DELETE' then changed := to_jsonb(old); else changed := to_jsonb(new); end if; \
     line := jsonb_build_array(tg_table_name, changed -> 'tenant'); \
     foreach part in array tg_argv loop line := line || jsonb_build_array(changed -> part); end loop; \
     perform set_config('omfund.changed', coalesce(current_setting('omfund.changed', true), '') || line::text || chr(10), true); \
     return null; end $$";

struct Noted {
    table: &'static str,
    columns: Vec<&'static str>,
    events: Vec<String>,
}

fn noted() -> Vec<Noted> {
    let rows = COVERED.iter().map(|covered| Noted {
        table: covered.table,
        columns: covered.key.to_vec(),
        // Rows that come and go: what is left unnoted, as the last use of a session in every minute of work, decides nothing.
        events: if covered.is_transient {
            vec!["insert".to_string(), format!("update of {}", covered.columns.join(", "))]
        } else {
            ["insert", "update", "delete"].map(str::to_string).to_vec()
        },
    });
    let entries = logs::NAMED.iter().map(|log| Noted {
        table: log.table,
        columns: log.owner.into_iter().chain([log.number]).collect(),
        events: vec!["insert".to_string()],
    });
    rows.chain(entries).collect()
}
