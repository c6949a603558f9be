//! 岗位: which posts one person may hold together, and to whom a post may be delegated (AB 岗).

use crate::kernel::calendar::Date;
use crate::kernel::people::{Office, Role};
use crate::kernel::refusal::Refusal;
use serde::{Deserialize, Serialize};

/// Most days a delegation lasts, first and last included.
pub const MOST_DELEGATED_DAYS: i64 = 30;

/// 岗位 of a person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Post {
    pub role: Role,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub department: Option<String>,
    /// The person whose post it is, when it is held as their deputy.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deputy_of: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum PostFault {
    /// 不相容岗位.
    #[serde(rename = "ACT-08")]
    Incompatible,
    /// 不能这样委托.
    #[serde(rename = "ACT-15")]
    NotDelegable,
}

/// Whether a person with posts `held` may be given `post`: the same work in another department, or evaluation beside a post
/// of a department or of the bureau.
pub fn may_hold(held: &[Post], post: &Post) -> Result<(), PostFault> {
    match held.iter().all(|other| compatible(other, post)) {
        true => Ok(()),
        false => Err(PostFault::Incompatible),
    }
}

/// The same, with the words of the refusal ACT-08.
pub fn require_compatible(held: &[Post], post: &Post) -> Result<(), Refusal> {
    let Some(other) = held.iter().find(|other| !compatible(other, post)) else { return Ok(()) };
    let (held, wanted) = (other.role.label(), post.role.label());
    let message = format!(
        "该人员已任“{held}”，与“{wanted}”属不相容岗位，不能由同一人担任；请另行指定人员，或先终止原岗位。"
    );
    Err(Refusal::new("ACT-08", message))
}

fn compatible(a: &Post, b: &Post) -> bool {
    if a.role == b.role {
        return a.role.office() == Office::Department && a.department != b.department;
    }
    let other = match (a.role, b.role) {
        (Role::Evaluator, other) | (other, Role::Evaluator) => other.office(),
        _ => return false,
    };
    matches!(other, Office::Department | Office::Bureau)
}

/// Whether a person may delegate `post` to a colleague with `deputy_posts`, from `first` to `last`.
pub fn delegate(
    post: &Post,
    deputy_posts: &[Post],
    first: Date,
    last: Date,
    today: Date,
) -> Result<(), PostFault> {
    let fixed =
        matches!(post.role.office(), Office::Administration | Office::Audit) || post.deputy_of.is_some();
    let days = first.days_until(last) + 1;
    if fixed || first < today || !(1..=MOST_DELEGATED_DAYS).contains(&days) {
        return Err(PostFault::NotDelegable);
    }
    let same_place =
        |other: &Post| other.role.office() == post.role.office() && other.department == post.department;
    let same_post = |other: &Post| same_place(other) && other.role == post.role;
    let may = deputy_posts.iter().any(same_place)
        && deputy_posts.iter().all(|other| same_post(other) || compatible(other, post));
    may.then_some(()).ok_or(PostFault::Incompatible)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn post(role: Role, department: Option<&str>) -> Post {
        Post { role, department: department.map(str::to_string), deputy_of: None }
    }

    /// Who applies does not review, and who reviews does not pay: no person has a post in two of the three offices.
    #[test]
    fn posts_of_two_offices_exclude_each_other() {
        let business =
            [Office::Department, Office::Bureau, Office::Finance, Office::Audit, Office::Administration];
        let of = |role: Role| post(role, (role.office() == Office::Department).then_some("water"));
        for (one, other) in Role::ALL.iter().flat_map(|one| Role::ALL.map(|other| (*one, other))) {
            let both = [one, other].map(Role::office);
            if both.iter().all(|office| business.contains(office)) {
                assert!(may_hold(&[of(one)], &of(other)).is_err(), "{one:?} {other:?}");
            }
        }
        let elsewhere = post(Role::DepartmentFiller, Some("forest"));
        assert!(require_compatible(&[of(Role::DepartmentFiller)], &elsewhere).is_ok());
        let refusal =
            require_compatible(&[of(Role::DepartmentFiller)], &of(Role::FinanceLeader)).unwrap_err();
        assert_eq!(refusal.code, "ACT-08");
    }
}
