//! XACML 3.0 policies as a tree and as text. Knows nothing of bundles: what a policy says is decided in `emit`.

pub mod model;
pub mod write;
