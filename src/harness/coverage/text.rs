//! Coverage for a terminal: the figures by kind and module, then what is not covered, each with its place and what is missing.

use super::figures::Figures;
use super::item::{Item, Kind};
use super::{Coverage, Module, together};
use crate::words::speaker::place_text;

/// The whole text.
#[must_use]
pub fn text(coverage: &Coverage) -> String {
    if coverage.figures().all().of == 0 {
        return "coverage: there is nothing to cover\n".to_owned();
    }
    let mut text = table(coverage);
    for module in &coverage.modules {
        text.push_str(&not_covered(module));
    }
    text
}

fn table(coverage: &Coverage) -> String {
    let row = |name: &str, figures: &Figures| {
        let kinds = Kind::ALL.into_iter().map(|kind| figures.kind(kind).to_string());
        std::iter::once(name.to_owned()).chain(kinds).chain([figures.all().to_string()]).collect::<Vec<_>>()
    };
    let kinds = Kind::ALL.into_iter().map(|kind| kind.title().to_owned());
    let mut rows = vec![std::iter::once("coverage".to_owned()).chain(kinds).chain(["all".to_owned()]).collect()];
    rows.extend(coverage.modules.iter().map(|module| row(&module.name, &module.figures())));
    if coverage.modules.len() > 1 {
        rows.push(row("all", &coverage.figures()));
    }
    let width = |column: usize| {
        rows.iter().filter_map(|row| row.get(column)).map(|cell| cell.chars().count()).max().unwrap_or(0)
    };
    let widths: Vec<usize> = (0..Kind::ALL.len() + 2).map(width).collect();
    let mut text = String::new();
    for row in &rows {
        for (column, (cell, width)) in row.iter().zip(&widths).enumerate() {
            if column == 0 {
                text.push_str(&format!("{cell:<width$}"));
            } else {
                text.push_str(&format!("  {cell:>width$}"));
            }
        }
        text.push('\n');
    }
    text
}

fn not_covered(module: &Module) -> String {
    let all = module.figures().all();
    if all.covered == all.of {
        return String::new();
    }
    let mut text = format!("\n{}: {} of {} points are not covered\n", module.name, all.of - all.covered, all.of);
    let items: Vec<&Item> = module.items.iter().filter(|item| item.missing().next().is_some()).collect();
    for same in together(&items) {
        let Some(item) = same.first() else { continue };
        let place = item.place.as_ref().map_or(String::new(), |origin| format!("{}  ", place_text(origin)));
        let within = item.within.as_ref().map_or(String::new(), |within| format!("{within}: "));
        text.push_str(&format!("  {place}{}\n    {within}{}\n", item.text, missing(&same)));
    }
    text
}

/// What is missing of an item, or of several that are one to a reader: `never false; never unknown`.
fn missing(items: &[&Item]) -> String {
    if items.iter().all(|item| !item.asked) {
        return "never asked".to_owned();
    }
    let all: Vec<&str> = items.iter().flat_map(|item| item.missing()).map(|point| point.aspect.missing()).collect();
    all.join("; ")
}
