//! 办理事项: what can be done to a case of any kind; the first five are acts without a command.

use crate::kernel::words::words;

words! {
    /// 办理事项; its label is what the button says, its word also stands in `data-command`.
    Verb {
        Read "read" "查看",
        Edit "edit" "填报",
        /// 审核意见、核减: what an office does in a review.
        Review "review" "审核",
        /// 答复意见: what a department says to it.
        Answer "answer" "答复审核意见",
        /// 催报: on the history only.
        Nudge "nudge" "催报",
        Submit "submit" "提交部门审核",
        DepartmentReturn "department_return" "退回填报人",
        DepartmentApprove "department_approve" "审核并报送省局",
        BureauTake "bureau_take" "受理",
        BureauReturn "bureau_return" "退回补正",
        BureauPass "bureau_pass" "审核通过，提请确认",
        BureauConfirm "bureau_confirm" "确认审核通过",
        LeaderReturn "leader_return" "退回审核员",
        Withdraw "withdraw" "撤回申请",
        FinanceReturn "finance_return" "退回省局",
        /// 财政审核意见: 安排.
        FinancePass "finance_pass" "财政审核通过",
        /// 财政审核意见: 不予安排.
        FinanceObject "finance_object" "拟不予安排",
        FinanceReject "finance_reject" "不予安排",
        /// 冻结汇总.
        Compile "compile" "冻结汇总，提请确认",
        ConfirmCompilation "confirm_compilation" "确认整体预算",
        Recompile "recompile" "退回重新汇总",
        SubmitToFinance "submit_to_finance" "报送省财政厅",
        /// 拟批复.
        DraftBatch "draft_batch" "拟定批复，提请签发",
        IssueBatch "issue_batch" "签发批复",
        ReturnBatch "return_batch" "退回重拟",
        DropBatch "drop_batch" "作废拟稿",
        /// 编制规划 (Art. 3).
        PlanYears "plan_years" "保存规划，提请确认",
        ConfirmPlan "confirm_plan" "确认规划",
        /// 填写单独申请 (Art. 5); only in histories from before it was a form.
        FillClaim "fill_claim" "保存",
        /// 拟审核意见.
        DraftOpinion "draft_opinion" "拟定意见，提请签发",
        SignOpinion "sign_opinion" "签发意见",
        /// 拟办理结果.
        DraftDecision "draft_decision" "拟定办理结果，提请签发",
        SignDecision "sign_decision" "签发办理结果",
        ReturnDecision "return_decision" "退回重办",
        /// 政策版本试算 (Art. 18).
        DryRun "dry_run" "试算",
        ProposeEdition "propose" "提请复核",
        ReturnEdition "return" "退回修改",
        ConfirmEdition "confirm" "启用",
        DropEdition "drop" "作废",
    }
}

impl Verb {
    /// A leader's or a checker's return to a colleague: its reasons are the office's own.
    pub fn is_internal_return(self) -> bool {
        matches!(
            self,
            Verb::DepartmentReturn
                | Verb::LeaderReturn
                | Verb::Recompile
                | Verb::ReturnBatch
                | Verb::ReturnDecision
        )
    }

    /// 拟稿: what an office proposes to its own leader; others learn of it when it is signed.
    pub fn is_proposal(self) -> bool {
        matches!(
            self,
            Verb::DraftOpinion
                | Verb::DraftDecision
                | Verb::FinancePass
                | Verb::FinanceObject
                | Verb::DraftBatch
                | Verb::Compile
                | Verb::PlanYears
        )
    }

    /// 签发: what makes an office's proposal its word.
    pub fn is_signature(self) -> bool {
        matches!(
            self,
            Verb::SignOpinion
                | Verb::SignDecision
                | Verb::FinanceReject
                | Verb::IssueBatch
                | Verb::ConfirmCompilation
                | Verb::ConfirmPlan
        )
    }

    /// Whether it is a command of the case: a button of the action bar.
    pub fn is_command(self) -> bool {
        !matches!(self, Verb::Read | Verb::Edit | Verb::Review | Verb::Answer | Verb::Nudge)
    }
}
