//! Words of the domain that mean the same everywhere: kinds, data levels, periods, what is undecided,
//! URNs, how names are spelt. Knows no place, no text and no other room.

pub mod bound;
pub mod duration;
pub mod effect;
pub mod kind;
pub mod legal_basis;
pub mod letters;
pub mod level;
pub mod limit;
pub mod open;
pub mod operator;
pub mod period;
pub mod resemblance;
pub mod root;
pub mod spelling;
pub mod urn;
pub mod word_list;
