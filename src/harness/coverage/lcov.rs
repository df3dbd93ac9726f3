//! Coverage as an LCOV tracefile: a record for each module's text, a line for each line on which something stands to cover, a
//! branch for each point. Items without a place are not in it.

use super::Coverage;
use super::item::{Aspect, Item, Kind};
use std::collections::BTreeMap;
use std::fmt::Write as _;

/// The text of the file.
#[must_use]
pub fn text(coverage: &Coverage) -> String {
    let mut files: BTreeMap<&str, BTreeMap<u32, Vec<&Item>>> = BTreeMap::new();
    for item in coverage.items() {
        let Some(origin) = &item.place else { continue };
        files.entry(&origin.file).or_default().entry(origin.position.line).or_default().push(item);
    }
    let mut text = String::new();
    for (file, lines) in files {
        record(&mut text, file, &lines);
    }
    text
}

fn record(text: &mut String, file: &str, lines: &BTreeMap<u32, Vec<&Item>>) {
    let _ = writeln!(text, "TN:fullmakt\nSF:{file}");
    let (mut branches, mut taken) = (0, 0);
    for (line, items) in lines {
        for (block, item) in items.iter().enumerate() {
            for (branch, point) in item.points.iter().enumerate() {
                let times = if item.asked { point.times.to_string() } else { "-".to_owned() };
                let _ = writeln!(text, "BRDA:{line},{block},{branch},{times}");
                branches += 1;
                taken += usize::from(point.is_covered());
            }
        }
    }
    let _ = writeln!(text, "BRF:{branches}\nBRH:{taken}");
    let hits: Vec<(u32, u64)> =
        lines.iter().map(|(line, items)| (*line, items.iter().map(|item| hits(item)).max().unwrap_or(0))).collect();
    for (line, hits) in &hits {
        let _ = writeln!(text, "DA:{line},{hits}");
    }
    let hit = hits.iter().filter(|(_, hits)| *hits > 0).count();
    let _ = writeln!(text, "LF:{}\nLH:{hit}\nend_of_record", hits.len());
}

/// How often an item did what it is there for; of an atom, how often it was asked.
fn hits(item: &Item) -> u64 {
    let counts = |aspect: Aspect| match item.kind {
        Kind::Atoms => true,
        Kind::Mcdc => false,
        _ => matches!(aspect, Aspect::Carried | Aspect::Applied | Aspect::Admitted | Aspect::Owed),
    };
    let times = item.points.iter().filter(|point| counts(point.aspect)).map(|point| point.times);
    times.fold(0, u64::saturating_add)
}
