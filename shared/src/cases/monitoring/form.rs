//! 项目支出绩效目标执行监控表: pace of execution, forecast of each indicator, lamps, and the rules MON-10 … 19.

use crate::cases::performance::content::Cells;
use crate::cases::performance::form::Part::Whole;
use crate::cases::performance::form::{Form, FormTable, Takes, error, optional, required, warning};
use crate::cases::performance::judgement::{Judgement, View, percentage, two_decimals};
use crate::cases::performance::target::{INDICATORS, is_quantitative, quantity};
use crate::kernel::words::words;
use crate::policy::editions::parameters::EditionParameters;
use rust_decimal::Decimal;
use serde_json::Value;

words! {
    /// 灯, the best first.
    Lamp {
        Green "绿" "绿",
        Blue "蓝" "蓝",
        Yellow "黄" "黄",
        Red "红" "红",
    }
}

const CERTAIN: &str = "确定能";
const POSSIBLE: &str = "有可能";
const IMPOSSIBLE: &str = "完全不可能";
const CAUSES: [&str; 5] = ["cause_funds", "cause_system", "cause_staff", "cause_hardware", "cause_other"];
/// Months of a year.
const MONTHS: Decimal = Decimal::from_parts(12, 0, 0, false, 0);

pub static FORM: Form = Form {
    key: "monitoring",
    article: 12,
    header: &[
        required("forecast_executed", "全年预计执行数", Whole, Takes::Number),
        required("summary", "项目进展", Whole, Takes::Text(10, 2000)),
        optional("execution_note", "执行说明", Whole, Takes::Text(0, 1000)),
        optional("measures", "整改措施及建议", Whole, Takes::Text(0, 2000)),
    ],
    tables: &[FormTable::new(
        INDICATORS,
        None,
        &[
            required("progress", "期末完成值", Whole, Takes::Text(1, 40)),
            required("forecast", "全年预计完成值", Whole, Takes::Text(1, 40)),
            required("likelihood", "完成可能性", Whole, Takes::Choice(&[CERTAIN, POSSIBLE, IMPOSSIBLE])),
            optional("cause_funds", "经费保障", Whole, Takes::Flag),
            optional("cause_system", "制度保障", Whole, Takes::Flag),
            optional("cause_staff", "人员保障", Whole, Takes::Flag),
            optional("cause_hardware", "硬件条件保障", Whole, Takes::Flag),
            optional("cause_other", "其他原因", Whole, Takes::Flag),
            optional("cause_note", "原因说明", Whole, Takes::Text(0, 500)),
            optional("note", "备注", Whole, Takes::Text(0, 200)),
        ],
    )],
    computed: &[INDICATORS],
    rules: &[
        error("MON-10", Whole, "定量指标的完成值须为数字"),
        error("MON-11", Whole, "亮蓝、黄、红灯的，须勾选原因并说明（不少于{note}个字）"),
        error("MON-12", Whole, "预计完成值未达指标值，不能选“确定能”"),
        error("MON-13", Whole, "预计完成值已达指标值，不能选“完全不可能”"),
        error("MON-14", Whole, "全年预计执行数不得小于已执行数"),
        warning("MON-15", Whole, "全年预计执行数超过预算数，请核实并写明理由"),
        error("MON-16", Whole, "预算执行亮黄、红灯的，须写明执行情况（不少于{reason}个字）"),
        error("MON-17", Whole, "总体亮黄、红灯的，须写明整改措施（不少于{reason}个字）"),
        warning("MON-18", Whole, "与另一方已报送的总体灯相差两级以上，请核实并写明理由"),
        warning("MON-19", Whole, "全年预计完成值低于期末完成值，请核实并写明理由"),
    ],
};

/// How far something lags: a fraction of percentage points, and whether it is met.
struct Lag {
    numerator: Decimal,
    denominator: Decimal,
}

impl Lag {
    fn exceeds(&self, limit: Decimal) -> bool {
        self.numerator > limit * self.denominator
    }

    fn lamp(&self, is_met: bool, parameters: &EditionParameters) -> Lamp {
        if self.exceeds(parameters.lamp_red) {
            Lamp::Red
        } else if self.exceeds(parameters.lamp_yellow) {
            Lamp::Yellow
        } else if self.exceeds(Decimal::ZERO) || !is_met {
            Lamp::Blue
        } else {
            Lamp::Green
        }
    }

    fn points(&self) -> Option<Decimal> {
        self.numerator.checked_div(self.denominator)
    }
}

fn word(lamp: Option<Lamp>) -> Value {
    lamp.map_or(Value::Null, |lamp| Value::from(lamp.word()))
}

pub fn judge(view: &View, out: &mut Judgement) {
    let execution = judge_execution(view, out);
    let lamps: Vec<Option<Lamp>> = view
        .rows(INDICATORS)
        .iter()
        .map(|row| {
            let (lag, lamp) = judge_indicator(&row.id, &row.cells, view.parameters, out);
            out.compute_row(INDICATORS, &row.id, "deviation", two_decimals(lag.and_then(|lag| lag.points())));
            out.compute_row(INDICATORS, &row.id, "lamp", word(lamp));
            lamp
        })
        .collect();
    let overall = lamps.iter().flatten().copied().chain([execution]).max();
    out.compute("overall_lamp", word(overall));
    let counted =
        [("red", Lamp::Red), ("yellow", Lamp::Yellow), ("blue", Lamp::Blue), ("green", Lamp::Green)];
    for (key, lamp) in counted {
        out.compute(key, lamps.iter().filter(|of| **of == Some(lamp)).count());
    }
    let header = view.header();
    let alarming = |lamp: Lamp| lamp >= Lamp::Yellow;
    out.header_rule(
        alarming(execution) && !header.has_note("execution_note", view.parameters.reason_min),
        "MON-16",
        "execution_note",
    );
    let overall_alarming = overall.is_some_and(alarming);
    out.header_rule(
        overall_alarming && !header.has_note("measures", view.parameters.reason_min),
        "MON-17",
        "measures",
    );
    let other = view.fact("other_lamp").and_then(|word| Lamp::ALL.into_iter().find(|of| of.word() == word));
    let apart = other.zip(overall).is_some_and(|(other, own)| (other as i32 - own as i32).abs() >= 2);
    out.header_rule(apart, "MON-18", "overall_lamp");
}

/// 预算执行: pace, rate, gap and its lamp.
fn judge_execution(view: &View, out: &mut Judgement) -> Lamp {
    let header = view.header();
    let budget = header.number("budget").filter(|budget| *budget > Decimal::ZERO);
    let executed = header.number("executed").unwrap_or_default();
    let months = header.number("months");
    let forecast = header.number("forecast_executed");
    let gap = budget.zip(months).map(|(budget, months)| Lag {
        numerator: Decimal::ONE_HUNDRED * months * budget - Decimal::ONE_HUNDRED * MONTHS * executed,
        denominator: MONTHS * budget,
    });
    let lamp = gap.as_ref().map_or(Lamp::Green, |gap| gap.lamp(true, view.parameters));
    let percent_of =
        |part: Option<Decimal>| two_decimals(budget.and_then(|budget| percentage(part?, budget)));
    out.compute("pace", two_decimals(months.and_then(|months| percentage(months, MONTHS))));
    out.compute("execution_rate", percent_of(Some(executed)));
    out.compute("gap", two_decimals(gap.and_then(|gap| gap.points())));
    out.compute("forecast_rate", percent_of(forecast));
    out.compute("execution_lamp", lamp.word());
    if let Some(forecast) = forecast {
        out.header_rule(forecast < executed, "MON-14", "forecast_executed");
        let above = header.number("budget").is_some_and(|budget| forecast > budget);
        out.header_rule(above, "MON-15", "forecast_executed");
    }
    lamp
}

fn judge_indicator(
    id: &str,
    cells: &Cells,
    parameters: &EditionParameters,
    out: &mut Judgement,
) -> (Option<Lag>, Option<Lamp>) {
    let at = |field| (INDICATORS, id, field);
    let (progress, forecast) = (cells.written_number("progress"), cells.written_number("forecast"));
    if is_quantitative(cells) {
        out.row_rule(progress.is_none() && !cells.is_empty("progress"), "MON-10", at("progress"));
        out.row_rule(forecast.is_none() && !cells.is_empty("forecast"), "MON-10", at("forecast"));
    }
    let known = quantity(cells).zip(forecast);
    let met = known.map(|((operator, target), forecast)| operator.is_met(target, forecast));
    let lag = known.map(|((operator, target), forecast)| {
        let behind = if operator.is_reverse() { forecast - target } else { target - forecast };
        match (operator.is_met(target, forecast), target > Decimal::ZERO) {
            (true, _) => Lag { numerator: Decimal::ZERO, denominator: Decimal::ONE },
            (false, false) => Lag { numerator: Decimal::ONE_HUNDRED, denominator: Decimal::ONE },
            (false, true) => Lag { numerator: behind * Decimal::ONE_HUNDRED, denominator: target },
        }
    });
    let likelihood = cells.text("likelihood");
    let plain = lag.as_ref().zip(met).map(|(lag, met)| lag.lamp(met, parameters));
    let lamp = match (likelihood, plain) {
        (IMPOSSIBLE, _) => Some(Lamp::Red),
        (POSSIBLE, None | Some(Lamp::Green)) => Some(Lamp::Blue),
        (CERTAIN, None) => Some(Lamp::Green),
        (_, plain) => plain,
    };
    let explained = CAUSES.iter().any(|cause| cells.is_set(cause))
        && cells.has_note("cause_note", parameters.note_length);
    out.row_rule(lamp.is_some_and(|lamp| lamp > Lamp::Green) && !explained, "MON-11", at("cause_note"));
    out.row_rule(likelihood == CERTAIN && met == Some(false), "MON-12", at("likelihood"));
    out.row_rule(likelihood == IMPOSSIBLE && met == Some(true), "MON-13", at("likelihood"));
    let counts_up =
        cells.text("level2") == "数量" && quantity(cells).is_some_and(|(operator, _)| !operator.is_reverse());
    let falls = progress.zip(forecast).is_some_and(|(progress, forecast)| forecast < progress);
    out.row_rule(counts_up && falls, "MON-19", at("forecast"));
    (lag, lamp)
}
