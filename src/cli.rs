//! The command line: which commands there are, how they end, and where their words go. A command is one file in
//! `cli/` and one row in [`COMMANDS`]; what it does is said in the library, here it is only asked for and shown.

mod asking;
mod build;
mod check;
mod coverage;
mod decide;
mod explain;
mod fmt;
mod init;
mod input;
mod mutate;
mod schema;
mod streams;
mod test;
mod what;
mod who;

use clap::{ArgMatches, Args};
use std::io;
use std::process::ExitCode;
pub(crate) use streams::Streams;

/// A command.
struct Command {
    name: &'static str,
    about: &'static str,
    /// Adds its arguments and examples.
    arguments: fn(clap::Command) -> clap::Command,
    run: fn(&ArgMatches, &mut Streams) -> io::Result<Exit>,
}

/// Every command, in the order of a day's work.
const COMMANDS: &[Command] = &[
    Command {
        name: "init",
        about: "Make a small project that checks, tests and builds",
        arguments: init::Arguments::augment_args,
        run: init::run,
    },
    Command {
        name: "check",
        about: "Find everything that is wrong, doubtful or undecided",
        arguments: check::Arguments::augment_args,
        run: check::run,
    },
    Command {
        name: "explain",
        about: "Say what a code of a finding means, with an example",
        arguments: explain::Arguments::augment_args,
        run: explain::run,
    },
    Command {
        name: "fmt",
        about: "Write modules in the one canonical form",
        arguments: fmt::Arguments::augment_args,
        run: fmt::run,
    },
    Command {
        name: "test",
        about: "Run the suites and compare the decision tables",
        arguments: test::Arguments::augment_args,
        run: test::run,
    },
    Command {
        name: "mutate",
        about: "Try the suites with every small change of the modules",
        arguments: mutate::Arguments::augment_args,
        run: mutate::run,
    },
    Command {
        name: "decide",
        about: "Decide one request and show what carries the decision",
        arguments: decide::Arguments::augment_args,
        run: decide::run,
    },
    Command {
        name: "who",
        about: "List everybody who may do something",
        arguments: who::Arguments::augment_args,
        run: who::run,
    },
    Command {
        name: "what",
        about: "List everything that somebody may do",
        arguments: what::Arguments::augment_args,
        run: what::run,
    },
    Command {
        name: "build",
        about: "Compile modules to files for decision points",
        arguments: build::Arguments::augment_args,
        run: build::run,
    },
    Command {
        name: "schema",
        about: "Print the JSON Schema of a file that goes in or comes out",
        arguments: schema::Arguments::augment_args,
        run: schema::run,
    },
];

/// How a command ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Exit {
    /// All is well.
    Well,
    /// Something that is not the input's fault: a full disk.
    Trouble,
    /// The command was not understood.
    Usage,
    /// Findings at error level.
    Findings,
    /// A case, a row or a snapshot differs, or nothing was tested.
    Differs,
    /// Less is covered than `--threshold` says.
    Uncovered,
    /// `fmt --check` or `fmt --diff` would change something.
    Unformatted,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> ExitCode {
        ExitCode::from(match exit {
            Exit::Well => 0,
            Exit::Trouble => 1,
            Exit::Usage => 2,
            Exit::Findings => 3,
            Exit::Differs => 4,
            Exit::Uncovered => 5,
            Exit::Unformatted => 6,
        })
    }
}

const EXIT_CODES: &str = "\
Exit codes:
  0  all is well (`decide`, `who`, `what`: whatever the answer is)
  1  something that is not the input's fault, such as a full disk
  2  the command was not understood
  3  findings at error level, or warnings with --deny-warnings
  4  a case, a row or a snapshot differs, or nothing was tested; `mutate`: a change that no suite notices
  5  less is covered than --threshold says
  6  `fmt --check` or `fmt --diff` would change something

Findings go to standard error, results to standard output; findings for tools are a result
(`check --format json`, `sarif` and `github`).
Start with `fullmakt init`.";

fn command_line() -> clap::Command {
    let whole = clap::Command::new("fullmakt")
        .version(env!("CARGO_PKG_VERSION"))
        .about("Who may act for whom, with what, over which data")
        .after_help(EXIT_CODES)
        .subcommand_required(true)
        .arg_required_else_help(true)
        .disable_help_subcommand(true);
    COMMANDS.iter().fold(whole, |whole, command| {
        whole.subcommand((command.arguments)(clap::Command::new(command.name)).about(command.about))
    })
}

/// Runs the command that the arguments of the process name.
pub(crate) fn run() -> Exit {
    let matches = match command_line().try_get_matches_from(std::env::args_os()) {
        Ok(matches) => matches,
        Err(said) => {
            // Help for a reader who went away is help enough.
            let _ = said.print();
            return if said.exit_code() == 0 { Exit::Well } else { Exit::Usage };
        }
    };
    let mut streams = Streams::standard();
    let ended = matches
        .subcommand()
        .and_then(|(name, matches)| Some((COMMANDS.iter().find(|command| command.name == name)?, matches)))
        .map_or(Ok(Exit::Usage), |(command, matches)| (command.run)(matches, &mut streams));
    match ended.and_then(|exit| streams.finish().map(|()| exit)) {
        Ok(exit) => exit,
        Err(error) => {
            streams.complain(&error.to_string());
            Exit::Trouble
        }
    }
}

/// The arguments of a command as its own type. Clap has checked them; what it could not is a usage error.
fn arguments<A: clap::FromArgMatches>(matches: &ArgMatches) -> io::Result<A> {
    A::from_arg_matches(matches).map_err(io::Error::other)
}
