//! Headers that every answer carries.

use axum::response::Response;
use http::{HeaderName, HeaderValue, header};

const GUARDS: [(HeaderName, &str); 4] = [
    // Everything comes from here: a script or picture smuggled into a text has nowhere to load from.
    (
        header::CONTENT_SECURITY_POLICY,
        "default-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; object-src 'none'",
    ),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::REFERRER_POLICY, "no-referrer"),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
];

/// Adds them.
pub(crate) async fn guard(mut response: Response) -> Response {
    for (name, value) in GUARDS {
        // Who has a narrower policy than everybody's has said so.
        response.headers_mut().entry(name).or_insert(HeaderValue::from_static(value));
    }
    response
}
