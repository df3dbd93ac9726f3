//! A suite as it is read: the facts of its world, and everything that it holds its module to. Decides nothing.

use super::case::{self, Before};
use super::check::{Asked, Check, Own};
use super::clockwork::Clockwork;
use super::fixtures::{self, Fixtures};
use super::table;
use crate::decide::{Decider, Index};
use crate::diag::{Diagnostic, codes};
use crate::facts::Facts;
use crate::intake::fields::{Fields, Findings, repeated};
use crate::intake::names::Names;
use crate::intake::yaml::{self, Value};
use crate::intake::{FactPlaces, facts};
use crate::source::{Place, Source, SourceId, Sources, Span};
use jiff::Timestamp;
use std::cell::OnceCell;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// How the name of a suite ends.
pub const ENDING: &str = ".test.yaml";

/// The key of the facts of a case alone.
pub(super) const FACTS: &str = "facts";

/// The key of the sources that cannot be seen.
pub(super) const OUT_OF_REACH: &str = "out_of_reach";

/// The keys of a suite: those of facts, and its own.
fn keys() -> Vec<&'static str> {
    ["format", "clock", fixtures::USE].into_iter().chain(facts::KEYS).chain(["cases", "tables"]).collect()
}

/// A suite of one module.
#[derive(Clone, Debug)]
pub struct Suite {
    /// Its text.
    pub source: SourceId,
    /// Full name of the module that it is beside.
    pub module: Box<str>,
    /// The world.
    pub facts: Facts,
    /// Where the facts stand.
    pub places: FactPlaces,
    /// Cases, sweeps and questions, then tables, each in the order of the text.
    pub checks: Vec<Check>,
}

impl Suite {
    /// The facts that a case or table of this suite is asked over.
    #[must_use]
    pub fn facts_of<'s>(&'s self, check: &'s Check) -> &'s Facts {
        check.own.as_ref().map_or(&self.facts, |own| &own.facts)
    }

    /// Where these stand.
    #[must_use]
    pub fn places_of<'s>(&'s self, check: &'s Check) -> &'s FactPlaces {
        check.own.as_ref().map_or(&self.places, |own| &own.places)
    }

    /// Everything that a run of this suite decides: not what is skipped.
    pub fn asked(&self) -> impl Iterator<Item = (&Check, &Asked)> {
        let run = self.checks.iter().filter(|check| check.skip.is_none());
        run.flat_map(|check| check.asked.iter().map(move |asked| (check, asked)))
    }

    /// Which cases and tables are not as expected over another bundle with the same names; what is skipped is not asked.
    #[must_use]
    pub fn failing(&self, index: &Index<'_>) -> Vec<&Check> {
        let decider = Decider::new(index, &self.facts);
        let holds = |check: &Check| match &check.own {
            Some(own) => check.holds(&Decider::new(index, &own.facts)),
            None => check.holds(&decider),
        };
        self.checks.iter().filter(|check| check.skip.is_none() && !holds(check)).collect()
    }
}

/// A suite, or what was found in it; and which files of facts it uses.
pub(super) type Read = (Result<Suite, Vec<Diagnostic>>, BTreeSet<SourceId>);

/// Reads a suite. `module` is the full name of the module that it is beside, `names` are seen from it.
pub(super) fn read(
    source: &Source,
    id: SourceId,
    sources: &Sources,
    fixtures: &Fixtures,
    names: &Names<'_>,
    module: &str,
) -> Read {
    let mut used = BTreeSet::new();
    let node = match yaml::read(source, id) {
        Ok(node) => node,
        Err(finding) => return (Err(vec![*finding]), used),
    };
    let mut findings = Findings::default();
    if matches!(node.value, Value::Nothing) {
        nothing_tested(node.place, &mut findings);
        return (Err(findings.all), used);
    }
    let (node, is_whole) = fixtures::joined(node, source, sources, fixtures, &mut used, &mut findings);
    let fields = Fields::read(&node, "a suite", &keys(), &mut findings);
    fields.format(&mut findings);
    let clock = fields.moment("clock", &mut findings);
    let (facts, places) = facts::of_fields(&fields, names, &mut findings);
    let says_clock = fields.get("clock").is_some();
    let clockwork = OnceCell::new();
    let world = World { names, facts: &facts, places: &places, module, clock, says_clock, clockwork: &clockwork };
    let checks = checks(&fields, &world, &mut findings);
    let has_some =
        |key: &str| fields.get(key).is_some_and(|node| !matches!(&node.value, Value::List(items) if items.is_empty()));
    if matches!(node.value, Value::Map(_)) && !has_some("cases") && !has_some("tables") {
        nothing_tested(node.place, &mut findings);
    }
    if !is_whole {
        // A name that nobody has may stand in the file that could not be read.
        findings.all.retain(|finding| finding.code.number != codes::UNKNOWN_NAME_IN_DATA.number);
    }
    (findings.or(Suite { source: id, module: module.into(), facts, places, checks }), used)
}

/// Every case and table; no two have one name.
fn checks(fields: &Fields<'_>, world: &World<'_, '_>, findings: &mut Findings) -> Vec<Check> {
    let mut checks = Vec::new();
    let mut named: BTreeMap<Box<str>, Vec<Place>> = BTreeMap::new();
    let mut note = |node: &yaml::Node| {
        let Value::Map(entries) = &node.value else { return };
        let name = entries.iter().find(|(key, _)| key.text() == Some("name")).map(|(_, value)| value);
        if let Some((text, place)) = name.and_then(|name| Some((name.text()?, name.place))) {
            named.entry(text.into()).or_default().push(place);
        }
    };
    let mut before = Before::default();
    for node in fields.list("cases", findings) {
        note(node);
        checks.extend(case::read(node, &mut before, world, findings));
    }
    for node in fields.list("tables", findings) {
        note(node);
        checks.extend(table::read(node, world, findings));
    }
    for (name, places) in &named {
        repeated(&format!("the name `{name}`"), places, findings);
    }
    checks
}

fn nothing_tested(place: Place, findings: &mut Findings) {
    let message = "the suite tests nothing: it has neither a case nor a table".to_owned();
    findings.at(
        &codes::NOTHING_TESTED,
        case::first_letter(place),
        message,
        "nothing is asked",
        "write `cases:` or `tables:`, and what is expected",
    );
}

/// What the cases and tables of a suite are read in.
pub(super) struct World<'w, 'm> {
    pub(super) names: &'w Names<'m>,
    pub(super) facts: &'w Facts,
    pub(super) places: &'w FactPlaces,
    pub(super) module: &'w str,
    clock: Option<Timestamp>,
    /// There is a clock, even if it could not be read.
    says_clock: bool,
    clockwork: &'w OnceCell<Clockwork>,
}

impl<'w, 'm> World<'w, 'm> {
    /// The same.
    pub(super) fn itself(&self) -> World<'w, 'm> {
        World { ..*self }
    }

    /// The same with the facts of one case.
    pub(super) fn over<'o>(&self, own: &'o Own, clockwork: &'o OnceCell<Clockwork>) -> World<'o, 'm>
    where
        'w: 'o,
    {
        World { facts: &own.facts, places: &own.places, clockwork, ..*self }
    }

    /// The facts that a case or table is asked over, where it has some of its own, or sources of roles are out of reach for it
    /// alone. `base` is what it would be asked over without.
    pub(super) fn own(
        &self,
        fields: &Fields<'_>,
        base: Option<&Arc<Own>>,
        findings: &mut Findings,
    ) -> Option<Arc<Own>> {
        let mut own = base.cloned();
        if let Some(node) = fields.get(FACTS) {
            let said = Fields::read(node, "`facts`", &facts::KEYS, findings);
            let (facts, places) = facts::of_fields(&said, self.names, findings);
            own = Some(Arc::new(Own { facts, places }));
        }
        let (Some(node), Some(place)) = (fields.get(OUT_OF_REACH), fields.key_place(OUT_OF_REACH)) else { return own };
        // Read as facts of which nothing else is said.
        let key = yaml::Node { value: Value::Text(OUT_OF_REACH.into()), place };
        let alone = yaml::Node { value: Value::Map(vec![(key, node.clone())]), place: node.place };
        let said = Fields::read(&alone, "`facts`", &facts::KEYS, findings);
        let lost = facts::of_fields(&said, self.names, findings).0.out_of_reach().clone();
        let mut own = own.map_or_else(
            || Own { facts: self.facts.clone(), places: self.places.clone() },
            |own| Own { facts: own.facts.clone(), places: own.places.clone() },
        );
        let all = own.facts.out_of_reach().union(&lost).copied().collect();
        own.facts.put_out_of_reach(all);
        Some(Arc::new(own))
    }

    /// The moments and lengths of time that facts and policies know.
    pub(super) fn clockwork(&self) -> &Clockwork {
        self.clockwork.get_or_init(|| Clockwork::of(self.facts, self.names.meaning))
    }

    /// The moment of a case or a table: its own, else the clock. Without either it cannot be asked.
    pub(super) fn moment(
        &self,
        at: Option<Timestamp>,
        fields: &Fields<'_>,
        has_own: bool,
        findings: &mut Findings,
    ) -> Option<Timestamp> {
        let now = at.or(self.clock);
        if now.is_none() && !self.says_clock && fields.get("at").is_none() && !has_own {
            let message = "no moment is said: the suite has no `clock`, and this has no `at`".to_owned();
            findings.at(
                &codes::MISSING_KEY,
                case::first_letter(fields.place),
                message,
                "when is it asked?",
                "write `clock: 2026-03-01T12:00:00+01:00` in the suite",
            );
        }
        now
    }
}

/// A suite beside no module.
#[must_use]
pub fn without_module(source: &Source, id: SourceId) -> Diagnostic {
    let module = source.name().rsplit('/').next().unwrap_or("").replace(ENDING, ".fmk");
    let place = Place { source: id, span: Span::new(0, 0) };
    Diagnostic::new(&codes::SUITE_WITHOUT_MODULE, format!("the suite stands beside no `{module}`"), place)
        .label("of which module?")
        .help("name the suite after the module beside it, `NAME.test.yaml` beside `NAME.fmk`, and give both to the command")
}
