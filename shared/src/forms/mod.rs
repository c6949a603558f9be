//! The forms, one file each. This is the only place a form is registered.

pub mod budget_request;
pub mod case;
pub mod performance_targets;
pub mod words;

use crate::engine::definition::Definition;
use crate::engine::parameters::Parameters;
use crate::engine::plan::{Plan, PlanError};
use crate::kernel::calendar::FiscalYear;
use crate::policy::editions::Edition;

/// Hash of [`om_request`], so that nobody has to write the definition as JSON to know whether content was frozen with it.
/// `OMFUND_BLESS=1 cargo test -p shared` rewrites it.
pub const OM_REQUEST_SM3: &str = include_str!("om_request.golden.txt").trim_ascii();

/// 运维服务申请: the budget request and its performance targets, edited and frozen together (Art. 4, 11).
pub fn om_request() -> Definition {
    let mut rules = budget_request::rules();
    rules.extend(performance_targets::rules());
    Definition {
        key: "om_request".to_string(),
        title: "运维服务申请".to_string(),
        forms: vec![budget_request::budget_request(), performance_targets::performance_targets()],
        rules,
    }
}

/// The request's forms compiled for a fiscal year under its edition.
pub fn plan(edition: &Edition, year: FiscalYear) -> Result<Plan, PlanError> {
    compiled(om_request(), edition, year)
}

/// Any definition compiled for a fiscal year under its edition.
pub fn compiled(definition: Definition, edition: &Edition, year: FiscalYear) -> Result<Plan, PlanError> {
    Plan::compile(definition, &parameters(edition), year)
}

/// An edition's numbers and tables as the engine takes them, by name.
pub fn parameters(edition: &Edition) -> Parameters {
    let mut parameters = Parameters::default();
    edition.parameters.visit(&mut |name, value| {
        if let Some(number) = value.number() {
            parameters.numbers.insert(name.to_string(), number);
        }
        if let Some(table) = value.table() {
            parameters.tables.insert(name.to_string(), table);
        }
    });
    parameters.labels = LABELS.iter().map(|(name, label)| (name.to_string(), label.to_string())).collect();
    parameters
}

/// What the parameters these forms use are called on the screen: the catalogue's labels, which the browser lacks.
const LABELS: [(&str, &str); 15] = [
    ("reason_min", "书面理由最少字数"),
    ("growth_limit", "增长率上限"),
    ("growth_reason_min", "增长说明最少字数"),
    ("basis_threshold", "须附测算依据的金额"),
    ("basis_min", "测算依据最少字数"),
    ("cap_ceiling", "费率上限倍数"),
    ("old_after_years", "超龄年限"),
    ("old_factor", "超龄系数"),
    ("weight_base", "分值合计"),
    ("execution_weight", "预算执行率分值"),
    ("fewest_indicators", "指标最少个数"),
    ("most_indicators", "指标最多个数"),
    ("rate_cap", "参考费率上限"),
    ("share_with_cost", "有成本指标时各级分值"),
    ("share_without_cost", "无成本指标时各级分值"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_stated_hash_is_the_one_of_the_definition() {
        let hash = om_request().hash().unwrap();
        if std::env::var_os("OMFUND_BLESS").is_some() {
            let path = concat!(env!("CARGO_MANIFEST_DIR"), "/src/forms/om_request.golden.txt");
            return std::fs::write(path, format!("{hash}\n")).unwrap();
        }
        assert_eq!(OM_REQUEST_SM3, hash, "run the test with OMFUND_BLESS=1");
    }

    #[test]
    fn the_definition_is_data_that_comes_back_the_same() {
        let definition = om_request();
        let text = serde_json::to_string(&definition).unwrap();
        let back: Definition = serde_json::from_str(&text).unwrap();
        assert_eq!(back, definition);
        assert_eq!(back.hash().unwrap(), definition.hash().unwrap());
    }
}
