//! The binary: hands its arguments to `cli` and leaves with what it says. Nothing else lives here.

mod cli;

fn main() -> std::process::ExitCode {
    cli::run(std::env::args_os()).into()
}
