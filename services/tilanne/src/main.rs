//! `tilanne`: see the library of the same name.

fn main() -> std::process::ExitCode {
    tilanne::run(std::env::args_os())
}
