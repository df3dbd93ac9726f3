//! Where a condition stands, and so what it may speak of (docs/meaning.md, E2).

use crate::ir::{Resource, ResourceId};
use crate::origins::Part;
use crate::terms::root::Root;

/// In what a condition stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Scene {
    Rule,
    /// What a register says of how long it keeps a record.
    Retain,
    Grant,
    Line,
}

/// Where a condition stands.
#[derive(Clone, Copy, Debug)]
pub(super) struct Place<'b> {
    pub(super) scene: Scene,
    pub(super) resource: Option<ResourceId>,
    pub(super) version: Option<&'b Resource>,
    pub(super) element: Option<&'b str>,
    /// May there be a record?
    pub(super) record: bool,
    /// The part of the bundle that it stands in.
    pub(super) part: Option<Part>,
}

impl<'b> Place<'b> {
    /// The condition of a grant (or of a line).
    pub(super) fn of_holding(scene: Scene) -> Self {
        Place { scene, resource: None, version: None, element: None, record: false, part: None }
    }

    /// Where `retain` is read.
    pub(super) fn of_record(&self) -> Place<'b> {
        let retain = |id| Part::Retain(id, 0);
        Place {
            scene: Scene::Retain,
            resource: None,
            version: None,
            element: None,
            part: self.resource.map(retain),
            ..*self
        }
    }

    /// Is the root there at all?
    pub(super) fn has(&self, root: Root) -> bool {
        match root {
            Root::Now | Root::Today => true,
            Root::Subject | Root::Context | Root::Resource | Root::Element => self.scene == Scene::Rule,
            Root::Party => self.scene != Scene::Retain,
            Root::Record => self.record && matches!(self.scene, Scene::Rule | Scene::Retain),
            Root::Holder => self.scene == Scene::Grant,
            Root::Giver | Root::Receiver | Root::Delegation => self.scene == Scene::Line,
        }
    }
}
