//! What an item is called, in the words of its author, and where it stands. Knows nothing of what was shown.

use super::item::Key;
use super::observe::condition;
use super::same::Same;
use crate::decide::{Conditional, What};
use crate::intake::names::module_of;
use crate::ir::{Atoms, Line, Rule, RuleId};
use crate::origins::{Origin, Part};
use crate::terms::effect::RuleEffect;
use crate::words::{Speaker, expression, rule};

/// An item as people read of it.
pub(super) struct Said {
    pub(super) module: Box<str>,
    pub(super) text: String,
    pub(super) within: Option<String>,
    pub(super) place: Option<Origin>,
}

/// Calls one item after another; those of one condition stand together.
pub(super) struct Caller<'s> {
    pub(super) speaker: &'s Speaker<'s>,
    pub(super) same: &'s Same<'s>,
    pub(super) last: Option<(Conditional, Atoms<'s>)>,
}

impl<'s> Caller<'s> {
    /// The atoms of a condition.
    fn atoms(&mut self, of: Conditional) -> Option<&Atoms<'s>> {
        if self.last.as_ref().is_none_or(|(known, _)| *known != of) {
            self.last = Some((of, Atoms::of(condition(of, &self.speaker.bundle.meaning)?)));
        }
        self.last.as_ref().map(|(_, atoms)| atoms)
    }
}

/// What an item is called.
pub(super) fn said(key: Key, caller: &mut Caller<'_>) -> Said {
    let (speaker, same) = (caller.speaker, caller.same);
    let meaning = &speaker.bundle.meaning;
    match key {
        Key::Grant(package, version, at, delegation) => {
            let full = speaker.package(package);
            let body = meaning.package(package).and_then(|named| named.versions.get(version as usize));
            let grant = body.and_then(|body| body.grants.get(at as usize));
            let text = grant.map_or(String::new(), |one| rule::grant(one, speaker) + &rule::period(one.period));
            let sort = if delegation { "delegation" } else { "use" };
            let within = Some(format!("for {sort} of {}", speaker.short(full)));
            Said {
                module: module_of(full).into(),
                text,
                within,
                place: place(Part::Grant(package, version, at), speaker),
            }
        }
        Key::Line(what, version, at) => {
            let text = line(what, version, at, speaker);
            let within = Some(of_what(what, speaker));
            let module = module_of(speaker.what(what)).into();
            Said { module, text, within, place: place(part(Conditional::Line(what, version, at)), speaker) }
        }
        Key::Rule(id) => {
            let text = meaning.rule(id).map_or(String::new(), |body| rule::rule(body, 0, speaker));
            let owner = owner(id, speaker);
            let within = Some(format!("of {}", speaker.short(owner)));
            Said { module: module_of(owner).into(), text, within, place: place(Part::Rule(id, 0), speaker) }
        }
        Key::Atom(of, at) | Key::Alone(of, at) => {
            let atoms = caller.atoms(of);
            let atom = atoms.and_then(|atoms| atoms.all.get(at as usize));
            let text = atom.map_or(String::new(), |atom| expression::expression(atom.says, speaker));
            let count = atoms.map_or(0, |atoms| atoms.all.len());
            let own = speaker.origins.and_then(|origins| origins.atoms.get(&part(of)));
            let own = own.filter(|places| places.len() == count).and_then(|places| places.get(at as usize)).cloned();
            let (module, within) = conditional(of, speaker);
            let within = within + &and_more(same.more(key));
            Said { module, text, within: Some(within), place: own.or_else(|| place(part(of), speaker)) }
        }
        Key::OfAction(resource, version, action, which) => {
            let full = speaker.resource(resource);
            let body = meaning.resource(resource).and_then(|named| named.versions.get(version as usize));
            let says = body.and_then(|body| body.actions.get(action as usize));
            let oblige = says.and_then(|says| says.oblige.get(which as usize));
            let text = oblige.map_or(String::new(), |one| format!("oblige {}", rule::oblige(one, speaker)));
            let name = says.map_or("", |says| &says.name);
            let more = same.more(key);
            let of = if more > 0 { String::new() } else { format!(" of {}", speaker.short(full)) };
            let place = place(Part::Action(resource, version, action), speaker);
            // An action that several resources share stands in the module that declares it.
            let module = place.as_ref().and_then(|place| same.module(&place.file)).unwrap_or(module_of(full));
            Said { module: module.into(), text, within: Some(format!("of the action {name}{of}")), place }
        }
        Key::OfRule(id, which) => {
            let body = meaning.rule(id);
            let oblige = body.and_then(|body| body.oblige.get(which as usize));
            let text = oblige.map_or(String::new(), |one| format!("oblige {}", rule::oblige(one, speaker)));
            let within = Some(format!("of {}", body.map_or(String::new(), |body| in_short(body, id, speaker))));
            Said {
                module: module_of(owner(id, speaker)).into(),
                text,
                within,
                place: place(Part::Rule(id, 0), speaker),
            }
        }
    }
}

fn place(part: Part, speaker: &Speaker<'_>) -> Option<Origin> {
    speaker.origin(part).cloned()
}

/// ` and 2 more`
fn and_more(more: usize) -> String {
    if more > 0 { format!(" and {more} more") } else { String::new() }
}

/// The part that has a condition.
pub(super) fn part(of: Conditional) -> Part {
    match of {
        Conditional::Rule(id) => Part::Rule(id, 0),
        Conditional::Grant(package, version, at) => Part::Grant(package, version, at),
        Conditional::Line(What::Package(id), version, at) => Part::Line(id, version, at),
        Conditional::Line(What::Area(id), version, at) => Part::AreaLine(id, version, at),
        Conditional::Named(id) => Part::Condition(id),
    }
}

/// The module of what has a condition, and what to call it.
fn conditional(of: Conditional, speaker: &Speaker<'_>) -> (Box<str>, String) {
    let meaning = &speaker.bundle.meaning;
    match of {
        Conditional::Rule(id) => {
            let text = meaning.rule(id).map_or(String::new(), |body| in_short(body, id, speaker));
            (module_of(owner(id, speaker)).into(), format!("in {text}"))
        }
        Conditional::Grant(package, version, at) => {
            let full = speaker.package(package);
            let body = meaning.package(package).and_then(|named| named.versions.get(version as usize));
            let grant = body.and_then(|body| body.grants.get(at as usize));
            let plain = grant.map(|grant| crate::ir::Grant { when: None, ..grant.clone() });
            let text = plain.map_or(String::new(), |plain| rule::grant(&plain, speaker));
            (module_of(full).into(), format!("in {text} of {}", speaker.short(full)))
        }
        Conditional::Line(what, ..) => {
            (module_of(speaker.what(what)).into(), format!("in delegable {}", of_what(what, speaker)))
        }
        Conditional::Named(id) => {
            let full = speaker.condition(id);
            (module_of(full).into(), format!("in condition {}", speaker.short(full)))
        }
    }
}

fn line(what: What, version: u32, at: u32, speaker: &Speaker<'_>) -> String {
    let meaning = &speaker.bundle.meaning;
    let lines: Option<&[Line]> = match what {
        What::Package(id) => {
            meaning.package(id).and_then(|named| named.versions.get(version as usize)).map(|body| &*body.delegable)
        }
        What::Area(id) => {
            meaning.area(id).and_then(|named| named.versions.get(version as usize)).map(|body| &*body.delegable)
        }
    };
    let says = lines.and_then(|lines| lines.get(at as usize));
    says.map_or(String::new(), |says| format!("delegable {}", rule::line(says, speaker)))
}

fn of_what(what: What, speaker: &Speaker<'_>) -> String {
    let name = speaker.short(speaker.what(what));
    match what {
        What::Package(_) => format!("of {name}"),
        What::Area(_) => format!("of the area {name}"),
    }
}

/// The resource or policy that a rule stands in.
fn owner<'b>(id: RuleId, speaker: &Speaker<'b>) -> &'b str {
    let key = speaker.bundle.meaning.rule(id).map_or("", |body| &body.key);
    key.split('/').next().unwrap_or("")
}

/// A rule without its condition: `permit view of report`.
fn in_short(body: &Rule, id: RuleId, speaker: &Speaker<'_>) -> String {
    let plain = Rule { when: None, oblige: Vec::new(), scopes: Vec::new(), ..body.clone() };
    let text = rule::rule(&plain, 0, speaker);
    let sort = if body.effect == RuleEffect::Oblige { "oblige " } else { "" };
    format!("{sort}{text} of {}", speaker.short(owner(id, speaker)))
}
