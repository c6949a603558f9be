//! 行为: what the screen and the files call an act of the trail.

use crate::cases::Kind;
use crate::cases::execution::registry::ExecutionKindName;
use crate::cases::kernel::Verb;

/// Acts that are no command of a case.
const LABELS: &[(&str, &str)] = &[
    ("session.sign_in", "登录"),
    ("session.sign_out", "退出"),
    ("session.refused", "登录未成功"),
    ("session.sso", "单点登录"),
    ("session.sso_link", "首次单点登录并绑定"),
    ("session.end", "结束其他会话"),
    ("account.create", "新建账号"),
    ("account.first", "建立首个账号"),
    ("account.setup_code", "生成首个账号的激活码"),
    ("account.code", "输入激活码"),
    ("account.wrong_code", "激活码有误"),
    ("account.password", "修改密码"),
    ("account.disable", "停用账号"),
    ("account.assign", "授予岗位"),
    ("account.ask", "提请账号事项"),
    ("account.agree", "同意账号事项"),
    ("account.decline", "不同意账号事项"),
    ("account.accept", "激活账号"),
    ("account.handout", "下载账号交付表"),
    ("account.delegate", "委托代理"),
    ("account.end_post", "结束岗位"),
    ("account.factor_begin", "登记动态口令"),
    ("account.factor_confirm", "启用动态口令"),
    ("account.factor_sealed", "密封以前的动态口令密钥"),
    ("session.switch", "切换岗位"),
    ("department.add", "登记部门"),
    ("edition.shipped", "启用随程序发布的政策版本"),
    ("attachment.infected", "附件查出病毒"),
    ("institution.register", "登记第三方机构"),
    ("money_fact.record", "登记另行支付"),
    ("statement.take", "导入对账单"),
    ("statement.match", "人工核对对账单"),
    ("device.revoke", "停用现场设备"),
    ("device.enrol", "登记现场设备"),
    ("site.receive", "收到现场操作"),
    ("site.import", "导入离线包"),
    ("demo.provider", "登记演示服务单位账号"),
    ("demo.evaluator", "登记演示评价人员账号"),
    ("request.open", "开始填报运维服务申请"),
    ("review.publish", "发送审核意见"),
    ("late_window.grant", "准予补报"),
    ("attachment.add", "上传附件"),
    ("attachment.remove", "删除附件"),
    ("attachment.clear", "附件查毒"),
    ("download.attachment", "下载附件"),
    ("export.workbook", "导出工作簿"),
    ("export.cases", "导出案卷一览"),
    ("export.audit", "导出审计日志"),
    ("print.request", "打印申请"),
    ("print.review", "打印审核意见书"),
    ("print.approval", "打印批复通知"),
    ("print.consolidation", "打印整体预算"),
    ("print.batch", "打印批次批复"),
    ("print.letter", "打印公文"),
    ("print.paper", "打印文书"),
    ("audit.read", "查看审计日志"),
    ("audit.key", "更换审计密钥"),
    ("audit.baseline", "启用审计密钥"),
    ("audit.verified", "夜间核验"),
    ("version.sums", "补算版本合计"),
    ("demo.fill", "填充演示数据"),
    ("notice.send_again", "重发外发通知"),
    ("case.nudge", "催报"),
];

/// 行为 in Chinese; the act itself where there is no word for it, so that nothing is hidden.
pub fn act_label(act: &str) -> String {
    if let Some((_, label)) = LABELS.iter().find(|(known, _)| *known == act) {
        return (*label).to_string();
    }
    if let Some(verb) = act.strip_prefix("transition.") {
        let of_case = Verb::ALL.into_iter().find(|known| known.word() == verb).map(Verb::label);
        return of_case.or_else(|| money_label(verb)).unwrap_or(act).to_string();
    }
    let opened = act.strip_suffix(".open").and_then(Kind::from_word);
    opened.map_or_else(|| act.to_string(), |kind| format!("新建{}", kind.label()))
}

/// Label of the first kind that has a command of this word.
fn money_label(verb: &str) -> Option<&'static str> {
    ExecutionKindName::ALL.into_iter().find_map(|kind| kind.command_label(verb))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_command_of_a_case_and_of_money_has_a_label() {
        for (act, label) in [
            ("session.sign_in", "登录"),
            ("transition.submit", "提交部门审核"),
            ("separate.open", "新建单独申请"),
        ] {
            assert_eq!(act_label(act), label);
        }
        assert_eq!(act_label("something.new"), "something.new");
        let of_money = ExecutionKindName::ALL.map(ExecutionKindName::verbs).concat();
        assert!(of_money.len() > 30, "{of_money:?}");
        for verb in of_money {
            let label = act_label(&format!("transition.{verb}"));
            assert!(!label.starts_with("transition."), "{label}");
        }
    }
}
