//! Does what is linked obey the rules? One check is one file and one row in [`CHECKS`]; each says with a finding what
//! must not be. Looks no name up (`resolve` did) and decides nothing (`decide` will). A wounded declaration is never
//! said to lack something, and nothing is said of another because of it.

mod action_without_permit;
mod altinn_target;
mod always_same;
mod answer_to_nothing;
mod asking;
mod beaten_permit;
mod circle;
mod clashing_arguments;
mod clause_as_rule;
mod condition_too_deep;
mod consent_not_read;
mod context;
mod data_above_package;
mod data_protection;
mod empty_validity;
mod expressions;
mod former_urn_in_use;
mod formulas;
mod grant_cycle;
mod impossible_grant;
mod malformed_urn;
mod meetings;
mod misspelt_title;
mod misspelt_urn;
mod no_article_6;
mod no_article_9;
mod no_delegability;
mod no_description;
mod no_grant;
mod no_retention;
mod no_services;
mod nobody_to_delegate;
mod not_before_role;
mod open_question;
mod overlapping_versions;
mod permit_without_subject;
mod permitted_cycle;
mod proposal;
mod recipient_without_purpose;
mod repeated_rule;
mod rules;
mod same_title;
mod same_urn;
mod targets;
mod unknown_target;
mod unlike_obligations;
mod unnamed_for_provider;
mod urn_form;
mod urn_of_another;
mod urn_outside_namespace;

use crate::diag::{Answered, Code, Diagnostic, codes};
use crate::model::{Catalog, Sound};
use crate::source::Sources;
use context::Context;

/// What the caller asks of the checks.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Known words, for misspelt titles; without them titles are not spelt.
    pub words: Option<Vec<Box<str>>>,
}

/// What was found, and the catalog if nothing stops the build.
#[derive(Debug)]
pub struct Checked {
    /// All findings that nobody answered, in order of place.
    pub findings: Vec<Diagnostic>,
    /// Warnings that an `allow` answered, in order of place.
    pub answered: Vec<Answered>,
    /// The catalog, vouched for; `None` where there is a finding at error level.
    pub sound: Option<Sound>,
}

/// A check.
pub struct Check {
    /// The codes that it raises, and nobody else.
    pub codes: &'static [&'static Code],
    run: fn(&Context<'_>, &mut Vec<Diagnostic>),
}

/// Every check, in order of its first code. Answers (`allow`) are judged after all of them.
pub static CHECKS: &[Check] = &[
    Check { codes: &[&codes::MALFORMED_URN], run: malformed_urn::run },
    Check { codes: &[&codes::URN_OUTSIDE_NAMESPACE], run: urn_outside_namespace::run },
    Check { codes: &[&codes::SAME_URN], run: same_urn::run },
    Check { codes: &[&codes::FORMER_URN_IN_USE], run: former_urn_in_use::run },
    Check { codes: &[&codes::URN_OF_ANOTHER], run: urn_of_another::run },
    Check { codes: &[&codes::SAME_TITLE], run: same_title::run },
    Check { codes: &[&codes::MISSPELT_URN], run: misspelt_urn::run },
    Check { codes: &[&codes::MISSPELT_TITLE], run: misspelt_title::run },
    Check { codes: &[&codes::URN_FORM], run: urn_form::run },
    Check { codes: &[&codes::NO_DESCRIPTION], run: no_description::run },
    Check { codes: &[&codes::NO_DELEGABILITY], run: no_delegability::run },
    Check { codes: &[&codes::NO_GRANT], run: no_grant::run },
    Check { codes: &[&codes::IMPOSSIBLE_GRANT], run: impossible_grant::run },
    Check { codes: &[&codes::OPEN_QUESTION], run: open_question::run },
    Check { codes: &[&codes::NO_SERVICES], run: no_services::run },
    Check { codes: &[&codes::DATA_ABOVE_PACKAGE], run: data_above_package::run },
    Check { codes: &[&codes::GRANT_CYCLE], run: grant_cycle::run },
    Check { codes: &[&codes::EMPTY_VALIDITY], run: empty_validity::run },
    Check { codes: &[&codes::OVERLAPPING_VERSIONS], run: overlapping_versions::run },
    Check { codes: &[&codes::NOBODY_TO_DELEGATE], run: nobody_to_delegate::run },
    Check { codes: &[&codes::PERMIT_WITHOUT_SUBJECT], run: permit_without_subject::run },
    Check { codes: &[&codes::ACTION_WITHOUT_PERMIT], run: action_without_permit::run },
    Check { codes: &[&codes::ALWAYS_SAME], run: always_same::run },
    Check { codes: &[&codes::BEATEN_PERMIT], run: beaten_permit::run },
    Check { codes: &[&codes::UNLIKE_OBLIGATIONS], run: unlike_obligations::run },
    Check { codes: &[&codes::CLASHING_ARGUMENTS], run: clashing_arguments::run },
    Check { codes: &[&codes::REPEATED_RULE], run: repeated_rule::run },
    Check { codes: &[&codes::PERMITTED_CYCLE], run: permitted_cycle::run },
    Check { codes: &[&codes::NOT_BEFORE_ROLE], run: not_before_role::run },
    Check { codes: &[&codes::CLAUSE_AS_RULE], run: clause_as_rule::run },
    Check { codes: &[&codes::CONDITION_TOO_DEEP], run: condition_too_deep::run },
    Check { codes: &[&codes::NO_ARTICLE_9], run: no_article_9::run },
    Check { codes: &[&codes::NO_ARTICLE_6], run: no_article_6::run },
    Check { codes: &[&codes::NO_RETENTION], run: no_retention::run },
    Check { codes: &[&codes::RECIPIENT_WITHOUT_PURPOSE], run: recipient_without_purpose::run },
    Check { codes: &[&codes::CONSENT_NOT_READ], run: consent_not_read::run },
    Check { codes: &[&codes::UNKNOWN_TARGET], run: unknown_target::run },
    Check { codes: &[&codes::BEYOND_ALTINN], run: altinn_target::run },
    Check { codes: &[&codes::UNNAMED_FOR_PROVIDER], run: unnamed_for_provider::run },
];

/// Runs every check over a catalog. `found` is what was found before; its warnings can be answered too.
#[must_use]
pub fn check(catalog: Catalog, sources: &Sources, found: Vec<Diagnostic>, options: &Options) -> Checked {
    let context = Context::new(&catalog, sources, &found, options);
    let mut findings = Vec::new();
    for check in CHECKS {
        (check.run)(&context, &mut findings);
    }
    findings.extend(found.iter().cloned());
    Diagnostic::sort(&mut findings);
    let answered = answer_to_nothing::run(&context, &mut findings);
    Diagnostic::sort(&mut findings);
    let sound = (!findings.iter().any(Diagnostic::is_error)).then(|| Sound::vouched(catalog));
    Checked { findings, answered, sound }
}

#[cfg(test)]
mod tests {
    use super::CHECKS;

    #[test]
    fn a_code_is_raised_by_one_check_alone() {
        let mut numbers: Vec<&str> = CHECKS.iter().flat_map(|check| check.codes).map(|code| code.number).collect();
        assert!(numbers.is_sorted(), "{numbers:?}");
        numbers.dedup();
        assert_eq!(numbers.len(), CHECKS.iter().map(|check| check.codes.len()).sum::<usize>());
    }
}
