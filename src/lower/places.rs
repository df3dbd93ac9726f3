//! Places of parts, and of the atoms of conditions, as lines and columns. Knows nothing of what the parts are.

use crate::origins::{Origin, Part, Selection, Selects};
use crate::source::{Place, Position, SourceId, Sources};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Lines and columns of all places, in one walk over each text: a place at a time would be quadratic on a long line.
pub(super) fn origins(mut places: Vec<(Part, Place)>, sources: &Sources) -> BTreeMap<Part, Origin> {
    places.sort_unstable_by_key(|(part, place)| (*place, *part));
    // In order of place here; a map is made smallest and quickest of all at once.
    let mut found = Vec::with_capacity(places.len());
    let mut file: Option<(SourceId, Arc<str>)> = None;
    let (mut walked, mut position) = (0, Position { line: 1, column: 1 });
    for (part, place) in places {
        let Some(source) = sources.get(place.source) else { continue };
        let name = match &file {
            Some((id, name)) if *id == place.source => name.clone(),
            _ => {
                (walked, position) = (0, Position { line: 1, column: 1 });
                Arc::from(source.name())
            }
        };
        file = Some((place.source, name.clone()));
        let start = place.span.start as usize;
        for letter in source.text().get(walked..start).unwrap_or("").chars() {
            if letter == '\n' {
                position = Position { line: position.line + 1, column: 1 };
            } else {
                position.column += 1;
            }
        }
        walked = start;
        let origin = Origin { file: name, position, offset: place.span.start, length: place.span.length() };
        found.push((part, origin));
    }
    found.sort_unstable_by_key(|(part, _)| *part);
    found.into_iter().collect()
}

/// Lines and columns of what policies are over.
pub(super) fn of_selections(said: Vec<(Box<str>, Place, Selects)>, sources: &Sources) -> Vec<Selection> {
    let mut origin = one_by_one(sources);
    let found =
        said.into_iter().filter_map(|(policy, place, says)| Some(Selection { policy, origin: origin(place)?, says }));
    found.collect()
}

/// Lines and columns of atoms.
pub(super) fn of_atoms(atoms: Vec<(Part, Vec<Place>)>, sources: &Sources) -> BTreeMap<Part, Vec<Origin>> {
    let mut origin = one_by_one(sources);
    atoms.into_iter().map(|(part, places)| (part, places.into_iter().filter_map(&mut origin).collect())).collect()
}

/// Reads one place after the other; those of one file share its name.
fn one_by_one(sources: &Sources) -> impl FnMut(Place) -> Option<Origin> {
    let mut file: Option<(SourceId, Arc<str>)> = None;
    move |place: Place| {
        let source = sources.get(place.source)?;
        let name = match &file {
            Some((id, name)) if *id == place.source => name.clone(),
            _ => Arc::from(source.name()),
        };
        file = Some((place.source, name.clone()));
        let position = source.position(place.span.start);
        Some(Origin { file: name, position, offset: place.span.start, length: place.span.length() })
    }
}
