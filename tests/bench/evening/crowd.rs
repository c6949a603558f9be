//! The people of an evening: departments, accounts and sessions put into the database of a demonstration, and their requests
//! opened and filled in over HTTP.

use shared::api::operations::SendOperations;
use shared::engine::op::{Change, Op};
use shared::kernel::hash::digest;
use shared::kernel::ids::{CaseId, RowId};
use sqlx::{AnyConnection, AssertSqlSafe, Connection};
use std::collections::BTreeMap;
use std::sync::Mutex;
use tests::{Desk, Draft, fresh_id};
use tokio::runtime::Runtime;

/// The worked request that every department fills in, without its own rows.
const WATER: &str = include_str!("../../cases/water-2024/request.json");

/// How many departments, and how many people write in the request of each.
pub struct Crowd {
    pub departments: usize,
    pub people: usize,
}

/// Somebody with the request of their department open.
pub struct Person {
    pub cookie: String,
    pub request: String,
    /// The row whose name only they write.
    pub row: String,
    /// What stands in it.
    pub value: Mutex<u64>,
}

impl Crowd {
    /// Puts the crowd into the database and has each department's request opened and filled in.
    pub fn fill(&self, database: &str, host: &str) -> Vec<Person> {
        let mut pattern = Desk::new(host);
        pattern.sign_in("water.filler", server::DEMO_PASSWORD);
        let runtime = Runtime::new().expect("a runtime");
        runtime.block_on(self.insert(database)).unwrap_or_else(|error| panic!("the crowd: {error}"));
        let content = Draft::typed(&Draft::case(WATER));
        (0..self.departments).flat_map(|department| self.open(host, department, &content)).collect()
    }

    /// Departments, accounts and sessions like those of the demonstration's 省水利厅, whose filler is signed in.
    async fn insert(&self, database: &str) -> Result<(), sqlx::Error> {
        sqlx::any::install_default_drivers();
        let mut connection = AnyConnection::connect(database).await?;
        let mut all = connection.begin().await?;
        for department in 0..self.departments {
            let text = format!(
                "insert into departments (tenant, id, name, position) \
                 select tenant, 'crowd{department}', '省第{department}厅', {} from departments where id = 'water'",
                100 + department
            );
            sqlx::query(AssertSqlSafe(text)).execute(&mut *all).await?;
            for person in 0..self.people {
                let account = account(department, person);
                let texts = [
                    format!(
                        "insert into accounts (tenant, id, name, person, role, department, state, created_by) \
                         select tenant, '{account}', name, 'P-{account}', role, 'crowd{department}', state, created_by \
                         from accounts where id = 'water.filler'"
                    ),
                    format!(
                        "insert into sessions (token_hash, tenant, account, created, seen) \
                         select '{}', tenant, '{account}', created, seen from sessions where account = 'water.filler'",
                        digest(&["token", &account])
                    ),
                ];
                for text in texts {
                    sqlx::query(AssertSqlSafe(text)).execute(&mut *all).await?;
                }
            }
        }
        all.commit().await?;
        connection.close().await
    }

    /// Opens a department's request, types the worked content and a row for each person.
    fn open(&self, host: &str, department: usize, content: &[Change]) -> Vec<Person> {
        let request = format!("crowd{department}-2024");
        let cookie = |person| format!("omfund={}", account(department, person));
        let desk = Desk::new(host).with_cookie(Some(cookie(0)));
        desk.opens(&request);
        let own = |person: usize| Change::InsertRow {
            table: "hardware".into(),
            row: RowId::new(row(person)),
            rank: 1_000_000_000 + i64::try_from(person).unwrap_or(0),
            cells: BTreeMap::from([("name".to_string(), "0".to_string())]),
        };
        let changes = content.iter().cloned().chain((0..self.people).map(own)).collect();
        let op = Op { id: fresh_id(), changes };
        desk.call(&SendOperations { request: CaseId::new(request.as_str()), ops: vec![op] });
        let person = |person| Person {
            cookie: cookie(person),
            request: request.clone(),
            row: row(person),
            value: Mutex::new(0),
        };
        (0..self.people).map(person).collect()
    }
}

/// The account of a person, which is also the token of their session.
fn account(department: usize, person: usize) -> String {
    format!("crowd{department}.p{person}")
}

fn row(person: usize) -> String {
    format!("own{person}")
}
