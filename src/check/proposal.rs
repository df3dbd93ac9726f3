//! What a finding can propose to write: a URN made from a thing's own title, and a statement put first in a block.
//! Raises no finding, and proposes nothing where it would bring another.

use super::context::{Context, Thing, last_segment};
use super::{malformed_urn, urn_form};
use crate::model::Declared;
use crate::source::{Place, Span};
use crate::terms::letters::fold;
use crate::terms::urn;
use std::collections::BTreeSet;

/// The URNs that are taken, and where hyphens part the words.
pub(super) struct Urns {
    taken: BTreeSet<String>,
    hyphenated: BTreeSet<String>,
}

impl Urns {
    pub(super) fn new(context: &Context<'_>) -> Self {
        let (mut taken, mut hyphenated) = (BTreeSet::new(), BTreeSet::new());
        for (text, _) in context.things().iter().filter_map(Thing::urn_text) {
            let range = last_segment(text);
            if text.get(range.clone()).is_some_and(|segment| segment.contains('-')) {
                hyphenated.extend(text.get(..range.start).map(str::to_owned));
            }
            taken.insert(urn::key(text));
        }
        Urns { taken, hyphenated }
    }

    /// The last segment that the URN of a thing would have by its title, if that URN is free and of a form that its
    /// namespace has. Words are parted by hyphens where those of neighbours are.
    pub(super) fn segment(&self, context: &Context<'_>, thing: &Thing<'_>) -> Option<String> {
        let (text, _) = thing.urn_text()?;
        let title = &thing.declared.title.as_ref()?.value;
        let before = text.get(..last_segment(text).start)?;
        let words: Vec<String> = title
            .split(|char: char| char.is_whitespace() || char == '-')
            .map(fold)
            .filter(|word| !word.is_empty())
            .collect();
        let segment = words.join(if self.hyphenated.contains(before) { "-" } else { "" });
        let whole = format!("{before}{segment}");
        let module = thing.declared.module;
        let fits = !segment.is_empty()
            && urn::parse(&whole).is_ok()
            && !self.taken.contains(&urn::key(&whole))
            && malformed_urn::upper_case_at(context, module, &whole).is_none()
            && urn_form::has_form(context, thing, &whole);
        fits.then_some(segment)
    }
}

/// A statement put first in the block of a declaration: where, and the text. `None` where it has no block.
pub(super) fn first_statement(context: &Context<'_>, declared: &Declared, statement: &str) -> Option<(Place, String)> {
    let source = context.sources.get(declared.place.source)?;
    let text = source.text();
    let head = declared.title.as_ref().map_or(declared.name_place, |title| title.place).span.end as usize;
    let after_head = text.get(head..declared.place.span.end as usize)?;
    let brace = head + after_head.len() - after_head.trim_start().len();
    // No further than the declaration goes: the line may be that of many others.
    let rest = text.get(brace..declared.place.span.end as usize)?.strip_prefix('{')?;
    let line = rest.split('\n').next().unwrap_or(rest);
    let at = |offset: usize| Place { source: declared.place.source, span: Span::new(offset, offset) };
    if line.len() == rest.len() || !(line.trim().is_empty() || line.trim_start().starts_with("//")) {
        return Some((at(brace + 1), format!(" {statement}")));
    }
    // As deep as the line that follows; the block of a lone brace as deep as its head and two more.
    let next = rest.get(line.len() + 1..).and_then(|after| after.split('\n').next()).unwrap_or("");
    let depth = |line: &str| line.get(..line.len() - line.trim_start().len()).unwrap_or("").to_owned();
    let indent = if next.trim().is_empty() || next.trim_start().starts_with('}') {
        let start = text.get(..declared.place.span.start as usize)?.rfind('\n').map_or(0, |end| end + 1);
        format!("{}  ", depth(text.get(start..head)?))
    } else {
        depth(next)
    };
    let bare = line.trim_end_matches('\r');
    let line_end = if bare.len() == line.len() { "\n" } else { "\r\n" };
    Some((at(brace + 1 + bare.len()), format!("{line_end}{indent}{statement}")))
}
