//! Somebody's data → checked types, with findings that have places: facts, requests and bundles. Decides nothing; when
//! there is one finding nothing is handed on.

pub mod bundle;
