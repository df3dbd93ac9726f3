//! Many requests at once: the names of a block are looked up side by side, then what is known of its subjects is fetched side by side,
//! then each is decided. With millions of names memory is what takes time; so its delays overlap. Decides nothing itself.

use super::era::ActionId;
use super::{Answer, Asking, Query, Scratch};
use crate::decide::decision::What;
use crate::decide::index::{Decider, Index};
use crate::decide::request::On;
use crate::facts::{EntityId, Known};
use crate::ir::{Bundle, Meaning};
use jiff::{Timestamp, civil::Date};
use rustc_hash::FxHashMap;
use std::hint::black_box;

/// Requests of one block.
const BLOCK: usize = 64;

/// What the packages, areas, resources and actions of a bundle are called: full names and identifiers.
#[derive(Debug)]
pub struct Directory<'b> {
    things: FxHashMap<&'b str, On>,
    actions: FxHashMap<&'b str, ActionId>,
}

impl<'b> Directory<'b> {
    /// All that can be asked for. Linear in the size of the bundle.
    #[must_use]
    pub fn new(bundle: &'b Bundle, index: &Index<'b>) -> Self {
        let Meaning { packages, areas, resources, .. } = &bundle.meaning;
        let mut things = FxHashMap::default();
        for (at, named) in areas.iter().enumerate() {
            things.extend([&*named.name, named.identifier()].map(|name| (name, On::Area(at.into()))));
        }
        for (at, named) in packages.iter().enumerate() {
            things.extend([&*named.name, named.identifier()].map(|name| (name, On::Package(at.into()))));
        }
        for (at, named) in resources.iter().enumerate() {
            things.extend([&*named.name, named.identifier()].map(|name| (name, On::Resource(at.into()))));
        }
        Directory { things, actions: index.actions().collect() }
    }

    /// What an action on something of these names is; `None`: there is no such thing.
    #[must_use]
    pub fn asking(&self, action: &str, on: &str) -> Option<Asking> {
        let on = *self.things.get(on)?;
        let what = match on {
            On::Package(package) => What::Package(package),
            On::Area(area) => What::Area(area),
            On::Resource(resource) => {
                let act = self.actions.get(action);
                return Some(act.map_or(Asking::Nothing(on), |action| Asking::Act(resource, *action)));
            }
        };
        Some(match action {
            "use" => Asking::Use(what),
            "delegate" => Asking::Delegate(what),
            _ => Asking::Nothing(on),
        })
    }
}

/// A request by names.
#[derive(Clone, Copy, Debug)]
pub struct Named<'r> {
    /// Who asks.
    pub subject: &'r str,
    /// For whom.
    pub party: &'r str,
    /// What for.
    pub action: &'r str,
    /// On what: a full name or an identifier.
    pub on: &'r str,
    /// To whom, where it is asked who may delegate.
    pub to: Option<&'r str>,
    /// The context.
    pub context: &'r Known,
}

impl Decider<'_, '_> {
    /// Effect and cause of many requests, in their order.
    pub fn answers(&self, scratch: &mut Scratch, queries: &[Query<'_>], out: &mut Vec<Answer>) {
        for block in queries.chunks(BLOCK) {
            self.fetch(block.iter().map(|query| (query.subject, query.party)));
            out.extend(block.iter().map(|query| self.answer(scratch, query)));
        }
    }

    /// Effect and cause of a request by names, at one moment; `None`: somebody or something of a name is not there.
    #[must_use]
    pub fn answer_by_name(
        &self,
        directory: &Directory<'_>,
        scratch: &mut Scratch,
        (now, today): (Timestamp, Date),
        one: &Named<'_>,
    ) -> Option<Answer> {
        let asking = directory.asking(one.action, one.on);
        let (subject, party) = self.facts.both_named(one.subject, one.party);
        let mut query = Query::new(now, today, subject?, party?, asking?);
        query.to = match one.to {
            Some(to) => Some(self.facts.entity_named(to)?),
            None => None,
        };
        query.context = one.context;
        Some(self.answer(scratch, &query))
    }

    /// The same by names, at one moment; `None`: somebody or something of a name is not there.
    pub fn answers_by_name(
        &self,
        directory: &Directory<'_>,
        scratch: &mut Scratch,
        (now, today): (Timestamp, Date),
        requests: &[Named<'_>],
        out: &mut Vec<Option<Answer>>,
    ) {
        let mut names: Vec<&str> = Vec::with_capacity(3 * BLOCK);
        let mut queries: Vec<Option<Query<'_>>> = Vec::with_capacity(BLOCK);
        for block in requests.chunks(BLOCK) {
            names.clear();
            queries.clear();
            for one in block {
                names.extend([one.subject, one.party]);
                names.extend(one.to);
            }
            let mut ids = self.facts.entities_named(&names).into_iter();
            for one in block {
                let (subject, party) = (ids.next().flatten(), ids.next().flatten());
                let to = one.to.map(|_| ids.next().flatten());
                let query = || {
                    let asking = directory.asking(one.action, one.on)?;
                    let mut query = Query::new(now, today, subject?, party?, asking);
                    query.to = match to {
                        Some(to) => Some(to?),
                        None => None,
                    };
                    query.context = one.context;
                    Some(query)
                };
                queries.push(query());
            }
            self.fetch(queries.iter().flatten().map(|query| (query.subject, query.party)));
            out.extend(queries.iter().map(|query| Some(self.answer(scratch, query.as_ref()?))));
        }
    }

    /// Reads what decisions about these will read, each in turn for all of them: so no read waits for that of another.
    fn fetch(&self, asking: impl Iterator<Item = (Option<EntityId>, Option<EntityId>)> + Clone) {
        let lookup = self.lookup(Date::default());
        let asking = asking.filter_map(|(subject, party)| Some((subject?, party.or(subject)?)));
        let mut read = 0;
        for (who, party) in asking.clone() {
            read ^= u32::from(lookup.marks(who).bits() ^ lookup.marks(party).bits());
        }
        let received = |who| self.facts.delegation_row(lookup.received_by(who).next()?);
        for (who, _) in asking.clone() {
            read ^= lookup.held_by(who).first().map_or(0, |row| row.role.0);
            read ^= received(who).map_or(0, |row| row.giver.0);
        }
        for row in asking.clone().filter_map(|(who, _)| received(who)) {
            read ^= u32::from(lookup.marks(row.giver).bits());
        }
        for row in asking.filter_map(|(who, _)| received(who)) {
            read ^= lookup.held_by(row.giver).first().map_or(0, |row| row.role.0);
        }
        black_box(read);
    }
}
