//! The pages of the codes: each is complete, and its blocks are run. *Wrong* gives exactly its code, once; *Right*
//! gives nothing but open questions and is *Wrong* with the fix of the finding made. What the words of a page say is not
//! tested.

use crate::suites::Suites;
use crate::texts::Texts;
use fullmakt::check::Options;
use fullmakt::diag::{Code, Severity, codes};
use fullmakt::lower::lower;
use fullmakt::source::{Source, SourceId};
use fullmakt::{emit, intake, prove};
use std::fmt::Write as _;

/// Codes whose *Wrong* no block can show, with the reason; their blocks are text for people.
const NOT_SHOWN: &[(&str, &str)] = &[
    ("FM0101", "a page cannot hold a file that cannot be read"),
    ("FM0102", "a page is UTF-8 itself"),
    ("FM0103", "a page of the size of the limit would be no page"),
    ("FM0514", "a filter stands on the command line"),
    ("FM0534", "a hundred rows with faults would be no page"),
    ("FM0326", "so many levels would be no page"),
    ("FM0221", "so many members would be no page"),
    ("FM0223", "so many policies would be no page"),
];

/// Codes of a run of `mutate`: their blocks are mutated, and only that is told.
const MUTATION: [&str; 3] = ["FM0545", "FM0546", "FM0547"];

/// A fenced block of a page: its language and its text.
struct Block<'p> {
    language: &'p str,
    text: &'p str,
}

/// The first fenced block after a heading.
fn block<'p>(page: &'p str, heading: &str) -> Option<Block<'p>> {
    let after = page.split_once(heading)?.1;
    let (language, rest) = after.split_once("```")?.1.split_once('\n')?;
    let text = &rest[..rest.find("\n```")? + 1];
    Some(Block { language, text })
}

/// What a block gives, by its language: a line for each finding, and the files with the fixes made, where there are
/// any. `None` where the language has no reader here.
fn read(block: &Block<'_>, code: &Code) -> Option<(Vec<String>, Option<Vec<(String, String)>>)> {
    match block.language {
        "fmk" => {
            let words = self::block(code.page, "The known words here:");
            let options = Options { words: words.map(|words| words.text.lines().map(Box::from).collect()) };
            let texts = Texts::of(&Texts::split(block.text), &options);
            let found = &texts.checked.findings;
            // A fix may leave an open question, which is a note and stops nothing.
            let noted = code.severity == Severity::Note;
            let counted = found.iter().filter(|finding| noted || finding.severity() != Severity::Note);
            let mut lines: Vec<String> = counted.map(|finding| texts.line(finding)).collect();
            if let Some(sound) = &texts.checked.sound {
                // Without an error there is something to export, and what a target cannot say is found there.
                let (bundle, origins) = lower(sound.clone(), &texts.sources);
                let unproved = prove::findings(&bundle, &origins, &texts.sources);
                lines.extend(unproved.iter().map(|finding| texts.line(finding)));
                let beyond = emit::files(&bundle, &origins, &texts.sources, &["json", "xacml"]).err();
                lines.extend(beyond.unwrap_or_default().iter().map(|finding| texts.line(finding)));
            }
            let fixed = found.iter().any(|finding| !finding.fix.is_empty());
            Some((lines, fixed.then(|| texts.mended(&found.iter().collect::<Vec<_>>()))))
        }
        "yaml" => {
            // Without a name it is the suite beside the module that `init` writes.
            let text = if block.text.starts_with("# file: ") {
                block.text.to_owned()
            } else {
                format!("# file: clinic.test.yaml\n{}", block.text)
            };
            let files = Texts::split(&text);
            let suites = Suites::of(&files);
            if MUTATION.contains(&code.number) {
                return Some((suites.lines_of_mutation(), None));
            }
            let mended = suites.mended().map(|text| {
                let mut files = files.clone();
                files[0].1 = text;
                files
            });
            let named =
                |files: Vec<(String, String)>| files.into_iter().map(|(_, text)| (String::new(), text)).collect();
            Some((suites.lines(), mended.map(named)))
        }
        "csv" | "jsonl" => Some((crate::rows::lines_of_page(block.text, block.language), None)),
        "json" => {
            let read = intake::bundle::read(&Source::new("bundle.json", block.text), SourceId(0));
            let lines = read.err().into_iter().flatten().map(|finding| finding.code.number.to_owned()).collect();
            Some((lines, None))
        }
        _ => None,
    }
}

/// What is wrong with a page.
fn faults(code: &Code) -> String {
    let mut faults = String::new();
    let mut say = |fault: String| writeln!(faults, "{}: {fault}", code.number).expect("text");
    let title = format!("# {} {}\n", code.number, code.name);
    if !code.page.starts_with(&title) {
        say(format!("the page begins with `{}`", title.trim()));
    }
    if !code.page.contains("\n## Why\n") {
        say("a section `## Why`".to_owned());
    }
    let (Some(wrong), Some(right)) = (block(code.page, "\n## Wrong\n"), block(code.page, "\n## Right\n")) else {
        say("sections `## Wrong` and `## Right` with a fenced block each".to_owned());
        return faults;
    };
    if NOT_SHOWN.iter().any(|(number, _)| *number == code.number) {
        return faults;
    }
    let (Some((found, mended)), Some((left, _))) = (read(&wrong, code), read(&right, code)) else {
        say(format!("blocks of a language that is read, not `{}` and `{}`", wrong.language, right.language));
        return faults;
    };
    if found.len() != 1 || !found[0].starts_with(code.number) {
        say(format!("*Wrong* gives {found:#?}"));
    }
    if !left.is_empty() {
        say(format!("*Right* gives {left:#?}"));
    }
    if wrong.text == right.text {
        say("*Right* is *Wrong*".to_owned());
    }
    if let Some(mended) = mended {
        let right = match right.language {
            "yaml" => vec![(String::new(), right.text.to_owned())],
            _ => Texts::split(right.text),
        };
        if mended != right {
            say(format!("*Wrong* with the fix is {mended:#?}, not {right:#?}"));
        }
    }
    faults
}

#[test]
fn every_page_shows_its_code() {
    let faults: String = codes::ALL.iter().map(|code| faults(code)).collect();
    assert!(faults.is_empty(), "pages that should have more, or other blocks:\n{faults}");
}

#[test]
fn what_is_not_shown_is_a_code() {
    for (number, reason) in NOT_SHOWN {
        assert!(codes::find(number).is_some(), "{number}: {reason}");
    }
}
