//! What the checks of data protection ask of a register: those with personal data that are whole and in force at some time.
//! Raises no finding.

use super::context::Context;
use crate::model::{Property, Resource};
use crate::terms::level::Level;

/// The registers that hold data of this level or above, each with its index and where it says the level.
pub(super) fn registers<'c>(
    context: &Context<'c>,
    least: Level,
) -> impl Iterator<Item = (usize, &'c Resource, &'c Property<Level>)> {
    context.catalog.resources.iter().enumerate().filter_map(move |(at, register)| {
        let data = register.data.as_ref().filter(|data| data.value.known().is_some_and(|level| *level >= least))?;
        (register.register && !register.declared.wounded).then_some((at, register, data))
    })
}
