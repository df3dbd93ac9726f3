//! Worlds of any size, always the same: people, organisations, role facts and delegations as CSV and as JSON Lines, and
//! chains of delegation. Measures nothing.

use std::fs;
use std::io::{self, BufWriter, Write};
use std::path::Path;

/// The policies that the facts are of.
pub(crate) const MODULE: &str = r#"module world

entity person { birth_date date   confidential bool }
entity organisation { form form   founded date }
entity delegation { channel channel }
enum form = company, sole_trader, association, foundation
enum channel = web, letter
organisation register "The register"

role manager "Manager" { from register   held by person for organisation   key yes }
role chair "Chair" { from register   held by person for organisation }
role member "Member of the board" { from register   held by person for organisation }
role deputy "Deputy" { from register   held by person for organisation }
role auditor "Auditor" { from register   held by person for organisation }
role contact "Contact" { from register   held by person for organisation }
role accountant "Accountant" { from register   held by organisation for organisation   covers yes }
role employer "Employer" { from register   held by organisation }

package reporting "Reporting" {
  about "Reports." for organisation services yes data none delegable to person and onward
  grant to manager
}
package accounts "Accounts" {
  about "Accounts." for organisation services yes data none delegable to person
  grant to chair
}
"#;

const PERSONAL: [&str; 6] = ["manager", "chair", "member", "deputy", "auditor", "contact"];
const FORMS: [&str; 4] = ["company", "sole_trader", "association", "foundation"];

/// How much of each there is.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Size {
    pub(crate) organisations: u32,
    pub(crate) people: u32,
    pub(crate) roles: u32,
    pub(crate) delegations: u32,
}

impl Size {
    /// For so many organisations three times as many people, five times as many role facts, as many delegations.
    pub(crate) fn of(organisations: u32) -> Size {
        Size { organisations, people: 3 * organisations, roles: 5 * organisations, delegations: organisations }
    }
}

/// Numbers that look as if they came by chance, always the same (splitmix64).
struct Numbers(u64);

impl Numbers {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, count: u32) -> u32 {
        u32::try_from(self.next() % u64::from(count.max(1))).unwrap_or(0)
    }

    fn day(&mut self, from: u32, years: u32) -> String {
        format!("{:04}-{:02}-{:02}", from + self.below(years), 1 + self.below(12), 1 + self.below(28))
    }
}

/// A name for a number: names do not come in the order of numbers, as in a register by age.
fn name(letter: char, number: u32) -> String {
    format!("{letter}{:07x}", number.wrapping_mul(0x009E_3779 | 1) & 0x0FFF_FFFF)
}

pub(crate) fn person(number: u32) -> String {
    name('p', number)
}

fn organisation(number: u32) -> String {
    name('o', number)
}

/// A row: its table's word in a line of JSON, then keys and values; what is empty is left out there.
type Row<'r> = (&'r str, &'r [(&'r str, &'r str)]);

struct Files {
    csv: BufWriter<fs::File>,
    header: bool,
    lines: BufWriter<fs::File>,
}

impl Files {
    fn row(&mut self, (fact, cells): Row<'_>) -> io::Result<()> {
        if !self.header {
            self.header = true;
            let names: Vec<&str> = cells.iter().map(|(name, _)| *name).collect();
            writeln!(self.csv, "{}", names.join(","))?;
        }
        for (at, (_, value)) in cells.iter().enumerate() {
            write!(self.csv, "{}{value}", if at == 0 { "" } else { "," })?;
        }
        writeln!(self.csv)?;
        write!(self.lines, "{{\"fact\":\"{fact}\"")?;
        for (name, value) in cells.iter().filter(|(_, value)| !value.is_empty()) {
            let bare = matches!(*value, "true" | "false");
            let mark = if bare { "" } else { "\"" };
            write!(self.lines, ",\"{name}\":{mark}{value}{mark}")?;
        }
        writeln!(self.lines, "}}")
    }
}

/// Writes a world into a folder: `people.csv`, `organisations.csv`, `roles.csv`, `delegations.csv`, and the same as
/// `….jsonl` in the folder `lines`.
pub(crate) fn write(folder: &Path, size: Size) -> io::Result<()> {
    let lines = folder.join("lines");
    fs::create_dir_all(&lines)?;
    let open = |table: &str| -> io::Result<Files> {
        Ok(Files {
            csv: BufWriter::with_capacity(1 << 20, fs::File::create(folder.join(format!("{table}.csv")))?),
            header: false,
            lines: BufWriter::with_capacity(1 << 20, fs::File::create(lines.join(format!("{table}.jsonl")))?),
        })
    };
    let mut numbers = Numbers(7);
    let mut files = open("people")?;
    for number in 0..size.people {
        let (id, birth) = (person(number), numbers.day(1930, 90));
        let confidential = if numbers.below(50) == 0 { "true" } else { "false" };
        files.row(("person", &[("id", &id), ("birth_date", &birth), ("confidential", confidential)]))?;
    }
    let mut files = open("organisations")?;
    for number in 0..size.organisations {
        let (id, founded) = (organisation(number), numbers.day(1950, 75));
        let form = FORMS[numbers.below(4) as usize];
        files.row(("organisation", &[("id", &id), ("form", form), ("founded", &founded)]))?;
    }
    let mut files = open("roles")?;
    for number in 0..size.roles {
        // As a register gives them out: one organisation after another, and everybody anywhere.
        let at = u32::try_from(u64::from(number) * u64::from(size.organisations) / u64::from(size.roles)).unwrap_or(0);
        let party = organisation(at);
        let (role, subject) = match numbers.below(20) {
            0 => ("accountant", organisation(numbers.below(size.organisations))),
            _ => (PERSONAL[numbers.below(6) as usize], person(numbers.below(size.people))),
        };
        let from = numbers.day(1990, 36);
        let before = if numbers.below(10) == 0 { numbers.day(2026, 4) } else { String::new() };
        let cells = [("subject", &*subject), ("role", role), ("party", &party), ("from", &from), ("before", &before)];
        files.row(("role", &cells))?;
    }
    let mut files = open("delegations")?;
    for _ in 0..size.delegations {
        let (giver, receiver) = (person(numbers.below(size.people)), person(numbers.below(size.people)));
        if giver == receiver {
            continue;
        }
        let party = organisation(numbers.below(size.organisations));
        let package = if numbers.below(3) == 0 { "accounts" } else { "reporting" };
        let given = numbers.day(2020, 6);
        let before = if numbers.below(4) == 0 { numbers.day(2026, 4) } else { String::new() };
        let channel = if numbers.below(10) == 0 { "letter" } else { "web" };
        let cells = [
            ("giver", &*giver),
            ("receiver", &receiver),
            ("party", &party),
            ("package", package),
            ("given", &given),
            ("before", &before),
            ("channel", channel),
        ];
        files.row(("delegation", &cells))?;
    }
    Ok(())
}

/// Writes a chain of so many delegations for one organisation, and that its last receiver gives to its first: a circle.
pub(crate) fn write_chain(folder: &Path, links: u32) -> io::Result<()> {
    fs::create_dir_all(folder)?;
    let file = |name: &str| fs::File::create(folder.join(name)).map(BufWriter::new);
    let mut people = file("people.csv")?;
    writeln!(people, "id")?;
    for number in 0..=links {
        writeln!(people, "{}", person(number))?;
    }
    writeln!(file("organisations.csv")?, "id\nclinic")?;
    writeln!(file("roles.csv")?, "subject,role,party\n{},manager,clinic", person(0))?;
    let mut delegations = file("delegations.csv")?;
    writeln!(delegations, "giver,receiver,party,package,given")?;
    for number in 0..links {
        writeln!(delegations, "{},{},clinic,reporting,2026-02-01", person(number), person(number + 1))?;
    }
    writeln!(delegations, "{},{},clinic,reporting,2026-02-01", person(links), person(0))
}
