//! Generated catalogues: packages in areas, a hundred to a file, with Norwegian text and comments, as authors write
//! them. The same size gives the same bytes. Measures nothing.

use std::fmt::Write;

/// Are conditions among what `compile` compiles? Then two packages of five have one.
const CONDITIONS: bool = true;

/// Packages of one file.
const IN_FILE: usize = 100;
/// Packages of one area.
const IN_AREA: usize = 10;

const ROLES: [(&str, &str); 8] = [
    ("daglig_leder", "Daglig leder"),
    ("styreleder", "Styreleder"),
    ("innehaver", "Innehaver"),
    ("forretningsforer", "Forretningsfører"),
    ("regnskapsforer", "Regnskapsfører"),
    ("revisor", "Revisor"),
    ("kontaktperson", "Kontaktperson"),
    ("bostyrer", "Bostyrer"),
];
const FIELDS: [(&str, &str); 24] = [
    ("barnevern", "Barnevern"),
    ("barnehage", "Barnehage"),
    ("byggesak", "Byggesak"),
    ("dyrehold", "Dyrehold"),
    ("fiskeoppdrett", "Fiskeoppdrett"),
    ("forsorging", "Forsørging"),
    ("gjenvinning", "Gjenvinning"),
    ("helsetjeneste", "Helsetjeneste"),
    ("husbank", "Husbank"),
    ("jernbane", "Jernbane"),
    ("kjoretoy", "Kjøretøy"),
    ("kulturminne", "Kulturminne"),
    ("landbruk", "Landbruk"),
    ("miljovern", "Miljøvern"),
    ("nodnett", "Nødnett"),
    ("opplaering", "Opplæring"),
    ("petroleum", "Petroleum"),
    ("reindrift", "Reindrift"),
    ("skattetrekk", "Skattetrekk"),
    ("skogbruk", "Skogbruk"),
    ("toll", "Toll"),
    ("utdanning", "Utdanning"),
    ("vannkraft", "Vannkraft"),
    ("yrkesskade", "Yrkesskade"),
];
const TOPICS: [(&str, &str); 16] = [
    ("avgift", "avgift"),
    ("bemanning", "bemanning"),
    ("dispensasjon", "dispensasjon"),
    ("etablering", "etablering"),
    ("forskning", "forskning"),
    ("godkjenning", "godkjenning"),
    ("innsyn", "innsyn"),
    ("konsesjon", "konsesjon"),
    ("loyve", "løyve"),
    ("oppgjor", "oppgjør"),
    ("provetaking", "prøvetaking"),
    ("rapport", "rapport"),
    ("soknad", "søknad"),
    ("tilsyn", "tilsyn"),
    ("utbetaling", "utbetaling"),
    ("vedlikehold", "vedlikehold"),
];
const WHAT: [&str; 10] = [
    "søke om tilskudd og følge opp vedtak",
    "melde endringer og få råd",
    "sende årlige oppgaver og se kvitteringer",
    "se journaler, planer og prøvesvar",
    "klage på avgjørelser og følge saken",
    "bestille attester og fornye løyver",
    "rapportere avvik og ulykker på arbeidsplassen",
    "føre regnskap og levere skattemelding",
    "bestille tilsyn og svare på pålegg",
    "registrere dyr, båter og anlegg ved kysten",
];
const FOR_WHOM: [&str; 6] = [
    "for virksomheter som er med i ordningen",
    "på vegne av små foretak",
    "der kommunen er ansvarlig",
    "også for underenheter på Østlandet og i Tromsø",
    "så lenge avtalen gjelder",
    "etter nærmere regler i forskrift",
];
const COMMENTS: [&str; 5] = [
    "// Avklart med fagavdelingen.",
    "// Se rundskriv nr. 7 om fullmakter på området.",
    "// Skal vurderes på nytt før sommeren.",
    "// Navnet er det som står på siden.",
    "// Gjelder òg nynorsk utgave.",
];

/// A catalogue: paths and texts.
pub(crate) struct Catalogue {
    /// `(path, text)`
    pub(crate) files: Vec<(String, String)>,
}

impl Catalogue {
    /// One of so many packages.
    pub(crate) fn new(packages: usize) -> Self {
        let mut files = vec![("shared.fmk".to_owned(), shared())];
        files.extend((0..packages.div_ceil(IN_FILE)).map(|file| {
            let last = packages.min((file + 1) * IN_FILE);
            (format!("part{:03}/m{file}.fmk", file / 100), module(file, file * IN_FILE..last))
        }));
        Catalogue { files }
    }

    /// Bytes of all texts.
    pub(crate) fn bytes(&self) -> usize {
        self.files.iter().map(|(_, text)| text.len()).sum()
    }
}

/// The name of a package, the name of a role that it is granted to, and whether it is really granted to who has that for an
/// organisation of the form `as` with 12 employees that is not bankrupt.
pub(crate) fn granted(number: usize) -> (String, &'static str, bool) {
    let role = pick(&ROLES, number, 5).0;
    let leads = ["daglig_leder", "styreleder", "innehaver", "bostyrer"].contains(&role);
    let holds = !(CONDITIONS && number % 5 < 2) || pick(&[false, true, true, false], number, 8);
    (format!("{}{number}", stem(number)), role, holds || (number % 4 == 1 && leads))
}

/// The same packages in Rego, a module a file as here: who has a role of the grant, where its condition is so.
pub(crate) fn rego(packages: usize) -> Vec<(String, String)> {
    (0..packages.div_ceil(IN_FILE))
        .map(|file| {
            let mut out = format!("package m{file}\n\nimport rego.v1\n\n{REGO_CONDITIONS}");
            for number in file * IN_FILE..packages.min((file + 1) * IN_FILE) {
                let (name, role, _) = granted(number);
                let condition = if CONDITIONS && number % 5 < 2 {
                    pick(&["; input.party.form == \"nuf\"", "; solvent", "; large", "; small"], number, 8)
                } else {
                    ""
                };
                let _ = writeln!(out, "use_{name} if {{ \"{role}\" in input.roles{condition} }}");
                if number % 4 == 1 {
                    let _ = writeln!(out, "use_{name} if {{ some role in input.roles; role in leaders }}");
                }
            }
            (format!("m{file}.rego"), out)
        })
        .collect()
}

/// Conditions that several packages have.
const REGO_CONDITIONS: &str = "leaders := {\"daglig_leder\", \"styreleder\", \"innehaver\", \"bostyrer\"}\n\
    solvent if { not input.party.bankrupt; input.party.form in {\"as\", \"ans\"} }\n\
    large if { input.party.employees >= 5 }\nlarge if { input.party.form == \"enk\" }\n\
    small if { input.party.employees < 10; not input.party.bankrupt }\n";

/// The names of the roles that packages are granted to.
pub(crate) fn roles() -> impl Iterator<Item = &'static str> {
    ROLES.iter().map(|(name, _)| *name)
}

/// What the other modules use.
fn shared() -> String {
    let mut out = String::from(
        "// Det som alle moduler bruker.\nmodule shared\n\nnamespace demo urn:demo {\n  role     urn:demo:role:{name}\n  \
         package  urn:demo:accesspackage:{name}\n}\norganisation registeret \"Registeret\"\n\n",
    );
    for (name, title) in ROLES {
        let urn = name.replace('_', "-");
        let _ = write!(
            out,
            "role {name} \"{title}\" {{\n  urn   urn:demo:role:{urn}\n  from  registeret\n  held  by person for \
             organisation\n}}\n"
        );
    }
    out.push_str("role ansatt \"Ansatt\" { held by person for organisation }\n\n");
    out.push_str("group ledere = daglig_leder, styreleder, innehaver, bostyrer\n");
    if CONDITIONS {
        out.push_str(
            "\nenum form = as, ans, da, enk, nuf\nentity organisation { form form, employees integer, bankrupt bool }\n\
             condition small = party.employees < 10 and not party.bankrupt\n",
        );
    }
    out
}

/// A number in letters: the form of a URN has no digits.
fn letters(number: usize) -> String {
    number.to_string().bytes().map(|digit| char::from(digit - b'0' + b'a')).collect()
}

/// The nth of some texts, as if drawn.
fn pick<T: Copy>(from: &[T], number: usize, salt: usize) -> T {
    let mixed = (number as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15).wrapping_add(salt as u64 * 0x2545_F491) >> 24;
    from[usize::try_from(mixed).unwrap_or(0) % from.len()]
}

fn module(file: usize, numbers: std::ops::Range<usize>) -> String {
    let mut out = format!(
        "// Fullmakter på et område, slik siden hadde dem i mars.\nmodule part{:03}.m{file}\nuse shared.*\n",
        file / 100
    );
    let last = numbers.end;
    for area in numbers.clone().step_by(IN_AREA) {
        let name = pick(&FIELDS, area, 1).1;
        let _ = write!(out, "\narea omraade{area} \"{name} område {area}\" {{\n  delegable to ansatt\n  services no\n");
        for number in area..last.min(area + IN_AREA) {
            package(&mut out, number);
        }
        out.push_str("}\n");
    }
    let (one, two) = (numbers.start, last.saturating_sub(1));
    let _ = write!(
        out,
        "\nservice tjeneste{file} \"Tjenesten {file}\" {{\n  action les \"Se det som er sendt\"\n  action send \"Send inn\"\n  \
         permit les requires {}{one} or {}{two}\n  permit send requires {}{one}\n}}\n",
        stem(one),
        stem(two),
        stem(one)
    );
    out
}

fn stem(number: usize) -> &'static str {
    pick(&FIELDS, number, 2).0
}

fn package(out: &mut String, number: usize) {
    let (stem, title) = pick(&FIELDS, number, 2);
    let (topic, about) = pick(&TOPICS, number, 9);
    let (what, whom) = (pick(&WHAT, number, 3), pick(&FOR_WHOM, number, 4));
    // Some identifiers leave a word out, as real ones do.
    let topic = if number % 8 == 5 { String::new() } else { format!("-{topic}") };
    let role = pick(&ROLES, number, 5).0;
    let name = letters(number);
    let _ = write!(out, "\n  package {stem}{number} \"{title} {about} {name}\" {{\n");
    if number.is_multiple_of(4) {
        let _ = writeln!(out, "    {}", pick(&COMMENTS, number, 6));
    }
    let _ = write!(
        out,
        "    urn urn:demo:accesspackage:{stem}{topic}-{name}\n    about \"Rett til å {what}, {whom}.\"\n    for organisation\n    \
         delegable to ansatt\n    services yes\n    data {}\n",
        pick(&["none", "personal", "special"], number, 7)
    );
    let condition = if CONDITIONS && number % 5 < 2 {
        pick(
            &[
                " when party.form == nuf",
                " when not party.bankrupt and (party.form == as or party.form == ans)",
                " when party.employees >= 5 or party.form == enk",
                " when small",
            ],
            number,
            8,
        )
    } else {
        ""
    };
    let _ = writeln!(out, "    grant to {role}{condition}");
    if number % 4 == 1 {
        out.push_str("    grant use to ledere // kan ikke gis videre\n");
    }
    out.push_str("  }\n");
}
