//! What generated policies may speak of: enums, entities, attributes of every type, obligations; and the types that their
//! paths have. Declares it in a bundle; makes no condition and no value.

use super::Dice;
use fullmakt::ir::*;
use fullmakt::terms::root::{BuiltIn, Root};

/// An enum without order.
pub const COLOUR: EnumId = EnumId(0);
/// A scale.
pub const GRADE: EnumId = EnumId(1);
/// The enum of purposes.
pub const PURPOSE: EnumId = EnumId(2);
/// What a context may have.
pub const APPLICATION: EntityTypeId = EntityTypeId(0);
/// What some registers have records of.
pub const DISCLOSURE: EntityTypeId = EntityTypeId(1);
/// What things may have.
pub const ERRAND: EntityTypeId = EntityTypeId(2);
/// Names of elements.
pub const ELEMENTS: [&str; 4] = ["administrative", "identity", "medical", "social"];

/// The type of an expression. Wider than [`Type`], which only attributes have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Of {
    /// What an attribute may be; a set or a value that may be none is not here.
    Plain(Type),
    /// A person, an organisation or a system user.
    Principal,
    /// A record of a register, with the entity of its records.
    Record(Option<EntityTypeId>),
    /// The resource asked for.
    Resource,
    /// A legal basis.
    Basis,
    /// A level of data.
    Level,
    /// A set.
    Set(Box<Of>),
    /// Or none.
    OrNone(Box<Of>),
}

impl Of {
    /// The type of an attribute.
    pub fn named(declared: &Type) -> Of {
        match declared {
            Type::Set(inner) => Of::Set(Box::new(Of::named(inner))),
            Type::OrNone(inner) => Of::OrNone(Box::new(Of::named(inner))),
            plain => Of::Plain(plain.clone()),
        }
    }

    /// A built-in entity.
    pub fn built_in(which: BuiltIn) -> Of {
        Of::Plain(Type::Entity(EntityName::BuiltIn(which)))
    }

    /// Without *or none*.
    pub fn bare(&self) -> &Of {
        if let Of::OrNone(inner) = self { inner } else { self }
    }

    /// May it be a person, an organisation or a system user?
    pub fn is_principal(&self) -> bool {
        use BuiltIn::{Organisation, Person, SystemUser};
        let built_in = |which| matches!(which, Organisation | Person | SystemUser);
        match self.bare() {
            Of::Principal => true,
            Of::Plain(Type::Entity(EntityName::BuiltIn(which))) => built_in(*which),
            _ => false,
        }
    }

    /// A set of what this is; what is a set already stays one.
    fn gathered(self) -> Of {
        if matches!(self, Of::Set(_)) { self } else { Of::Set(Box::new(self)) }
    }

    /// The attributes that it has.
    pub fn attributes(&self, meaning: &Meaning) -> Vec<(Box<str>, Of)> {
        let of = |which: BuiltIn| meaning.built_in.get(&which).cloned().unwrap_or_default();
        let mut found: Attributes = match self.bare() {
            Of::Plain(Type::Entity(EntityName::BuiltIn(which))) => of(*which),
            Of::Plain(Type::Entity(EntityName::Declared(id))) => {
                meaning.entity(*id).expect("an entity").body.attributes.clone()
            }
            Of::Principal => {
                [BuiltIn::Person, BuiltIn::Organisation, BuiltIn::SystemUser].into_iter().flat_map(of).collect()
            }
            Of::Record(entity) => {
                let own = entity.map(|id| meaning.entity(id).expect("an entity").body.attributes.clone());
                of(BuiltIn::Record).into_iter().chain(own.unwrap_or_default()).chain(record_attributes()).collect()
            }
            Of::Set(inner) => {
                return inner.attributes(meaning).into_iter().map(|(name, of)| (name, of.gathered())).collect();
            }
            Of::Resource => {
                let set = |of| Of::Set(Box::new(of));
                let all = [
                    ("basis", set(Of::Basis)),
                    ("data", Of::Level),
                    ("elements", set(Of::Plain(Type::Element))),
                    ("purposes", set(Of::Plain(Type::Enum(PURPOSE)))),
                ];
                return all.map(|(name, of)| (name.into(), of)).to_vec();
            }
            _ => Attributes::new(),
        };
        if self.bare() == &Of::built_in(BuiltIn::Delegation) {
            found.insert("given".into(), Type::Date);
        }
        found.into_iter().map(|(name, of)| (name, Of::named(&of))).collect()
    }
}

/// What every record has.
pub fn record_attributes() -> Vec<(Box<str>, Type)> {
    let person = Type::Entity(EntityName::BuiltIn(BuiltIn::Person));
    let all = [
        ("person", person),
        ("created", Type::Date),
        ("consent", Type::Consent),
        ("restricted", Type::Bool),
        ("objected", Type::Bool),
        ("kept", Type::Bool),
        ("overdue", Type::Bool),
    ];
    all.map(|(name, of)| (name.into(), of)).to_vec()
}

/// A root, or a path from one, with its type.
#[derive(Clone, Debug)]
pub struct Path {
    /// As an expression.
    pub says: Expression,
    /// Its type.
    pub of: Of,
}

/// All paths from these roots, with so many attributes at most.
pub fn paths(meaning: &Meaning, roots: &[(Root, Of)], most: usize) -> Vec<Path> {
    let mut found: Vec<Path> =
        roots.iter().map(|(root, of)| Path { says: Expression::Root(*root), of: of.clone() }).collect();
    grow(meaning, &mut found, most);
    found
}

/// These paths, and all that go on from them.
pub fn grow(meaning: &Meaning, found: &mut Vec<Path>, most: usize) {
    let mut begin = 0;
    for _ in 0..most {
        let longer: Vec<Path> = found[begin..]
            .iter()
            .flat_map(|path| {
                let further = path.of.attributes(meaning).into_iter();
                further.map(|(name, of)| Path { says: Expression::Attribute(Box::new(path.says.clone()), name), of })
            })
            .collect();
        begin = found.len();
        found.extend(longer);
    }
}

/// Declares a vocabulary. Most of the attributes, of each sort and type some.
pub fn declare(dice: &mut Dice, name: &str, meaning: &mut Meaning) {
    let full = |what: &str| -> Box<str> { format!("{name}.concepts.{what}").into() };
    for (what, ascending, values) in [
        ("colour", false, ["red", "blue", "green", "white"]),
        ("grade", true, ["low", "middle", "high", "top"]),
        ("purpose", false, ["care", "research", "statistics", "employment"]),
    ] {
        let values = values.iter().take(3 + dice.below(2)).map(|value| (*value).into()).collect();
        meaning.enums.push(Defined { name: full(what), body: Enum { ascending, values } });
    }
    let mut attributes = |all: &[(&str, Type)]| -> Attributes {
        all.iter().filter(|_| dice.chance(88)).map(|(name, of)| ((*name).into(), of.clone())).collect()
    };
    let entity = |which| Type::Entity(EntityName::BuiltIn(which));
    let declared = |id| Type::Entity(EntityName::Declared(id));
    let set = |of| Type::Set(Box::new(of));
    let or_none = |of| Type::OrNone(Box::new(of));
    let (person, organisation) = (entity(BuiltIn::Person), entity(BuiltIn::Organisation));
    let (colour, grade) = (Type::Enum(COLOUR), Type::Enum(GRADE));
    let owned = |also: &[(&'static str, Type)]| {
        let mut all = vec![
            ("active", Type::Bool),
            ("address", Type::String),
            ("colours", set(colour.clone())),
            ("founded", Type::Date),
            ("grade", grade.clone()),
            ("numbers", set(Type::Integer)),
            ("owner", or_none(organisation.clone())),
            ("seen", Type::DateTime),
            ("visits", or_none(Type::Integer)),
        ];
        all.extend_from_slice(also);
        all
    };
    let people = owned(&[
        ("birth_date", Type::Date),
        ("colour", colour.clone()),
        ("confidential", Type::Bool),
        ("death_date", or_none(Type::Date)),
        ("doctor", or_none(person.clone())),
        ("parents", set(person.clone())),
        ("wait", Type::Duration),
    ]);
    let organisations = owned(&[("board", set(person.clone())), ("staff", Type::Integer)]);
    meaning.built_in.insert(BuiltIn::Person, attributes(&people));
    meaning.built_in.insert(BuiltIn::Organisation, attributes(&organisations));
    meaning.built_in.insert(BuiltIn::SystemUser, attributes(&owned(&[("operator", person.clone())])));
    let context = [
        ("application", declared(APPLICATION)),
        ("asked", Type::DateTime),
        ("count", Type::Integer),
        ("login", Type::Bool),
        ("note", or_none(Type::String)),
        ("part", Type::Element),
        ("purpose", Type::Enum(PURPOSE)),
    ];
    meaning.built_in.insert(BuiltIn::Context, attributes(&context));
    let delegation = [
        ("channel", colour.clone()),
        ("paper", Type::Bool),
        ("until", or_none(Type::Date)),
        ("witness", person.clone()),
    ];
    meaning.built_in.insert(BuiltIn::Delegation, attributes(&delegation));
    meaning.built_in.insert(BuiltIn::Record, attributes(&[("sealed", Type::Bool), ("sort", grade.clone())]));
    // What nothing is added to stands nowhere.
    meaning.built_in.retain(|_, attributes| !attributes.is_empty());
    let application = [
        ("applicant", person.clone()),
        ("approved", Type::Bool),
        ("closed", or_none(Type::Date)),
        ("elements", set(Type::Element)),
        ("errands", set(declared(ERRAND))),
        ("purposes", set(Type::Enum(PURPOSE))),
    ];
    let disclosure = [
        ("errand", declared(ERRAND)),
        ("kinds", set(colour)),
        ("mother", or_none(person.clone())),
        ("need_ended", or_none(Type::Date)),
        ("reported", Type::Date),
    ];
    let errand = [
        ("follows", or_none(declared(ERRAND))),
        ("due", or_none(Type::DateTime)),
        ("handler", person),
        ("number", Type::Integer),
    ];
    for (what, all) in [("application", &application[..]), ("disclosure", &disclosure), ("errand", &errand)] {
        meaning.entities.push(Defined { name: full(what), body: Entity { attributes: attributes(all) } });
    }
    let parameters: [(&str, &[(&str, Type)]); 3] = [
        ("log", &[]),
        ("mask", &[("by", Type::Enum(COLOUR)), ("wholly", Type::Bool)]),
        ("tell", &[("within", Type::Duration), ("what", Type::String), ("at_most", Type::Integer)]),
    ];
    for (what, all) in parameters {
        let parameters = all.iter().map(|(name, of)| ((*name).into(), of.clone())).collect();
        meaning.obligations.push(Defined { name: full(what), body: Obligation { parameters } });
    }
}
