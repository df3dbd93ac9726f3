//! A suite as it is read: the facts of its world, cases and tables. Decides nothing.

use super::expectation::{self, Expectation};
use super::table;
use crate::decide::{Cause, Request};
use crate::diag::{Diagnostic, codes};
use crate::facts::Facts;
use crate::intake::fields::{self, Fields, Findings, map, repeated};
use crate::intake::names::Names;
use crate::intake::yaml::{self, Node, Value};
use crate::intake::{FactPlaces, attributes, entities, facts, request, values};
use crate::source::{Place, Source, SourceId, Span};
use crate::terms::{period::date_in_oslo, root::BuiltIn};
use jiff::Timestamp;
use std::collections::BTreeMap;

pub use super::table::Table;

/// The keys of a suite: those of facts, and its own.
fn keys() -> Vec<&'static str> {
    ["format", "clock"].into_iter().chain(facts::KEYS).chain(["cases", "tables"]).collect()
}

const CASE_KEYS: [&str; 9] = ["name", "request", "same", "expect", "at", "open", "obligations", "released", "missing"];

const TABLE_KEYS: [&str; 6] = ["name", "party", "permits", "at", "context", "record"];

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
    /// Single requests.
    pub cases: Vec<Case>,
    /// Whole tables.
    pub tables: Vec<Table>,
}

/// One request and what is expected of it.
#[derive(Clone, Debug)]
pub struct Case {
    /// Its name.
    pub name: Box<str>,
    /// Where it stands.
    pub place: Place,
    /// What is asked.
    pub request: Request,
    /// What is expected.
    pub expected: Expectation,
}

/// A request that a suite asks, with what is expected of it said where.
#[derive(Clone, Copy, Debug)]
pub struct Asked<'s> {
    /// The name of the case or the table.
    pub name: &'s str,
    /// Where it stands: a case, a cell that is listed, or the table of one that is not.
    pub place: Place,
    /// Is it a cell of a table?
    pub of_table: bool,
    /// What is asked.
    pub request: &'s Request,
    /// Over which facts: those of the suite, or of the case alone.
    pub facts: &'s Facts,
}

impl Suite {
    /// Everything that is asked and of which something is expected, in order.
    pub fn asked(&self) -> impl Iterator<Item = Asked<'_>> {
        let cases = self.cases.iter().map(|case| Asked {
            name: &case.name,
            place: case.place,
            of_table: false,
            request: &case.request,
            facts: &self.facts,
        });
        let cells = self.tables.iter().flat_map(|table| {
            table.cells.iter().map(|cell| Asked {
                name: &table.name,
                place: cell.listed.unwrap_or(table.place),
                of_table: true,
                request: &cell.request,
                facts: &self.facts,
            })
        });
        cases.chain(cells)
    }

    /// Every request of the suite: those of its cases, then those of its tables, in order.
    pub fn requests(&self) -> impl Iterator<Item = &Request> {
        let cells = self.tables.iter().flat_map(|table| table.cells.iter().map(|cell| &cell.request));
        self.cases.iter().map(|case| &case.request).chain(cells)
    }
}

/// Reads a suite. `module` is the full name of the module that it is beside, `names` are seen from it.
///
/// # Errors
/// All findings, in order of place.
pub fn read(source: &Source, id: SourceId, names: &Names<'_>, module: &str) -> Result<Suite, Vec<Diagnostic>> {
    let node = yaml::read(source, id).map_err(|finding| vec![*finding])?;
    let mut findings = Findings::default();
    if matches!(node.value, Value::Nothing) {
        nothing_tested(node.place, &mut findings);
        return Err(findings.all);
    }
    let fields = Fields::read(&node, "a suite", &keys(), &mut findings);
    fields.format(&mut findings);
    let clock = fields.moment("clock", &mut findings);
    let (facts, places) = facts::of_fields(&fields, names, &mut findings);
    let says_clock = fields.get("clock").is_some();
    let world = World { names, facts: &facts, places: &places, module, clock, says_clock };
    let cases = world.cases(&fields, &mut findings);
    let tables = world.tables(&fields, &mut findings);
    let has_some =
        |key: &str| fields.get(key).is_some_and(|node| !matches!(&node.value, Value::List(items) if items.is_empty()));
    if matches!(node.value, Value::Map(_)) && !has_some("cases") && !has_some("tables") {
        nothing_tested(node.place, &mut findings);
    }
    findings.or(Suite { source: id, module: module.into(), facts, places, cases, tables })
}

fn nothing_tested(place: Place, findings: &mut Findings) {
    let end = place.span.end.min(place.span.start.saturating_add(1));
    let place = Place { span: Span { start: place.span.start, end }, ..place };
    let message = "the suite tests nothing: it has neither a case nor a table".to_owned();
    findings.at(
        &codes::NOTHING_TESTED,
        place,
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
}

impl World<'_, '_> {
    fn cases(&self, fields: &Fields<'_>, findings: &mut Findings) -> Vec<Case> {
        let mut cases = Vec::new();
        let mut named: BTreeMap<Box<str>, Vec<Place>> = BTreeMap::new();
        // What the case before asked; `None` within where it could not be read, which has been said.
        let mut before: Option<Option<Request>> = None;
        for node in fields.list("cases", findings) {
            let fields = Fields::read(node, "a case", &CASE_KEYS, findings);
            let name = fields.needed_name("name", findings);
            if let Some((name, place)) = name {
                named.entry(name.into()).or_default().push(place);
            }
            let at = fields.moment("at", findings);
            let asked = self.asked(&fields, at, before.as_ref(), findings);
            let expected = self.expected(&fields, findings);
            if let (Some((name, _)), Some(request), Some(expected)) = (name, &asked, expected) {
                cases.push(Case { name: name.into(), place: node.place, request: request.clone(), expected });
            }
            before = Some(asked);
        }
        for (name, places) in &named {
            repeated(&format!("the case `{name}`"), places, findings);
        }
        cases
    }

    /// What a case expects.
    fn expected(&self, fields: &Fields<'_>, findings: &mut Findings) -> Option<Expectation> {
        let cause = fields.need("expect", findings).and_then(|node| expectation::read(node, findings));
        let of = |key: &str, only: Cause, message: &str, findings: &mut Findings| {
            if let (Some(place), Some(cause)) = (fields.key_place(key), cause)
                && cause != only
            {
                let help = format!("take out `{key}`");
                findings.at(&codes::MALFORMED_VALUE, place, message.to_owned(), "another decision is expected", &help);
            }
        };
        of("open", Cause::NotGranted, "only a denial that is not granted names open questions", findings);
        of("missing", Cause::Undecidable, "only a denial that is undecidable names what was missing", findings);
        of("released", Cause::Permitted, "only a permit releases elements", findings);
        let said = |key: &str| fields.get(key).is_some();
        let open = said("open").then(|| expectation::read_open(fields.list("open", findings), self.names, findings));
        let obligations = said("obligations").then(|| {
            let nodes = fields.list("obligations", findings);
            expectation::read_obligations(nodes, self.names, self.facts, findings)
        });
        let released =
            said("released").then(|| expectation::read_elements(fields.list("released", findings), findings));
        let missing =
            said("missing").then(|| expectation::read_missing(fields.list("missing", findings), self.names, findings));
        Some(Expectation { cause: cause?, open, obligations, released, missing })
    }

    /// What a case asks: a request of its own, or that of the case before, at another moment.
    fn asked(
        &self,
        fields: &Fields<'_>,
        at: Option<Timestamp>,
        before: Option<&Option<Request>>,
        findings: &mut Findings,
    ) -> Option<Request> {
        if let Some(node) = fields.get("same") {
            let truth = fields::truth(node, findings);
            if truth == Some(false) {
                let message = "`same` is `true`, or left out".to_owned();
                findings.at(&codes::MALFORMED_VALUE, node.place, message, "says nothing", "take out `same`");
            }
            if let Some(place) = fields.key_place("request") {
                let message = "a case has a request of its own or the same as the case before, not both".to_owned();
                findings.at(&codes::IMPOSSIBLE_REQUEST, place, message, "beside `same`", "take one of them out");
                return None;
            }
            let Some(before) = before else {
                let message = "no case stands before this one".to_owned();
                findings.at(
                    &codes::IMPOSSIBLE_REQUEST,
                    node.place,
                    message,
                    "the same as which?",
                    "write `request: …`",
                );
                return None;
            };
            let mut request = before.clone()?;
            if let Some(now) = at {
                request.now = now;
                request.today = date_in_oslo(now);
            }
            return Some(request);
        }
        let node = fields.need("request", findings)?;
        let own = at_of(node);
        if let (Some(_), Some(place)) = (fields.get("at"), own) {
            repeated("the moment", &[fields.key_place("at").unwrap_or(place), place], findings);
        }
        let now = self.moment(at, fields, own.is_some(), findings);
        let request = request::of_node(node, self.names, self.facts, now.unwrap_or_default(), findings)?;
        (now.is_some() || own.is_some()).then_some(request)
    }

    /// The moment of a case or a table: its own, else the clock. Without either it cannot be asked.
    fn moment(
        &self,
        at: Option<Timestamp>,
        fields: &Fields<'_>,
        has_own: bool,
        findings: &mut Findings,
    ) -> Option<Timestamp> {
        let now = at.or(self.clock);
        if now.is_none() && !self.says_clock && fields.get("at").is_none() && !has_own {
            let end = fields.place.span.end.min(fields.place.span.start.saturating_add(1));
            let place = Place { span: Span { start: fields.place.span.start, end }, ..fields.place };
            let message = "no moment is said: the suite has no `clock`, and this has no `at`".to_owned();
            findings.at(
                &codes::MISSING_KEY,
                place,
                message,
                "when is it asked?",
                "write `clock: 2026-03-01T12:00:00+01:00` in the suite",
            );
        }
        now
    }

    fn tables(&self, fields: &Fields<'_>, findings: &mut Findings) -> Vec<Table> {
        let mut tables = Vec::new();
        let mut named: BTreeMap<Box<str>, Vec<Place>> = BTreeMap::new();
        for node in fields.list("tables", findings) {
            let fields = Fields::read(node, "a table", &TABLE_KEYS, findings);
            let name = fields.needed_name("name", findings);
            if let Some((name, place)) = name {
                named.entry(name.into()).or_default().push(place);
            }
            let party = fields.needed_name("party", findings);
            let party = party.and_then(|(text, place)| entities::find(text, place, self.names, self.facts, findings));
            let at = fields.moment("at", findings);
            let now = self.moment(at, &fields, false, findings);
            let about = self.about(&fields, findings);
            let permits = fields.need("permits", findings).map(|node| self.permits(node, findings));
            if let (Some((name, _)), Some(party), Some(now), Some(permits)) = (name, party, now, permits) {
                tables.push(table::fill(self, name, node.place, party, now, &about, &permits));
            }
        }
        for (name, places) in &named {
            repeated(&format!("the table `{name}`"), places, findings);
        }
        tables
    }

    /// What every request of a table says besides: the context, and of its register the record.
    fn about(&self, fields: &Fields<'_>, findings: &mut Findings) -> table::About {
        let mut about = table::About::default();
        let mut values = values::Reader::new(self.names, self.facts);
        if let Some(node) = fields.get("context") {
            let attributes = attributes::of_entity(BuiltIn::Context, self.names.meaning);
            about.context = values.known(node, "a context", &attributes, &[], findings);
        }
        if let Some((said, place)) = fields.name("record", findings)
            && let Some(id) = values.record_named(said, place, findings)
        {
            about.record = Some(id);
        }
        about
    }

    /// The cells that a table lists, with where.
    fn permits(&self, node: &Node, findings: &mut Findings) -> table::Listed {
        let mut cells = table::Listed::new();
        for (key, value) in map(node, "`permits`", findings) {
            let Some((text, place)) = fields::name(key, findings) else { continue };
            let subject = entities::find(text, place, self.names, self.facts, findings);
            for (key, value) in map(value, "a row of a table", findings) {
                let Some((text, place)) = fields::name(key, findings) else { continue };
                let on = request::resource(text, place, self.names, findings);
                if on.is_some_and(|on| !table::is_of_module(on, self.names, self.module)) {
                    let message = format!("`{text}` is not of the module `{}`", self.module);
                    let help = "a table is about the things of its own module; ask for others in a case";
                    findings.at(&codes::UNKNOWN_NAME_IN_DATA, place, message, "another module's", help);
                    continue;
                }
                let mut said: BTreeMap<&str, Vec<Place>> = BTreeMap::new();
                for item in fields::list(value, text, findings) {
                    let Some((word, place)) = fields::name(item, findings) else { continue };
                    said.entry(word).or_default().push(place);
                    let Some(on) = on else { continue };
                    let action = request::action_of(word, place, on, self.names, findings);
                    if let (Some(subject), Some(action)) = (subject, action) {
                        cells.insert((subject, on, action), place);
                    }
                }
                for (word, places) in &said {
                    repeated(&format!("the action `{word}`"), places, findings);
                }
            }
        }
        cells
    }
}

/// Where a request says its moment.
fn at_of(node: &Node) -> Option<Place> {
    match &node.value {
        Value::Map(entries) => entries.iter().find(|(key, _)| key.text() == Some("at")).map(|(key, _)| key.place),
        _ => None,
    }
}

/// A suite beside no module.
#[must_use]
pub fn without_module(source: &Source, id: SourceId) -> Diagnostic {
    let module = source.name().rsplit('/').next().unwrap_or("").replace(".test.yaml", ".fmk");
    let place = Place { source: id, span: Span::new(0, 0) };
    Diagnostic::new(&codes::SUITE_WITHOUT_MODULE, format!("the suite stands beside no `{module}`"), place)
        .label("of which module?")
        .help("name the suite after the module beside it, `NAME.test.yaml` beside `NAME.fmk`, and give both to the command")
}
