//! FM0902, FM0903: what came of each `never`, said where it stands in the author's text.

use super::never::{Broken, Never, Unfollowed, nevers};
use crate::decide::{On, Request};
use crate::diag::{Diagnostic, codes};
use crate::ir::{Bundle, Expression, RuleId};
use crate::origins::{Origin, Origins, Part};
use crate::source::{Place, SourceId, Sources, Span};
use crate::words::{Speaker, expression, suite_case};
use std::collections::{BTreeMap, BTreeSet};

/// Proves every `never` of a bundle, or says which request breaks it, or what could not be followed.
#[must_use]
pub fn findings(bundle: &Bundle, origins: &Origins, sources: &Sources) -> Vec<Diagnostic> {
    let answers = nevers(bundle);
    if answers.is_empty() {
        return Vec::new();
    }
    let by_name: BTreeMap<&str, SourceId> = sources.iter().map(|(id, source)| (source.name(), id)).collect();
    let speaker = Speaker::new(bundle, Some(origins));
    let said = Said { speaker: &speaker, origins, by_name };
    let mut findings = Vec::new();
    // A `never` of several names is as many rules in one place: the first that is broken says it for all, else the first not followed.
    let mut told: BTreeSet<(SourceId, Span)> = BTreeSet::new();
    let refuted = answers.iter().filter(|(_, answer)| matches!(answer, Never::Refuted(_)));
    let rest = answers.iter().filter(|(_, answer)| matches!(answer, Never::NotFollowed(_)));
    for (id, answer) in refuted.chain(rest) {
        let Some(place) = said.place(Part::Rule(*id, 0)) else { continue };
        if told.insert((place.source, place.span)) {
            findings.extend(match answer {
                Never::Proved => None,
                Never::Refuted(broken) => Some(said.refuted(*id, broken, place)),
                Never::NotFollowed(unfollowed) => Some(said.not_followed(*id, unfollowed, place)),
            });
        }
    }
    findings
}

struct Said<'s> {
    speaker: &'s Speaker<'s>,
    origins: &'s Origins,
    by_name: BTreeMap<&'s str, SourceId>,
}

impl Said<'_> {
    fn place(&self, part: Part) -> Option<Place> {
        let Origin { file, offset, length, .. } = self.origins.places.get(&part)?;
        let source = *self.by_name.get(&**file)?;
        Some(Place { source, span: Span { start: *offset, end: offset.saturating_add(*length) } })
    }

    /// What it is a `never` of: the resource or the policy that it stands in.
    fn owner(&self, id: RuleId) -> String {
        let key = self.speaker.bundle.meaning.rule(id).map_or("", |rule| &rule.key);
        format!("`{}`", self.speaker.short(key.split('/').next().unwrap_or_default()))
    }

    fn refuted(&self, id: RuleId, broken: &Broken, place: Place) -> Diagnostic {
        let Broken { facts, request, decision } = broken;
        let asked = self.asked(request);
        let name = format!("{asked} where a never says that it may not be");
        let case = suite_case::text(self.speaker, facts, request, decision, &name);
        let message = format!("a `never` of {} is broken: {asked} can be permitted", self.owner(id));
        let mut finding = Diagnostic::new(&codes::NEVER_REFUTED, message, place)
            .label("the case below is permitted")
            .help(
                "let a `forbid` say what this says, or let this except what is meant; the case is what is decided now",
            )
            .example(case);
        let permits: BTreeSet<(RuleId, u32)> =
            decision.traces.iter().filter_map(|trace| Some((trace.rule?, trace.scope))).collect();
        for (rule, scope) in permits {
            if let Some(place) = self.place(Part::Rule(rule, scope)) {
                finding = finding.related("this permits it", place);
            }
        }
        finding
    }

    /// `view of one of results`
    fn asked(&self, request: &Request) -> String {
        let on = match request.on {
            On::Resource(id) => self.speaker.short(self.speaker.resource(id)),
            other => self.speaker.on(other),
        };
        match request.elements.first() {
            Some(element) => format!("`{}` of `{element}` of `{on}`", request.action.word()),
            None => format!("`{}` of `{on}`", request.action.word()),
        }
    }

    fn not_followed(&self, id: RuleId, unfollowed: &Unfollowed, place: Place) -> Diagnostic {
        let owner = self.owner(id);
        let what = match &unfollowed.atom {
            Some(Expression::Undecided) => "what is undecided may be decided so that it is broken".to_owned(),
            Some(atom) => format!("`{}` is not followed", expression::expression(atom, self.speaker)),
            None => "there is too much to follow".to_owned(),
        };
        let message = format!("a `never` of {owner} is not proved: {what}");
        let mut finding = Diagnostic::new(&codes::NEVER_NOT_FOLLOWED, message, place)
            .label("neither proved nor broken by a request that was found")
            .help(
                "write it as the `forbid` that it rests on is written, or by values that are compared with each other",
            );
        let atom = unfollowed.part.filter(|part| *part != Part::Rule(id, 0)).and_then(|part| self.place(part));
        if let Some(place) = atom {
            finding = finding.related("that stands here", place);
        }
        finding
    }
}
