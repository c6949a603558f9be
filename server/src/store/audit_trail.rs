//! 审计日志: who did what and when; the table `audit_trail`, one log per tenant. Each entry is chained to the one before and
//! states what else its transaction wrote.

use crate::kernel::failure::Failure;
use crate::store::append::Entry;
use crate::store::audit_key::Seal;
use crate::store::covered::Written;
use crate::store::logs::AUDIT;
use crate::store::origin::{self, RequestOrigin};
use crate::store::values::{Value, from_i64, statement, to_i64};
use shared::api::audit::{
    ActGroup, AuditDay, AuditEntry, AuditOutcome, MOST_COUNTED, ReadAuditTrail, act_label,
};
use shared::kernel::people::Actor;
use shared::kernel::timestamp::Timestamp;
use sqlx::{AnyConnection, FromRow, Row};

/// Entries listed with the one they belong to.
const RELATED: u64 = 50;

/// Outcome of an act that was done.
const DONE: &str = "done";

/// One line of the trail.
#[derive(Clone, Debug)]
pub struct AuditRecord<'a> {
    pub tenant: &'a str,
    pub at: Timestamp,
    /// Empty where nobody had signed in.
    pub account: &'a str,
    pub name: &'a str,
    pub role: &'a str,
    /// What was done, for example `transition.submit`.
    pub act: String,
    /// What it was done to.
    pub subject: &'a str,
    /// More, as JSON or plain words; never a secret.
    pub detail: String,
}

impl<'a> AuditRecord<'a> {
    pub fn by(actor: &'a Actor, at: Timestamp, act: impl Into<String>, subject: &'a str) -> AuditRecord<'a> {
        AuditRecord {
            tenant: actor.tenant.as_str(),
            at,
            account: actor.account.as_str(),
            name: &actor.name,
            role: actor.role.word(),
            act: act.into(),
            subject,
            detail: String::new(),
        }
    }

    /// What the server does by itself.
    pub fn of_system(tenant: &'a str, at: Timestamp, act: impl Into<String>) -> AuditRecord<'a> {
        AuditRecord {
            tenant,
            at,
            account: "",
            name: "",
            role: "",
            act: act.into(),
            subject: "",
            detail: String::new(),
        }
    }

    pub fn detail(self, detail: impl Into<String>) -> AuditRecord<'a> {
        AuditRecord { detail: detail.into(), ..self }
    }
}

/// An act with what else was written with it, and from where it came.
#[derive(Debug)]
pub struct StatedAct<'a> {
    record: AuditRecord<'a>,
    /// Code of the refusal, where the act was not done.
    refused: Option<&'a str>,
    written: Written,
    origin: RequestOrigin,
}

impl<'a> StatedAct<'a> {
    /// An act of the request under way.
    pub fn new(record: AuditRecord<'a>, refused: Option<&'a str>, written: Written) -> StatedAct<'a> {
        StatedAct { record, refused, written, origin: origin::current() }
    }

    /// The act of another request than the one under way.
    pub fn from(self, origin: RequestOrigin) -> StatedAct<'a> {
        StatedAct { origin, ..self }
    }

    pub fn tenant(&self) -> &'a str {
        self.record.tenant
    }

    fn values(&self) -> Result<Vec<Value<'static>>, Failure> {
        let StatedAct { record, refused, written, origin } = self;
        let AuditRecord { at, account, name, role, act, subject, detail, .. } = record;
        let (at, outcome) = (at.to_string(), refused.map_or(DONE.to_string(), refused_as));
        let entries = match written.entries.is_empty() {
            true => String::new(),
            false => serde_json::to_string(&written.entries)?,
        };
        let rows =
            if written.rows.is_empty() { String::new() } else { serde_json::to_string(&written.rows)? };
        let texts = [
            at.as_str(),
            account,
            name,
            role,
            act,
            subject,
            detail,
            &outcome,
            &origin.network,
            &origin.session,
            &entries,
            &rows,
        ];
        Ok(texts.into_iter().map(|text| Value::from(text.to_string())).collect())
    }
}

/// Appends inside the caller's transaction, which holds the trail's lock. All are of one tenant.
pub async fn append(
    connection: &mut AnyConnection,
    seal: &Seal,
    acts: &[StatedAct<'_>],
) -> Result<(), Failure> {
    let Some(first) = acts.first() else { return Ok(()) };
    let entry = |act: &StatedAct<'_>| Ok(Entry { operation: None, values: act.values()? });
    let entries = acts.iter().map(entry).collect::<Result<_, Failure>>()?;
    let mut end = AUDIT.end(connection, first.record.tenant, "").await?;
    end.append(connection, seal, entries).await?;
    Ok(())
}

/// Whether this refusal was noted in this minute.
pub async fn is_noted(
    connection: &mut AnyConnection,
    record: &AuditRecord<'_>,
    code: &str,
) -> Result<bool, Failure> {
    let noted: Option<i64> = sqlx::query_scalar(
        "select seq from audit_trail where tenant = $1 and account = $2 and at >= $3 and act = $4 and subject = $5 \
         and outcome = $6 limit 1",
    )
    .bind(record.tenant)
    .bind(record.account)
    .bind(format!("{}:00", record.at.to_minute()))
    .bind(record.act.as_str())
    .bind(record.subject)
    .bind(refused_as(code))
    .fetch_optional(connection)
    .await?;
    Ok(noted.is_some())
}

/// How the outcome of a refusal is written.
fn refused_as(code: &str) -> String {
    format!("refused {code}")
}

#[derive(FromRow)]
struct EntryRow {
    seq: i64,
    at: String,
    account: String,
    name: String,
    role: String,
    act: String,
    subject: String,
    detail: String,
    outcome: String,
    address: String,
    session: String,
    hash: String,
}

impl From<EntryRow> for AuditEntry {
    fn from(row: EntryRow) -> AuditEntry {
        let EntryRow { seq, at, account, name, role, act, subject, detail, outcome, address, session, hash } =
            row;
        let seq = from_i64(seq);
        AuditEntry {
            seq,
            at,
            account,
            name,
            role,
            label: act_label(&act),
            act,
            subject,
            detail,
            outcome,
            network: address,
            session,
            hash,
        }
    }
}

const COLUMNS: &str = "seq, at, account, name, role, act, subject, detail, outcome, address, session, hash";

/// The entries a filter finds, newest first, at most `limit`.
pub async fn find(
    connection: &mut AnyConnection,
    tenant: &str,
    filter: &ReadAuditTrail,
    limit: u64,
) -> Result<Vec<AuditEntry>, Failure> {
    let (condition, mut values) = condition(tenant, filter);
    values.push(to_i64(limit).into());
    let sql = format!(
        "select {COLUMNS} from audit_trail where {condition} order by seq desc limit ${}",
        values.len()
    );
    let rows = statement(sql, &values).fetch_all(connection).await?;
    rows.iter().map(|row| Ok(EntryRow::from_row(row)?.into())).collect()
}

/// How many entries a filter finds, whatever page of them is read; no more than one above [`MOST_COUNTED`].
pub async fn count(
    connection: &mut AnyConnection,
    tenant: &str,
    filter: &ReadAuditTrail,
) -> Result<u64, Failure> {
    let (condition, mut values) = condition(tenant, &ReadAuditTrail { before: None, ..filter.clone() });
    values.push(to_i64(MOST_COUNTED + 1).into());
    let sql = format!(
        "select count(*) as counted from (select 1 as one from audit_trail where {condition} limit ${}) found",
        values.len()
    );
    let row = statement(sql, &values).fetch_one(connection).await?;
    Ok(from_i64(row.try_get("counted")?))
}

#[derive(FromRow)]
struct DayRow {
    day: String,
    acts: i64,
    refused: i64,
    late_sign_ins: i64,
}

/// What a filter finds by day, oldest first.
pub async fn days(
    connection: &mut AnyConnection,
    tenant: &str,
    filter: &ReadAuditTrail,
) -> Result<Vec<AuditDay>, Failure> {
    let (condition, values) = condition(tenant, &ReadAuditTrail { before: None, ..filter.clone() });
    let sql = format!(
        "select substr(at, 1, 10) as day, count(*) as acts, \
         count(case when {REFUSED} then 1 end) as refused, \
         count(case when act in ('session.sign_in', 'session.sso', 'session.sso_link') and (substr(at, 12, 2) < '07' or substr(at, 12, 2) >= '21') \
         then 1 end) as late_sign_ins \
         from audit_trail where {condition} group by 1 order by 1"
    );
    let rows = statement(sql, &values).fetch_all(connection).await?;
    let day = |row| {
        let DayRow { day, acts, refused, late_sign_ins } = DayRow::from_row(row)?;
        let (acts, refused) = (from_i64(acts), from_i64(refused));
        Ok(AuditDay { day, acts, refused, late_sign_ins: from_i64(late_sign_ins) })
    };
    rows.iter().map(day).collect()
}

/// Time of the first entry; empty without any.
pub async fn first_at(connection: &mut AnyConnection, tenant: &str) -> Result<String, Failure> {
    let first = sqlx::query_scalar("select at from audit_trail where tenant = $1 order by seq limit 1")
        .bind(tenant)
        .fetch_optional(connection)
        .await?;
    Ok(first.unwrap_or_default())
}

/// Entries of a session or about a subject, newest first, without the one they are listed for.
pub async fn related(
    connection: &mut AnyConnection,
    tenant: &str,
    column: RelatedBy,
    of: &AuditEntry,
) -> Result<Vec<AuditEntry>, Failure> {
    let (column, value) = match column {
        RelatedBy::Session => ("session", &of.session),
        RelatedBy::Subject => ("subject", &of.subject),
    };
    if value.is_empty() {
        return Ok(Vec::new());
    }
    let values = [Value::from(tenant), value.as_str().into(), to_i64(of.seq).into(), to_i64(RELATED).into()];
    let sql = format!(
        "select {COLUMNS} from audit_trail where tenant = $1 and {column} = $2 and seq <> $3 order by seq desc limit $4"
    );
    let rows = statement(sql, &values).fetch_all(connection).await?;
    rows.iter().map(|row| Ok(EntryRow::from_row(row)?.into())).collect()
}

/// By what entries belong together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RelatedBy {
    Session,
    Subject,
}

/// Entries from before outcomes were stored say it in their act.
const REFUSED: &str = "(outcome like 'refused%' or act like '%.refused')";

/// The condition of a filter and its values; the tenant comes first.
fn condition(tenant: &str, filter: &ReadAuditTrail) -> (String, Vec<Value<'static>>) {
    let mut values = vec![Value::from(tenant.to_string())];
    let mut parts = vec!["tenant = $1".to_string()];
    let mut add = |sql: &str, value: Value<'static>| {
        values.push(value);
        parts.push(sql.replace('?', &format!("${}", values.len())));
    };
    if let Some(before) = filter.before {
        add("seq < ?", to_i64(before).into());
    }
    if let Some(from) = filter.from {
        add("at >= ?", format!("{from} 00:00:00").into());
    }
    if let Some(until) = filter.until {
        add("at <= ?", format!("{until} 23:59:59").into());
    }
    for (sql, text) in [
        ("(account = ? or name = ?)", &filter.person),
        ("subject = ?", &filter.subject),
        ("address = ?", &filter.network),
    ] {
        if let Some(text) = text.as_deref().map(str::trim).filter(|text| !text.is_empty()) {
            add(sql, text.to_string().into());
        }
    }
    if let Some(post) = filter.post {
        add("role = ?", post.word().into());
    }
    if let Some(text) = filter.text.as_deref().map(str::trim).filter(|text| !text.is_empty()) {
        let escaped = text.to_lowercase().replace('!', "!!").replace('%', "!%").replace('_', "!_");
        let columns =
            ["act", "name", "subject", "detail"].map(|column| format!("lower({column}) like ? escape '!'"));
        add(&format!("({})", columns.join(" or ")), format!("%{escaped}%").into());
    }
    match filter.outcome {
        Some(AuditOutcome::Refused) => parts.push(REFUSED.to_string()),
        Some(AuditOutcome::Done) => parts.push(format!("not {REFUSED}")),
        None => {}
    }
    if let Some(group) = filter.group {
        let is_in = |group: ActGroup| {
            let likes = group.prefixes().iter().map(|prefix| format!("act like '{prefix}%'"));
            likes.collect::<Vec<_>>().join(" or ")
        };
        parts.push(match is_in(group) {
            // The rest.
            empty if empty.is_empty() => {
                let others = ActGroup::ALL.into_iter().map(is_in).filter(|others| !others.is_empty());
                format!("not ({})", others.collect::<Vec<_>>().join(" or "))
            }
            likes => format!("({likes})"),
        });
    }
    (parts.join(" and "), values)
}

/// Whether the act was ever recorded, for any tenant of this database.
pub async fn has_act(connection: &mut AnyConnection, act: &str) -> Result<bool, Failure> {
    let found: Option<i64> = sqlx::query_scalar("select seq from audit_trail where act = $1 limit 1")
        .bind(act)
        .fetch_optional(connection)
        .await?;
    Ok(found.is_some())
}
