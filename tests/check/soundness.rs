//! What the checks call certain is measured by `decide`, on rules, worlds and requests by chance: a permit that is always
//! beaten and a rule that repeats another can be taken out, a condition that is always the same can be written as such, and
//! of permits that can meet whichever is taken out, what stays permitted obliges to as much.

use crate::generated::generate::{Dice, world};
use fullmakt::compile::{Compiled, Options, compile};
use fullmakt::decide::{Action, Cause, Decision, Effect, Index, On, Request};
use fullmakt::facts::{Draft, Known, Value};
use fullmakt::ir::{Bundle, EnumId, ResourceId};
use fullmakt::source::{Place, Source, Sources};

const HEAD: &str = r#"module demo
organisation alpha "Alpha"
organisation beta "Beta"
role manager "Manager" { from alpha held by person for organisation key yes }
role auditor "Auditor" { from beta held by person for organisation }
role member "Member" { from beta held by organisation }
role insurer "Insurer" { from beta held by organisation }
enum purpose = care, research
entity context { login bool, count integer, purpose purpose, limit integer }
obligation log
obligation mask
condition few = context.count < 2
condition open = few or context.login
"#;

const ATOMS: &[&str] = &[
    "context.login",
    "not context.login",
    "context.count < 2",
    "context.count >= 2",
    "context.count == 1",
    "context.count > 2",
    "context.count < context.limit",
    "context.count >= context.limit",
    "context.purpose == care",
    "context.purpose == research",
    "context.purpose in [care, research]",
    "subject == party",
    "subject != party",
    "party == alpha",
    "party is organisation",
    "party is person",
    "party is member",
    "subject is auditor for party",
    "few",
    "not few",
    "open",
    "element == one",
    "today >= 2026-03-30",
    "today < 2026-03-30",
];

const RECIPIENTS: &[&str] = &["self", "anyone", "manager", "auditor", "member", "insurer", "alpha", "beta"];

fn condition(dice: &mut Dice, depth: usize) -> String {
    if depth == 0 || dice.chance(40) {
        return dice.pick(ATOMS).to_owned();
    }
    let word = dice.pick(&[" and ", " or "]);
    let parts: Vec<String> = (0..2 + dice.below(2)).map(|_| condition(dice, depth - 1)).collect();
    let inner = format!("({})", parts.join(word));
    if dice.chance(20) { format!("not {inner}") } else { inner }
}

fn rule(dice: &mut Dice, obliging: bool) -> String {
    let permit = dice.chance(65);
    let mut text = dice.pick(&["view", "send", "view, send", "view"]).to_owned();
    if dice.chance(10) {
        text = "any action".to_owned();
    }
    text = format!("  {} {text}", if permit { "permit" } else { "forbid" });
    if dice.chance(25) {
        text += dice.pick(&[" of one", " of two", " of one, two"]);
    }
    if permit || dice.chance(40) {
        text += " to ";
        text += dice.pick(RECIPIENTS);
        if dice.chance(30) {
            text += ", ";
            text += dice.pick(RECIPIENTS);
        }
    }
    if dice.chance(60) {
        text += &format!(" when {}", condition(dice, 2));
    }
    if permit && obliging {
        text += dice.pick(&["", " oblige log", " oblige log", " oblige log, mask"]);
    }
    if dice.chance(15) {
        text += dice.pick(&[" from 2026-01-01", " before 2026-10-26", " from 2025-07-01 before 2027-01-01"]);
    }
    text + "\n"
}

/// A service, and perhaps a policy over it, with rules by chance.
fn text(dice: &mut Dice, obliging: bool) -> String {
    let mut text = HEAD.to_owned();
    text += "service s \"S\" {\n  elements one, two\n  action view \"View\"\n  action send \"Send\"\n";
    for _ in 0..2 + dice.below(4) {
        text += &rule(dice, obliging);
    }
    text += "}\n";
    if dice.chance(50) {
        text += "policy p for every service {\n";
        for _ in 0..1 + dice.below(2) {
            text += &rule(dice, obliging);
        }
        text += "}\n";
    }
    text
}

fn compiled(text: &str) -> Compiled {
    let mut sources = Sources::default();
    let id = sources.add(Source::new("demo.fmk", text));
    compile(&sources, &[id], Options::default())
}

/// The text with something else in a place.
fn with(text: &str, place: Place, other: &str) -> String {
    let mut text = text.to_owned();
    text.replace_range(place.span.range(), other);
    text
}

/// A value, perhaps.
fn perhaps(dice: &mut Dice, name: &str, value: Value) -> Option<(Box<str>, Value)> {
    dice.chance(85).then(|| (name.into(), value))
}

fn request(dice: &mut Dice, bundle: &Bundle, world: &world::World) -> Request {
    let mut request = world::request(dice, &bundle.meaning, world);
    request.on = On::Resource(ResourceId::from(0));
    request.action = Action::Named(dice.pick(&["view", "send"]).into());
    request.to = None;
    request.record = None;
    request.elements = dice.pick(&[&[][..], &["one"], &["two"]]).iter().map(|name| (*name).into()).collect();
    if dice.chance(8) {
        (request.subject, request.party) = (None, None);
    }
    let context = [
        perhaps(dice, "count", Value::Integer(0)),
        perhaps(dice, "limit", Value::Integer(0)),
        perhaps(dice, "login", Value::Bool(false)),
        perhaps(dice, "purpose", Value::Enum(EnumId::from(0), 0)),
    ];
    request.context = Known(
        context
            .into_iter()
            .flatten()
            .map(|(name, value)| {
                let value = match value {
                    Value::Integer(_) => Value::Integer(dice.below(4) as i64),
                    Value::Bool(_) => Value::Bool(dice.chance(50)),
                    _ => Value::Enum(EnumId::from(0), dice.below(2) as u32),
                };
                (name, value)
            })
            .collect(),
    );
    request
}

/// Both decisions for many worlds and requests.
fn each(dice: &mut Dice, one: &Bundle, other: &Bundle, mut see: impl FnMut(&Draft, &Request, Decision, Decision)) {
    let (first, second) = (Index::new(one), Index::new(other));
    for _ in 0..4 {
        let world = world::world(dice, &one.meaning);
        for _ in 0..40 {
            let request = request(dice, one, &world);
            let facts = world.facts.store();
            see(&world.facts, &request, first.decide(&facts, &request), second.decide(&facts, &request));
        }
    }
}

#[test]
fn what_is_called_certain_changes_no_decision() {
    let mut dice = Dice(7);
    let (mut beaten, mut repeated, mut same) = (0, 0, 0);
    for _ in 0..240 {
        let text = text(&mut dice, false);
        let before = compiled(&text);
        let Some((bundle, _)) = &before.bundle else { panic!("{text}\n{:#?}", before.findings) };
        for finding in &before.findings {
            let marked = &text[finding.place.span.range()];
            let whole = marked.starts_with("permit") || marked.starts_with("forbid");
            let after = match finding.code.number {
                "FM0319" if whole => with(&text, finding.place, ""),
                "FM0322" => with(&text, finding.place, ""),
                "FM0318" if finding.message.ends_with("always true") => with(&text, finding.place, "1 == 1"),
                "FM0318" if finding.message.ends_with("always false") => with(&text, finding.place, "1 == 2"),
                _ => continue,
            };
            let other = compiled(&after);
            let Some((less, _)) = &other.bundle else { panic!("{after}\n{:#?}", other.findings) };
            let constant = finding.code.number == "FM0318";
            match finding.code.number {
                "FM0319" => beaten += 1,
                "FM0322" => repeated += 1,
                _ => same += 1,
            }
            each(&mut dice, bundle, less, |facts, request, one, two| {
                // What was unknown is known then.
                if constant && (one.cause == Cause::Undecidable || two.cause == Cause::Undecidable) {
                    return;
                }
                // A permit that is beaten may be unknown where the forbid is: refused all the same.
                let cause = |decision: &Decision| (decision.effect, decision.obligations.clone());
                assert_eq!(
                    cause(&one),
                    cause(&two),
                    "{} {}\n{text}\n{request:?}\n{facts:?}",
                    finding.code.number,
                    finding.message
                );
                if finding.code.number == "FM0322" {
                    assert_eq!(one.cause, two.cause, "{}\n{text}\n{request:?}\n{facts:?}", finding.message);
                }
            });
        }
    }
    assert!(beaten > 10 && repeated > 10 && same > 10, "{beaten} beaten, {repeated} repeated, {same} always the same");
}

#[test]
fn whichever_permit_is_missing_what_stays_permitted_obliges_to_as_much() {
    let mut dice = Dice(11);
    let (mut sound, mut permitted, mut told) = (0, 0, 0);
    for _ in 0..300 {
        let text = text(&mut dice, true);
        let before = compiled(&text);
        told += usize::from(before.findings.iter().any(|finding| finding.code.number == "FM0320"));
        let Some((bundle, _)) = &before.bundle else { continue };
        sound += 1;
        let permits: Vec<usize> = text.match_indices("  permit").map(|(at, _)| at).collect();
        for at in permits {
            let end = at + text[at..].find('\n').expect("a line");
            let mut after = text.clone();
            after.replace_range(at..end, "");
            let other = compiled(&after);
            let Some((less, _)) = &other.bundle else { continue };
            each(&mut dice, bundle, less, |facts, request, one, two| {
                if one.effect == Effect::Permit && two.effect == Effect::Permit {
                    permitted += 1;
                    assert_eq!(
                        one.obligations,
                        two.obligations,
                        "{text}\nwithout {}\n{request:?}\n{facts:?}",
                        &text[at..end]
                    );
                }
            });
        }
    }
    assert!(sound > 20 && permitted > 300 && told > 20, "{sound} sound, {permitted} permitted, {told} told");
}
