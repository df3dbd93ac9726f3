//! The tables of docs/meaning.md: each row decided. A table that this file cannot run is a failure.

use super::small::*;
use fullmakt::decide::{Cause, Decider, Index, On, Request};
use fullmakt::facts::{Known, Value};
use fullmakt::ir::{Constant, Expression, Recipient};
use fullmakt::terms::duration::{Duration, Unit};
use std::collections::BTreeMap;

/// A table: its heads, and its rows.
struct Table {
    heads: Vec<String>,
    rows: Vec<Vec<String>>,
}

/// The tables of the section on conditions.
fn tables() -> Vec<Table> {
    let page = include_str!("../../docs/meaning.md");
    let section = page.split("\n## ").find(|section| section.starts_with("Conditions")).expect("a section");
    let cells = |line: &str| line.trim_matches('|').split('|').map(|cell| cell.trim().to_owned()).collect::<Vec<_>>();
    let mut tables: Vec<Table> = Vec::new();
    let mut inside = false;
    for line in section.lines() {
        match (line.starts_with('|'), inside) {
            (true, false) => tables.push(Table { heads: cells(line), rows: Vec::new() }),
            (true, true) if line.starts_with("|--") => {}
            (true, true) => tables.last_mut().expect("a table").rows.push(cells(line)),
            (false, _) => {}
        }
        inside = line.starts_with('|');
    }
    tables
}

/// A cell as a value; `None`: missing.
fn single(cell: &str) -> Option<Value> {
    let words: Vec<&str> = cell.split(' ').collect();
    Some(match *words {
        ["missing"] => return None,
        ["none"] => Value::None,
        ["true"] => Value::Bool(true),
        ["false"] => Value::Bool(false),
        [amount, unit] => Value::Duration(Duration {
            unit: Unit::from_word(unit).expect("a unit"),
            amount: amount.parse().expect("an amount"),
        }),
        [word] => match word.parse() {
            Ok(number) => Value::Integer(number),
            Err(_) => Value::Date(word.parse().unwrap_or_else(|_| panic!("no value: {cell}"))),
        },
        _ => panic!("no value: {cell}"),
    })
}

/// What a variable of a table may be: an expression over the context, and what the context has then. Several ways where there are.
fn ways(name: &str, cell: &str) -> Vec<(Expression, Known)> {
    let there = |value: Value| (path(&format!("context.{name}")), known([(name, value)]));
    let Some(members) = cell.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) else {
        return match single(cell) {
            Some(value) => vec![there(value)],
            None => vec![(path(&format!("context.{name}")), Known::default())],
        };
    };
    let members: Vec<Option<Value>> =
        members.split(',').map(str::trim).filter(|member| !member.is_empty()).map(single).collect();
    // A set written out, of attributes.
    let mut attributes = Known::default();
    let mut parts = Vec::new();
    for (at, member) in members.iter().enumerate() {
        let member_name = format!("{name}{at}");
        parts.push(path(&format!("context.{member_name}")));
        attributes.0.extend(member.clone().map(|value| (member_name.into(), value)));
    }
    let mut ways = vec![(Expression::List(parts), attributes)];
    // A path through a set of things, of which some lack the attribute.
    let things = members.iter().enumerate().map(|(at, member)| {
        let number = ("number", Value::Integer(at as i64));
        match member {
            Some(value) => nameless([number, ("it", value.clone())]),
            None => nameless([number]),
        }
    });
    ways.push((path(&format!("context.{name}.it")), known([(name, set(things))])));
    if let Some(whole) = members.into_iter().collect::<Option<Vec<Value>>>() {
        ways.push(there(set(whole)));
    }
    ways
}

/// The expression that a head says, over these variables.
fn expression(head: &str, variables: &BTreeMap<&str, Expression>) -> Expression {
    let one = |name: &str| variables.get(name).unwrap_or_else(|| panic!("no column {name}")).clone();
    let words: Vec<&str> = head.split(' ').collect();
    match *words {
        ["not", name] => not(one(name)),
        [left, "and", right] => both(one(left), one(right)),
        [left, "or", right] => either(one(left), one(right)),
        [left, "+", right] => shifted(one(left), false, one(right)),
        [left, "-", right] => shifted(one(left), true, one(right)),
        [each @ ("any(x" | "all(x"), "in", "s:", "x", "==", "1)"] => Expression::Each {
            all: each.starts_with("all"),
            variable: "x".into(),
            set: Box::new(one("s")),
            body: Box::new(equal(Expression::Variable("x".into()), value(Constant::Integer(1)))),
        },
        [left, operator, right] => compare(one(left), operator, one(right)),
        _ => panic!("a head that this test cannot run: {head}"),
    }
}

/// Decides by a permit on this condition: `true`, `false` or `unknown`, and what was missing.
fn decided(condition: Expression, context: &Known) -> (&'static str, Vec<String>) {
    let world = world().rule(&[LETTERS], permit("view").to(Recipient::Anyone).when(condition));
    let request = Request { context: context.clone(), ..world.asks("kari", "", "view", On::Resource(LETTERS)) };
    let decision = world.decide(&request);
    let word = match decision.cause {
        Cause::Permitted => "true",
        Cause::NotGranted => "false",
        Cause::Undecidable => "unknown",
        Cause::Forbidden => "forbidden",
    };
    let missing = decision.missing.iter().map(|one| format!("{one:?}")).collect();
    (word, missing)
}

/// The value, in the word of the table.
fn evaluated(says: &Expression, context: &Known) -> String {
    let world = world();
    let request = Request { context: context.clone(), ..world.asks("kari", "", "view", On::Resource(LETTERS)) };
    let index = Index::new(&world.bundle);
    let facts = world.facts.store();
    match Decider::new(&index, &facts).evaluate(&request, None, says) {
        Some(Value::Bool(so)) => so.to_string(),
        Some(Value::Date(day)) => day.to_string(),
        Some(Value::None) => "none".to_owned(),
        None => "missing".to_owned(),
        Some(other) => panic!("{other:?}"),
    }
}

#[test]
fn every_row_of_every_table_is_so() {
    let tables = tables();
    assert_eq!(tables.len(), 7, "the tables of the page");
    let mut rows = 0;
    for Table { heads, rows: all } in &tables {
        let is_variable = |head: &&String| head.len() == 1;
        let names: Vec<&str> = heads.iter().take_while(is_variable).map(String::as_str).collect();
        assert!(!names.is_empty() && names.len() < heads.len(), "{heads:?}");
        for row in all {
            assert_eq!(row.len(), heads.len(), "{row:?}");
            rows += 1;
            // Every way of having each variable, with every way of the others.
            let mut ways_of_row: Vec<(BTreeMap<&str, Expression>, Known)> = vec![(BTreeMap::new(), Known::default())];
            for (name, cell) in names.iter().zip(row) {
                ways_of_row = ways_of_row
                    .into_iter()
                    .flat_map(|(variables, context)| {
                        ways(name, cell).into_iter().map(move |(says, has)| {
                            let (mut variables, mut context) = (variables.clone(), context.clone());
                            variables.insert(name, says);
                            context.0.extend(has.0);
                            context.0.sort();
                            (variables, context)
                        })
                    })
                    .collect();
            }
            for (variables, context) in &ways_of_row {
                for (head, expected) in heads.iter().zip(row).skip(names.len()) {
                    let says = expression(head, variables);
                    let told = format!("{head} where {:?} are {row:?}: {says:?}", names);
                    if ["true", "false", "unknown"].contains(&expected.as_str()) {
                        let (found, missing) = decided(says.clone(), context);
                        assert_eq!(found, expected, "{told}");
                        assert_eq!(missing.is_empty(), found != "unknown", "{told}: {missing:?}");
                        let expected = if found == "unknown" { "missing" } else { expected };
                        assert_eq!(evaluated(&says, context), expected, "{told}");
                    } else {
                        assert_eq!(evaluated(&says, context), *expected, "{told}");
                    }
                }
            }
        }
    }
    assert!(rows > 45, "{rows} rows");
}
