//! One row, by the readers that documents of facts are read by: what is wrong is said with its place. Forms that the quick
//! reader does not know are read here too.

use super::Stage;
use super::against::Against;
use super::out::Out;
use super::quick::refers;
use super::table::{Shape, Table};
use crate::diag::codes;
use crate::facts::{Known, ThingSort};
use crate::intake::attributes::{entity_of, of_entity, of_record};
use crate::intake::entities::{article, find};
use crate::intake::facts::{ATTRIBUTES, Reader};
use crate::intake::fields::{Fields, Findings};
use crate::intake::names::{Sort, Thing, last_of};
use crate::intake::things::register;
use crate::intake::yaml::{Node, Value};
use crate::ir::{Attributes, OrganisationId, Type};
use crate::source::Place;
use crate::terms::kind::Kind;

/// The type of an attribute of a row whose table has several: of a record of this register, a thing of this entity.
pub(super) fn type_of(against: &Against<'_, '_>, shape: &Shape, row: &str, name: &str) -> Option<Type> {
    let (key, sort) = match shape.table {
        Table::Records => ("register", Sort::Resource),
        Table::Things => ("entity", Sort::Entity),
        _ => return None,
    };
    let cells = super::csv::cells(row);
    let said = cells.get(shape.key(key)?)?;
    against.shape_of(&said.text, sort)?.get(name).cloned()
}

/// One row.
pub(super) fn row(
    against: &Against<'_, '_>,
    table: Table,
    node: &Node,
    line: u32,
    out: &mut Out,
    reader: &mut Reader<'_, '_>,
) {
    match (table, against.stage) {
        (Table::Roles, Stage::Rest) => {
            let fact = reader.role(node);
            fact.into_iter().for_each(|fact| out.role(&fact, line));
        }
        (Table::Delegations, Stage::Rest) => {
            let fact = reader.delegation(&apart(node, table));
            fact.into_iter().for_each(|fact| out.delegation(&fact.delegated(), fact.attributes, line));
        }
        (Table::OutOfReach, Stage::Rest) => {
            let fields = Fields::read(node, table.called(), &["organisation"], reader.findings);
            if let Some(said) = fields.need("organisation", reader.findings) {
                out.out_of_reach.extend(reader.out_of_reach(said, &against.sources));
            }
        }
        (Table::Roles | Table::Delegations | Table::OutOfReach, Stage::Names) => {}
        (Table::Records | Table::Things, _) => thing(against, table, node, line, out, reader),
        (table, _) => {
            if let Some(kind) = table.kind() {
                entity(against, (table, kind), node, line, out, reader);
            }
        }
    }
}

/// A row whose attributes stand apart from its keys.
fn apart(node: &Node, table: Table) -> Node {
    let Value::Map(all) = &node.value else { return node.clone() };
    let keys = table.keys().0;
    let is_key = |key: &Node| key.text().is_none_or(|text| keys.contains(&text));
    let (mut entries, mut attributes) = (Vec::new(), Vec::new());
    let mut place: Option<Place> = None;
    for (key, value) in all {
        match &value.value {
            Value::Map(within) if key.text() == Some(ATTRIBUTES) => {
                attributes.extend(within.iter().cloned());
                place = Some(key.place);
            }
            Value::Nothing if key.text() == Some(ATTRIBUTES) => {}
            _ if is_key(key) || key.text() == Some(ATTRIBUTES) => entries.push((key.clone(), value.clone())),
            _ => {
                place = place.or(Some(key.place));
                attributes.push((key.clone(), value.clone()));
            }
        }
    }
    if let Some(place) = place {
        let key = Node { value: Value::Text(ATTRIBUTES.into()), place };
        entries.push((key, Node { value: Value::Map(attributes), place }));
    }
    Node { value: Value::Map(entries), place: node.place }
}

/// What is known of a row: of the attributes that `wanted` names.
fn known(
    reader: &mut Reader<'_, '_>,
    fields: &Fields<'_>,
    what: &str,
    shape: &Attributes,
    wanted: impl Fn(&str) -> bool,
) -> Known {
    let Some(node) = fields.get(ATTRIBUTES) else { return Known::default() };
    let filtered = match &node.value {
        Value::Map(all) => {
            let some = all.iter().filter(|(key, _)| key.text().is_none_or(&wanted)).cloned().collect();
            Node { value: Value::Map(some), place: node.place }
        }
        _ => node.clone(),
    };
    reader.values.known(&filtered, what, shape, &[], reader.findings)
}

fn entity(
    against: &Against<'_, '_>,
    (table, kind): (Table, Kind),
    node: &Node,
    line: u32,
    out: &mut Out,
    reader: &mut Reader<'_, '_>,
) {
    let mut unsaid = Findings::default();
    unsaid.budget.spend_many(usize::MAX);
    let first = against.stage == Stage::Names;
    let node = apart(node, table);
    let fields =
        Fields::read(&node, table.called(), &["id", ATTRIBUTES], if first { reader.findings } else { &mut unsaid });
    let shape = of_entity(entity_of(kind), against.names.meaning);
    let of_later = |name: &str| shape.get(name).is_some_and(refers);
    if !first {
        let Some((name, place)) = fields.name("id", &mut unsaid) else { return };
        let Some(id) = find(name, place, against.names, against.facts, &mut unsaid) else { return };
        let known = known(reader, &fields, article(kind), &shape, of_later);
        if !known.0.is_empty() {
            out.of_entities.push((kind, id, known));
        }
        return;
    }
    let Some((name, place)) = fields.needed_name("id", reader.findings) else {
        out.lost = true;
        return;
    };
    let Some((full, organisation)) = own_name(against, kind, name, place, reader.findings) else { return };
    let known = known(reader, &fields, article(kind), &shape, |name| !of_later(name));
    let named = out.named.entry(table).or_default();
    let Some(number) = named.names.push(full) else { return };
    named.lines.push(line);
    named.organisations.extend(organisation.map(|id| (number, id)));
    for (name, value) in known.0 {
        named.known.know(number, &name, value);
    }
}

/// The name of an entity, and the organisation of the bundle that it is.
fn own_name<'n>(
    against: &Against<'_, 'n>,
    kind: Kind,
    name: &'n str,
    place: Place,
    findings: &mut Findings,
) -> Option<(&'n str, Option<OrganisationId>)> {
    let names = against.names;
    if kind == Kind::Organisation
        && let Some(id) = names.organisation(name, place, findings)
    {
        return Some((names.full(Thing::Organisation(id)), Some(id)));
    }
    if names.meaning.organisation_named(name).is_some() {
        let message = format!("`{name}` is an organisation that the policies declare, not {}", article(kind));
        let help = "give it another name, or list it under `organisations`";
        findings.at(&codes::UNKNOWN_NAME_IN_DATA, place, message, "has the name of an organisation", help);
        return None;
    }
    Some((name, None))
}

fn thing(against: &Against<'_, '_>, table: Table, node: &Node, line: u32, out: &mut Out, reader: &mut Reader<'_, '_>) {
    let mut unsaid = Findings::default();
    unsaid.budget.spend_many(usize::MAX);
    let first = against.stage == Stage::Names;
    let node = apart(node, table);
    let keys = [table.keys().0, &[ATTRIBUTES]].concat();
    let said = if first { &mut *reader.findings } else { &mut unsaid };
    let fields = Fields::read(&node, table.called(), &keys, said);
    let name = fields.needed_name("id", said);
    let sort = if table == Table::Records {
        register(&node, against.names, said).map(ThingSort::Record)
    } else {
        let named = fields.needed_name("entity", said);
        named.and_then(|(text, place)| match against.names.find(text, place, &[Sort::Entity], said)? {
            Thing::Entity(id) => Some(ThingSort::Entity(id)),
            _ => None,
        })
    };
    let (Some((name, _)), Some(sort)) = (name, sort) else {
        out.lost |= first;
        return;
    };
    if first {
        out.things.push((sort, name.into(), line));
        return;
    }
    let meaning = against.names.meaning;
    let (shape, what) = match sort {
        ThingSort::Record(id) => (of_record(id, meaning), "a record".to_owned()),
        ThingSort::Entity(id) => match meaning.entity(id) {
            Some(of) => (of.body.attributes.clone(), format!("a thing of `{}`", last_of(&of.name))),
            None => return,
        },
    };
    let known = known(reader, &fields, &what, &shape, |_| true);
    out.of_things.extend(against.facts.thing_named(sort, name).map(|id| (sort, id, known)));
}
