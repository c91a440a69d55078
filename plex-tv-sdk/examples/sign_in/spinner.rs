//! A spinner for while the person waits.

use std::{io, time::Duration};

use console::Term;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressFinish, TermLike};

/// Shows a spinner until it is dropped, then clears it. Without a terminal it shows nothing.
pub(crate) fn spinner(text: &'static str) -> ProgressBar {
    if !is_possible() {
        return ProgressBar::hidden();
    }
    let target = ProgressDrawTarget::term_like(Box::new(Narrower(Term::stderr())));
    let spinner = ProgressBar::new_spinner().with_finish(ProgressFinish::AndClear);
    spinner.set_draw_target(target);
    spinner.set_message(text);
    spinner.enable_steady_tick(Duration::from_millis(100));
    spinner
}

pub(crate) fn is_possible() -> bool {
    Term::stdout().is_term() && Term::stderr().is_term()
}

/// A terminal that reports a few columns less: lines are drawn to their full width, and the `^C`
/// that the real terminal adds would wrap one.
#[derive(Debug)]
struct Narrower(Term);

impl TermLike for Narrower {
    fn width(&self) -> u16 {
        self.0.width().saturating_sub(4)
    }

    fn move_cursor_up(&self, lines: usize) -> io::Result<()> {
        self.0.move_cursor_up(lines)
    }

    fn move_cursor_down(&self, lines: usize) -> io::Result<()> {
        self.0.move_cursor_down(lines)
    }

    fn move_cursor_right(&self, columns: usize) -> io::Result<()> {
        self.0.move_cursor_right(columns)
    }

    fn move_cursor_left(&self, columns: usize) -> io::Result<()> {
        self.0.move_cursor_left(columns)
    }

    fn write_line(&self, text: &str) -> io::Result<()> {
        self.0.write_line(text)
    }

    fn write_str(&self, text: &str) -> io::Result<()> {
        self.0.write_str(text)
    }

    fn clear_line(&self) -> io::Result<()> {
        self.0.clear_line()
    }

    fn flush(&self) -> io::Result<()> {
        self.0.flush()
    }
}
