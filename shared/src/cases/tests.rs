//! Every kind held to the contract: what it describes can be asked for, and what can be asked for leads somewhere.

use super::*;
use crate::kernel::people::Role;

#[test]
fn every_described_command_has_an_authority_row() {
    for kind in Kind::ALL {
        for spec in kind.commands() {
            let row = kind.authority().iter().find(|row| row.verb == spec.verb);
            assert!(row.is_some(), "{}: {} has no authority row", kind.word(), spec.verb.word());
            assert!(!spec.effect.is_empty(), "{}: {} says nothing", kind.word(), spec.verb.word());
            let mut keys: Vec<&str> = spec.fields.iter().map(|field| field.key).collect();
            keys.sort_unstable();
            keys.dedup();
            assert_eq!(
                keys.len(),
                spec.fields.len(),
                "{}: {} repeats a field",
                kind.word(),
                spec.verb.word()
            );
        }
    }
}

#[test]
fn every_stage_of_a_kind_is_read_by_somebody_and_every_row_names_people_and_stages() {
    for kind in Kind::ALL {
        let reads = |stage: Stage| {
            let mut rows = kind.authority().iter().filter(|row| row.verb == Verb::Read);
            rows.any(|row| row.stages.contains(&stage) && row.roles.contains(&Role::Auditor))
        };
        for row in kind.authority() {
            assert!(!row.roles.is_empty() && !row.stages.is_empty(), "{}: {:?}", kind.word(), row);
            assert!(
                row.stages.iter().all(|stage| reads(*stage)),
                "{}: the auditor misses {:?}",
                kind.word(),
                row
            );
        }
    }
}

#[test]
fn a_kind_is_known_by_its_word_and_a_stored_case_by_its_kind() {
    for kind in Kind::ALL {
        assert_eq!(Kind::from_word(kind.word()), Some(kind));
        assert!(AnyCase::read(kind, "{}").is_err(), "{}", kind.word());
    }
    assert_eq!(Kind::from_word("flight"), None);
}
