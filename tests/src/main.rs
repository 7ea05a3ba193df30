//! The program as it is shipped, under a name of its own for the acceptance tests.

fn main() -> std::process::ExitCode {
    tilanne::run(std::env::args_os())
}
