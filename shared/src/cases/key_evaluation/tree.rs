//! 评价指标体系 a case opens with: seventeen leaves under 决策, 过程, 产出, 效益.

use crate::cases::performance::content::{Cells, Content, ContentRow};

pub const TREE: &str = "tree";
pub const POINTS: &str = "要点";
pub const RATIO: &str = "比率";
pub const REVERSE: &str = "反向";
pub const HAND: &str = "评分";
pub const SATISFACTION: &str = "满意度";
pub const METHODS: &[&str] = &[POINTS, RATIO, REVERSE, HAND, SATISFACTION];
/// 一级指标.
pub const LEVELS: &[&str] = &["决策", "过程", "产出", "效益"];

/// Leaf: id, 一级, 二级, 三级, weight, method.
type Leaf = (&'static str, &'static str, &'static str, &'static str, &'static str, &'static str);

const LEAVES: [Leaf; 17] = [
    ("D11", "决策", "项目立项", "立项依据充分性", "3", POINTS),
    ("D12", "决策", "项目立项", "立项程序规范性", "2", POINTS),
    ("D21", "决策", "绩效目标", "绩效目标合理性", "3", POINTS),
    ("D22", "决策", "绩效目标", "绩效指标明确性", "2", POINTS),
    ("D31", "决策", "资金投入", "预算编制科学性", "3", POINTS),
    ("D32", "决策", "资金投入", "资金分配合理性", "2", POINTS),
    ("P11", "过程", "资金管理", "资金到位率", "4", RATIO),
    ("P12", "过程", "资金管理", "预算执行率", "5", RATIO),
    ("P13", "过程", "资金管理", "资金使用合规性", "6", POINTS),
    ("P21", "过程", "组织实施", "管理制度健全性", "4", POINTS),
    ("P22", "过程", "组织实施", "制度执行有效性", "6", POINTS),
    ("O11", "产出", "产出数量", "实际完成率", "10", RATIO),
    ("O21", "产出", "产出质量", "质量达标率", "10", RATIO),
    ("O31", "产出", "产出时效", "完成及时性", "5", HAND),
    ("O41", "产出", "产出成本", "成本控制", "5", REVERSE),
    ("E11", "效益", "项目效益", "实施效益", "20", HAND),
    ("E12", "效益", "项目效益", "服务对象满意度", "10", SATISFACTION),
];

/// The tree a new evaluation opens with; its plan may change it.
pub fn new_content() -> Content {
    let row = |(id, level1, level2, name, weight, method): &Leaf| {
        let cells =
            [("level1", level1), ("level2", level2), ("name", name), ("weight", weight), ("method", method)];
        let cells = cells.map(|(key, text)| (key, (*text).to_string()));
        ContentRow { id: (*id).to_string(), cells: Cells::of(cells) }
    };
    let mut content = Content::default();
    content.tables.insert(TREE.to_string(), LEAVES.iter().map(row).collect());
    content
}
