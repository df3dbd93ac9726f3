//! The register: one row a code, one page a row (`pages/FMnnnn.md`; a row without its page does not compile).
//! The words of a finding stand beside the check that raises it, never here.

use super::code::{Code, Severity};

macro_rules! codes {
    ($($number:literal $constant:ident $name:literal $severity:ident $sentence:literal;)*) => {
        $(
            #[doc = $sentence]
            pub static $constant: Code = Code {
                number: concat!("FM", $number),
                name: $name,
                severity: Severity::$severity,
                sentence: $sentence,
                page: include_str!(concat!("pages/FM", $number, ".md")),
            };
        )*
        /// Every code, in order of number.
        pub static ALL: &[&Code] = &[$(&$constant),*];
    };
}

codes! {
    "0101" UNREADABLE_FILE "unreadable-file" Error "a file or folder cannot be read";
    "0102" NOT_UTF8 "not-utf8" Error "a file is not UTF-8 text";
    "0103" FILE_TOO_LARGE "file-too-large" Error "a file is larger than the limit";
    "0104" NESTED_TOO_DEEP "nested-too-deep" Error "braces or parentheses are nested deeper than the limit";
    "0105" UNEXPECTED_TEXT "unexpected-text" Error "the text does not fit the grammar here";
    "0106" MISSING_BRACE "missing-brace" Error "a block lacks its opening or closing brace";
    "0107" UNCLOSED_STRING "unclosed-string" Error "a string does not end on its line";
    "0109" MISPLACED_STATEMENT "misplaced-statement" Error "a statement that does not belong in this declaration";
    "0110" REPEATED_STATEMENT "repeated-statement" Error "a value is said twice in one declaration";
    "0111" MALFORMED_DATE "malformed-date" Error "a date that is not in the calendar";
    "0112" TRAILING_COMMA "trailing-comma" Error "a list ends with a comma";
    "0113" MISSING_NAME "missing-name" Error "a declaration without a name";
    "0114" NO_MODULE_LINE "no-module-line" Error "a file does not say which module it is";
    "0115" MODULE_PATH "module-path" Error "the path of a file does not end with the name of its module";
    "0116" MIXED_AND_OR "mixed-and-or" Error "`and` and `or` stand beside each other without parentheses";
    "0117" UNKNOWN_WORD "unknown-word" Error "a word that is none of those allowed here";
    "0118" CHAINED_COMPARISON "chained-comparison" Error "a comparison is compared again";
    "0119" MALFORMED_MOMENT "malformed-moment" Error "a moment without a time or an offset, or not in the calendar";
    "0201" MALFORMED_URN "malformed-urn" Error "a text that is not a URN (RFC 8141)";
    "0202" URN_OUTSIDE_NAMESPACE "urn-outside-namespace" Error "a URN under no namespace that the module knows";
    "0203" SAME_URN "same-urn" Error "two things have the same URN";
    "0204" FORMER_URN_IN_USE "former-urn-in-use" Warning "a former URN is the URN of another thing now";
    "0205" URN_OF_ANOTHER "urn-of-another" Warning "a URN resembles the name of another package more than its own";
    "0206" SAME_TITLE "same-title" Warning "two packages have one title, one kind of party and one time";
    "0207" MISSPELT_URN "misspelt-urn" Warning "a word of the name is probably misspelt in the URN";
    "0208" MISSPELT_TITLE "misspelt-title" Warning "a word of a title is probably misspelt";
    "0209" URN_FORM "urn-form" Error "a URN has none of the forms of its namespace";
    "0210" UNKNOWN_NAME "unknown-name" Error "a name that nobody declares";
    "0211" AMBIGUOUS_NAME "ambiguous-name" Error "a name that may mean two things";
    "0212" DUPLICATE_NAME "duplicate-name" Error "two declarations of one name";
    "0213" UNUSED_IMPORT "unused-import" Warning "an imported name that is not used";
    "0214" UNUSED_GROUP "unused-group" Warning "a group that nothing uses";
    "0215" UNUSED_ORGANISATION "unused-organisation" Warning "an organisation that nothing uses";
    "0216" LETTERS_IN_NAME "letters-in-name" Error "a name with other letters than a–z, 0–9 and _";
    "0217" IMPORT_CYCLE "import-cycle" Error "modules that use each other in a circle";
    "0218" WRONG_SORT "wrong-sort" Error "a name of another sort than is meant here";
    "0219" UNKNOWN_MODULE "unknown-module" Error "a module that is not there";
    "0220" GROUP_CYCLE "group-cycle" Error "groups that stand in each other in a circle";
    "0221" GROUPS_TOO_LARGE "groups-too-large" Error "groups that stand for more names than the limit";
    "0222" CONDITION_CYCLE "condition-cycle" Error "conditions that name each other in a circle";
    "0223" POLICIES_TOO_LARGE "policies-too-large" Error "policies that are over more resources than the limit";
    "0301" NO_DESCRIPTION "no-description" Warning "a package does not say what it is about";
    "0302" NO_DELEGABILITY "no-delegability" Warning "a package does not say whether it may be delegated";
    "0303" NO_GRANT "no-grant" Warning "a package that is granted to nobody";
    "0304" IMPOSSIBLE_GRANT "impossible-grant" Error "a grant to a role that cannot have this kind of party";
    "0305" OPEN_QUESTION "open-question" Note "a value that nobody has decided";
    "0306" NO_HOLDER "no-holder" Error "a role does not say who holds it";
    "0307" NO_SERVICES "no-services" Error "a service requires a package that no service may attach to";
    "0308" DATA_ABOVE_PACKAGE "data-above-package" Error "a service exposes more than a required package admits";
    "0309" GRANT_CYCLE "grant-cycle" Error "packages are granted to each other in a circle";
    "0310" EMPTY_VALIDITY "empty-validity" Error "a period without a day in it";
    "0311" OVERLAPPING_VERSIONS "overlapping-versions" Error "two versions of one thing are in force at the same time";
    "0312" NOBODY_TO_DELEGATE "nobody-to-delegate" Warning "a package is delegable, but nobody can give it or nobody can receive it";
    "0313" ANSWER_TO_NOTHING "answer-to-nothing" Warning "an `allow` that answers no warning";
    "0314" PERMIT_WITHOUT_SUBJECT "permit-without-subject" Error "a permit that names nobody";
    "0315" UNKNOWN_ACTION "unknown-action" Error "an action that the resource does not have";
    "0316" GRANT_TO_ANYONE "grant-to-anyone" Error "a package cannot be granted to anyone";
    "0317" ACTION_WITHOUT_PERMIT "action-without-permit" Warning "an action that nothing permits";
    "0318" ALWAYS_SAME "always-same" Warning "a condition that is always true or always false";
    "0319" BEATEN_PERMIT "beaten-permit" Warning "a permit that a forbid always beats";
    "0320" UNLIKE_OBLIGATIONS "unlike-obligations" Error "permits that can meet and oblige differently";
    "0321" CLASHING_ARGUMENTS "clashing-arguments" Error "one obligation with two arguments that can meet";
    "0322" REPEATED_RULE "repeated-rule" Warning "a rule that repeats another";
    "0323" PERMITTED_CYCLE "permitted-cycle" Error "actions that are permitted in a circle, each where the next is";
    "0324" NOT_BEFORE_ROLE "not-before-role" Warning "`not` before a role or a package";
    "0325" CLAUSE_AS_RULE "clause-as-rule" Warning "a clause that is indented as if it were a rule";
    "0326" CONDITION_TOO_DEEP "condition-too-deep" Error "a condition that is nested too deep with all that it names";
    "0330" TYPE_MISMATCH "type-mismatch" Error "a value of another type than is meant here";
    "0331" NOT_COMPARABLE "not-comparable" Error "values that are not compared so";
    "0332" UNKNOWN_ATTRIBUTE "unknown-attribute" Error "an attribute that nobody declares";
    "0333" ROOT_OUT_OF_PLACE "root-out-of-place" Error "something that cannot be read in this condition";
    "0334" NOT_A_SET "not-a-set" Error "a single value where a set is meant";
    "0335" NOT_A_CONDITION "not-a-condition" Error "a value where true or false is meant";
    "0336" WRONG_ARGUMENT "wrong-argument" Error "an argument that does not fit its obligation";
    "0337" WRONG_UNIT "wrong-unit" Error "a length of time that does not move this";
    "0338" NO_ATTRIBUTES "no-attributes" Error "an attribute of something that has none";
    "0339" ATTRIBUTE_OF_TWO_TYPES "attribute-of-two-types" Error "one attribute declared with two types";
    "0340" ASKS_TOO_MUCH "asks-too-much" Error "a condition asks what cannot be asked there";
    "0341" FOR_WHOM "for-whom" Error "`for` is missing where something is held for somebody, or stands where nothing is";
    "0342" UNKNOWN_VALUE "unknown-value" Error "a name that is no value of its type";
    "0343" UNKNOWN_ELEMENT "unknown-element" Error "an element that the resource does not have";
    "0344" NUMBER_TOO_LARGE "number-too-large" Error "a number is larger than the limit";
    "0345" UNKNOWN_LEGAL_BASIS "unknown-legal-basis" Error "an article that is no legal basis";
    "0346" PARAMETER_TYPE "parameter-type" Error "a parameter of a type that has no constants";
    "0401" NO_ARTICLE_9 "no-article-9" Error "special categories of data without a ground of GDPR article 9(2)";
    "0402" NO_ARTICLE_6 "no-article-6" Warning "personal data without a ground of GDPR article 6(1)";
    "0403" NO_RETENTION "no-retention" Warning "a register that does not say how long it keeps personal data";
    "0404" RECIPIENT_WITHOUT_PURPOSE "recipient-without-purpose" Warning "a register with recipients and no purposes";
    "0405" CONSENT_NOT_READ "consent-not-read" Warning "a register that rests on consent, and no forbid reads it";
    "0501" MALFORMED_DATA "malformed-data" Error "a text that is not YAML or JSON";
    "0502" UNKNOWN_KEY "unknown-key" Error "a key that has no meaning here";
    "0503" UNKNOWN_NAME_IN_DATA "unknown-name-in-data" Error "a name that neither the policies nor the facts declare";
    "0504" IMPOSSIBLE_FACT "impossible-fact" Error "a fact that the policies rule out";
    "0505" MALFORMED_VALUE "malformed-value" Error "a value of the wrong type or form";
    "0506" REPEATED_IN_DATA "repeated-in-data" Error "a key or a name stands twice";
    "0507" NOTHING_TESTED "nothing-tested" Error "a suite without a case or a table row";
    "0508" MISSING_KEY "missing-key" Error "a key that must be there";
    "0509" IMPOSSIBLE_REQUEST "impossible-request" Error "a request that cannot be asked";
    "0510" DATA_TOO_LARGE "data-too-large" Error "a document exceeds a limit";
    "0511" MALFORMED_BUNDLE "malformed-bundle" Error "a bundle that does not have the form of a bundle";
    "0512" SUITE_WITHOUT_MODULE "suite-without-module" Error "a suite beside which there is no module";
    "0513" NOTHING_RUN "nothing-run" Error "a run that decides nothing";
    "0514" FILTER_MATCHES_NOTHING "filter-matches-nothing" Error "a filter that no case or table fits";
    "0515" SUITE_NOT_READ "suite-not-read" Error "a file that looks like a suite and is not read";
    "0516" SKIPPED_TOO_LONG "skipped-too-long" Error "a case that is skipped past its date";
    "0517" ASKS_NOTHING "asks-nothing" Error "a table or a question that asks nothing";
    "0518" UNUSED_FIXTURES "unused-fixtures" Error "a file of facts that no suite uses";
    "0519" UNKNOWN_FIXTURES "unknown-fixtures" Error "`use` names a file of facts that is not there";
    "0520" MALFORMED_SWEEP "malformed-sweep" Error "a sweep that does not say when a decision changes";
    "0521" MALFORMED_QUESTION "malformed-question" Error "a question that cannot be asked";
    "0522" UNKNOWN_REQUIREMENT "unknown-requirement" Error "a case is named after a requirement that is not there";
    "0523" NO_REQUIREMENTS "no-requirements" Error "a file of requirements without an id";
    "0530" MALFORMED_ROW "malformed-row" Error "a row of facts that breaks the form of its file";
    "0531" UNKNOWN_TABLE "unknown-table" Error "a file or line that does not say which facts it has";
    "0532" MALFORMED_HEADER "malformed-header" Error "a header that lacks a column, repeats one or has one that nobody knows";
    "0533" NOT_PLAIN_TEXT "not-plain-text" Error "rows of facts that are not plain UTF-8 text";
    "0534" MORE_FAULTS "more-faults" Error "more rows with something wrong in them than are listed";
    "0545" NO_MUTANTS "no-mutants" Error "nothing to mutate";
    "0546" MUTANTS_UNTESTED "mutants-untested" Error "no suite to try mutants with";
    "0547" UNMET_BEFORE_MUTATION "unmet-before-mutation" Error "a case or table differs before anything is mutated";
    "0601" NOT_IN_XML "not-in-xml" Error "a character that XML cannot hold";
    "0602" UNKNOWN_TARGET "unknown-target" Error "a target that there is not";
    "0603" BEYOND_ALTINN "beyond-altinn" Error "more than permits by role and package, for a target that knows no more";
    "0604" UNNAMED_FOR_PROVIDER "unnamed-for-provider" Error "a search through a set that has no name for the target";
    "0902" NEVER_REFUTED "never-refuted" Error "a `never` that a request breaks";
    "0903" NEVER_NOT_FOLLOWED "never-not-followed" Error "a `never` that could be neither proved nor refuted";
}

/// The code of a number (`FM0201`, `0201`) or a name (`malformed-urn`).
#[must_use]
pub fn find(text: &str) -> Option<&'static Code> {
    ALL.iter()
        .copied()
        .find(|code| code.number.eq_ignore_ascii_case(text) || code.name == text || code.number.get(2..) == Some(text))
}
