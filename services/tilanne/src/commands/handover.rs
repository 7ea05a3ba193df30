//! `tilanne handover`: a shift's report on the terminal, from a running gateway.

use reqwest::Url;

use super::watch::only_area;
use crate::Error;
use crate::cli::{Form, Handover};
use crate::output::say;

pub async fn handover(asked: Handover) -> Result<(), Error> {
    let server = asked.url.trim_end_matches('/');
    let area = match &asked.area {
        Some(area) => area.clone(),
        None => only_area(server).await?,
    };
    let url = address(server, &area, &asked)?;
    let failed = |error: reqwest::Error| Error::Server(format!("{server}: {error}; is the server running?"));
    let answer = reqwest::get(url).await.map_err(failed)?;
    let status = answer.status();
    let body = answer.text().await.map_err(failed)?;
    if !status.is_success() {
        return Err(Error::Server(format!("{status} {}", body.trim())));
    }
    say(body.trim_end())
}

fn address(server: &str, area: &str, asked: &Handover) -> Result<Url, Error> {
    let ending = match asked.form {
        Form::Md => "md",
        Form::Html => "html",
        Form::Json => "json",
    };
    let mut url = Url::parse(&format!("{server}/v1/areas/{area}/handover.{ending}")).map_err(|error| {
        Error::Usage(format!("{server:?} is not a URL ({error}): write one such as http://127.0.0.1:8080"))
    })?;
    let sequence = asked.sequence.map(|sequence| sequence.to_string());
    let parameters = [
        ("shift", asked.shift.as_ref()),
        ("from", asked.from.as_ref()),
        ("to", asked.to.as_ref()),
        ("sequence", sequence.as_ref()),
        ("lang", Some(&asked.lang)),
    ];
    for (name, value) in parameters {
        if let Some(value) = value {
            url.query_pairs_mut().append_pair(name, value);
        }
    }
    Ok(url)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_offset_arrives_as_it_was_written() {
        let asked = Handover {
            url: String::new(),
            area: None,
            shift: Some("2026-11-26T18:00:00+02:00".to_owned()),
            from: None,
            to: None,
            sequence: Some(7),
            lang: "sv".to_owned(),
            form: Form::Md,
        };
        let url = address("http://127.0.0.1:8080", "itauusimaa", &asked).unwrap();
        assert_eq!(
            url.as_str(),
            "http://127.0.0.1:8080/v1/areas/itauusimaa/handover.md\
             ?shift=2026-11-26T18%3A00%3A00%2B02%3A00&sequence=7&lang=sv"
        );
        assert!(address("no server", "a", &asked).is_err());
    }
}
