//! 承接关系: which department carries on what another had, and which others read what it left. The one answer to "whose
//! successor is this department"; cases, sanctions, keys, notices and facts all ask here or read the column it is made of.

use crate::kernel::ids::DepartmentId;
use std::collections::{BTreeMap, BTreeSet};

/// How departments passed on what they had.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Succession {
    /// The department each of those that were merged or split passed to.
    successors: BTreeMap<DepartmentId, DepartmentId>,
    /// The departments that came out of one that was split, by that one.
    parts: BTreeMap<DepartmentId, BTreeSet<DepartmentId>>,
}

impl Succession {
    /// Of pairs of a department and its successor, and of pairs of a split department and one of its parts.
    pub fn new(
        passed: impl IntoIterator<Item = (DepartmentId, DepartmentId)>,
        parts: impl IntoIterator<Item = (DepartmentId, DepartmentId)>,
    ) -> Succession {
        let mut succession = Succession { successors: passed.into_iter().collect(), parts: BTreeMap::new() };
        for (department, part) in parts {
            succession.parts.entry(department).or_default().insert(part);
        }
        succession
    }

    /// Whether every department goes on by itself or ended without a successor.
    pub fn is_empty(&self) -> bool {
        self.successors.is_empty()
    }

    /// The department that carries on what this one had; itself where it was neither merged nor split.
    pub fn current<'a>(&'a self, department: &'a DepartmentId) -> &'a DepartmentId {
        let mut current = department;
        // As many steps as there are successors: a circle, which no order makes, ends too.
        for _ in 0..self.successors.len() {
            match self.successors.get(current) {
                Some(next) => current = next,
                None => break,
            }
        }
        current
    }

    /// Puts the current department in the place of the one named.
    pub fn follow(&self, department: &mut DepartmentId) {
        let current = self.current(department);
        if current != department {
            *department = current.clone();
        }
    }

    /// The departments that read what this one left, besides the one that carries it on.
    pub fn readers(&self, department: &DepartmentId) -> BTreeSet<DepartmentId> {
        let carrier = self.current(department);
        let parts = self.parts.get(department).into_iter().flatten().map(|part| self.current(part));
        parts.filter(|part| *part != carrier).cloned().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pair(from: &str, to: &str) -> (DepartmentId, DepartmentId) {
        (DepartmentId::new(from), DepartmentId::new(to))
    }

    #[test]
    fn what_a_department_had_is_with_the_last_that_it_passed_to() {
        let succession = Succession::new([pair("a", "b"), pair("b", "c")], []);
        for (from, to) in [("a", "c"), ("b", "c"), ("c", "c"), ("d", "d")] {
            let mut department = DepartmentId::new(from);
            succession.follow(&mut department);
            assert_eq!(department.as_str(), to);
        }
        let circle = Succession::new([pair("a", "b"), pair("b", "a")], []);
        assert_eq!(circle.current(&DepartmentId::new("a")).as_str(), "a", "a circle ends");
    }

    #[test]
    fn every_part_of_a_split_department_reads_what_it_left() {
        let parts = [pair("a", "b"), pair("a", "c"), pair("a", "d")];
        let succession = Succession::new([pair("a", "b"), pair("d", "e")], parts);
        let readers = succession.readers(&DepartmentId::new("a"));
        let readers: Vec<&str> = readers.iter().map(DepartmentId::as_str).collect();
        assert_eq!(
            readers,
            ["c", "e"],
            "the successor has it all, a part that was merged reads through its own"
        );
        assert!(succession.readers(&DepartmentId::new("b")).is_empty());
    }
}
