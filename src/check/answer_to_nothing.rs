//! Answers: `allow CODE "why"` answers the warnings of that code that stand within its declaration (beside the `module`
//! line: within the module). The innermost answers. FM0313: an answer that answers nothing.

use super::context::{Context, quoted};
use crate::diag::{Answered, Code, Diagnostic, Severity, codes, suggest::nearest};
use crate::model::{Allow, Declared, Module};
use crate::source::{Place, SourceId, Span};
use std::collections::{BTreeMap, BTreeSet};

/// Warnings that read one declaration alone. Others come and go with what is elsewhere, so that an answer to them is
/// judged only where there is no error at all.
static OF_ONE: &[&Code] = &[
    &codes::NO_DESCRIPTION,
    &codes::NO_DELEGABILITY,
    &codes::NO_GRANT,
    &codes::MISSPELT_URN,
    &codes::MISSPELT_TITLE,
    &codes::CLAUSE_AS_RULE,
    &codes::NO_ARTICLE_9,
    &codes::NO_ARTICLE_6,
    &codes::NO_RETENTION,
];

/// A stretch of text with its answers: a module or a declaration.
struct Scope<'c> {
    place: Place,
    wounded: bool,
    allows: &'c [Allow],
    /// For each code that is answered here: which `allow`.
    answers: BTreeMap<&'static str, usize>,
    used: BTreeSet<usize>,
}

/// Takes the answered warnings out of the findings (which are in order of place) and adds what answers nothing.
pub(super) fn run(context: &Context<'_>, findings: &mut Vec<Diagnostic>) -> Vec<Answered> {
    let mut scopes = scopes(context);
    if scopes.is_empty() {
        return Vec::new();
    }
    let mut answered = Vec::new();
    let mut left = Vec::with_capacity(findings.len());
    let mut open: Vec<usize> = Vec::new();
    let mut next = 0;
    for finding in findings.drain(..) {
        // Scopes lie within each other or apart; those that hold this finding are the ones still open.
        while scopes.get(next).is_some_and(|scope| begins_before(scope.place, finding.place)) {
            open.retain(|at| {
                scopes.get(*at).zip(scopes.get(next)).is_some_and(|(scope, next)| holds(scope.place, next.place))
            });
            open.push(next);
            next += 1;
        }
        open.retain(|at| scopes.get(*at).is_some_and(|scope| reaches(scope.place, finding.place)));
        let answer = (finding.severity() == Severity::Warning && *finding.code != codes::ANSWER_TO_NOTHING)
            .then(|| {
                open.iter().rev().find_map(|at| {
                    let scope = scopes.get(*at).filter(|scope| holds(scope.place, finding.place))?;
                    Some((*at, *scope.answers.get(finding.code.number)?))
                })
            })
            .flatten();
        match answer.and_then(|(at, allow)| Some((scopes.get_mut(at)?, allow))) {
            Some((scope, allow)) => {
                scope.used.insert(allow);
                if let Some(allow) = scope.allows.get(allow) {
                    answered.push(Answered { finding, reason: allow.why.clone(), place: allow.place });
                }
            }
            None => left.push(finding),
        }
    }
    *findings = left;
    // What is wounded or wrong may hide a warning; it stops the build, so the answer is judged when it is mended.
    let anything_wrong = findings.iter().any(Diagnostic::is_error);
    for scope in &scopes {
        for (at, allow) in scope.allows.iter().enumerate().filter(|(at, _)| !scope.used.contains(at)) {
            findings.extend(unused(context, scope, at, allow, anything_wrong));
        }
    }
    answered
}

/// Modules and declarations with answers, in order of place, the outer before the inner.
fn scopes<'c>(context: &Context<'c>) -> Vec<Scope<'c>> {
    let mut wounded: BTreeSet<SourceId> = BTreeSet::new();
    wounded.extend(context.declared().filter(|declared| declared.wounded).map(|declared| declared.place.source));
    let modules = context.catalog.modules.iter().filter(|module| !module.allows.is_empty()).map(|module: &Module| {
        let place = Place { source: module.place.source, span: Span { start: 0, end: u32::MAX } };
        scope(place, module.wounded || wounded.contains(&place.source), &module.allows)
    });
    let inner: Vec<Place> = context
        .declared()
        .filter(|declared| declared.wounded)
        .map(|declared| declared.place)
        .collect::<BTreeSet<_>>()
        .into_iter()
        .collect();
    let declared = context.declared().filter(|declared| !declared.allows.is_empty()).map(|declared: &Declared| {
        // A wound within it is its own: an area is not whole where a package of it is not.
        let from = inner.partition_point(|place| *place < declared.place);
        let within = inner.get(from..).unwrap_or(&[]).first().is_some_and(|place| holds(declared.place, *place));
        scope(declared.place, declared.wounded || within, &declared.allows)
    });
    let mut scopes: Vec<Scope<'c>> = modules.chain(declared).collect();
    scopes.sort_by_key(|scope| (scope.place.source, scope.place.span.start, std::cmp::Reverse(scope.place.span.end)));
    scopes
}

fn scope(place: Place, wounded: bool, allows: &[Allow]) -> Scope<'_> {
    let mut answers = BTreeMap::new();
    for (at, allow) in allows.iter().enumerate() {
        if let Some(code) = codes::find(&allow.code.value) {
            answers.entry(code.number).or_insert(at);
        }
    }
    Scope { place, wounded, allows, answers, used: BTreeSet::new() }
}

fn begins_before(scope: Place, place: Place) -> bool {
    (scope.source, scope.span.start) <= (place.source, place.span.start)
}

/// May a later finding still stand in the scope?
fn reaches(scope: Place, place: Place) -> bool {
    scope.source == place.source && place.span.start <= scope.span.end
}

fn holds(scope: Place, place: Place) -> bool {
    scope.source == place.source && scope.span.start <= place.span.start && place.span.end <= scope.span.end
}

fn unused(
    context: &Context<'_>,
    scope: &Scope<'_>,
    at: usize,
    allow: &Allow,
    anything_wrong: bool,
) -> Option<Diagnostic> {
    let written = quoted(&allow.code.value);
    let raise =
        |message: String, label: &str| Diagnostic::new(&codes::ANSWER_TO_NOTHING, message, allow.place).label(label);
    let Some(code) = codes::find(&allow.code.value) else {
        let finding = raise(format!("no finding is called {written}"), "answers nothing");
        let warnings = codes::ALL.iter().filter(|code| code.severity == Severity::Warning);
        let near = nearest(&allow.code.value, warnings.flat_map(|code| [code.number, code.name]));
        let help =
            near.question().unwrap_or_else(|| "write the code of a warning, such as `FM0312`, or its name".to_owned());
        return Some(match near.sure() {
            Some(near) => finding.help(help).fix(allow.code.place, near),
            None => finding.help(help),
        });
    };
    if code.severity != Severity::Warning {
        let article = if code.severity == Severity::Error { "an" } else { "a" };
        return Some(
            raise(
                format!("{written} is {article} {}, which `allow` cannot answer", code.severity.word()),
                "only warnings can be answered",
            )
            .help("leave this line out")
            .fix(context.whole_line(allow.place), "")
            .certain(),
        );
    }
    let first = scope.answers.get(code.number).copied();
    let not_judged = *code == codes::MISSPELT_TITLE && context.options.words.is_none();
    let may_have_answered = scope.wounded || anything_wrong && !OF_ONE.contains(&code);
    if not_judged || may_have_answered && first == Some(at) {
        return None;
    }
    let label = if first == Some(at) { "no such warning stands here" } else { "the line above answers it already" };
    let finding = raise(format!("{written} is answered, but there is no such warning"), label)
        .help("leave this line out")
        .fix(context.whole_line(allow.place), "");
    // Whether a warning about several declarations is there, only a run over all of them knows.
    Some(if first != Some(at) || OF_ONE.contains(&code) { finding.certain() } else { finding })
}
