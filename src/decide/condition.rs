//! What an expression gives, in three values (docs/meaning.md, E1–E14). Collects nothing of why: that is `missing`.

use super::case::Case;
use super::roles::Roles;
use super::truth::Truth;
use super::value::{Seen, Set};
use crate::facts::{EntityId, Known, ThingSort, Whose};
use crate::ir::{ConditionId, Constant, Controlling, Expression, IsWhat, PackageId, Resource, ResourceId, Retain};
use crate::terms::{limit::CONDITION_DEPTH, open::Open, root::Root};
use rustc_hash::FxHashMap;
use std::cell::RefCell;

/// How deep expressions and named conditions may stand within each other, each counted as a value and as a truth; deeper, which
/// readers refuse, is unknown.
const DEEPEST: usize = 2 * CONDITION_DEPTH + 2;

/// What the roots of an expression are (E2). What is not there is missing.
#[derive(Clone, Debug)]
pub(super) struct Roots<'a> {
    pub(super) subject: Seen<'a>,
    pub(super) party: Seen<'a>,
    pub(super) holder: Seen<'a>,
    pub(super) giver: Seen<'a>,
    pub(super) receiver: Seen<'a>,
    pub(super) delegation: Seen<'a>,
    pub(super) context: Seen<'a>,
    pub(super) record: Seen<'a>,
    pub(super) resource: Option<ResourceId>,
    pub(super) element: Seen<'a>,
}

impl Roots<'_> {
    /// Nothing is there.
    pub(super) const NONE: Self = Roots {
        subject: Seen::Missing,
        party: Seen::Missing,
        holder: Seen::Missing,
        giver: Seen::Missing,
        receiver: Seen::Missing,
        delegation: Seen::Missing,
        context: Seen::Missing,
        record: Seen::Missing,
        resource: None,
        element: Seen::Missing,
    };
}

/// Who answers what an expression asks of a decision (E12, E13).
pub(super) trait Answers {
    /// Does somebody hold a package for a party?
    fn holds(&self, who: EntityId, package: PackageId, party: EntityId) -> Truth;
    /// Would the same request be permitted for this?
    fn permitted(&self, resource: ResourceId, action: &str) -> Truth;
}

/// Where an expression is asked: the moment, what it may speak of, and who answers `holds` and `permitted`.
pub(super) struct Scene<'s, 'a> {
    pub(super) roles: &'a Roles<'a>,
    /// Nobody, in conditions of grants and lines.
    answers: Option<&'s dyn Answers>,
    /// The same, where it can be told why.
    pub(super) case: Option<&'s Case<'a>>,
    pub(super) roots: Roots<'a>,
    /// Named conditions that were asked here, unknown while they are: several that name each other ask each once.
    named: RefCell<FxHashMap<ConditionId, Truth>>,
}

/// Variables of the `any` and `all` around an expression, and how deep it stands.
#[derive(Clone, Copy)]
pub(super) struct Around<'v, 'a> {
    pub(super) innermost: Option<&'v Bound<'v, 'a>>,
    depth: usize,
}

/// A variable.
pub(super) struct Bound<'v, 'a> {
    name: &'a str,
    value: Seen<'a>,
    /// The set that it is a member of, and what is around that.
    pub(super) set: &'a Expression,
    pub(super) outer: Around<'v, 'a>,
}

impl<'v, 'a> Bound<'v, 'a> {
    pub(super) fn new(name: &'a str, value: Seen<'a>, set: &'a Expression, outer: Around<'v, 'a>) -> Self {
        Bound { name, value, set, outer }
    }
}

impl<'v, 'a> Around<'v, 'a> {
    /// Nothing is around it.
    pub(super) const NOTHING: Self = Around { innermost: None, depth: 0 };

    /// One level further in; `None`: too deep.
    pub(super) fn deeper(self) -> Option<Self> {
        (self.depth < DEEPEST).then_some(Around { depth: self.depth + 1, ..self })
    }

    /// The same depth, and no variables.
    pub(super) fn outside<'w>(self) -> Around<'w, 'a> {
        Around { innermost: None, depth: self.depth }
    }

    /// These variables, as deep as that.
    pub(super) fn at_depth_of(self, other: Around<'_, 'a>) -> Self {
        Around { depth: other.depth, ..self }
    }

    pub(super) fn with(self, bound: &'v Bound<'v, 'a>) -> Self {
        Around { innermost: Some(bound), ..self }
    }

    /// The variable of a name.
    pub(super) fn find(self, name: &str) -> Option<&'v Bound<'v, 'a>> {
        let mut next = self.innermost;
        while let Some(bound) = next {
            if bound.name == name {
                return Some(bound);
            }
            next = bound.outer.innermost;
        }
        None
    }
}

impl<'s, 'a> Scene<'s, 'a> {
    pub(super) fn new(roles: &'a Roles<'a>, case: Option<&'s Case<'a>>, roots: Roots<'a>) -> Self {
        let answers = case.map(|case| -> &'s dyn Answers { case });
        Scene { roles, answers, case, roots, named: RefCell::default() }
    }

    /// Where nothing is told of why.
    pub(super) fn answered(roles: &'a Roles<'a>, answers: &'s dyn Answers, roots: Roots<'a>) -> Self {
        Scene { roles, answers: Some(answers), case: None, roots, named: RefCell::default() }
    }

    /// Is the condition so?
    pub(super) fn truth(&self, expression: &'a Expression) -> Truth {
        self.truth_in(Around::NOTHING, expression)
    }

    pub(super) fn truth_in(&self, around: Around<'_, 'a>, expression: &'a Expression) -> Truth {
        let Some(around) = around.deeper() else { return Truth::Unknown };
        match expression {
            Expression::Or(parts) => Truth::any(parts.iter().map(|part| self.truth_in(around, part))),
            Expression::And(parts) => Truth::all(parts.iter().map(|part| self.truth_in(around, part))),
            Expression::Not(part) => self.truth_in(around, part).not(),
            Expression::Compare(operator, sides) => {
                let (one, other) = (self.see(around, &sides.0), self.see(around, &sides.1));
                one.compares(*operator, &other, self.roles.decider.index.meaning)
            }
            Expression::Is { who, what, party } => {
                let who = self.see(around, who);
                let party = party.as_ref().map(|party| self.see(around, party));
                match &party {
                    Some(Seen::Missing) => Truth::Unknown,
                    Some(Seen::None) if who != Seen::Missing => Truth::Not,
                    _ => self.is(&who, *what, party.as_ref()),
                }
            }
            Expression::Holds { who, package, party } => {
                match (self.see(around, who), self.see(around, party), self.answers) {
                    (Seen::Missing, _, _) | (_, Seen::Missing, _) | (_, _, None) => Truth::Unknown,
                    (Seen::Entity(who), Seen::Entity(party), Some(answers)) => answers.holds(who, *package, party),
                    _ => Truth::Not,
                }
            }
            Expression::Each { all, variable, set, body } => {
                let members = match self.see(around, set) {
                    Seen::Set(members) => members,
                    Seen::None => Set::made(Vec::new()),
                    _ => return Truth::Unknown,
                };
                let truths = members.iter().map(|value| {
                    let bound = Bound::new(variable, value, set, around);
                    self.truth_in(around.with(&bound), body)
                });
                // What is not known of the set may be anything.
                let rest = members.incomplete.then_some(Truth::Unknown);
                if *all { Truth::all(truths.chain(rest)) } else { Truth::any(truths.chain(rest)) }
            }
            Expression::Permitted { resource, action } => {
                self.answers.map_or(Truth::Unknown, |answers| answers.permitted(*resource, action))
            }
            Expression::Condition(id) => self.named(around, *id),
            Expression::Undecided => Truth::Unknown,
            Expression::Shift { .. }
            | Expression::Root(_)
            | Expression::Variable(_)
            | Expression::Attribute(..)
            | Expression::Value(_)
            | Expression::List(_) => self.see(around, expression).truth(),
        }
    }

    /// The value of an expression.
    pub(super) fn see(&self, around: Around<'_, 'a>, expression: &'a Expression) -> Seen<'a> {
        let Some(around) = around.deeper() else { return Seen::Missing };
        match expression {
            Expression::Root(root) => self.root(*root),
            Expression::Variable(name) => around.find(name).map_or(Seen::Missing, |bound| bound.value.clone()),
            Expression::Attribute(of, name) => {
                let of = self.see(around, of);
                self.attribute(around, &of, name)
            }
            Expression::Value(constant) => self.constant(constant),
            Expression::List(parts) => {
                let mut set = Set::made(Vec::with_capacity(parts.len()));
                parts.iter().for_each(|part| set.push(self.see(around, part)));
                Seen::Set(set)
            }
            Expression::Shift { from, back, by } => match (self.see(around, from), self.see(around, by)) {
                (Seen::Missing, _) | (_, Seen::Missing) => Seen::Missing,
                (Seen::None, _) | (_, Seen::None) => Seen::None,
                (Seen::Date(day), Seen::Duration(by)) => by.moved(day, *back).map_or(Seen::Missing, Seen::Date),
                (Seen::DateTime(moment), Seen::Duration(by)) => {
                    by.moved_moment(moment, *back).map_or(Seen::Missing, Seen::DateTime)
                }
                _ => Seen::Missing,
            },
            Expression::Undecided => Seen::Missing,
            _ => match self.truth_in(around, expression) {
                Truth::So => Seen::Bool(true),
                Truth::Not => Seen::Bool(false),
                Truth::Unknown => Seen::Missing,
            },
        }
    }

    /// E14.
    fn named(&self, around: Around<'_, 'a>, id: ConditionId) -> Truth {
        if let Some(known) = self.named.borrow().get(&id) {
            return *known;
        }
        let Some(named) = self.roles.decider.index.meaning.condition(id) else { return Truth::Unknown };
        self.named.borrow_mut().insert(id, Truth::Unknown);
        let truth = self.truth_in(around.outside(), &named.body.says);
        self.named.borrow_mut().insert(id, truth);
        truth
    }

    fn root(&self, root: Root) -> Seen<'a> {
        let roots = &self.roots;
        match root {
            Root::Subject => roots.subject.clone(),
            Root::Party => roots.party.clone(),
            Root::Holder => roots.holder.clone(),
            Root::Giver => roots.giver.clone(),
            Root::Receiver => roots.receiver.clone(),
            Root::Delegation => roots.delegation.clone(),
            Root::Context => roots.context.clone(),
            Root::Record => roots.record.clone(),
            Root::Resource => roots.resource.map_or(Seen::Missing, Seen::Resource),
            Root::Element => roots.element.clone(),
            Root::Now => Seen::DateTime(self.roles.now),
            Root::Today => Seen::Date(self.roles.today),
        }
    }

    fn constant(&self, constant: &'a Constant) -> Seen<'a> {
        match constant {
            Constant::Bool(so) => Seen::Bool(*so),
            Constant::Integer(number) => Seen::Integer(*number),
            Constant::String(text) => Seen::String(text),
            Constant::Date(day) => Seen::Date(*day),
            Constant::DateTime(moment) => Seen::DateTime(*moment),
            Constant::Duration(length) => Seen::Duration(*length),
            Constant::Enum(of, at) => Seen::Enum(*of, *at),
            Constant::Element(name) => Seen::Element(name),
            // Every organisation of the bundle is one of the entities (F1).
            Constant::Organisation(id) => self.roles.decider.organisation(*id).map_or(Seen::Missing, Seen::Entity),
            Constant::Consent(state) => Seen::Consent(*state),
            Constant::Basis(basis) => Seen::Basis(basis),
            Constant::Level(level) => Seen::Level(*level),
            Constant::None => Seen::None,
        }
    }

    /// E3, E4.
    pub(super) fn attribute(&self, around: Around<'_, 'a>, of: &Seen<'a>, name: &'a str) -> Seen<'a> {
        let facts = self.roles.decider.facts;
        match of {
            Seen::Set(members) => {
                let mut set = Set::made(Vec::new());
                set.incomplete = members.incomplete;
                members.iter().for_each(|member| set.push_each(self.attribute(around, &member, name)));
                Seen::Set(set)
            }
            Seen::Entity(who) => facts.value(Whose::Entity(*who), name).map_or(Seen::Missing, Seen::told),
            Seen::Nameless(attributes) => known(attributes, name),
            Seen::Record(attributes) => {
                self.kept_or_overdue(around, of, name).unwrap_or_else(|| known(attributes, name))
            }
            Seen::Thing(id) => {
                let Some(thing) = facts.thing(*id) else { return Seen::Missing };
                let kept = match thing.sort {
                    ThingSort::Record(_) => self.kept_or_overdue(around, of, name),
                    ThingSort::Entity(_) => None,
                };
                kept.unwrap_or_else(|| facts.value(Whose::Thing(*id), name).map_or(Seen::Missing, Seen::told))
            }
            Seen::Delegation(one, given) => match (name, one) {
                ("given", _) => Seen::Date(*given),
                (_, Some(at)) => facts.value(Whose::Delegation(*at), name).map_or(Seen::Missing, Seen::told),
                (_, None) => Seen::Missing,
            },
            Seen::Resource(id) => self.resource(Some(*id)).map_or(Seen::Missing, |body| of_resource(body, name)),
            _ => Seen::Missing,
        }
    }

    /// The version in force of the resource asked for.
    pub(super) fn resource(&self, id: Option<ResourceId>) -> Option<&'a Resource> {
        let (_, body) = self.roles.decider.index.meaning.resource(id?)?.on(self.roles.today)?;
        Some(body)
    }

    /// What `retain` says of a record (E4); `None`: the attribute is another.
    fn kept_or_overdue(&self, around: Around<'_, 'a>, record: &Seen<'a>, name: &str) -> Option<Seen<'a>> {
        let which: fn(&Retain) -> &Expression = which_of_retain(name)?;
        if *record != self.roots.record {
            return Some(Seen::Missing);
        }
        let Some(retain) = self.resource(self.roots.resource)?.retain.as_ref() else { return Some(Seen::Bool(false)) };
        Some(self.of_record(record.clone()).see(around.outside(), which(retain)))
    }

    /// The scene of `retain`: of this record, and nothing else, so that what it says of itself has an end.
    pub(super) fn of_record(&self, record: Seen<'a>) -> Scene<'s, 'a> {
        let roots = Roots { record, ..Roots::NONE };
        Scene::new(self.roles, None, roots)
    }

    /// E11. The party is neither missing nor `none`.
    fn is(&self, who: &Seen<'a>, what: IsWhat, party: Option<&Seen<'a>>) -> Truth {
        let who = match who {
            Seen::Missing => return Truth::Unknown,
            Seen::Entity(who) => *who,
            _ => return Truth::Not,
        };
        match what {
            IsWhat::Role(role) => match (self.roles.is_status(role), party) {
                (Some(true), None) => self.roles.truth(who, role, who),
                (Some(false), Some(Seen::Entity(party))) => self.roles.truth(who, role, *party),
                _ => Truth::Not,
            },
            IsWhat::Kind(kind) => Truth::of(self.roles.decider.kind(who) == Some(kind)),
            IsWhat::Organisation(id) => Truth::of(self.roles.decider.organisation(id) == Some(who)),
            IsWhat::Controller => self.controls(who, false),
            IsWhat::Processor => self.controls(who, true),
        }
    }

    /// Does somebody control, or process, the resource in force? (E11)
    pub(super) fn controls(&self, who: EntityId, processes: bool) -> Truth {
        let Some(body) = self.resource(self.roots.resource) else { return Truth::Unknown };
        match if processes { &body.processors } else { &body.controllers } {
            Open::Known(all) => Truth::any(all.iter().map(|one| match one {
                Controlling::Organisation(id) => Truth::of(self.roles.decider.organisation(*id) == Some(who)),
                Controlling::Status(role) => match self.roles.is_status(*role) {
                    Some(true) => self.roles.truth(who, *role, who),
                    _ => Truth::Not,
                },
            })),
            Open::Undecided => Truth::Unknown,
        }
    }
}

/// Which half of `retain` an attribute of a record is.
pub(super) fn which_of_retain(name: &str) -> Option<fn(&Retain) -> &Expression> {
    match name {
        "kept" => Some(|retain| &retain.kept),
        "overdue" => Some(|retain| &retain.overdue),
        _ => None,
    }
}

fn known<'a>(attributes: &'a Known, name: &str) -> Seen<'a> {
    attributes.get(name).map_or(Seen::Missing, Seen::of)
}

/// What a resource says of itself (E4).
fn of_resource<'a>(body: &'a Resource, name: &str) -> Seen<'a> {
    fn set<'a, T>(of: &'a Open<Vec<T>>, each: impl Fn(&'a T) -> Seen<'a>) -> Seen<'a> {
        let Some(all) = of.known() else { return Seen::Missing };
        let mut set = Set::made(Vec::with_capacity(all.len()));
        all.iter().map(each).for_each(|one| set.push(one));
        Seen::Set(set)
    }
    match name {
        "data" => body.data.known().map_or(Seen::Missing, |level| Seen::Level(*level)),
        "elements" => set(&body.elements, |name| Seen::Element(name)),
        "basis" => set(&body.basis, |basis| basis.known().map_or(Seen::Missing, Seen::Basis)),
        "purposes" => match &body.purposes {
            Some((of, purposes)) => set(purposes, |at| Seen::Enum(*of, *at)),
            None => Seen::Set(Set::made(Vec::new())),
        },
        _ => Seen::Missing,
    }
}
