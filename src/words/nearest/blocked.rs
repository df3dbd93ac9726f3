//! Why nothing would permit a request, and what begins or ends on a day: each with its place. Finds no reason.

use super::Telling;
use crate::decide::nearest::{Blocked, Nearest};
use crate::decide::{Action, On, OpenQuestion, OpenValue, What};
use crate::ir::{Grantee, Line};
use crate::origins::{Origin, Part};
use crate::terms::period::Period;
use crate::words::speaker::place_text;
use crate::words::{decision, rule, step};
use jiff::civil::Date;

/// How many roles and delegations are asked whether they begin or end on a day.
const MOST_ROWS: usize = 1_000;

impl Telling<'_> {
    /// Nothing would permit it, or nothing was found.
    pub(super) fn nothing(&self, nearest: &Nearest, lines: &mut Vec<String>) {
        if nearest.blocked.is_empty() {
            lines.push(if nearest.cut {
                "nearest changes that would permit: none was found before the search ended".to_owned()
            } else {
                format!("nearest changes that would permit: no set of up to {} was found", nearest.most_changes)
            });
            return;
        }
        lines.push("no facts would permit this".to_owned());
        for one in &nearest.blocked {
            let (text, place) = self.blocked(one);
            let place = place.map_or(String::new(), |place| format!("  {}", place_text(place)));
            lines.push(format!("  {text}{place}"));
        }
    }

    /// What stands in the way, and where.
    pub(super) fn blocked(&self, one: &Blocked) -> (String, Option<&Origin>) {
        let of_rule = |id, scope| {
            self.speaker.bundle.meaning.rule(id).map_or(String::new(), |body| rule::rule(body, scope, self.speaker))
        };
        let on = self.speaker.short(self.speaker.on(self.request.on));
        match one {
            Blocked::NoPermit => (format!("nothing permits {} on {on}", self.request.action.word()), None),
            Blocked::NoWay => {
                let who = self.request.subject.map_or("nobody".to_owned(), |id| self.name(id));
                let party = self.request.party().map_or(String::new(), |party| format!(" for {}", self.name(party)));
                let may = if self.request.action == Action::Delegate {
                    let to = self.request.to.map_or(String::new(), |id| format!(" to {}", self.name(id)));
                    format!("may come to pass {on} on{to}")
                } else {
                    format!("can come to hold {on}")
                };
                (format!("there is no way in which {who} {may}{party}"), None)
            }
            Blocked::Unsaid(path) => (
                format!("only the delegation itself will say {path}: nothing is known of one that is not yet given"),
                None,
            ),
            Blocked::Forbid(id, scope) => {
                (format!("this forbids it: {}", of_rule(*id, *scope)), self.speaker.origin(Part::Rule(*id, *scope)))
            }
            Blocked::Permit(id, scope) => {
                (format!("this cannot apply: {}", of_rule(*id, *scope)), self.speaker.origin(Part::Rule(*id, *scope)))
            }
            Blocked::Open(question) => {
                let text = self.speaker.question_text(*question).map_or(String::new(), |text| format!(": {text}"));
                let what = self.speaker.short(self.speaker.what(question.what));
                let open = decision::open_in_short(*question, self.speaker);
                (format!("nobody has decided {open} of {what}{text}"), self.place_of(*question))
            }
            Blocked::Undecided(what) => {
                let text = self.speaker.undecided_text(what).map_or(String::new(), |text| format!(": {text}"));
                (format!("nobody has decided {}{text}", step::undecided(what, self.speaker)), self.place_of_value(what))
            }
        }
    }

    /// Where an open question stands.
    fn place_of(&self, question: OpenQuestion) -> Option<&Origin> {
        let (meaning, today) = (&self.speaker.bundle.meaning, self.request.today);
        let number = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
        let line = |lines: &[Line]| lines.iter().position(|line| *line == Line::Undecided).map(number);
        let part = match question.what {
            What::Area(id) => {
                let (version, body) = meaning.area(id)?.on(today)?;
                Part::AreaLine(id, number(version), line(&body.delegable)?)
            }
            What::Package(id) => {
                let (version, body) = meaning.package(id)?.on(today)?;
                let version = number(version);
                let grant = |to: Option<Grantee>| {
                    let at = body.grants.iter().position(|grant| grant.undecided && grant.to == to);
                    at.map(|at| Part::Grant(id, version, number(at)))
                };
                match question.open {
                    OpenValue::Kinds => Some(Part::Package(id, version)),
                    OpenValue::Delegable => line(&body.delegable).map(|at| Part::Line(id, version, at)),
                    OpenValue::Grant => grant(None),
                    OpenValue::GrantToRole(role) => grant(Some(Grantee::Role(role))),
                    OpenValue::GrantToPackage(package) => grant(Some(Grantee::Package(package))),
                    OpenValue::GrantToItself => grant(Some(Grantee::Itself)),
                }?
            }
        };
        self.speaker.origin(part)
    }

    /// Where a value stands that nobody has decided: what it is in.
    fn place_of_value(&self, what: &str) -> Option<&Origin> {
        let (meaning, today) = (&self.speaker.bundle.meaning, self.request.today);
        let number = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
        if let Ok(at) = meaning.rules.binary_search_by(|rule| (*rule.key).cmp(what)) {
            return self.speaker.origin(Part::Rule(at.into(), 0));
        }
        let (name, _) = what.split_once(' ')?;
        let condition = meaning.condition_named(name).map(Part::Condition);
        let resource = || {
            let id = meaning.resource_named(name)?;
            Some(Part::Resource(id, number(meaning.resource(id)?.on(today)?.0)))
        };
        let package = || {
            let id = meaning.package_named(name)?;
            Some(Part::Package(id, number(meaning.package(id)?.on(today)?.0)))
        };
        self.speaker.origin(condition.or_else(resource).or_else(package)?)
    }

    /// What begins or ends on a day: rules over the resource, grants, roles and delegations of the subject.
    pub(super) fn turns_on(&self, day: Date) -> Option<String> {
        let (meaning, facts) = (&self.speaker.bundle.meaning, self.facts.facts);
        let turn = |period: Period| match (period.from == Some(day), period.before == Some(day)) {
            (true, _) => Some("begins"),
            (_, true) => Some("ends"),
            _ => None,
        };
        if let On::Resource(id) = self.request.on {
            for rule in &meaning.rules {
                let scopes = rule.scopes.iter().filter(|scope| scope.on.binary_search(&id).is_ok());
                if let Some(turn) = scopes.filter_map(|scope| turn(scope.period)).next() {
                    let action = rule.action.as_deref().unwrap_or("any action");
                    return Some(format!("`{} {action}` {turn} then", rule.effect.word()));
                }
            }
            let versions = meaning.resource(id).into_iter().flat_map(|named| &named.versions);
            if let Some(turn) = versions.filter_map(|version| turn(version.period)).next() {
                return Some(format!("a version of {} {turn} then", self.speaker.short(self.speaker.resource(id))));
            }
        }
        if let Some(who) = self.request.subject {
            for row in facts.roles_of(who).rows.iter().take(MOST_ROWS) {
                if let Some(turn) = turn(facts.period(row.period)) {
                    return Some(format!("{} {turn} to be {} then", self.name(who), self.role_name(row.role)));
                }
            }
            for one in facts.delegations_to(who).take(MOST_ROWS).filter_map(|at| facts.delegation(at)) {
                let turn = if one.given == day { Some("begins") } else { turn(one.period) };
                if let Some(turn) = turn {
                    return Some(format!("a delegation of {} {turn} then", self.what(one.what)));
                }
            }
        }
        for named in &meaning.packages {
            for version in &named.versions {
                let grants = version.grants.iter().filter(|grant| !grant.undecided);
                let turn = turn(version.period).or_else(|| grants.filter_map(|grant| turn(grant.period)).next());
                if let Some(turn) = turn {
                    return Some(format!("a grant of {} {turn} then", self.speaker.short(&named.name)));
                }
            }
        }
        None
    }
}
