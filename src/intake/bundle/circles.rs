//! What names what: whether it comes back to itself, and how deep it goes. Iterative, since nothing limits how long a chain is
//! that somebody wrote.

/// Nodes that name others, at some depth in themselves.
#[derive(Default)]
pub(super) struct Graph {
    own: Vec<usize>,
    edges: Vec<Vec<(usize, usize)>>,
}

impl Graph {
    /// A node that is so deep by itself.
    pub(super) fn node(&mut self, depth: usize) -> usize {
        self.own.push(depth);
        self.edges.push(Vec::new());
        self.own.len() - 1
    }

    /// A node names another, so deep in itself.
    pub(super) fn names(&mut self, node: usize, other: usize, depth: usize) {
        if let Some(edges) = self.edges.get_mut(node) {
            edges.push((other, depth));
        }
    }

    /// How deep each node is with all that it names, and the nodes in an order in which each comes after what it names.
    ///
    /// # Errors
    /// A node that comes back to itself.
    pub(super) fn depths(&self) -> Result<(Vec<usize>, Vec<usize>), usize> {
        #[derive(Clone, Copy, PartialEq)]
        enum State {
            New,
            Open,
            Done,
        }
        let mut states = vec![State::New; self.own.len()];
        let mut depths = self.own.clone();
        let mut order = Vec::with_capacity(self.own.len());
        for start in 0..self.own.len() {
            let mut stack = vec![(start, 0)];
            while let Some((node, edge)) = stack.pop() {
                let edges = self.edges.get(node).map_or(&[][..], |edges| edges);
                let Some(state) = states.get_mut(node) else { continue };
                if *state == State::Done {
                    continue;
                }
                if edge == 0 && *state == State::Open {
                    return Err(node);
                }
                *state = State::Open;
                match edges.get(edge) {
                    Some((other, _)) => {
                        stack.push((node, edge + 1));
                        stack.push((*other, 0));
                    }
                    None => {
                        *state = State::Done;
                        let deepest =
                            edges.iter().filter_map(|(other, at)| Some(depths.get(*other)?.saturating_add(*at)));
                        let deepest = deepest.max().unwrap_or(0);
                        if let Some(depth) = depths.get_mut(node) {
                            *depth = deepest.max(*depth);
                        }
                        order.push(node);
                    }
                }
            }
        }
        Ok((depths, order))
    }
}
