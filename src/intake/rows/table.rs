//! The tables that facts come in, and what their columns are: keys of the table, or attributes that policies declare.
//! Reads no row.

use crate::diag::{Diagnostic, codes, suggest};
use crate::intake::attributes::{entity_of, of_entity, of_record};
use crate::intake::facts::ATTRIBUTES;
use crate::intake::fields::{Findings, listed};
use crate::ir::{Attributes, Meaning, Type};
use crate::source::Place;
use crate::terms::{kind::Kind, root::BuiltIn};
use std::collections::BTreeMap;

/// A table of facts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Table {
    /// People.
    People,
    /// Organisations.
    Organisations,
    /// System users.
    SystemUsers,
    /// Role facts.
    Roles,
    /// Delegations.
    Delegations,
    /// Records of registers.
    Records,
    /// Things of entities that modules declare.
    Things,
    /// Organisations whose roles cannot be seen now.
    OutOfReach,
}

impl Table {
    /// All of them.
    pub const ALL: [Table; 8] = [
        Table::People,
        Table::Organisations,
        Table::SystemUsers,
        Table::Roles,
        Table::Delegations,
        Table::Records,
        Table::Things,
        Table::OutOfReach,
    ];

    /// What a file of it is called, and the key of it in a document: `people`.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Table::People => "people",
            Table::Organisations => "organisations",
            Table::SystemUsers => "system_users",
            Table::Roles => "roles",
            Table::Delegations => "delegations",
            Table::Records => "records",
            Table::Things => "things",
            Table::OutOfReach => "out_of_reach",
        }
    }

    /// What one row of it is called after `fact` in a line of JSON: `person`.
    #[must_use]
    pub fn fact(self) -> &'static str {
        match self {
            Table::People => "person",
            Table::Organisations => "organisation",
            Table::SystemUsers => "system_user",
            Table::Roles => "role",
            Table::Delegations => "delegation",
            Table::Records => "record",
            Table::Things => "thing",
            Table::OutOfReach => "out_of_reach",
        }
    }

    /// What a row is called in a finding.
    pub(super) fn called(self) -> &'static str {
        match self {
            Table::People => "a person",
            Table::Organisations => "an organisation",
            Table::SystemUsers => "a system user",
            Table::Roles => "a role fact",
            Table::Delegations => "a delegation",
            Table::Records => "a record",
            Table::Things => "a thing",
            Table::OutOfReach => "what is out of reach",
        }
    }

    /// Its keys; the first so many must be there.
    pub(super) fn keys(self) -> (&'static [&'static str], usize) {
        match self {
            Table::People | Table::Organisations | Table::SystemUsers => (&["id"], 1),
            Table::Roles => (&["subject", "role", "party", "from", "before"], 2),
            Table::Delegations => {
                (&["giver", "receiver", "party", "given", "package", "area", "from", "before", "withdrawn"], 4)
            }
            Table::Records => (&["id", "register"], 2),
            Table::Things => (&["id", "entity"], 2),
            Table::OutOfReach => (&["organisation"], 1),
        }
    }

    /// The kind of its entities.
    pub(super) fn kind(self) -> Option<Kind> {
        match self {
            Table::People => Some(Kind::Person),
            Table::Organisations => Some(Kind::Organisation),
            Table::SystemUsers => Some(Kind::SystemUser),
            _ => None,
        }
    }

    /// Does it say who or what there is?
    pub(super) fn names_something(self) -> bool {
        self.kind().is_some() || matches!(self, Table::Records | Table::Things)
    }

    /// Its attributes; those of records and things have a type that depends on the row.
    fn attributes(self, meaning: &Meaning) -> BTreeMap<Box<str>, Option<Type>> {
        let typed = |all: Attributes| all.into_iter().map(|(name, of)| (name, Some(of))).collect();
        match self {
            Table::Delegations => typed(meaning.built_in.get(&BuiltIn::Delegation).cloned().unwrap_or_default()),
            Table::Records => {
                let registers = (0..meaning.resources.len()).map(|at| of_record(at.into(), meaning));
                registers.flat_map(Attributes::into_keys).map(|name| (name, None)).collect()
            }
            Table::Things => {
                let all = meaning.entities.iter().flat_map(|of| of.body.attributes.keys());
                all.map(|name| (name.clone(), None)).collect()
            }
            _ => self.kind().map_or_else(BTreeMap::new, |kind| typed(of_entity(entity_of(kind), meaning))),
        }
    }
}

/// What a column is.
#[derive(Clone, Debug)]
pub(super) struct Column {
    /// The name that rows give it.
    pub(super) name: Box<str>,
    /// Is it a key of the table? Else an attribute.
    pub(super) is_key: bool,
    /// The type of an attribute, if it is one for all rows.
    pub(super) of: Option<Type>,
}

/// The columns of a table.
#[derive(Clone, Debug)]
pub(super) struct Shape {
    pub(super) table: Table,
    pub(super) columns: Vec<Column>,
}

impl Shape {
    /// All keys, then all attributes.
    pub(super) fn whole(table: Table, meaning: &Meaning) -> Shape {
        let keys = table.keys().0.iter().map(|name| Column { name: (*name).into(), is_key: true, of: None });
        let attributes = table.attributes(meaning).into_iter();
        Shape { table, columns: keys.chain(attributes.map(|(name, of)| Column { name, is_key: false, of })).collect() }
    }

    /// The columns that a header names.
    pub(super) fn of_header(
        table: Table,
        header: &[(&str, Place)],
        meaning: &Meaning,
        findings: &mut Findings,
    ) -> Option<Shape> {
        let (keys, needed) = table.keys();
        let attributes = table.attributes(meaning);
        let before = findings.all.len();
        let mut columns: Vec<Column> = Vec::new();
        for (said, place) in header {
            let attribute = match said.strip_prefix(ATTRIBUTES).and_then(|rest| rest.strip_prefix('.')) {
                Some(name) => Some(name),
                None => (!keys.contains(said)).then_some(*said),
            };
            let column = match attribute {
                None => Column { name: (*said).into(), is_key: true, of: None },
                Some(name) => match attributes.get(name) {
                    Some(of) => Column { name: name.into(), is_key: false, of: of.clone() },
                    None => {
                        findings.push(unknown(said, *place, table, keys, &attributes));
                        continue;
                    }
                },
            };
            if columns.iter().any(|other| other.name == column.name && other.is_key == column.is_key) {
                let message = format!("the column `{said}` stands twice");
                let help = "take one of them out";
                findings.at(&codes::MALFORMED_HEADER, *place, message, "stands here again", help);
            }
            columns.push(column);
        }
        for key in keys.iter().take(needed) {
            if !columns.iter().any(|column| column.is_key && *column.name == **key)
                && let Some((_, place)) = header.first()
            {
                let message = format!("`{}` lacks the column `{key}`", table.word());
                let help = format!("every row of `{}` says {}", table.word(), listed(keys.iter().take(needed), "and"));
                findings.at(&codes::MALFORMED_HEADER, *place, message, "the header begins here", &help);
            }
        }
        (findings.all.len() == before).then_some(Shape { table, columns })
    }

    /// Does a value of a column name somebody or something?
    pub(super) fn names_others(&self) -> bool {
        self.columns.iter().any(|column| column.of.as_ref().is_some_and(super::quick::refers))
    }

    /// Where a key stands in a row.
    pub(super) fn key(&self, key: &str) -> Option<usize> {
        self.columns.iter().position(|column| column.is_key && *column.name == *key)
    }
}

fn unknown(
    said: &str,
    place: Place,
    table: Table,
    keys: &[&str],
    attributes: &BTreeMap<Box<str>, Option<Type>>,
) -> Diagnostic {
    let known: Vec<&str> = keys.iter().copied().chain(attributes.keys().map(|name| &**name)).collect();
    let message = format!("`{}` has no column `{said}`", table.word());
    let finding = Diagnostic::new(&codes::MALFORMED_HEADER, message, place).label("neither a key nor an attribute");
    let nearest = suggest::nearest(said, known.iter().copied());
    let all = format!("it may have {}", listed(&known, "and"));
    finding.help(nearest.question().map_or(all.clone(), |question| format!("{question} {all}")))
}
