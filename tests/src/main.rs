//! The program as it is shipped, under a name of its own for the acceptance tests; with variables that ask
//! for it, on a disk that forgets, fails or kills.

fn main() -> std::process::ExitCode {
    tilanne::run_on(std::env::args_os(), acceptance::rig::footing())
}
