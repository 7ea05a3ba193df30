//! A body, cut into events. Only its form is judged here; what an event says is the recorder's to judge.

use bytes::Bytes;
use serde_json::value::RawValue;

/// The content types that are read, for the one who sent another.
pub(super) const FORMS: &str = "the content type must be application/cloudevents+json (one event), \
    application/cloudevents-batch+json (an array of events) or application/x-ndjson (one event a line)";

/// How events lie in a body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    One,
    Batch,
    Lines,
}

/// Why a body is not what it claims to be.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Unreadable {
    /// It has more events than one body may.
    TooMany,
    /// It is malformed; the sentence says where.
    Wrong(String),
}

impl Form {
    /// By the content type; its parameters do not matter, JSON being UTF-8 always.
    pub fn of(content_type: &str) -> Option<Self> {
        let kind = content_type.split(';').next().unwrap_or_default().trim();
        match kind.to_ascii_lowercase().as_str() {
            "application/cloudevents+json" => Some(Self::One),
            "application/cloudevents-batch+json" => Some(Self::Batch),
            "application/x-ndjson" => Some(Self::Lines),
            _ => None,
        }
    }
}

/// Cuts a body into its events, which share its memory.
pub(super) fn cut(form: Form, body: &Bytes, most: usize) -> Result<Vec<Bytes>, Unreadable> {
    let events = match form {
        Form::One => vec![one(body, body, "the body")?],
        Form::Batch => {
            let items: Vec<&RawValue> = serde_json::from_slice(body).map_err(|error| {
                Unreadable::Wrong(format!("the body is not a JSON array of events: {error}"))
            })?;
            if items.len() > most {
                return Err(Unreadable::TooMany);
            }
            items.into_iter().map(|item| body.slice_ref(item.get().as_bytes())).collect()
        }
        Form::Lines => {
            let mut events = Vec::new();
            for (at, line) in body.split(|byte| *byte == b'\n').enumerate() {
                if line.iter().all(u8::is_ascii_whitespace) {
                    continue;
                }
                if events.len() == most {
                    return Err(Unreadable::TooMany);
                }
                events.push(one(body, line, &format!("line {}", at + 1))?);
            }
            events
        }
    };
    Ok(events)
}

fn one(body: &Bytes, part: &[u8], place: &str) -> Result<Bytes, Unreadable> {
    let event: &RawValue = serde_json::from_slice(part).map_err(|error| {
        Unreadable::Wrong(format!("{place} is not JSON: {error}; nothing of this body was recorded"))
    })?;
    if !event.get().starts_with('{') {
        return Err(Unreadable::Wrong(format!(
            "{place} is not a JSON object: an event is one; nothing of this body was recorded"
        )));
    }
    Ok(body.slice_ref(event.get().as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pieces(form: Form, body: &'static str) -> Result<Vec<String>, Unreadable> {
        let cut = cut(form, &Bytes::from_static(body.as_bytes()), 3)?;
        Ok(cut.iter().map(|event| String::from_utf8_lossy(event).into_owned()).collect())
    }

    #[test]
    fn cuts_each_form_and_refuses_what_is_not_it() {
        assert_eq!(pieces(Form::One, " {\"a\":1} ").unwrap(), ["{\"a\":1}"]);
        assert_eq!(pieces(Form::Batch, "[{\"a\":1}, 2 ]").unwrap(), ["{\"a\":1}", "2"]);
        assert_eq!(pieces(Form::Lines, "{}\r\n\n {\"b\":[]}").unwrap(), ["{}", "{\"b\":[]}"]);
        assert_eq!(pieces(Form::Lines, "").unwrap(), [""; 0]);
        for (form, body) in [
            (Form::One, ""),
            (Form::One, "[]"),
            (Form::One, "{} {}"),
            (Form::Batch, "{}"),
            (Form::Batch, "[{}"),
            (Form::Lines, "{}\nnot json"),
            (Form::Lines, "{}\n3"),
        ] {
            assert!(matches!(pieces(form, body), Err(Unreadable::Wrong(_))), "{form:?} {body}");
        }
        assert_eq!(pieces(Form::Lines, "{}\n{}\n{}\n{}"), Err(Unreadable::TooMany));
        assert_eq!(pieces(Form::Batch, "[{},{},{},{}]"), Err(Unreadable::TooMany));
    }
}
