//! `sweep: ola.birth_date + 16 years ± 1 day`: a request at every moment of a stretch of time at which its decision may
//! change, and when it must. Decides nothing.

use super::case::move_to;
use super::check::{Asked, Turn};
use super::expectation::{self, Expectation};
use super::suite::World;
use crate::decide::Request;
use crate::diag::{Diagnostic, codes, suggest};
use crate::facts::{Known, Value, Whose};
use crate::intake::fields::{self, Fields, Findings};
use crate::intake::yaml::{self, Node};
use crate::source::Place;
use crate::terms::duration::{Duration, Unit};
use crate::terms::period::{date_in_oslo, oslo};
use jiff::{Span, Timestamp, civil::Date};
use std::collections::BTreeSet;

/// No longer stretch is swept: at each midnight the request is decided once.
const LONGEST: i32 = 20;

const FORM: &str =
    "write a day, a moment or an attribute, moved perhaps, and how far around it: `ola.birth_date + 16 years ± 1 day`";

/// A day or a moment.
#[derive(Clone, Copy)]
enum Point {
    Day(Date),
    Moment(Timestamp),
}

/// What is expected on each side of the turn.
struct Expected {
    before: Expectation,
    /// At the very moment, where that is of neither side.
    at: Option<Expectation>,
    after: Expectation,
}

/// Reads the sweep of a case, with everything that it asks.
pub(super) fn read(
    fields: &Fields<'_>,
    request: Option<&Request>,
    world: &World<'_, '_>,
    findings: &mut Findings,
) -> Option<(Turn, Vec<Asked>)> {
    let node = fields.get("sweep")?;
    let expected = expected(fields, world, findings);
    let (said, place) = fields::name(node, findings)?;
    let (anchor, around) = window(said, place, findings)?;
    let at = point(anchor, request, place, world, findings)?;
    let moment = match at {
        Point::Day(day) => day.to_zoned(oslo()).ok().map(|zoned| zoned.timestamp()),
        Point::Moment(moment) => Some(moment),
    };
    let stretch = moment.and_then(|moment| Some((moment, moved(moment, around, true)?, moved(moment, around, false)?)));
    let Some((moment, start, end)) = stretch else {
        malformed(place, format!("`{said}` lies outside of the calendar"), "no such moment", FORM, findings);
        return None;
    };
    if start == moment {
        malformed(place, "the stretch has no length".to_owned(), "nothing is around it", FORM, findings);
        return None;
    }
    let longest = Span::new().years(LONGEST);
    if start.to_zoned(oslo()).checked_add(longest).is_ok_and(|most| most.timestamp() < end) {
        let message = format!("the stretch is longer than {LONGEST} years");
        malformed(place, message, "too long to be swept", "write a shorter one after `±`", findings);
        return None;
    }
    let (request, expected) = (request?, expected?);
    let turn = Turn { said: anchor.into(), at: moment, from: expected.at.is_none() };
    let ask = |now: Timestamp| {
        let mut request = request.clone();
        move_to(&mut request, now);
        let expected = match &expected.at {
            Some(at) if now == moment => at,
            _ if now < moment => &expected.before,
            _ => &expected.after,
        };
        Asked { request, expected: expected.clone(), place }
    };
    let asked = moments(start, moment, end, request, world).into_iter().map(ask).collect();
    Some((turn, asked))
}

fn malformed(place: Place, message: String, label: &str, help: &str, findings: &mut Findings) {
    findings.at(&codes::MALFORMED_SWEEP, place, message, label, help);
}

/// `expect: { before: permit, from: deny not-granted }`, or `before`, `at` and `after`.
fn expected(fields: &Fields<'_>, world: &World<'_, '_>, findings: &mut Findings) -> Option<Expected> {
    for key in expectation::KEYS.iter().filter(|key| **key != "expect") {
        if let Some(place) = fields.key_place(key) {
            let message = format!("a sweep expects different things before and after, so `{key}` is of one of them");
            let help = format!("write `before: {{ expect: …, {key}: … }}`");
            findings.at(&codes::UNKNOWN_KEY, place, message, "of which side?", &help);
        }
    }
    let node = fields.need("expect", findings)?;
    if !matches!(node.value, yaml::Value::Map(_)) {
        let message = "a sweep says what is decided before and from a moment".to_owned();
        let help = "write `expect: { before: permit, from: deny not-granted }`";
        malformed(node.place, message, "says no change", help, findings);
        return None;
    }
    let sides = Fields::read(node, "what a sweep expects", &["before", "from", "at", "after"], findings);
    let side = |key: &str, findings: &mut Findings| side_of(sides.need(key, findings)?, world, findings);
    let before = side("before", findings);
    let (at, after) = if sides.get("at").is_some() || sides.get("after").is_some() {
        if let Some(place) = sides.key_place("from") {
            let message = "`from` says what `at` and `after` say".to_owned();
            malformed(place, message, "beside `at` or `after`", "take out `from`, or both of the others", findings);
        }
        (Some(side("at", findings)?), side("after", findings))
    } else {
        (None, side("from", findings))
    };
    let (before, after) = (before?, after?);
    if before == after {
        let message = "the same is expected before and after".to_owned();
        let help = "say what changes; that nothing does is a case at each moment";
        malformed(node.place, message, "no change", help, findings);
        return None;
    }
    Some(Expected { before, at, after })
}

/// A decision alone, or with what else is expected.
fn side_of(node: &Node, world: &World<'_, '_>, findings: &mut Findings) -> Option<Expectation> {
    if matches!(node.value, yaml::Value::Map(_)) {
        let fields = Fields::read(node, "what is expected", &expectation::KEYS, findings);
        return expectation::of_fields(&fields, world.names, world.facts, findings);
    }
    expectation::read(node, findings).map(|cause| Expectation::of(expectation::Outcome::of(cause)))
}

/// `ola.birth_date + 16 years` and `1 day` of `ola.birth_date + 16 years ± 1 day`.
fn window<'s>(said: &'s str, place: Place, findings: &mut Findings) -> Option<(&'s str, Duration)> {
    let split = ["±", "+-", "+/-"].iter().find_map(|mark| said.split_once(mark));
    let Some((anchor, around)) = split else {
        malformed(place, format!("`{said}` does not say how far around"), "`±` is missing", FORM, findings);
        return None;
    };
    match length(around.trim()) {
        Some(around) => Some((anchor.trim(), around)),
        None => {
            malformed(place, format!("`{}` is no length of time", around.trim()), "after `±`", FORM, findings);
            None
        }
    }
}

fn length(said: &str) -> Option<Duration> {
    let (amount, unit) = said.split_once(' ')?;
    let amount = amount.parse::<u32>().ok().filter(|amount| *amount <= Duration::MOST)?;
    Some(Duration { unit: Unit::from_word(unit.trim())?, amount })
}

/// The moment that many later or earlier, days counted in Oslo.
fn moved(moment: Timestamp, by: Duration, back: bool) -> Option<Timestamp> {
    if !by.unit.is_of_dates() {
        return by.moved_moment(moment, back);
    }
    let zoned = moment.to_zoned(oslo());
    let day = by.moved(zoned.date(), back)?;
    day.to_datetime(zoned.time()).to_zoned(oslo()).ok().map(|zoned| zoned.timestamp())
}

/// What an anchor means: a day or moment as written or an attribute, moved by what follows.
fn point(
    said: &str,
    request: Option<&Request>,
    place: Place,
    world: &World<'_, '_>,
    findings: &mut Findings,
) -> Option<Point> {
    let mut words = said.split(' ').filter(|word| !word.is_empty());
    let mut anchor: Vec<&str> = Vec::new();
    let mut sign = None;
    for word in words.by_ref() {
        if matches!(word, "+" | "-") {
            sign = Some(word);
            break;
        }
        anchor.push(word);
    }
    let mut point = root(&anchor.join(" "), request, place, world, findings)?;
    while let Some(back) = sign.map(|sign| sign == "-") {
        let by = words.next().zip(words.next()).and_then(|(amount, unit)| length(&format!("{amount} {unit}")));
        let next = by.and_then(|by| match point {
            Point::Day(day) => by.moved(day, back).map(Point::Day),
            Point::Moment(moment) => by.moved_moment(moment, back).map(Point::Moment),
        });
        let Some(next) = next else {
            let message = format!("`{said}` is no moment that can be reached");
            let help = "a day is moved by years, months or days, a moment by hours or minutes";
            malformed(place, message, "cannot be moved so", help, findings);
            return None;
        };
        point = next;
        sign = words.next();
        if !matches!(sign, None | Some("+" | "-")) {
            malformed(place, format!("`{said}` is no moment"), "must be a moment", FORM, findings);
            return None;
        }
    }
    Some(point)
}

fn root(
    said: &str,
    request: Option<&Request>,
    place: Place,
    world: &World<'_, '_>,
    findings: &mut Findings,
) -> Option<Point> {
    if let Some(moment) = fields::rfc3339(said) {
        return Some(Point::Moment(moment));
    }
    if let Ok(day) = said.parse::<Date>().map_err(drop)
        && said.len() == 10
    {
        return Some(Point::Day(day));
    }
    let Some((name, attribute)) = said.rsplit_once('.') else {
        malformed(place, format!("`{said}` is no moment"), "must be a moment", FORM, findings);
        return None;
    };
    let known = attributes_of(name, request, world);
    let Some(known) = known else {
        let facts = world.facts;
        let entities = facts.entities().map(|id| facts.name(id));
        let names = entities.chain(facts.things().filter_map(|id| facts.thing(id)).map(|thing| thing.name));
        let nearest = suggest::nearest(name, names);
        let message = format!("nobody and nothing is called `{name}`");
        let finding = Diagnostic::new(&codes::UNKNOWN_NAME_IN_DATA, message, place).label("not among the facts");
        let help = "write the name of an entity, a record or a thing of the facts";
        findings.push(finding.help(nearest.question().unwrap_or_else(|| help.to_owned())));
        return None;
    };
    match known.get(attribute) {
        Some(Value::Date(day)) => Some(Point::Day(*day)),
        Some(Value::DateTime(moment)) => Some(Point::Moment(*moment)),
        Some(_) => {
            let message = format!("`{said}` is neither a day nor a moment");
            malformed(place, message, "must be a day or a moment", FORM, findings);
            None
        }
        None => {
            let message = format!("`{said}` is not known in these facts");
            let nearest = suggest::nearest(attribute, known.0.iter().map(|(name, _)| &**name));
            let help = nearest.question().unwrap_or_else(|| format!("write its `{attribute}` among the facts"));
            malformed(place, message, "no such value", &help, findings);
            None
        }
    }
}

/// What is known of an entity, a record or a thing of the facts; or of what the request calls `subject`, `party`, `record`, `context`.
fn attributes_of(name: &str, request: Option<&Request>, world: &World<'_, '_>) -> Option<Known> {
    let facts = world.facts;
    let entity = |id| Some(facts.known(Whose::Entity(id)));
    if let Some(id) = facts.entity_named(name) {
        return entity(id);
    }
    if let Some(id) = facts.things().find(|id| facts.thing(*id).is_some_and(|thing| *thing.name == *name)) {
        return Some(facts.known(Whose::Thing(id)));
    }
    let request = request?;
    match name {
        "subject" => request.subject.and_then(entity),
        "party" => request.party().and_then(entity),
        "context" => Some(request.context.clone()),
        "record" => match request.record.as_ref()? {
            Value::Thing(id) => Some(facts.known(Whose::Thing(*id))),
            Value::Nameless(known) => Some((**known).clone()),
            _ => None,
        },
        _ => None,
    }
}

/// Every moment between the ends at which the decision may be another than just before: the midnights of Oslo, the moments
/// that facts, request and policies know, moved by the lengths that policies know; and the turn with what is just around it.
fn moments(
    start: Timestamp,
    turn: Timestamp,
    end: Timestamp,
    request: &Request,
    world: &World<'_, '_>,
) -> BTreeSet<Timestamp> {
    let mut all = BTreeSet::from([start, turn, end]);
    let mut day = date_in_oslo(start);
    while let Ok(next) = day.tomorrow() {
        day = next;
        match day.to_zoned(oslo()) {
            Ok(midnight) if midnight.timestamp() < end => all.insert(midnight.timestamp()),
            _ => break,
        };
    }
    let mut around = |moment: Timestamp| {
        let nanosecond = Span::new().nanoseconds(1);
        let near = [moment.checked_sub(nanosecond).ok(), Some(moment), moment.checked_add(nanosecond).ok()];
        all.extend(near.into_iter().flatten().filter(|moment| (start..=end).contains(moment)));
    };
    around(turn);
    let clock = world.clockwork();
    let mut known: BTreeSet<Timestamp> = clock.moments.clone();
    request.context.0.iter().for_each(|(_, value)| clock_of(value, &mut known));
    request.record.iter().for_each(|value| clock_of(value, &mut known));
    for moment in known {
        around(moment);
        for by in &clock.lengths {
            [true, false].into_iter().filter_map(|back| by.moved_moment(moment, back)).for_each(&mut around);
        }
    }
    all
}

/// The moments in a value. Depth is limited by the reader of the text.
pub(super) fn clock_of(value: &Value, known: &mut BTreeSet<Timestamp>) {
    match value {
        Value::DateTime(moment) => drop(known.insert(*moment)),
        Value::Set(members) => members.iter().for_each(|one| clock_of(one, known)),
        Value::Nameless(inner) => inner.0.iter().for_each(|(_, value)| clock_of(value, known)),
        _ => {}
    }
}
