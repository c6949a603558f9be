//! 提交: which id an act of a person travels under, and what becomes of it after each answer. The app's submission
//! helper sends and shows; it decides nothing that is not here.
//!
//! An answer may be lost after the server has carried the act out. The same act therefore keeps its id until the
//! server has answered it, so that the server recognises it and answers as it did the first time.

use super::queue::pause;
use crate::api::problem::{Problem, code};

/// Times an act is sent by itself before the person is asked to press again.
pub const MOST_TRIES: u32 = 6;

/// The act of one form or button that the server has not answered yet. `R` is the request as it was sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SubmissionState<R> {
    unanswered: Option<Unanswered<R>>,
    failures: u32,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Unanswered<R> {
    content: String,
    request: R,
}

/// What to do after an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Next {
    /// The server has answered for good.
    Answered,
    /// Send the same request again after so many seconds.
    Again { seconds: u64 },
    /// Nothing is known of the act; the person decides when to try again, under the same id.
    Unknown,
}

impl<R> Default for SubmissionState<R> {
    fn default() -> SubmissionState<R> {
        SubmissionState { unanswered: None, failures: 0 }
    }
}

impl<R: Clone> SubmissionState<R> {
    /// The request to send for `content`: the unanswered one of the same content, else what `make` builds with a
    /// fresh id. `content` leaves out the id and whatever the page, not the person, puts into a request, such as the
    /// revision seen.
    pub fn request<E>(&mut self, content: String, make: impl FnOnce() -> Result<R, E>) -> Result<R, E> {
        self.failures = 0;
        if let Some(same) = self.unanswered.as_ref().filter(|unanswered| unanswered.content == content) {
            return Ok(same.request.clone());
        }
        self.unanswered = None;
        let request = make()?;
        self.unanswered = Some(Unanswered { content, request: request.clone() });
        Ok(request)
    }

    /// Whether the last act may have been carried out without an answer.
    pub fn is_unanswered(&self) -> bool {
        self.unanswered.is_some()
    }

    /// Takes in an answer: `None` for a reply, else what the server or the line said.
    pub fn answered(&mut self, problem: Option<&Problem>) -> Next {
        match problem {
            Some(problem) if is_passing(problem) => {
                self.failures += 1;
                match self.failures < MOST_TRIES {
                    true => Next::Again { seconds: pause(self.failures, problem) },
                    false => Next::Unknown,
                }
            }
            Some(problem) if tells_nothing(problem) => Next::Unknown,
            _ => {
                self.unanswered = None;
                Next::Answered
            }
        }
    }
}

/// The server was not reached, was too slow or asked to be left alone for a while.
fn is_passing(problem: &Problem) -> bool {
    matches!(problem.status, 0 | 408 | 425 | 429 | 502..=504)
}

/// The act may have been carried out all the same: the server failed half-way, or the session ended before it was
/// asked again.
fn tells_nothing(problem: &Problem) -> bool {
    problem.status >= 500 || problem.code == code::SIGN_IN
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A request in these tests is its id.
    fn sent(submission: &mut SubmissionState<String>, content: &str, fresh: &str) -> String {
        let made: Result<String, ()> = submission.request(content.to_string(), || Ok(fresh.to_string()));
        made.unwrap()
    }

    fn problem(status: u16, code: &str) -> Problem {
        Problem::new(status, code, "", "")
    }

    #[test]
    fn an_act_whose_answer_was_lost_goes_again_under_its_id() {
        let mut submission = SubmissionState::default();
        assert_eq!(sent(&mut submission, "approve", "t1"), "t1");
        assert_eq!(submission.answered(Some(&problem(0, "unreached"))), Next::Again { seconds: 1 });
        assert_eq!(submission.answered(Some(&problem(503, code::TRY_LATER))), Next::Again { seconds: 2 });
        // The person has left and come back to the button before an answer came.
        assert_eq!(sent(&mut submission, "approve", "t2"), "t1");
        assert_eq!(submission.answered(None), Next::Answered);
        assert_eq!(sent(&mut submission, "approve", "t3"), "t3");
    }

    #[test]
    fn other_words_are_another_act() {
        let mut submission = SubmissionState::default();
        sent(&mut submission, "return: too dear", "t1");
        submission.answered(Some(&problem(0, "unreached")));
        assert_eq!(sent(&mut submission, "return: much too dear", "t2"), "t2");
    }

    #[test]
    fn what_the_server_refused_is_answered() {
        let mut submission = SubmissionState::default();
        for (status, code) in [(409, code::STALE), (403, code::REFUSED), (422, code::FINDINGS)] {
            sent(&mut submission, "approve", "t1");
            assert_eq!(submission.answered(Some(&problem(status, code))), Next::Answered);
            assert_eq!(sent(&mut submission, "approve", "t2"), "t2");
            submission.answered(None);
        }
    }

    #[test]
    fn a_failure_of_the_server_leaves_open_whether_it_was_done() {
        let mut submission = SubmissionState::default();
        for (status, code) in [(500, code::INTERNAL), (401, code::SIGN_IN)] {
            assert_eq!(sent(&mut submission, "approve", "t1"), "t1");
            assert_eq!(submission.answered(Some(&problem(status, code))), Next::Unknown);
        }
        assert_eq!(sent(&mut submission, "approve", "t2"), "t1");
    }

    #[test]
    fn a_line_that_stays_dead_is_the_persons_to_try_again() {
        let mut submission = SubmissionState::default();
        let dead = problem(0, "unreached");
        sent(&mut submission, "approve", "t1");
        for _ in 1..MOST_TRIES {
            assert!(matches!(submission.answered(Some(&dead)), Next::Again { .. }));
        }
        assert_eq!(submission.answered(Some(&dead)), Next::Unknown);
        assert!(submission.is_unanswered());
        assert_eq!(sent(&mut submission, "approve", "t2"), "t1");
        assert_eq!(submission.answered(Some(&dead)), Next::Again { seconds: 1 });
    }

    #[test]
    fn a_request_that_cannot_be_made_is_no_act() {
        let mut submission = SubmissionState::<String>::default();
        assert_eq!(submission.request("x".to_string(), || Err("too long")), Err("too long"));
        assert_eq!(sent(&mut submission, "x", "t1"), "t1");
    }
}
