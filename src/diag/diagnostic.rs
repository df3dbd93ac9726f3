//! One finding: a code, a message, a place, and what helps to mend it. Says nothing of how it is shown.

use super::code::{Code, Severity};
use crate::source::Place;

/// A finding. Two are ordered by place, then code, then message, so that any list of them has one order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// What kind of finding it is.
    pub code: &'static Code,
    /// The headline: lower case, no full stop, understandable alone.
    pub message: String,
    /// What must change.
    pub place: Place,
    /// Why this spot, in a few words; may be empty.
    pub label: String,
    /// What to write.
    pub help: Option<String>,
    /// Something to copy as it stands, of several lines: a case of a suite.
    pub example: Option<String>,
    /// Other places that matter, also in other files.
    pub related: Vec<Related>,
    /// Edits that mend it, where there is something to offer. All of them together.
    pub fix: Vec<Edit>,
    /// How sure the edits are; says nothing where there are none.
    pub certainty: Certainty,
}

/// How sure a fix is. Only what is certain is written without a person looking at it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Certainty {
    /// The only reading of what is written, and nothing that is decided becomes another.
    Certain,
    /// Probably meant; there is another reading, or more to change elsewhere.
    #[default]
    Offered,
    /// It says something else than the author did: another URN, or that a question is open.
    ChangesMeaning,
}

impl Certainty {
    /// The word for it, in what tools read.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Certainty::Certain => "certain",
            Certainty::Offered => "offered",
            Certainty::ChangesMeaning => "changes-meaning",
        }
    }
}

/// A warning with the `allow` that answers it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answered {
    /// The warning.
    pub finding: Diagnostic,
    /// Why it is meant so, as the author says.
    pub reason: Box<str>,
    /// Where that is said.
    pub place: Place,
}

/// Another place that matters to a finding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Related {
    /// Why it matters.
    pub message: String,
    /// Where it is.
    pub place: Place,
}

/// Put `text` in the place of what stands at `place`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edit {
    /// What is replaced (empty: an insertion).
    pub place: Place,
    /// The new text.
    pub text: String,
}

impl Diagnostic {
    /// A finding of this code, headline and place.
    pub fn new(code: &'static Code, message: impl Into<String>, place: Place) -> Self {
        Diagnostic {
            code,
            message: message.into(),
            place,
            label: String::new(),
            help: None,
            example: None,
            related: Vec::new(),
            fix: Vec::new(),
            certainty: Certainty::default(),
        }
    }

    /// Why this spot.
    #[must_use]
    pub fn label(mut self, label: impl Into<String>) -> Self {
        self.label = label.into();
        self
    }

    /// What to write.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// Something to copy as it stands.
    #[must_use]
    pub fn example(mut self, example: impl Into<String>) -> Self {
        self.example = Some(example.into());
        self
    }

    /// Another place that matters.
    #[must_use]
    pub fn related(mut self, message: impl Into<String>, place: Place) -> Self {
        self.related.push(Related { message: message.into(), place });
        self
    }

    /// An edit that is part of the fix; offered, if nothing else is said of it.
    #[must_use]
    pub fn fix(mut self, place: Place, text: impl Into<String>) -> Self {
        self.fix.push(Edit { place, text: text.into() });
        self
    }

    /// The fix is certain: there is no other reading, and it changes nothing that is decided.
    #[must_use]
    pub fn certain(mut self) -> Self {
        self.certainty = Certainty::Certain;
        self
    }

    /// The fix says something else than the text does.
    #[must_use]
    pub fn changes_meaning(mut self) -> Self {
        self.certainty = Certainty::ChangesMeaning;
        self
    }

    /// How grave it is.
    #[must_use]
    pub fn severity(&self) -> Severity {
        self.code.severity
    }

    /// Does it stop the build?
    #[must_use]
    pub fn is_error(&self) -> bool {
        self.severity() == Severity::Error
    }

    /// Sorts findings by place, code and message and drops repeats.
    pub fn sort(findings: &mut Vec<Diagnostic>) {
        findings.sort_by(|one, two| {
            (one.place.source, one.place.span, one.code.number, &one.message).cmp(&(
                two.place.source,
                two.place.span,
                two.code.number,
                &two.message,
            ))
        });
        findings.dedup();
    }
}
