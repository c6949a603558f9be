//! 文书: 工作方案 as the plan is approved; 征求意见函 with 底稿 and 取证单 as the draft goes to the department; 意见采纳情况表 as its
//! comments are answered; 绩效评价报告 as it is issued.

use super::flow::{Event, KeyEvaluation, Stage};
use super::form::{EVIDENCE, PAPERS, SAMPLE};
use super::tree::TREE;
use crate::cases::execution::facts::Facts;
use crate::cases::execution::paper::{CasePaper, PaperTable};
use crate::cases::performance::judgement::Judgement;
use crate::cases::performance::paper::{PaperForm, about};
use crate::cases::performance::result::ResultSource;

pub fn papers(case: &KeyEvaluation, event: &Event, facts: &Facts) -> Vec<CasePaper> {
    let judged = case.judge(facts.world);
    let paper = Papers { case, judged: &judged, facts };
    let before = facts.find::<KeyEvaluation>(facts.case).map(|before| before.stage);
    match (event, before) {
        (Event::Moved { to: Stage::Fieldwork, .. }, Some(Stage::PlanCheck)) => vec![paper.plan()],
        (Event::Drafted { .. }, _) => vec![paper.draft(), paper.work(), paper.evidence()],
        (Event::Moved { to: Stage::Review, .. }, Some(Stage::Answering)) => vec![paper.answers()],
        (Event::Issued { .. }, _) => vec![paper.report()],
        (
            Event::Opened { .. }
            | Event::Filled { .. }
            | Event::Moved { .. }
            | Event::Drawn { .. }
            | Event::Commented { .. }
            | Event::Answered { .. },
            _,
        ) => Vec::new(),
    }
}

/// What the documents of one evaluation are made from.
struct Papers<'a> {
    case: &'a KeyEvaluation,
    judged: &'a Judgement,
    facts: &'a Facts<'a>,
}

const SCORES: [(&str, &str); 6] = [
    ("决策得分", "score_decision"),
    ("过程得分", "score_process"),
    ("产出得分", "score_output"),
    ("效益得分", "score_benefit"),
    ("总分", "total"),
    ("等次", "grade"),
];

impl Papers<'_> {
    fn form(&self) -> PaperForm<'_> {
        PaperForm { content: &self.case.content, judged: self.judged }
    }

    fn begin(&self, key: &str, title: &str) -> CasePaper {
        CasePaper::new(key, title, self.case.organizer, self.facts.today).numbered(self.facts.case.as_str())
    }

    fn about(&self) -> Vec<(&'static str, String)> {
        let KeyEvaluation { request, department, year, organizer, institution, .. } = self.case;
        let mut of = about(Some(request), department.as_ref(), *year, self.facts);
        of.push(("评价类别", ResultSource::of_office(*organizer).label().to_string()));
        of.push(("第三方机构", institution.clone().unwrap_or_default()));
        of.push(("主评人", self.case.lead.clone().unwrap_or_default()));
        of
    }

    fn department(&self) -> String {
        let department = self.case.department.as_ref();
        department.map(|id| self.facts.world.department_name(id)).unwrap_or_default()
    }

    fn tree(&self, heading: &str, scored: bool) -> PaperTable {
        let plan = [
            ("一级指标", "level1"),
            ("二级指标", "level2"),
            ("三级指标", "name"),
            ("评分方法", "method"),
            ("#分值", "weight"),
        ];
        let work = [("#得分", "score"), ("扣分依据", "basis")];
        let columns: Vec<(&str, &str)> =
            plan.into_iter().chain(work.into_iter().filter(|_| scored)).collect();
        self.form().table(heading, TREE, &columns)
    }

    fn plan(&self) -> CasePaper {
        let mut of = self.about();
        of.extend(self.form().facts(&[
            ("评价目的", "objective"),
            ("评价方法", "method_note"),
            ("抽样方法", "sampling"),
            ("随机种子", "seed"),
        ]));
        self.begin("plan", "绩效评价工作方案").facts(of).table(self.tree("评价指标体系", false))
    }

    fn draft(&self) -> CasePaper {
        let due = self.case.comment_due.map(|due| due.to_string()).unwrap_or_default();
        let text =
            format!("现将评价报告（征求意见稿）送你单位，请于 {due} 前书面反馈意见；逾期视为没有意见。");
        self.begin("draft", "绩效评价征求意见函")
            .sent_to(self.department())
            .paragraph(text)
            .facts(self.form().facts(&SCORES))
            .table(self.tree("评分情况", true))
            .facts(self.form().facts(&[
                ("存在问题", "problems"),
                ("评价结论", "conclusion"),
                ("建议", "suggestion"),
            ]))
    }

    fn work(&self) -> CasePaper {
        let columns = [
            ("对应指标", "leaf"),
            ("事项", "matter"),
            ("方法", "method"),
            ("日期", "on"),
            ("事实", "facts"),
            ("问题", "problem"),
            ("依据条款", "clause"),
            ("编制人", "by"),
            ("复核人", "reviewed_by"),
        ];
        self.begin("work", "绩效评价工作底稿")
            .facts(self.about())
            .table(self.form().table("底稿", PAPERS, &columns))
    }

    fn evidence(&self) -> CasePaper {
        let columns = [
            ("对应底稿", "paper"),
            ("证据名称", "name"),
            ("来源", "source"),
            ("#页数", "pages"),
            ("形式", "copy"),
            ("签字", "signed"),
            ("拒签理由", "refusal"),
        ];
        self.begin("evidence", "绩效评价取证单")
            .facts(self.about())
            .table(self.form().table("取证", EVIDENCE, &columns))
    }

    fn answers(&self) -> CasePaper {
        let rows = self.case.comments.iter().map(|(comment, answer)| {
            let leaf = comment.leaf.as_ref().map(|leaf| self.form().cell(TREE, leaf, "name"));
            let adopted = answer.as_ref().map_or("", |answer| if answer.adopted { "采纳" } else { "不采纳" });
            let reason = answer.as_ref().and_then(|answer| answer.reason.clone());
            vec![
                comment.id.clone(),
                leaf.unwrap_or_default(),
                comment.text.clone(),
                adopted.to_string(),
                reason.unwrap_or_default(),
            ]
        });
        let labels = ["编号", "对应指标", "部门意见", "采纳情况", "理由"];
        self.begin("answers", "意见采纳情况表").facts(self.about()).table(PaperTable::new(
            "意见采纳情况",
            &labels,
            rows.collect(),
        ))
    }

    fn report(&self) -> CasePaper {
        let sample = [("单位或系统", "key"), ("#金额（元）", "value"), ("抽中", "picked")];
        let number = self.case.number.clone().unwrap_or_default();
        let mut of = self.about();
        of.extend(self.form().facts(&[
            ("评价目的", "objective"),
            ("评价方法", "method_note"),
            ("抽样方法", "sampling"),
            ("抽样金额占比（%）", "coverage"),
        ]));
        self.begin("report", "绩效评价报告")
            .numbered(&number)
            .sent_to(self.department())
            .facts(of)
            .facts(self.form().facts(&SCORES))
            .table(self.tree("附件一 评分情况", true))
            .facts(self.form().facts(&[
                ("存在问题", "problems"),
                ("评价结论", "conclusion"),
                ("建议", "suggestion"),
            ]))
            .table(self.form().table("附件二 抽样情况", SAMPLE, &sample))
    }
}
