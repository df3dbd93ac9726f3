//! A condition taken apart: its atoms in the order of the text, and how `and`, `or` and `not` join them. The body of an `any` or
//! `all` is a condition of its own, which is asked of each member. Gives no atom a value.

use super::expression::Expression;

/// The atoms of a condition, and how they are joined.
#[derive(Clone, Debug)]
pub struct Atoms<'e> {
    /// Every atom in the order of the text; an `any` or `all` stands before the atoms of its body.
    pub all: Vec<Atom<'e>>,
    /// How they are joined: the condition itself, then the body of each `any` and `all` in the order of the text.
    pub joined: Vec<Joined>,
}

/// A part of a condition that has no condition joined in it.
#[derive(Clone, Copy, Debug)]
pub struct Atom<'e> {
    /// What it says.
    pub says: &'e Expression,
    /// Its body in [`Atoms::joined`], if it is an `any` or `all`.
    pub body: Option<usize>,
}

/// How atoms are joined.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Joined {
    /// An atom: its place in [`Atoms::all`].
    Atom(usize),
    /// Not.
    Not(Box<Joined>),
    /// All of them.
    And(Vec<Joined>),
    /// One of them.
    Or(Vec<Joined>),
}

impl<'e> Atoms<'e> {
    /// Takes a condition apart. As deep as readers of expressions allow.
    #[must_use]
    pub fn of(condition: &'e Expression) -> Self {
        let mut atoms = Atoms { all: Vec::new(), joined: vec![Joined::And(Vec::new())] };
        let whole = atoms.join(condition);
        if let Some(first) = atoms.joined.first_mut() {
            *first = whole;
        }
        atoms
    }

    fn join(&mut self, says: &'e Expression) -> Joined {
        match says {
            Expression::Or(parts) => Joined::Or(parts.iter().map(|part| self.join(part)).collect()),
            Expression::And(parts) => Joined::And(parts.iter().map(|part| self.join(part)).collect()),
            Expression::Not(part) => Joined::Not(Box::new(self.join(part))),
            Expression::Each { body, .. } => {
                let (at, of_body) = (self.all.len(), self.joined.len());
                self.all.push(Atom { says, body: Some(of_body) });
                self.joined.push(Joined::And(Vec::new()));
                let whole = self.join(body);
                if let Some(joined) = self.joined.get_mut(of_body) {
                    *joined = whole;
                }
                Joined::Atom(at)
            }
            _ => {
                self.all.push(Atom { says, body: None });
                Joined::Atom(self.all.len() - 1)
            }
        }
    }
}

impl Joined {
    /// The atoms in it, in the order of the text.
    #[must_use]
    pub fn atoms(&self) -> Vec<usize> {
        let mut found = Vec::new();
        self.collect(&mut found);
        found
    }

    fn collect(&self, found: &mut Vec<usize>) {
        match self {
            Joined::Atom(at) => found.push(*at),
            Joined::Not(part) => part.collect(found),
            Joined::And(parts) | Joined::Or(parts) => parts.iter().for_each(|part| part.collect(found)),
        }
    }

    /// What the whole is, where an atom is so, not so, or unknown (docs/meaning.md, E8).
    pub fn truth(&self, of: &impl Fn(usize) -> Option<bool>) -> Option<bool> {
        let all = |parts: &[Joined], so: bool| {
            let mut whole = Some(so);
            for part in parts {
                match part.truth(of) {
                    Some(truth) if truth != so => return Some(truth),
                    Some(_) => {}
                    None => whole = None,
                }
            }
            whole
        };
        match self {
            Joined::Atom(at) => of(*at),
            Joined::Not(part) => part.truth(of).map(|so| !so),
            Joined::And(parts) => all(parts, true),
            Joined::Or(parts) => all(parts, false),
        }
    }
}
