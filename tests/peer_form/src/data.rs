//! The form's data: the harness's generator (`shared/data.js`) in 32-bit integers, to the digit.

use crate::form::{CATEGORIES, FORM, ITEMS};
use shared::engine::document::{RANK_STEP, Row};
use shared::engine::op::HEADER_ROW;
use shared::ids::RowId;
use std::collections::BTreeMap;

pub const YEAR: i32 = 2026;

const NOUNS: [&str; 20] = [
    "Server",
    "Sensor",
    "Licence",
    "Reagent",
    "Workstation",
    "Survey",
    "Cable set",
    "Printer",
    "Pump",
    "Training",
    "Lab bench",
    "Camera",
    "Router",
    "Battery",
    "Filter",
    "Audit",
    "Drone",
    "Paper",
    "Freight",
    "Monitor",
];
/// Above this many 分 a line comes with its basis.
const NEEDS_BASIS: u64 = 10_000_000;
/// Room between the total and the ceiling, in 分.
const ROOM: u64 = 5_000_000;

#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Amounts {
    Any,
    /// Only amounts that lie exactly on half a 分.
    Ties,
}

/// A linear congruential generator mod 2³².
struct Draws(u32);

impl Draws {
    fn draw(&mut self, below: u32) -> u64 {
        self.0 = self.0.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        u64::from((self.0 >> 16) % below)
    }
}

/// Whole numbers of quantity, 分 and hundredths of a percent.
struct Factors {
    quantity: u64,
    price: u64,
    rate: u64,
}

impl Factors {
    fn draw(draws: &mut Draws, amounts: Amounts) -> Factors {
        loop {
            let factors = match amounts {
                Amounts::Ties => Factors {
                    quantity: 1 + draws.draw(30),
                    price: 1 + draws.draw(2_000) * (1 + draws.draw(20)),
                    rate: 1 + draws.draw(10_000),
                },
                Amounts::Any => Factors {
                    quantity: 1 + draws.draw(50),
                    price: 1 + draws.draw(10_000) * 100 + draws.draw(100),
                    rate: draws.draw(10_001),
                },
            };
            if amounts == Amounts::Any || factors.product() % 10_000 == 5_000 {
                return factors;
            }
        }
    }

    fn product(&self) -> u64 {
        self.quantity * self.price * self.rate
    }

    /// In 分, half up.
    fn amount(&self) -> u64 {
        (self.product() + 5_000) / 10_000
    }
}

/// Header and lines as a document holds them.
pub fn tables(rows: u32, amounts: Amounts) -> BTreeMap<String, Vec<Row>> {
    let mut draws = Draws(if amounts == Amounts::Ties { 777 } else { 12_345 });
    let mut total = 0;
    let lines = (0..rows).map(|n| {
        let category = CATEGORIES[draws.draw(5) as usize];
        let noun = NOUNS[draws.draw(20) as usize];
        let model = 1_000 + draws.draw(9_000);
        let mut factors = Factors::draw(&mut draws, amounts);
        if amounts == Amounts::Any && n == rows / 2 {
            // The row that the harness types into.
            factors = Factors { quantity: 90, price: 1_000, rate: 10_000 };
        }
        let amount = factors.amount();
        total += amount;
        let mut cells = vec![
            ("category", category.to_string()),
            ("name", format!("{noun} {}", n + 1)),
            ("model", format!("M-{model}")),
            ("qty", factors.quantity.to_string()),
            ("price", hundredths(factors.price)),
            ("rate", hundredths(factors.rate)),
        ];
        if amount > NEEDS_BASIS {
            cells.push(("basis", format!("Basis document no. {}", n + 1)));
        }
        row(&format!("r{n}"), RANK_STEP * (i64::from(n) + 1), cells)
    });
    let lines: Vec<Row> = lines.collect();
    let head = [
        ("dept", "Department of Applied Hydrology"),
        ("code", "91350100M000100Y43"),
        ("year", "2026"),
        ("contact", "Li Wen"),
        ("phone", "+86 591 8700 1234"),
        (
            "policy",
            "Provincial programme for flood early warning 2026-2028, section 4, paragraph 2: purchase of measuring \
             equipment and of the services needed to run it.",
        ),
        ("ceiling", &hundredths(total + ROOM)),
    ];
    let head = row(HEADER_ROW, 0, head.map(|(key, text)| (key, text.to_string())));
    BTreeMap::from([(FORM.to_string(), vec![head]), (ITEMS.to_string(), lines)])
}

fn row(id: &str, rank: i64, cells: impl IntoIterator<Item = (&'static str, String)>) -> Row {
    let cells = cells.into_iter().map(|(key, text)| (key.to_string(), text)).collect();
    Row { id: RowId::new(id), rank, cells }
}

fn hundredths(number: u64) -> String {
    format!("{}.{:02}", number / 100, number % 100)
}
