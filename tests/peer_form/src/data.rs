//! The form's data: the harness's generator (`shared/data.js`) in 32-bit integers, to the digit.

use crate::form::{CATEGORIES, FORM, ITEMS};
use shared::engine::document::{RANK_STEP, Row};
use shared::engine::op::HEADER_ROW;
use shared::engine::session::Intake;
use shared::kernel::ids::RowId;
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
#[derive(Clone, Copy)]
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

/// One line before it is written as texts.
struct Line {
    number: u64,
    category: &'static str,
    noun: &'static str,
    model: u64,
    factors: Factors,
}

fn lines(rows: u32, amounts: Amounts) -> impl Iterator<Item = Line> {
    let mut draws = Draws(if amounts == Amounts::Ties { 777 } else { 12_345 });
    (0..rows).map(move |n| {
        let category = CATEGORIES[draws.draw(5) as usize];
        let noun = NOUNS[draws.draw(20) as usize];
        let model = 1_000 + draws.draw(9_000);
        let mut factors = Factors::draw(&mut draws, amounts);
        if amounts == Amounts::Any && n == rows / 2 {
            // The row that the harness types into.
            factors = Factors { quantity: 90, price: 1_000, rate: 10_000 };
        }
        Line { number: u64::from(n) + 1, category, noun, model, factors }
    })
}

/// Gives the rows of a table one after another, all in the same `Row`: they are read and not kept.
#[inline(never)]
pub fn each_row(table: &str, rows: u32, amounts: Amounts, intake: &mut Intake) {
    if table == FORM {
        let total: u64 = lines(rows, amounts).map(|line| line.factors.amount()).sum();
        intake.take(&header(total + ROOM));
    }
    if table == ITEMS {
        intake.make_room(rows as usize);
        let mut row = Row { id: RowId::new(""), rank: 0, cells: BTreeMap::new() };
        for line in lines(rows, amounts) {
            line.write(&mut row);
            intake.take(&row);
        }
    }
}

fn header(ceiling: u64) -> Row {
    let mut cells: BTreeMap<String, String> = [
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
    ]
    .map(|(key, text)| (key.to_string(), text.to_string()))
    .into();
    hundredths(cells.entry("ceiling".to_string()).or_default(), ceiling);
    Row { id: RowId::new(HEADER_ROW), rank: 0, cells }
}

impl Line {
    fn write(&self, row: &mut Row) {
        row.rank = RANK_STEP * self.number as i64;
        let mut id = String::from("r");
        digits(&mut id, self.number);
        row.id = RowId::new(id);
        let mut cell = |key: &str, write: &dyn Fn(&mut String)| match row.cells.get_mut(key) {
            Some(text) => {
                text.clear();
                write(text);
            }
            None => write(row.cells.entry(key.to_string()).or_default()),
        };
        let Factors { quantity, price, rate } = self.factors;
        cell("category", &|text| text.push_str(self.category));
        cell("name", &|text| {
            text.push_str(self.noun);
            text.push(' ');
            digits(text, self.number);
        });
        cell("model", &|text| {
            text.push_str("M-");
            digits(text, self.model);
        });
        cell("qty", &|text| digits(text, quantity));
        cell("price", &|text| hundredths(text, price));
        cell("rate", &|text| hundredths(text, rate));
        if self.factors.amount() > NEEDS_BASIS {
            cell("basis", &|text| {
                text.push_str("Basis document no. ");
                digits(text, self.number);
            });
        } else {
            row.cells.remove("basis");
        }
    }
}

fn hundredths(text: &mut String, number: u64) {
    digits(text, number / 100);
    text.push('.');
    digits(text, number / 10 % 10);
    digits(text, number % 10);
}

/// Thousands of numbers are written before the page is shown: without the formatting machinery.
fn digits(text: &mut String, number: u64) {
    if number > 9 {
        digits(text, number / 10);
    }
    text.push(char::from(b'0' + (number % 10) as u8));
}
