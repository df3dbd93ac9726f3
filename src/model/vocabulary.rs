//! What conditions may speak of: entities, enums, obligations, named conditions.

use super::catalog::{Declared, Said};
use super::expression::{EntityName, Expression, Type};

/// `entity …`: one declaration; several may add to one entity.
#[derive(Clone, Debug)]
pub struct Entity {
    /// Name, place, wound.
    pub declared: Declared,
    /// What it declares or adds to.
    pub of: EntityName,
    /// The attributes that it declares.
    pub attributes: Vec<Attribute>,
}

/// An attribute of an entity, or a parameter of an obligation.
#[derive(Clone, Debug)]
pub struct Attribute {
    /// Its name.
    pub name: Said<Box<str>>,
    /// Its type.
    pub of: Type,
}

/// `enum …`
#[derive(Clone, Debug)]
pub struct Enum {
    /// Name, place, wound.
    pub declared: Declared,
    /// Its values, in order as written.
    pub values: Vec<Said<Box<str>>>,
    /// Does each come before the next (a scale)?
    pub ascending: bool,
}

/// `obligation …`
#[derive(Clone, Debug)]
pub struct Obligation {
    /// Name, place, wound.
    pub declared: Declared,
    /// Its parameters, in order as written.
    pub parameters: Vec<Attribute>,
}

/// `condition …`
#[derive(Clone, Debug)]
pub struct Condition {
    /// Name, place, wound.
    pub declared: Declared,
    /// What it says.
    pub says: Expression,
}
