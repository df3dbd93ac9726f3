//! The binary: hands over to `cli` and leaves with what it says. Nothing else lives here.

mod cli;

fn main() -> std::process::ExitCode {
    cli::run().into()
}
