//! Standard output and standard error: buffered, with what the terminal is like, and without a word when the reader
//! went away.

use fullmakt::diag::render::human::Look;
use std::io::{self, BufWriter, IsTerminal, Write};

/// Columns where there is no terminal to ask.
const WIDTH: usize = 100;

/// Where the words of a command go.
pub(crate) struct Streams {
    /// Results.
    pub(crate) out: Box<dyn Write>,
    /// Findings and complaints.
    pub(crate) err: Box<dyn Write>,
}

impl Streams {
    /// Those of the process.
    pub(crate) fn standard() -> Streams {
        Streams {
            out: Box::new(BufWriter::new(Patient(io::stdout()))),
            err: Box::new(BufWriter::new(Patient(io::stderr()))),
        }
    }

    /// What findings should look like.
    pub(crate) fn look(&self) -> Look {
        let stderr = io::stderr();
        let width = terminal_size::terminal_size_of(&stderr).map_or(WIDTH, |(width, _)| usize::from(width.0));
        Look { width, colour: anstream::AutoStream::choice(&stderr) != anstream::ColorChoice::Never }
    }

    /// May results be in bold and in colour?
    pub(crate) fn colour_of_results(&self) -> bool {
        io::stdout().is_terminal() && anstream::AutoStream::choice(&io::stdout()) != anstream::ColorChoice::Never
    }

    /// How wide results may be; without a terminal as they need.
    pub(crate) fn width_of_results(&self) -> Option<usize> {
        terminal_size::terminal_size_of(io::stdout()).map(|(width, _)| usize::from(width.0))
    }

    /// Do results go to a terminal?
    pub(crate) fn results_are_read(&self) -> bool {
        io::stdout().is_terminal()
    }

    /// Do findings go to a terminal?
    pub(crate) fn findings_are_read(&self) -> bool {
        io::stderr().is_terminal()
    }

    /// Does somebody read at a terminal who can answer?
    pub(crate) fn is_a_dialogue(&self) -> bool {
        io::stdin().is_terminal() && io::stdout().is_terminal()
    }

    /// Asks; anything but yes is no.
    pub(crate) fn agrees(&mut self, question: &str) -> io::Result<bool> {
        write!(self.out, "{question}")?;
        self.out.flush()?;
        let mut answer = String::new();
        io::stdin().read_line(&mut answer)?;
        Ok(matches!(answer.trim().to_lowercase().as_str(), "y" | "yes"))
    }

    /// One line that is no finding.
    pub(crate) fn complain(&mut self, message: &str) {
        // There is nowhere left to tell a failure of this.
        let _ = writeln!(self.err, "fullmakt: {message}").and_then(|()| self.err.flush());
    }

    /// Everything is out, findings first.
    pub(crate) fn finish(&mut self) -> io::Result<()> {
        self.err.flush()?;
        self.out.flush()
    }
}

/// A writer that does not mind when nobody reads on (`| head`).
struct Patient<W>(W);

impl<W: Write> Write for Patient<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        patiently(self.0.write(bytes), bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        patiently(self.0.flush(), ())
    }
}

fn patiently<T>(result: io::Result<T>, instead: T) -> io::Result<T> {
    match result {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(instead),
        other => other,
    }
}
