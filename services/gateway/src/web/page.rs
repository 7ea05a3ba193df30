//! The web board: a few files inside the program, or read from a directory while one works on them.

use std::fmt::Write as _;
use std::path::{Component, Path as FilePath, PathBuf};

use axum::Router;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use http::{HeaderMap, StatusCode, header};
use rust_embed::{EmbeddedFile, RustEmbed};

use crate::Error;

#[derive(RustEmbed)]
#[folder = "board"]
struct Files;

/// Where the files come from.
#[derive(Debug, Clone, Default)]
pub(crate) struct Page {
    /// Read from here instead of the program itself.
    pub(crate) directory: Option<PathBuf>,
}

pub(crate) fn routes(page: Page) -> Router {
    Router::new()
        .route("/", get(async |state: State<Page>, headers: HeaderMap| serve(&state, "index.html", &headers)))
        .route(
            "/favicon.ico",
            get(async |state: State<Page>, headers: HeaderMap| serve(&state, "icon.svg", &headers)),
        )
        .route(
            "/board/{*file}",
            get(async |state: State<Page>, Path(file): Path<String>, headers: HeaderMap| {
                serve(&state, &file, &headers)
            }),
        )
        .with_state(page)
}

fn serve(page: &Page, name: &str, headers: &HeaderMap) -> Result<Response, Error> {
    let file =
        find(page, name).ok_or_else(|| Error::NotFound(format!("no file {name} in the board: see /")))?;
    let etag = etag(&file);
    // Asked for again every time, so that a new program never runs with an old page.
    let caching = [(header::ETAG, etag.clone()), (header::CACHE_CONTROL, "no-cache".to_owned())];
    let known = headers.get(header::IF_NONE_MATCH).and_then(|known| known.to_str().ok());
    if known.is_some_and(|known| known.split(',').any(|tag| tag.trim().trim_start_matches("W/") == etag)) {
        return Ok((StatusCode::NOT_MODIFIED, caching).into_response());
    }
    let kind = [(header::CONTENT_TYPE, kind(name))];
    Ok((caching, kind, file.data.into_owned()).into_response())
}

fn find(page: &Page, name: &str) -> Option<EmbeddedFile> {
    let Some(directory) = &page.directory else { return Files::get(name) };
    let name = FilePath::new(name);
    if !name.components().all(|part| matches!(part, Component::Normal(_))) {
        return None;
    }
    rust_embed::utils::read_file_from_fs(&directory.join(name)).ok()
}

fn etag(file: &EmbeddedFile) -> String {
    let mut tag = String::from("\"");
    for byte in file.metadata.sha256_hash().iter().take(16) {
        // Writing to a string cannot fail.
        let _ = write!(tag, "{byte:02x}");
    }
    tag.push('"');
    tag
}

fn kind(name: &str) -> &'static str {
    let ending = name.rsplit_once('.').map_or("", |(_, ending)| ending);
    match ending {
        "html" => "text/html; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "js" => "text/javascript; charset=utf-8",
        "svg" => "image/svg+xml",
        "json" | "webmanifest" => "application/json",
        _ => "application/octet-stream",
    }
}
