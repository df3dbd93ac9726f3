//! How much of a build its suites show (docs/coverage.md): what there is to cover, what the suites asked, and the two put
//! together, by module. Asks every request of the suites once more; decides nothing itself, and prints nothing.

mod figures;
pub mod html;
mod item;
pub mod json;
pub mod lcov;
mod observe;
mod plan;
mod possible;
mod same;
pub mod text;
mod words;

use super::check::{Asked, Check};
use super::suite::Suite;
use super::verdict::Tried;
use crate::decide::{Index, Request};
use crate::facts::Facts;
use crate::origins::Origin;
use crate::source::{Place, Sources};
use crate::words::Speaker;
use observe::{Observed, Witnesses};
use plan::Planned;
use same::Same;
use std::collections::BTreeMap;
use words::Caller;

pub use figures::{Figure, Figures, Short, Threshold, ThresholdError};
pub use item::{Aspect, Item, Kind, Point, Shown};

/// What the suites of a build show of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Coverage {
    /// How many requests were asked.
    pub asked: usize,
    /// Modules that have something to cover, in order of name.
    pub modules: Vec<Module>,
    /// What was seen of an item though it is held that it cannot be: nothing, or the measure is wrong.
    pub unforeseen: Vec<String>,
}

/// What is shown of one module.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Module {
    /// Its full name.
    pub name: Box<str>,
    /// What there is to cover, in order of place.
    pub items: Vec<Item>,
}

impl Coverage {
    /// Everything that there is to cover.
    pub fn items(&self) -> impl Iterator<Item = &Item> {
        self.modules.iter().flat_map(|module| &module.items)
    }

    /// The figures of all modules together.
    #[must_use]
    pub fn figures(&self) -> Figures {
        Figures::of(self.items())
    }
}

impl Module {
    /// Its figures.
    #[must_use]
    pub fn figures(&self) -> Figures {
        Figures::of(&self.items)
    }
}

/// Items that are one thing to a reader: an atom, and the same atom as deciding alone.
pub(super) fn together<'i>(items: &[&'i Item]) -> Vec<Vec<&'i Item>> {
    let same =
        |one: &&Item, other: &&Item| (&one.place, &one.text, &one.within) == (&other.place, &other.text, &other.within);
    items.chunk_by(same).map(<[&Item]>::to_vec).collect()
}

/// Measures what these suites show of the bundle whose names the speaker knows.
#[must_use]
pub fn measure(suites: &[Suite], speaker: &Speaker<'_>, sources: &Sources) -> Coverage {
    let of_suite = |suite| Suite::asked(suite).map(|(check, asked)| Question::new(suite, check, asked)).collect();
    let asked: Vec<Vec<Question<'_>>> = suites.iter().map(of_suite).collect();
    of_requests(&asked, speaker, sources)
}

/// A request that a suite asks, and of which it says what is expected.
#[derive(Clone, Copy, Debug)]
pub struct Question<'s> {
    /// The sort of what asks it.
    pub tried: Tried,
    /// The name of the case or the table.
    pub name: &'s str,
    /// Where it stands.
    pub place: Place,
    /// What is asked.
    pub request: &'s Request,
    /// Over which facts.
    pub facts: &'s Facts,
}

impl<'s> Question<'s> {
    fn new(suite: &'s Suite, check: &'s Check, asked: &'s Asked) -> Self {
        let (name, request) = (&*check.name, &asked.request);
        Question { tried: check.tried, name, place: asked.place, request, facts: suite.facts_of(check) }
    }
}

/// Measures what these requests show, suite by suite.
#[must_use]
pub fn of_requests(asked: &[Vec<Question<'_>>], speaker: &Speaker<'_>, sources: &Sources) -> Coverage {
    let meaning = &speaker.bundle.meaning;
    let index = Index::new(speaker.bundle);
    let same = Same::new(meaning, speaker.origins);
    let observed = Observed::of(asked, &index, meaning, &same);
    let witnesses = Witnesses { asked, speaker, sources };
    let mut modules: BTreeMap<Box<str>, Vec<Item>> = BTreeMap::new();
    let mut unforeseen = Vec::new();
    let mut caller = Caller { speaker, same: &same, last: None };
    for Planned { key, points } in plan::plan(meaning, &same) {
        let said = words::said(key, &mut caller);
        let seen = observed.aspects(key).filter(|aspect| !points.contains(aspect));
        unforeseen.extend(seen.map(|aspect| format!("{}: {}", said.text, aspect.shown())));
        let points = points.iter().map(|aspect| {
            let tally = observed.tally(key, *aspect);
            let shown = tally.map_or(Vec::new(), |tally| tally.by.iter().map(|at| witnesses.shown(*at)).collect());
            Point { aspect: *aspect, times: tally.map_or(0, |tally| tally.times), shown }
        });
        let item = Item {
            kind: key.kind(),
            module: said.module.clone(),
            text: said.text,
            within: said.within,
            place: said.place,
            asked: observed.is_asked(key),
            points: points.collect(),
        };
        modules.entry(said.module).or_default().push(item);
    }
    let in_order = |(name, mut items): (Box<str>, Vec<Item>)| {
        items.sort_by(|one, other| by_place(one).cmp(&by_place(other)));
        Module { name, items }
    };
    Coverage { asked: observed.asked, modules: modules.into_iter().map(in_order).collect(), unforeseen }
}

/// What has a place first, in the order of the text.
fn by_place(item: &Item) -> (bool, Option<(&str, u32)>, Kind, &str) {
    let place = |origin: &Origin| origin.offset;
    let at = item.place.as_ref().map(|origin| (&*origin.file, place(origin)));
    (at.is_none(), at, item.kind, &item.text)
}
