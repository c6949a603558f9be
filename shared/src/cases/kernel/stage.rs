//! 办理状态: where a case of any kind stands. Kinds that come to the same place share its word.

use crate::kernel::words::words;

words! {
    /// 办理状态.
    Stage {
        Draft "draft" "填报中",
        DepartmentCheck "department_check" "部门审核",
        Submitted "submitted" "已报送",
        BureauReview "bureau_review" "省局审核",
        Returned "returned" "退回补正",
        BureauConfirm "bureau_confirm" "待省局负责人确认",
        Accepted "accepted" "审核通过",
        Consolidated "consolidated" "已汇总",
        FinanceReview "finance_review" "财政审核",
        FinanceReturned "finance_returned" "财政退回",
        Approved "approved" "已批复",
        Rejected "rejected" "不予安排",
        Withdrawn "withdrawn" "已撤回",
        /// A compilation or a plan being put together.
        Compiling "compiling" "编制中",
        /// Confirmed by the bureau leader, not yet reported.
        Confirmed "confirmed" "已确认",
        /// The whole is with finance.
        Reported "reported" "已报送财政",
        /// 单独申请: the bureau's reviewer forms an opinion (Art. 5).
        BureauOpinion "bureau_opinion" "省局审核意见",
        /// 属于集中运维管理范畴: a separate request ends here.
        WithinScope "within_scope" "属于集中运维",
        FinanceDecision "finance_decision" "财政办理",
        Arranged "arranged" "已安排",
        NotArranged "not_arranged" "不予安排",
        FinanceConfirm "finance_confirm" "待财政负责人签发",
        /// 批复已下达.
        Issued "issued" "已下达",
        /// A change of the register of editions lies with its confirmer (Art. 18).
        Proposed "proposed" "待复核",
        InForce "in_force" "已启用",
    }
}

impl Stage {
    /// The department is still working on it: nobody outside sees what is not yet reported.
    pub fn with_department(self) -> bool {
        matches!(self, Stage::Draft | Stage::DepartmentCheck | Stage::Returned)
    }

    /// Nobody has anything left to do: the case is history.
    pub fn is_concluded(self) -> bool {
        match self {
            Stage::Approved
            | Stage::Rejected
            | Stage::Withdrawn
            | Stage::WithinScope
            | Stage::Arranged
            | Stage::NotArranged
            | Stage::Reported
            | Stage::Issued
            | Stage::InForce => true,
            Stage::Draft
            | Stage::DepartmentCheck
            | Stage::Submitted
            | Stage::BureauReview
            | Stage::Returned
            | Stage::BureauConfirm
            | Stage::Accepted
            | Stage::Consolidated
            | Stage::FinanceReview
            | Stage::FinanceReturned
            | Stage::Compiling
            | Stage::Confirmed
            | Stage::BureauOpinion
            | Stage::FinanceDecision
            | Stage::FinanceConfirm
            | Stage::Proposed => false,
        }
    }
}
