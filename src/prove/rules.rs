//! When a rule applies, and what is decided of an element, as truths of a circuit (docs/meaning.md, U1–U5, C1, E13, O1).

use super::place::{Place, Scene};
use super::three::Three;
use super::translate::{DEPTH, Translator};
use super::values::Somebody;
use crate::ir::{Oblige, Recipient, Requires, Resource, ResourceId, Role, Rule, RuleId};
use crate::logic::Wire;
use crate::origins::Part;
use crate::terms::effect::RuleEffect;
use crate::terms::root::Root;
use std::collections::BTreeMap;

/// A resource in one of its versions, as far as it is asked for.
#[derive(Clone, Copy, Debug)]
pub(super) struct Asked<'b> {
    pub(super) resource: ResourceId,
    pub(super) version: &'b Resource,
    /// The place of the version among those of the resource.
    pub(super) at: usize,
    pub(super) element: Option<&'b str>,
    /// May there be a record?
    pub(super) record: bool,
}

/// What is decided of a part, as truths: exactly one of the four causes.
#[derive(Clone, Debug)]
pub(super) struct Verdict {
    pub(super) forbidden: Wire,
    pub(super) undecidable: Wire,
    pub(super) permitted: Wire,
    /// What the part is obliged to.
    pub(super) obligations: BTreeMap<Oblige, Wire>,
}

impl<'b> Translator<'b> {
    /// Does a rule apply to the part? (U1) The version is in force.
    pub(super) fn applies(&mut self, asked: Asked<'b>, id: RuleId, rule: &'b Rule) -> Three {
        let of = match (&rule.of, asked.element) {
            (None, _) => Three::SO,
            (Some(of), Some(name)) => match of.binary_search_by(|one| (**one).cmp(name)) {
                Ok(_) => Three::SO,
                Err(_) => Three::NOT,
            },
            (Some(_), None) if asked.version.elements.is_undecided() => Three::UNKNOWN,
            (Some(_), None) => Three::NOT,
        };
        if of == Three::NOT {
            return Three::NOT;
        }
        let periods = rule.scopes.iter().filter(|scope| scope.on.binary_search(&asked.resource).is_ok());
        let periods: Vec<_> = periods.map(|scope| scope.period).collect();
        let times: Vec<Wire> = periods.into_iter().map(|period| self.in_force(period)).collect();
        let time = self.atoms.circuit.any(times);
        if time == Wire::FALSE {
            return Three::NOT;
        }
        let place = Place {
            scene: Scene::Rule,
            resource: Some(asked.resource),
            version: Some(asked.version),
            element: asked.element,
            record: asked.record && asked.version.register,
            part: Some(Part::Rule(id, 0)),
        };
        let mut parts = vec![of];
        match rule.to {
            Some(to) => parts.push(self.is_for(&place, rule, to)),
            None if rule.effect == RuleEffect::Permit && rule.requires.is_none() => return Three::NOT,
            None => {}
        }
        if let Some(requires) = &rule.requires {
            parts.push(self.requires(requires, DEPTH));
        }
        if let Some(when) = &rule.when {
            parts.push(self.truth(&place, when, DEPTH));
        }
        let truth = Three::all(&mut self.atoms.circuit, parts);
        truth.only(&mut self.atoms.circuit, time)
    }

    /// U2.
    fn requires(&mut self, requires: &Requires, depth: u32) -> Three {
        let Some(depth) = self.deeper(depth) else { return self.atoms.anything() };
        match requires {
            Requires::Package(package) => {
                let (subject, party) = (self.atoms.root(Root::Subject), self.atoms.root(Root::Party));
                self.holds(Somebody::Is(subject), *package, Somebody::Is(party))
            }
            Requires::And(all) => {
                let parts: Vec<Three> = all.iter().map(|one| self.requires(one, depth)).collect();
                Three::all(&mut self.atoms.circuit, parts)
            }
            Requires::Or(all) => {
                let parts: Vec<Three> = all.iter().map(|one| self.requires(one, depth)).collect();
                Three::any(&mut self.atoms.circuit, parts)
            }
        }
    }

    /// U3–U5.
    fn is_for(&mut self, place: &Place<'b>, rule: &Rule, to: Recipient) -> Three {
        if to == Recipient::Anyone {
            return Three::SO;
        }
        let (subject, party) = (self.atoms.root(Root::Subject), self.atoms.root(Root::Party));
        let asks = !self.atoms.nobody;
        let itself = self.atoms.are_one(subject, party);
        let truth = match to {
            Recipient::Anyone => Three::SO,
            Recipient::Itself => Three::known(itself),
            Recipient::Role(role) => {
                let for_party = self.has_role(role, subject, Some(party));
                let is_status = |role: &Role| role.of.is_none();
                if self.meaning().role(role).is_some_and(|named| named.versions.iter().any(is_status)) {
                    let status = self.is_it(place, rule, to, itself);
                    for_party.or(&mut self.atoms.circuit, status)
                } else {
                    for_party
                }
            }
            Recipient::Organisation(_) | Recipient::Controller | Recipient::Processor => {
                self.is_it(place, rule, to, itself)
            }
        };
        truth.only(&mut self.atoms.circuit, asks)
    }

    /// U4, U5.
    fn is_it(&mut self, place: &Place<'b>, rule: &Rule, to: Recipient, itself: Wire) -> Three {
        let (subject, party) = (self.atoms.root(Root::Subject), self.atoms.root(Root::Party));
        let is = |translator: &mut Self, who| match to {
            Recipient::Role(role) => translator.has_role(role, who, None),
            Recipient::Organisation(id) => {
                let organisation = translator.atoms.organisation(id);
                Three::known(translator.atoms.are_one(who, organisation))
            }
            Recipient::Controller => translator.controls(place, who, false),
            Recipient::Processor => translator.controls(place, who, true),
            Recipient::Anyone | Recipient::Itself => Three::SO,
        };
        let of_party = is(self, party);
        if matches!(rule.effect, RuleEffect::Forbid | RuleEffect::Never) {
            let of_subject = is(self, subject);
            return of_party.or(&mut self.atoms.circuit, of_subject);
        }
        if rule.requires.is_some() {
            return of_party;
        }
        let key = self.has_key_role(subject, party);
        let acts = Three::known(itself).or(&mut self.atoms.circuit, key);
        of_party.and(&mut self.atoms.circuit, acts)
    }

    /// C1, O1: what is made of a part of an action of a version in force.
    pub(super) fn verdict(&mut self, asked: Asked<'b>, action: &str) -> Verdict {
        let element = asked.element.map(Box::from);
        let key = (self.side, asked.resource, asked.at, Box::from(action), element, asked.record);
        if let Some(known) = self.verdicts.get(&key) {
            return known.clone();
        }
        let verdict = self.new_verdict(asked, action);
        self.verdicts.insert(key, verdict.clone());
        verdict
    }

    fn new_verdict(&mut self, asked: Asked<'b>, action: &str) -> Verdict {
        let meaning = self.meaning();
        let Ok(at) = asked.version.actions.binary_search_by(|one| (*one.name).cmp(action)) else {
            let none = Wire::FALSE;
            return Verdict { forbidden: none, undecidable: none, permitted: none, obligations: BTreeMap::new() };
        };
        let rules = self.sides.get(self.side).map(|side| side.rules.over(asked.resource, action)).unwrap_or_default();
        let mut forbids = Vec::new();
        let mut permits = Vec::new();
        let mut applying: Vec<(&'b Rule, Three)> = Vec::new();
        for id in rules {
            let Some(rule) = meaning.rule(id) else { continue };
            if rule.effect == RuleEffect::Never || rule.effect == RuleEffect::Oblige && rule.oblige.is_empty() {
                continue;
            }
            let truth = self.applies(asked, id, rule);
            match rule.effect {
                RuleEffect::Forbid => forbids.push(truth),
                RuleEffect::Permit => permits.push(truth),
                RuleEffect::Never | RuleEffect::Oblige => {}
            }
            if !rule.oblige.is_empty() {
                applying.push((rule, truth));
            }
        }
        let circuit = &mut self.atoms.circuit;
        let (forbid, permit) = (Three::any(circuit, forbids), Three::any(circuit, permits));
        let permitted = circuit.and(forbid.not, permit.so);
        let open_forbid = forbid.unknown(circuit);
        let open_permit = permit.unknown(circuit);
        let open_permit = circuit.and(forbid.not, open_permit);
        let undecidable = circuit.or(open_forbid, open_permit);
        let mut obligations: BTreeMap<Oblige, Vec<Wire>> = BTreeMap::new();
        for one in asked.version.actions.get(at).map_or(&[][..], |action| &action.oblige) {
            obligations.entry(one.clone()).or_default().push(permitted);
        }
        for (rule, truth) in applying {
            let within = if rule.effect == RuleEffect::Forbid { forbid.so } else { permitted };
            let is = circuit.and(within, truth.so);
            for one in &rule.oblige {
                obligations.entry(one.clone()).or_default().push(is);
            }
        }
        let obligations = obligations.into_iter().map(|(one, wires)| (one, circuit.any(wires))).collect();
        Verdict { forbidden: forbid.so, undecidable, permitted, obligations }
    }

    /// E13: without a record, for every element.
    pub(super) fn permitted(&mut self, resource: ResourceId, action: &str, depth: u32) -> Three {
        let key = (self.side, resource, Box::from(action));
        if let Some(known) = self.permitted.get(&key) {
            return *known;
        }
        let Some(_) = self.deeper(depth) else { return self.atoms.anything() };
        // What asks for itself (which no bundle does that was compiled) finds no answer.
        self.permitted.insert(key.clone(), Three::UNKNOWN);
        let before = std::mem::replace(&mut self.decides_open, false);
        let meaning = self.meaning();
        let versions = meaning.resource(resource).map_or(&[][..], |named| &named.versions);
        let mut so = Vec::new();
        let mut unknown = Vec::new();
        for (at, version) in versions.iter().enumerate() {
            let time = self.in_force(version.period);
            let mut verdicts = Vec::new();
            for element in elements(version) {
                let asked = Asked { resource, version, at, element, record: false };
                verdicts.push(self.verdict(asked, action));
            }
            let circuit = &mut self.atoms.circuit;
            let all = circuit.all(verdicts.iter().map(|one| one.permitted));
            let forbidden = circuit.any(verdicts.iter().map(|one| one.forbidden));
            let open = circuit.any(verdicts.iter().map(|one| one.undecidable));
            so.push(circuit.and(time, all));
            unknown.push(circuit.all([time, !forbidden, open]));
        }
        let circuit = &mut self.atoms.circuit;
        let (so, unknown) = (circuit.any(so), circuit.any(unknown));
        let truth = Three { so, not: circuit.and(!so, !unknown) };
        self.decides_open = before;
        self.permitted.insert(key, truth);
        truth
    }
}

/// The parts of a version (Q8): its elements, or the whole.
pub(super) fn elements(version: &Resource) -> Vec<Option<&str>> {
    match version.elements.known() {
        Some(elements) if !elements.is_empty() => elements.iter().map(|name| Some(&**name)).collect(),
        _ => vec![None],
    }
}
