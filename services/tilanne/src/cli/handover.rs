//! `tilanne handover`.

use clap::{Args, ValueEnum};

#[derive(Args)]
pub struct Handover {
    /// Where, such as http://127.0.0.1:8080
    pub url: String,
    /// The area, where the server has several
    #[arg(long)]
    pub area: Option<String>,
    /// A moment within the shift, such as 2026-11-26T18:00:00+02:00, or now; without it the shift that ended last
    #[arg(long, value_name = "TIME", conflicts_with_all = ["from", "to"])]
    pub shift: Option<String>,
    /// With --to: any span up to three days
    #[arg(long, value_name = "TIME", requires = "to")]
    pub from: Option<String>,
    /// With --from: up to here
    #[arg(long, value_name = "TIME", requires = "from")]
    pub to: Option<String>,
    /// Of the facts up to this one
    #[arg(long, value_name = "N")]
    pub sequence: Option<u64>,
    /// fi, sv or en
    #[arg(long, default_value = "fi")]
    pub lang: String,
    /// As what
    #[arg(long, value_enum, default_value = "md")]
    pub form: Form,
}

/// What a report is printed as.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Form {
    /// Markdown
    Md,
    /// A page that prints on A4
    Html,
    /// JSON, with all three languages
    Json,
}
