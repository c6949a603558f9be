//! Worked years as tests use them: played whole, and continued from any of their steps by one step more.

#![allow(clippy::unwrap_used, clippy::panic)]

use super::play;
use serde_json::Value;

/// A folder of `tests/cases` with a script and what it comes to.
pub struct WorkedYear(pub &'static str);

/// A table of `tests/cases`.
pub fn table(name: &str) -> Vec<Value> {
    serde_json::from_value(read(name)).unwrap()
}

fn read(name: &str) -> Value {
    let path = format!("{}/../tests/cases/{name}", env!("CARGO_MANIFEST_DIR"));
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

impl WorkedYear {
    pub fn script(&self) -> Value {
        read(&format!("{}/script.json", self.0))
    }

    pub fn expected(&self) -> Value {
        read(&format!("{}/expected.json", self.0))
    }

    /// Plays the script and compares the whole answer.
    pub fn assert_plays(&self) {
        let answer: Value = serde_json::from_str(&play(&self.script().to_string()).unwrap()).unwrap();
        let expected = self.expected();
        let mut wrong = Vec::new();
        let steps = |of: &Value| of["steps"].as_array().unwrap().clone();
        for (got, wanted) in steps(&answer).iter().zip(&steps(&expected)) {
            if got != wanted {
                wrong.push(format!("{got} instead of {wanted}"));
            }
        }
        for part in ["cases", "balances", "reserved", "ask"] {
            for (key, wanted) in expected[part].as_object().unwrap() {
                if answer[part].get(key) != Some(wanted) {
                    wrong.push(format!("{part} {key}: {:?} instead of {wanted}", answer[part].get(key)));
                }
            }
        }
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
        assert_eq!(answer, expected);
    }

    /// Numbers of the steps that are refused.
    fn refused_steps(&self) -> Vec<u64> {
        let expected = self.expected();
        let steps = expected["steps"].as_array().unwrap().iter().filter(|step| step["ok"] == false);
        steps.map(|step| step["step"].as_u64().unwrap()).collect()
    }

    /// The first `after` steps without those that are refused, then `first`, all of which must be accepted, then one step
    /// more.
    pub fn continued(&self, case: &Value) -> Value {
        let mut script = self.script();
        for (key, value) in case["script"].as_object().into_iter().flatten() {
            script[key] = value.clone();
        }
        let (after, refused) = (case["after"].as_u64().unwrap(), self.refused_steps());
        let numbered = (1..).zip(script["steps"].as_array().unwrap());
        let played = numbered.take_while(|(n, _)| *n <= after).filter(|(n, _)| !refused.contains(n));
        let mut steps: Vec<Value> = played.map(|(_, step)| step.clone()).collect();
        steps.extend(case["first"].as_array().cloned().unwrap_or_default());
        for step in &mut steps {
            step["quiet"] = Value::from(true);
        }
        steps.extend(case.get("step").cloned());
        script["steps"] = Value::Array(steps);
        script["ask"] = serde_json::json!([]);
        script
    }

    /// Plays every case of a table and compares its refusal and article; `ask` must be answered `answers` after each.
    pub fn assert_refuses(&self, name: &str, ask: Value, answers: &Value) {
        let mut wrong = Vec::new();
        for case in &table(name) {
            let mut script = self.continued(case);
            script["ask"] = ask.clone();
            let answer: Value = match play(&script.to_string()) {
                Ok(answer) => serde_json::from_str(&answer).unwrap(),
                Err(error) => {
                    wrong.push(format!("{}: {error}", case["refused"]));
                    continue;
                }
            };
            let got = (&answer["steps"][0]["refused"], &answer["steps"][0]["article"]);
            if got != (&case["refused"], &case["article"]) || answer["ask"] != *answers {
                let wanted = (&case["refused"], &case["article"]);
                wrong.push(format!("{got:?} instead of {wanted:?}: {} {}", case["step"], answer["ask"]));
            }
        }
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    }
}
