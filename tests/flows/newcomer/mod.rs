//! Ten tasks of newcomers. Each file is a complete program; the last test counts its lines.
#![allow(clippy::print_stdout, reason = "the programs print their results")]

mod exports_and_changes_the_watchlist;
mod goes_through_a_proxy_with_time_limits_and_tracing;
mod lists_the_home_switches_and_adds_a_user;
mod reaches_a_server;
mod receives_an_event_of_a_webhook;
mod runs_for_months;
mod shares_a_library_changes_the_share_and_ends_it;
mod signs_in_with_a_pin;
mod tells_errors_apart;
mod tests_an_app;

/// The lines that are neither blank nor a comment: imports, set-up and checks count too.
fn lines(program: &str) -> usize {
    program.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with("//")).count()
}

#[test]
fn no_task_takes_more_lines_than_its_limit() {
    let tasks = [
        (1, 15, include_str!("signs_in_with_a_pin.rs")),
        (2, 16, include_str!("reaches_a_server.rs")),
        (3, 12, include_str!("shares_a_library_changes_the_share_and_ends_it.rs")),
        (4, 20, include_str!("receives_an_event_of_a_webhook.rs")),
        (5, 10, include_str!("exports_and_changes_the_watchlist.rs")),
        (6, 12, include_str!("lists_the_home_switches_and_adds_a_user.rs")),
        (7, 25, include_str!("runs_for_months.rs")),
        (8, 30, include_str!("tests_an_app.rs")),
        (9, 20, include_str!("goes_through_a_proxy_with_time_limits_and_tracing.rs")),
        (10, 35, include_str!("tells_errors_apart.rs")),
    ];

    for (task, limit, program) in tasks {
        let lines = lines(program);
        println!("task {task}: {lines} lines of {limit}");
        assert!(program.contains("#[tokio::test]\nasync fn main() "), "task {task} is not a program");
        assert!(lines <= limit, "task {task} takes {lines} lines; the limit is {limit}");
    }
}
