//! 问答: what a script may ask of the performance side after its last step.

use super::form::Part;
use crate::cases::execution::world::ExecutionWorld;
use crate::kernel::calendar::Date;
use crate::kernel::ids::{CaseId, DepartmentId};
use serde_json::{Value, json};

impl ExecutionWorld {
    /// `computed(ID)`, `findings(ID)`, `review(DEPARTMENT, YEAR)` and `tasks()`; `None` for another question.
    pub fn performance_answer(&self, question: &str, today: Date) -> Option<Value> {
        let (name, arguments) = question.strip_suffix(')')?.split_once('(')?;
        let judged = || {
            let id = CaseId::new(arguments.trim());
            self.cases.get(&id).and_then(|entry| entry.case.judged(&id, self))
        };
        match name {
            "computed" => Some(judged().map_or(Value::Null, |judgement| judgement.computed())),
            "findings" => Some(judged().map_or(Value::Null, |judgement| judgement.shown(&Part::ALL))),
            "review" => {
                let (department, year) = arguments.split_once(',')?;
                let department = DepartmentId::new(department.trim());
                Some(json!(self.review_reference(&department, year.trim().parse().ok()?, today)))
            }
            "tasks" if arguments.trim().is_empty() => Some(self.tasks(today)),
            _ => None,
        }
    }

    /// 待办: what waits for somebody, the earliest first.
    fn tasks(&self, today: Date) -> Value {
        let due = self.cases.iter().filter_map(|(id, entry)| Some((entry.case.due(self)?, id, entry)));
        let mut due: Vec<_> = due.collect();
        due.sort_by_key(|(day, id, _)| (*day, *id));
        due.into_iter()
            .map(|(day, id, entry)| json!([day.to_string(), id, entry.case.stage(), today > day]))
            .collect()
    }
}
