//! Roles, areas, packages and resources of a bundle: each version with its links.

use super::forms::OpenPair;
use super::vocabulary::Stands;
use super::{Reading, text};
use crate::ir;
use crate::terms::{kind::Kind, legal_basis::LegalBasis, open::Open};
use serde_json::value::RawValue;

impl<'s> Reading<'s> {
    pub(super) fn role(&mut self, value: &'s RawValue, role: text::Role) -> Option<ir::Role> {
        let source = match &role.source {
            Some(name) => Some(self.found(value, "organisation", name, self.names.organisation_named(name))?),
            None => None,
        };
        Some(ir::Role {
            period: text::period(role.from, role.before),
            by: role.by.0,
            of: role.of.map(|of| of.0),
            source,
            urn: role.urn,
            code: role.code,
            key: role.key.0,
            covers: role.covers.0,
            agent: role.agent.0,
        })
    }

    pub(super) fn area(&mut self, value: &'s RawValue, area: text::Area<'s>) -> Option<ir::Area> {
        Some(ir::Area {
            period: text::period(area.from, area.before),
            urn: area.urn,
            delegable: self.lines(value, area.delegable)?,
            services: area.services.0,
        })
    }

    pub(super) fn package(&mut self, value: &'s RawValue, package: text::Package<'s>) -> Option<ir::Package> {
        let area = match &package.area {
            Some(name) => Some(self.found(value, "area", name, self.names.area_named(name))?),
            None => None,
        };
        let grants: Option<Vec<ir::Grant>> = package.grants.into_iter().map(|grant| self.grant(value, grant)).collect();
        Some(ir::Package {
            period: text::period(package.from, package.before),
            area,
            urn: package.urn,
            kinds: package.kinds.0,
            data: package.data.0,
            services: package.services.0,
            delegable: self.lines(value, package.delegable)?,
            grants: self.sorted(value, grants?),
        })
    }

    /// Without `retain`, whose conditions speak of all resources.
    pub(super) fn resource(&mut self, value: &'s RawValue, resource: text::Resource<'s>) -> Option<Resource<'s>> {
        let register = match &*resource.kind {
            "service" => false,
            "register" => true,
            other => return self.finding(value, format!("`{other}` is not a kind of resource")),
        };
        let mut actions = Vec::new();
        for (name, action) in resource.actions.0 {
            self.is_name(value, &name);
            let oblige = self.obliges(value, action.oblige)?;
            actions.push(ir::Action { name, partial: action.partial, oblige });
        }
        let elements = self.open(value, resource.elements.0, |reading, name: Box<str>| {
            reading.is_name(value, &name);
            Some(name)
        })?;
        let records = match &resource.records {
            Some(name) => Some(self.found(value, "entity", name, self.names.entity_named(name))?),
            None => None,
        };
        let basis = self.open(value, resource.basis.0, |reading, said| {
            let OpenPair(Open::Known((word, text))) = said else { return Some(Open::Undecided) };
            let basis = match &*word {
                "law" => Some(LegalBasis::Law(text)),
                "gdpr" => {
                    LegalBasis::gdpr(&text).or_else(|| reading.finding(value, format!("`{text}` is no legal basis")))
                }
                _ => reading.finding(value, format!("`{word}` is no sort of legal basis")),
            };
            basis.map(Open::Known)
        })?;
        // Nothing known and something open is: open.
        let basis = if basis.known().is_some_and(|all| **all == [Open::Undecided]) { Open::Undecided } else { basis };
        let purposes = match resource.purposes {
            Some(purposes) => {
                let id = self.found(value, "enum", &purposes.of, self.names.enum_named(&purposes.of))?;
                let known = self.names.enum_at(id).map_or(Vec::new(), |of| of.body.values.clone());
                let values = self.open(value, purposes.values.0, |reading, name: Box<str>| {
                    let at = known.iter().position(|value| *value == name).and_then(|at| u32::try_from(at).ok());
                    at.or_else(|| reading.finding(value, format!("`{name}` is no purpose")))
                })?;
                Some((id, values))
            }
            None => None,
        };
        let version = ir::Resource {
            period: text::period(resource.from, resource.before),
            register,
            urn: resource.urn,
            data: resource.data.0,
            actions,
            elements,
            records,
            controllers: self.open(value, resource.controllers.0, |reading, one| reading.controlling(value, &one))?,
            processors: self.open(value, resource.processors.0, |reading, one| reading.controlling(value, &one))?,
            basis,
            purposes,
            retain: None,
        };
        Some(Resource { version, retain: resource.retain })
    }

    pub(super) fn retain(&mut self, retain: Option<text::Retain<'s>>) -> Option<ir::Retain> {
        let retain = retain?;
        let kept = self.condition(retain.kept, Stands::Retention);
        let (overdue, _) = self.condition(retain.overdue, Stands::Retention)?;
        Some(ir::Retain { kept: kept?.0, overdue })
    }

    /// A list that may be undecided; sorted, without repeats.
    fn open<T, L: Ord>(
        &mut self,
        value: &'s RawValue,
        list: Open<Vec<T>>,
        mut read: impl FnMut(&mut Self, T) -> Option<L>,
    ) -> Option<Open<Vec<L>>> {
        let Open::Known(list) = list else { return Some(Open::Undecided) };
        let list: Option<Vec<L>> = list.into_iter().map(|item| read(self, item)).collect();
        Some(Open::Known(self.sorted(value, list?)))
    }

    fn controlling(&mut self, value: &'s RawValue, (word, name): &text::Pair) -> Option<ir::Controlling> {
        match &**word {
            "organisation" => {
                let found = self.names.organisation_named(name);
                self.found(value, "organisation", name, found).map(ir::Controlling::Organisation)
            }
            "status" => {
                let id: ir::RoleId = self.found(value, "role", name, self.names.role_named(name))?;
                let versions = self.names.role(id).map_or(&[][..], |named| &named.versions);
                if !versions.iter().any(|version| version.of.is_none() || version.by.is_empty()) {
                    return self.finding(value, format!("`{name}` is no status"));
                }
                Some(ir::Controlling::Status(id))
            }
            _ => self.finding(value, format!("`{word}` neither controls nor processes")),
        }
    }

    fn lines(&mut self, value: &'s RawValue, lines: Vec<text::Line<'s>>) -> Option<Vec<ir::Line>> {
        let lines: Option<Vec<ir::Line>> = lines.into_iter().map(|line| self.line(value, line)).collect();
        Some(self.sorted(value, lines?))
    }

    fn line(&mut self, value: &'s RawValue, line: text::Line<'s>) -> Option<ir::Line> {
        let to = line.to.unwrap_or_default();
        let to: Vec<&str> = to.iter().map(|word| &**word).collect();
        let receiver = match (line.undecided, line.onward, &*to) {
            (true, None, []) if line.when.is_none() => return Some(ir::Line::Undecided),
            (false, Some(_), ["kind", word]) => match Kind::from_word(word) {
                Some(kind) => ir::Receiver::Kind(kind),
                None => return self.finding(value, format!("`{word}` is no kind")),
            },
            (false, Some(_), ["role", name]) => {
                ir::Receiver::Role(self.found(value, "role", name, self.names.role_named(name))?)
            }
            _ => return self.finding(value, "a line of `delegable` does not have the form of one".to_owned()),
        };
        let when = self.when(line.when, Stands::Line)?;
        line.onward.map(|onward| ir::Line::To { to: receiver, onward, when })
    }

    fn grant(&mut self, value: &'s RawValue, grant: text::Grant<'s>) -> Option<ir::Grant> {
        let words: Option<Vec<&str>> = grant.to.as_ref().map(|to| to.iter().map(|word| &**word).collect());
        let to = match words.as_deref() {
            None if grant.undecided => None,
            Some(["self"]) => Some(ir::Grantee::Itself),
            Some(["role", name]) => {
                Some(ir::Grantee::Role(self.found(value, "role", name, self.names.role_named(name))?))
            }
            Some(["package", name]) => {
                Some(ir::Grantee::Package(self.found(value, "package", name, self.names.package_named(name))?))
            }
            _ => return self.finding(value, "a grant does not have the form of one".to_owned()),
        };
        Some(ir::Grant {
            to,
            gives_use: grant.gives_use,
            gives_delegation: grant.gives_delegation,
            undecided: grant.undecided,
            when: self.when(grant.when, Stands::Grant)?,
            period: text::period(grant.from, grant.before),
        })
    }
}

/// A version of a resource, and how long its records are kept, not read yet.
pub(super) struct Resource<'s> {
    pub(super) version: ir::Resource,
    pub(super) retain: Option<text::Retain<'s>>,
}
