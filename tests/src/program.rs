//! The program as a command.

use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

use crate::server::LOOK;

/// The project's root: where the README's commands are typed.
#[must_use]
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("tests/ lies in the project").to_owned()
}

/// The program at a path, run in the project's root and without settings from this environment.
#[must_use]
pub fn command(program: &str) -> Command {
    let mut command = Command::new(program);
    command.current_dir(root()).stdin(Stdio::null());
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("TILANNE_") {
            command.env_remove(name);
        }
    }
    command
}

/// What a finished command said.
#[derive(Debug)]
pub struct Said {
    /// Its exit code.
    pub code: i32,
    /// Its standard output.
    pub out: String,
    /// Its standard error.
    pub err: String,
}

impl Said {
    /// Runs to the end.
    #[must_use]
    pub fn by(program: &str, arguments: &[&str]) -> Self {
        Self::of(command(program).args(arguments).output().expect("the program starts"))
    }

    /// Runs to the end, which must come within a time.
    #[must_use]
    pub fn within(mut command: Command, time: Duration) -> Self {
        let mut child =
            command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("the program starts");
        let begun = Instant::now();
        while child.try_wait().expect("a state").is_none() {
            if begun.elapsed() > time {
                child.kill().expect("killed");
                let said = Self::of(child.wait_with_output().expect("its output"));
                panic!("it did not end within {time:?}: {said:?}");
            }
            std::thread::sleep(LOOK);
        }
        Self::of(child.wait_with_output().expect("its output"))
    }

    fn of(output: Output) -> Self {
        Self {
            code: output.status.code().unwrap_or(-1),
            out: String::from_utf8(output.stdout).expect("UTF-8"),
            err: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }

    /// Insists on an exit code.
    pub fn with_code(self, code: i32) -> Self {
        assert_eq!(self.code, code, "stdout: {}\nstderr: {}", self.out, self.err);
        self
    }
}
