//! Somebody's data → checked types, with findings that have places: facts, requests and bundles. Decides nothing; when
//! there is one finding nothing is handed on.

pub mod attributes;
pub mod bundle;
pub mod entities;
pub mod facts;
pub mod fields;
pub mod names;
pub mod question;
pub mod request;
pub mod rows;
pub mod things;
pub mod values;
pub mod yaml;

pub use facts::FactPlaces;
pub use names::{Names, Scope};
