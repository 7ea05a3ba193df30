use serde::Deserialize;

use super::*;
use crate::Span;
use crate::config::{LogFormat, Server};

const SHIPPED: &str = include_str!("../../../../../config/default.toml");

const DEFAULTS: &str = r#"
[server]
listen = "127.0.0.1:8080"
max = 10
speed = 1.0
drain = "5s"
[gateway]
token = ""
signing_seed = ""
token_file = "x"
[demo]
seed = 7
[sources.tokens]
"#;

#[derive(Debug, Deserialize)]
struct Config {
    server: Section,
}

#[derive(Debug, Deserialize)]
struct Section {
    listen: std::net::SocketAddr,
    max: u8,
    speed: f64,
    drain: Span,
}

fn layers() -> Layers {
    Layers::new(DEFAULTS).unwrap()
}

fn variables(pairs: &[(&str, &str)]) -> impl Iterator<Item = (OsString, OsString)> {
    pairs.iter().map(|(name, value)| (name.into(), value.into()))
}

#[test]
fn flags_win_over_environment_over_file_over_defaults() {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), "[server]\nlisten = '127.0.0.1:1'\nmax = 1\nspeed = 2").unwrap();
    let environment = variables(&[
        ("TILANNE_SERVER__LISTEN", "127.0.0.1:2"),
        ("TILANNE_SERVER__MAX", "2"),
        ("PATH", "/bin"),
    ]);
    let layers = layers().file(file.path()).unwrap().environment(environment).unwrap();
    let layers = layers.set("server.listen", "127.0.0.1:3", "the flag --listen").unwrap();
    let Section { listen, max, speed, drain } = layers.load::<Config>().unwrap().values.server;
    assert_eq!((listen.port(), max, drain), (3, 2, Span::from_secs(5)));
    assert!((speed - 2.0).abs() < f64::EPSILON);
}

#[test]
fn an_unknown_key_names_its_place_and_the_nearest_key() {
    let in_file = layers().text("[server]\nlisten = '[::1]:1'\nmaxx = 1", "my.toml").unwrap_err();
    assert_eq!(
        in_file.to_string(),
        "unknown key `server.maxx` in my.toml; the nearest known key is `server.max`"
    );
    let section = layers().text("[sever]\ndrain = '1s'", "my.toml").unwrap_err();
    assert!(section.to_string().ends_with("`server.drain`"), "{section}");
    let variable = layers().environment(variables(&[("TILANNE_SERVER__LISEN", "x")])).unwrap_err();
    let said = variable.to_string();
    assert!(said.contains("TILANNE_SERVER__LISEN") && said.ends_with("`server.listen`"), "{said}");
    assert!(matches!(layers().set("server.listen.port", "1", "a flag"), Err(Error::UnknownKey { .. })));
}

#[test]
fn a_variable_with_one_underscore_too_few_is_told() {
    let error = layers().environment(variables(&[("TILANNE_SERVER_MAX", "1")])).unwrap_err();
    assert!(error.to_string().contains("TILANNE_SERVER_MAX names no key"), "{error}");
}

#[cfg(unix)]
#[test]
fn variables_that_are_no_text_stop_nothing_unless_they_are_ours() {
    use std::os::unix::ffi::OsStringExt;
    let bad = || OsString::from_vec(vec![0xff]);
    assert!(layers().environment([(bad(), bad()), ("PATH".into(), bad())].into_iter()).is_ok());
    let error = layers().environment([("TILANNE_SERVER__MAX".into(), bad())].into_iter()).unwrap_err();
    assert!(
        error.to_string().contains("TILANNE_SERVER__MAX") && error.to_string().contains("UTF-8"),
        "{error}"
    );
}

#[test]
fn a_wrong_kind_or_value_names_its_key_and_place() {
    let kind = layers().text("[server]\nmax = 'many'", "my.toml").unwrap_err().to_string();
    assert_eq!(
        kind,
        "the value of `server.max` in my.toml cannot be used: it must be of the kind integer, not string"
    );
    let text = layers().environment(variables(&[("TILANNE_SERVER__MAX", "many")])).unwrap_err().to_string();
    assert!(text.contains("`server.max` in the environment variable TILANNE_SERVER__MAX"), "{text}");
    let address = layers().set("server.listen", "here", "the flag --listen").unwrap().load::<Config>();
    let said = address.unwrap_err().to_string();
    assert!(said.contains("`server.listen` in the flag --listen") && said.contains("address"), "{said}");
    let span = layers().text("[server]\ndrain = '5'", "my.toml").unwrap().load::<Config>().unwrap_err();
    assert!(
        span.to_string().contains("`server.drain` in my.toml") && span.to_string().contains("1h30m"),
        "{span}"
    );
    let range = layers().text("[server]\nmax = 300", "my.toml").unwrap().load::<Config>().unwrap_err();
    assert!(range.to_string().contains("`server.max` in my.toml"), "{range}");
}

#[test]
fn bad_toml_names_the_file_and_line_and_quotes_nothing() {
    let error = layers().text("[gateway]\ntoken = hunter2\n", "my.toml").unwrap_err().to_string();
    assert!(error.contains("my.toml") && error.contains("line 2") && !error.contains("hunter2"), "{error}");
    let missing = layers().file(Path::new("no/such.toml")).unwrap_err().to_string();
    assert!(missing.contains("no/such.toml cannot be read"), "{missing}");
}

#[test]
fn names_below_an_empty_table_are_the_operators() {
    let layers = layers().text("[sources.tokens]\nporvoo = 'hunter2'", "my.toml").unwrap();
    let shown = layers.load::<Config>().unwrap().show();
    assert!(shown.contains("porvoo = \"(hidden)\"  # from my.toml") && !shown.contains("hunter2"), "{shown}");
}

#[test]
fn show_hides_secrets_and_tells_where_values_come_from() {
    let text =
        "[gateway]\ntoken = 'hunter2'\nsigning_seed = 'hunter2'\ntoken_file = '/run/t'\n[demo]\nseed = 99";
    let shown = layers().text(text, "my.toml").unwrap().load::<Config>().unwrap().show();
    assert!(!shown.contains("hunter2"), "{shown}");
    assert!(
        shown.contains("seed = 99  # from my.toml") && shown.contains("token_file = \"/run/t\""),
        "{shown}"
    );
    assert!(shown.contains("[server]\ndrain = \"5s\"\n"), "{shown}");
}

#[test]
fn what_is_shown_can_be_loaded_again() {
    let shown = layers().text("[server]\nmax = 3", "my.toml").unwrap().load::<Config>().unwrap().show();
    assert_eq!(layers().text(&shown, "shown").unwrap().load::<Config>().unwrap().values.server.max, 3);
}

#[test]
fn the_shipped_defaults_fit_their_sections() {
    #[derive(Debug, Deserialize)]
    struct Shared {
        server: Server,
        log: crate::config::Log,
    }
    let Shared { server, log } = Layers::new(SHIPPED).unwrap().load().unwrap().values;
    assert_eq!(
        (server.listen.to_string(), server.admin.to_string()),
        ("127.0.0.1:8080".into(), "127.0.0.1:9464".into())
    );
    assert_eq!((server.area, server.drain, log.format), (None, Span::from_secs(3), LogFormat::Human));
}

#[test]
fn every_shipped_key_has_a_comment_above_it() {
    let mut before = "";
    for line in SHIPPED.lines() {
        if line.contains(" = ") && !line.starts_with('#') {
            assert!(before.starts_with('#'), "no comment above: {line}");
        }
        before = line;
    }
}
