//! The rules over the services and registers of a module, a row each, and a row for every action that nothing permits. A row
//! that several of them have stands once. What no row has is no column.

use super::decision_table::{folded, said};
use super::reach::Cell;
use crate::intake::names::module_of;
use crate::ir::{
    Bundle, Constant, Expression, IsWhat, Meaning, Named, Recipient, Requires, Resource, ResourceId, Rule,
};
use crate::terms::effect::RuleEffect;
use crate::words::{Speaker, expression, rule};
use std::collections::{BTreeMap, BTreeSet};

/// The resources that a rule is over, in any of its scopes.
pub(super) fn over(rule: &Rule) -> impl Iterator<Item = ResourceId> {
    rule.scopes.iter().flat_map(|scope| &scope.on).copied()
}

/// The table. Permits that say no more than to whom and what they require have the short form.
pub(super) fn of_module(bundle: &Bundle, module: &str) -> Vec<Vec<String>> {
    let meaning = &bundle.meaning;
    let is_own = |id: ResourceId| meaning.resource(id).is_some_and(|named| module_of(&named.name) == module);
    let rules: Vec<&Rule> = meaning.rules.iter().filter(|rule| over(rule).any(is_own)).collect();
    let own: Vec<(ResourceId, &Named<Resource>)> = meaning
        .resources
        .iter()
        .enumerate()
        .filter(|(_, named)| module_of(&named.name) == module)
        .map(|(at, named)| (at.into(), named))
        .collect();
    let speaker = Speaker::among(bundle, names(meaning, &own, &rules));
    let plain = rules.iter().all(|rule| is_plain(rule)) && own.iter().all(|(_, named)| has_plain_actions(named));
    // Where each row stands: rules of any action last.
    let mut places: BTreeMap<(bool, Row), Vec<usize>> = BTreeMap::new();
    let mut stand = |row: (bool, Row), at: usize| {
        let at_all = places.entry(row).or_default();
        if at_all.last() != Some(&at) {
            at_all.push(at);
        }
    };
    for (at, (id, named)) in own.iter().enumerate() {
        let of_resource: Vec<&Rule> = rules.iter().copied().filter(|rule| over(rule).any(|on| on == *id)).collect();
        for action in actions(named) {
            let of_action = of_resource.iter().filter(|rule| rule.action.as_deref() == Some(action));
            let mut rows: Vec<Row> = of_action.map(|rule| row(rule, *id, named, &speaker)).collect();
            // A permit of any action is one of this action, too.
            let permits = |rule: &&Rule| {
                rule.effect == RuleEffect::Permit && rule.action.as_deref().is_none_or(|own| own == action)
            };
            if !of_resource.iter().any(permits) {
                rows.push(Row { action: action.to_owned(), rule: "no permit", ..Row::default() });
            }
            rows.into_iter().for_each(|row| stand((false, row), at));
        }
        let any = of_resource.iter().filter(|rule| rule.action.is_none());
        any.for_each(|rule| stand((true, row(rule, *id, named, &speaker)), at));
    }
    let mut rows: Vec<(Vec<usize>, (bool, Row))> = places.into_iter().map(|(row, at)| (at, row)).collect();
    // What all have stands first; then what the first has, alone and with others.
    rows.sort_by(|(one, row), (two, other)| {
        (one.len() != own.len(), one, row).cmp(&(two.len() != own.len(), two, other))
    });
    let short = |at: &usize| own.get(*at).map_or("", |(_, named)| speaker.short(&named.name));
    let whose = |places: &[usize]| match places {
        [one] => short(one).to_owned(),
        all if all.len() == own.len() => "all".to_owned(),
        some => some.iter().map(short).collect::<Vec<_>>().join(", "),
    };
    let lines = rows.into_iter().map(|(places, (_, row))| {
        let whose = whose(&places);
        if plain { row.short(&whose) } else { row.long(&whose) }
    });
    let lines: Vec<Vec<String>> = lines.collect();
    let registers = own.iter().filter(|(_, named)| named.versions.iter().any(|version| version.register)).count();
    let what = match registers {
        0 => "service",
        all if all == own.len() => "register",
        _ => "resource",
    };
    let heads: &[&str] = if plain { &SHORT } else { &LONG };
    let heads = std::iter::once(what).chain(heads.iter().copied()).map(str::to_owned).collect();
    let mut all = vec![heads];
    // Actions with the same rules are one row, too.
    all.extend(folded(lines, 1));
    if plain { all } else { without_empty(all) }
}

const SHORT: [&str; 4] = ["action", "to", "requires", "permit"];
const LONG: [&str; 9] = ["action", "rule", "of", "to", "requires", "when", "oblige", "in force", "because"];

/// One rule over one resource.
#[derive(Default, PartialEq, Eq, PartialOrd, Ord)]
struct Row {
    action: String,
    /// Permits, forbids, nevers, what obliges.
    order: usize,
    rule: &'static str,
    to: String,
    requires: String,
    of: String,
    when: String,
    oblige: String,
    in_force: String,
    because: String,
}

impl Row {
    fn short(self, resource: &str) -> Vec<String> {
        let permit = if self.rule == "no permit" { "no".to_owned() } else { self.in_force };
        vec![resource.to_owned(), self.action, dash(self.to), dash(self.requires), permit]
    }

    fn long(self, resource: &str) -> Vec<String> {
        let rest = [self.of, self.to, self.requires, self.when, self.oblige, self.in_force, self.because];
        let first = [resource.to_owned(), self.action, self.rule.to_owned()];
        first.into_iter().chain(rest.map(dash)).collect()
    }
}

fn dash(text: String) -> String {
    if text.is_empty() { "-".to_owned() } else { text }
}

fn row(rule: &Rule, id: ResourceId, named: &Named<Resource>, speaker: &Speaker<'_>) -> Row {
    let has = |version: &&Resource| {
        rule.action.as_deref().is_none_or(|action| version.actions.iter().any(|one| *one.name == *action))
    };
    let mut cell = Cell::default();
    let mut oblige = rule.oblige.clone();
    for version in named.versions.iter().filter(has) {
        let scopes = rule.scopes.iter().filter(|scope| scope.on.contains(&id));
        scopes.for_each(|scope| cell.yes.add(scope.period.and(version.period)));
        if rule.effect == RuleEffect::Permit {
            let own = version.actions.iter().filter(|one| Some(&*one.name) == rule.action.as_deref());
            oblige.extend(own.flat_map(|one| one.oblige.iter().cloned()));
        }
    }
    oblige.sort();
    oblige.dedup();
    let owner = rule.key.rsplitn(4, '/').last().unwrap_or("");
    let title = rule.key.get(owner.len() + 1..).and_then(|short| speaker.bundle.words.get(owner)?.rules.get(short));
    let mut because = Vec::new();
    if *owner != *named.name {
        because.push(format!("policy {}", speaker.short(owner)));
    }
    because.extend(title.map(|title| title.to_string()));
    Row {
        action: rule.action.as_deref().unwrap_or("any").to_owned(),
        order: RuleEffect::ALL.iter().position(|effect| *effect == rule.effect).unwrap_or(0),
        rule: rule.effect.word(),
        to: rule.to.map_or(String::new(), |to| rule::recipient(to, speaker)),
        requires: rule.requires.as_ref().map_or(String::new(), |all| rule::requires(all, speaker)),
        of: rule.of.as_ref().map_or(String::new(), |of| of.join(", ")),
        when: rule.when.as_ref().map_or(String::new(), |when| expression::expression(when, speaker)),
        oblige: oblige.iter().map(|one| rule::oblige(one, speaker)).collect::<Vec<_>>().join(", "),
        in_force: said(&cell),
        because: because.join(": "),
    }
}

/// Without the columns in which no row says anything.
fn without_empty(lines: Vec<Vec<String>>) -> Vec<Vec<String>> {
    let says =
        |at: usize| lines.iter().skip(1).any(|line| line.get(at).is_some_and(|cell| cell != "-" && cell != "yes"));
    let kept: Vec<usize> = (0..=LONG.len()).filter(|at| *at < 3 || says(*at)).collect();
    lines.iter().map(|line| kept.iter().filter_map(|at| line.get(*at).cloned()).collect()).collect()
}

fn actions(named: &Named<Resource>) -> BTreeSet<&str> {
    named.versions.iter().flat_map(|version| &version.actions).map(|action| &*action.name).collect()
}

fn is_plain(rule: &Rule) -> bool {
    let titled = rule.effect == RuleEffect::Permit && rule.action.is_some();
    titled && rule.of.is_none() && rule.when.is_none() && rule.oblige.is_empty()
}

fn has_plain_actions(named: &Named<Resource>) -> bool {
    let mut actions = named.versions.iter().flat_map(|version| &version.actions);
    !named.versions.iter().any(|version| version.register) && actions.all(|action| action.oblige.is_empty())
}

/// The full names that a table mentions: a name is short where it is the only one of them.
fn names<'b>(meaning: &'b Meaning, own: &[(ResourceId, &'b Named<Resource>)], rules: &[&'b Rule]) -> Vec<&'b str> {
    let mut names: Vec<&str> = own.iter().map(|(_, named)| &*named.name).collect();
    for rule in rules {
        match rule.to {
            Some(Recipient::Role(id)) => names.extend(meaning.role(id).map(|named| &*named.name)),
            Some(Recipient::Organisation(id)) => {
                names.extend(meaning.organisations.get(id.index()).map(|name| &**name));
            }
            _ => {}
        }
        if let Some(requires) = &rule.requires {
            let mut waiting = vec![requires];
            while let Some(next) = waiting.pop() {
                match next {
                    Requires::Package(id) => names.extend(meaning.package(*id).map(|named| &*named.name)),
                    Requires::And(all) | Requires::Or(all) => waiting.extend(all),
                }
            }
        }
        let mut waiting: Vec<&Expression> = rule.when.iter().collect();
        while let Some(next) = waiting.pop() {
            names.extend(mentioned(next, meaning));
            waiting.extend(next.parts());
        }
        let owner = rule.key.rsplitn(4, '/').last().unwrap_or("");
        names.push(owner);
    }
    names.sort_unstable();
    names.dedup();
    names
}

/// The full name that a condition itself mentions, its parts apart.
fn mentioned<'b>(says: &Expression, meaning: &'b Meaning) -> Option<&'b str> {
    match says {
        Expression::Is { what: IsWhat::Role(id), .. } => meaning.role(*id).map(|named| &*named.name),
        Expression::Is { what: IsWhat::Organisation(id), .. } | Expression::Value(Constant::Organisation(id)) => {
            meaning.organisations.get(id.index()).map(|name| &**name)
        }
        Expression::Holds { package, .. } => meaning.package(*package).map(|named| &*named.name),
        Expression::Permitted { resource, .. } => meaning.resource(*resource).map(|named| &*named.name),
        Expression::Condition(id) => meaning.condition(*id).map(|defined| &*defined.name),
        _ => None,
    }
}
