//! 用户评价表: the items as a respondent reads them, and the words for the grades.

use crate::cases::execution::offered::WordOption;
use crate::cases::execution::parameters::MoneyParameters;
use crate::cases::execution::survey::{Survey, SurveyItem};

/// Each item with its name and what is graded.
const ITEMS: [(&str, &str, &str); 5] = [
    ("response", "响应", "提出服务请求后，运维人员及时受理并答复。"),
    ("repair", "修复", "故障在约定时间内排除，不反复出现。"),
    ("attitude", "服务态度", "运维人员态度良好，沟通耐心，讲解清楚。"),
    ("patrol", "巡检", "按约定开展巡检，提前发现并处理隐患。"),
    ("documents", "文档", "运维记录和报告内容完整，按时交付。"),
];

/// Words for the grades 5 to 1, best first. A respondent who answers by words has no 0, which a table can carry.
const GRADES: [(&str, &str); 5] =
    [("5", "非常满意"), ("4", "满意"), ("3", "基本满意"), ("2", "不太满意"), ("1", "不满意")];

pub fn of(parameters: &MoneyParameters) -> Survey {
    let item = |(key, name, sentence): (&str, &str, &str)| SurveyItem {
        key: key.to_string(),
        name: name.to_string(),
        sentence: sentence.to_string(),
    };
    let grade = |(word, label): (&str, &str)| WordOption { word: word.to_string(), label: label.to_string() };
    Survey {
        table: "answers".to_string(),
        respondent: "respondent".to_string(),
        reason: "reason".to_string(),
        items: ITEMS.map(item).to_vec(),
        grades: GRADES.map(grade).to_vec(),
        low_grade: parameters.low_grade,
        reason_min: parameters.note_length,
        min_sample: parameters.min_sample,
    }
}
