//! Every kind held to the contract: what it describes can be asked for, and what can be asked for leads somewhere.

use super::*;
use crate::kernel::calendar::FiscalYear;
use crate::kernel::people::Role;
use crate::policy::editions::catalogue::Catalogue;

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

#[test]
fn every_form_of_a_kind_compiles_and_shows_the_figure_it_names() {
    let year = FiscalYear(2024);
    let edition = crate::policy::art18_validity::edition_for(year).unwrap();
    for kind in Kind::ALL {
        let edits = kind.authority().iter().any(|row| row.verb == Verb::Edit);
        assert_eq!(kind.definition().is_some(), edits, "{}: a form is edited by somebody", kind.word());
        let Some(definition) = kind.definition() else { continue };
        let plan = crate::forms::compiled(definition, edition, year).unwrap();
        if let Some((form, field)) = kind.total() {
            assert!(plan.header(form, field).is_some(), "{}: no figure {form}.{field}", kind.word());
        }
    }
}

#[test]
fn every_parameter_the_forms_use_is_called_as_in_the_catalogue() {
    let definitions: Vec<Definition> = Kind::ALL.into_iter().filter_map(Kind::definition).collect();
    let text = serde_json::to_string(&definitions).unwrap();
    let edition = crate::policy::art18_validity::edition_for(FiscalYear(2024)).unwrap();
    let labels = crate::forms::parameters(edition).labels;
    for entry in &Catalogue::shipped().parameters {
        let used = [format!(r#"{{"parameter":"{}"}}"#, entry.name), format!(r#""table":"{}""#, entry.name)];
        let used = used.iter().any(|used| text.contains(used.as_str()));
        let label = labels.get(&entry.name).map(String::as_str);
        assert_eq!(label, used.then_some(entry.label.as_str()), "{}", entry.name);
    }
}
